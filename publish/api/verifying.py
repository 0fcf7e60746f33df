"""Verification: a statement about one enterprise, told true, false or unknown.

The answer with the least data: nothing leaves but yes or no, its day and its source.
Public items need a key only; the others an authorisation of the enterprise. Not here:
whole records (``enterprises``), grades (``credit``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from publish.access.admission import Need
from publish.access.keys import Scope
from publish.access.refusals import Refused
from publish.api.call import Call, Reply
from publish.api.credit import latest
from publish.api.problems import Problem, problem
from publish.release import bigrams
from quality.contracts.codelists import code_list

PARK = "园区信用数据库"
Judge = Callable[[sqlite3.Connection, str, Any], tuple[bool | None, str]]


@dataclass(frozen=True)
class Item:
    """Something that can be verified.

    Attributes:
        judge: on a connection, of a code and a value: the outcome and its source.
        needs: the authorisation item it rests on; ``None`` for public facts.
        value: the type of value it is compared with, if any.
    """

    zh: str
    en: str
    judge: Judge
    needs: str | None = None
    value: type[str] | type[int] | None = None


def _field(column: str, holds: Callable[[Any, Any], bool]) -> Judge:
    def judge(connection: sqlite3.Connection, uscc: str, value: Any) -> Any:
        sql = f"SELECT {column}, source FROM enterprises WHERE uscc = ?"
        found, source = connection.execute(sql, (uscc,)).fetchone()
        return (None if found is None else holds(found, value)), source

    return judge


def _none_in(table: str) -> Judge:
    def judge(connection: sqlite3.Connection, uscc: str, _value: Any) -> Any:
        sql = f"SELECT source FROM {table} WHERE uscc = ? LIMIT 1"
        row = connection.execute(sql, (uscc,)).fetchone()
        return row is None, row[0] if row else PARK

    return judge


def _named(connection: sqlite3.Connection, uscc: str, value: Any) -> Any:
    sql = "SELECT name, former_names, source FROM enterprises WHERE uscc = ?"
    name, former, source = connection.execute(sql, (uscc,)).fetchone()
    known = {bigrams.squeeze(n) for n in (name, *bigrams.separate(former))}
    return bigrams.squeeze(value) in known, source


def _honoured(connection: sqlite3.Connection, uscc: str, value: Any) -> Any:
    sql = "SELECT source FROM honours WHERE uscc = ? AND honour_list = ? LIMIT 1"
    row = connection.execute(sql, (uscc, value)).fetchone()
    return row is not None, row[0] if row else PARK


def _grade(connection: sqlite3.Connection, uscc: str, value: Any) -> Any:
    letters = [*code_list("park_grade")]
    rows = latest(connection, "grades", uscc)
    letter = rows[0]["letter"] if rows else None
    if value not in letters:
        raise _unfit(f"取值应为 {'、'.join(letters)}", f"one of {', '.join(letters)}")
    if letter is None:
        return None, PARK
    return letters.index(letter) <= letters.index(value), PARK


def _figure(column: str, holds: Callable[[int, int], bool]) -> Judge:
    def judge(connection: sqlite3.Connection, uscc: str, value: Any) -> Any:
        rows = latest(connection, "figures", uscc)
        found = rows[0][column] if rows else None
        return (None if found is None else holds(found, value)), PARK

    return judge


ITEMS: dict[str, Item] = {
    "active": Item("存续", "Is active", _field("status", lambda s, _: s == "active")),
    "in_park": Item("在园", "Is in the park", _field("in_park", lambda s, _: bool(s))),
    "name": Item("名称或曾用名一致", "Has or had this name", _named, value=str),
    "no_listing": Item("不在异常或失信名单", "Is on no list", _none_in("listings")),
    "no_penalty": Item("无公示期内处罚", "No published penalty", _none_in("penalties")),
    "no_tax_arrears": Item("无欠税公告", "No arrears", _none_in("tax_arrears")),
    "honour": Item("列入诚信名录", "Is on this honour list", _honoured, value=str),
    "grade_at_least": Item("等级不低于", "Grade at least", _grade, "grade", str),
    "sales_growth_at_least": Item(
        *("销售增长率不低于（万分之一）", "Sales growth at least, bp"),
        _figure("sales_growth_bp", lambda f, v: f >= v),
        *("figures", int),
    ),
    "dso_at_most": Item(
        *("应收账款周转天数不高于（百分之一天）", "DSO at most, 1/100 day"),
        _figure("dso_centidays", lambda f, v: f <= v),
        *("figures", int),
    ),
}


async def verify(call: Call) -> Reply:
    """``POST /verify/{item}``."""
    name, uscc = call.values["item"], call.body.uscc
    item = ITEMS[name]
    _check_value(item, call.body.value)
    if item.needs is None:
        found = await call.public(_public, item, uscc, call.body.value)
    else:
        await _authorised(call, Need(uscc, item.needs))
        found = await call.authorised(item.judge, uscc, call.body.value)
    if found is None:
        raise problem("unknown_enterprise", uscc=uscc)
    holds, source = found
    day = call.release.today().isoformat()
    data = {"uscc": uscc, "item": name, "holds": holds, "as_of": day, "source": source}
    return Reply(data, uscc=uscc, items=(f"verify:{name}",))


def _public(connection: sqlite3.Connection, item: Item, uscc: str, value: Any) -> Any:
    sql = "SELECT 1 FROM enterprises WHERE uscc = ?"
    known = connection.execute(sql, (uscc,)).fetchone()
    return item.judge(connection, uscc, value) if known else None


async def _authorised(call: Call, need: Need) -> None:
    """The key's scope and the enterprise's authorisation, asked before anything is read.

    Raises:
        Refused: one of them is missing.
    """
    if Scope.CREDIT not in call.key.scopes:
        raise Refused("scope_missing", key=call.key, scope=Scope.CREDIT.value)
    call.admission = await call.services.door.again(call.key, (need,))
    call.admission.require((need,))


def _check_value(item: Item, value: Any) -> None:
    wanted = item.value
    if wanted is None and value is not None:
        raise _unfit("该事项不需要取值", "this item takes no value")
    if wanted is not None and not isinstance(value, wanted):
        if wanted is str:
            raise _unfit("该事项需要文本取值", "this item needs a text as value")
        raise _unfit("该事项需要整数取值", "this item needs a whole number as value")


def _unfit(reason_zh: str, reason: str) -> Problem:
    return problem("value_unfit", reason_zh=reason_zh, reason=reason)
