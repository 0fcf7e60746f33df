"""What an enterprise authorised: grade, explanation, figures, incentives, financials.

The door has seen a live authorisation for every item before anything here is read. Not
here: that check (``publish.access.admission``), earlier grades (``history``).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache

from publish.api.call import Call, Reply
from publish.api.facts_json import object_sql, row_sql
from publish.api.operation import Wire
from publish.api.wire import AUTHORISED_TABLES, authorised_columns, row_of
from publish.serving.guard import quoted
from quality.contracts.model import table_facts

ITEMS = ("grade", "explanation", "figures", "incentives")
USUAL = ("grade", "explanation")
_TABLES = {
    "grade": "grades",
    "explanation": "explanations",
    "figures": "figures",
    "incentives": "incentives",
}


@dataclass(frozen=True)
class Series:
    """A table of the authorised file with one row of an enterprise per day."""

    table: str
    dated: str


FINANCIALS = Series("financials", "quarter_end")
_SINGLE = frozenset({"grade", "figures"})


def chosen(values: Wire) -> tuple[str, ...]:
    """The items a call asks for."""
    included: tuple[str, ...] = values["include"]
    return included


def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/credit``: the latest evaluation, item by item.

    An item that was not asked for is null; so is one without data. No grade is never a
    bad grade.
    """
    uscc, items = call.values["uscc"], chosen(call.values)
    text = call.authorised_now(read_json, uscc, items)
    return Reply({}, uscc=uscc, items=items, text=text)


def read_json(
    connection: sqlite3.Connection, uscc: str, items: tuple[str, ...]
) -> bytes:
    """The answer's data as canonical JSON, written by SQLite itself (``facts_json``)."""
    found = connection.execute(_statement(items), {"uscc": uscc}).fetchone()
    text: bytes = found[0]
    return text


@cache
def _statement(items: tuple[str, ...]) -> str:
    """One row with the whole text."""
    listed = ",".join(f'"{item}"' for item in items)
    members = {
        "uscc": "json_quote(:uscc)",
        "items": f"'[{listed}]'",
        **dict.fromkeys(ITEMS, "'null'"),
        **{item: _item(item) for item in items},
    }
    return f"SELECT CAST({object_sql(members)} AS BLOB)"


def _item(item: str) -> str:
    """An expression: the item as JSON, null or an empty list without data."""
    table = _TABLES[item]
    columns = authorised_columns(table)
    line = row_sql(columns, quoted(table))
    rows = f"SELECT {line} AS line FROM {_newest(table, ':uscc')}"
    if item in _SINGLE:
        return f"coalesce(({rows} LIMIT 1), 'null')"
    return f"(SELECT '[' || coalesce(group_concat(line), '') || ']' FROM ({rows}))"


def read(connection: sqlite3.Connection, uscc: str, items: tuple[str, ...]) -> Wire:
    """The latest evaluation's rows of some items."""
    found: Wire = {}
    for item in items:
        rows = latest(connection, _TABLES[item], uscc)
        found[item] = (rows[0] if rows else None) if item in _SINGLE else rows
    return found


def latest(connection: sqlite3.Connection, table: str, uscc: str) -> list[Wire]:
    """Rows of the newest evaluation of a table, or all where it has no evaluations."""
    columns = authorised_columns(table)
    rows = connection.execute(_latest_sql(table), {"uscc": uscc}).fetchall()
    return [row_of(columns, row) for row in rows]


@cache
def _latest_sql(table: str) -> str:
    names = ", ".join(quoted(c.name) for c in authorised_columns(table))
    return f"SELECT {names} FROM {_newest(table, ':uscc')}"


def _newest(table: str, whose: str) -> str:
    """What follows FROM: an enterprise's rows of the newest evaluation, in order."""
    sql = f"{quoted(table)} WHERE uscc = {whose}"
    keys = ", ".join(map(quoted, table_facts(AUTHORISED_TABLES[table]).key))
    if any(c.name == "evaluated_on" for c in authorised_columns(table)):
        newest = f"SELECT max(evaluated_on) FROM {quoted(table)} WHERE uscc = {whose}"
        sql += f" AND evaluated_on = ({newest})"
    return f"{sql} ORDER BY {keys}"


def financials(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/financials``, newest quarter first."""
    uscc, limit = call.values["uscc"], call.values["limit"]
    before = call.place(uscc)
    rows = call.authorised_now(earlier, FINANCIALS, uscc, before, limit + 1)
    more = len(rows) > limit
    cursor = call.cursor(rows[limit - 1]["quarter_end"], uscc) if more else None
    data = {"uscc": uscc, "next_cursor": cursor, "rows": rows[:limit]}
    return Reply(data, uscc=uscc, items=("financials",))


def earlier(
    connection: sqlite3.Connection,
    series: Series,
    uscc: str,
    before: str | None,
    limit: int,
) -> list[Wire]:
    """Rows of one enterprise by a date, newest first, strictly before a day if given."""
    table, dated = series.table, series.dated
    columns = authorised_columns(table)
    names = ", ".join(quoted(c.name) for c in columns)
    sql = (
        f"SELECT {names} FROM {quoted(table)} WHERE uscc = ? AND {quoted(dated)} < ?"
        f" ORDER BY {quoted(dated)} DESC LIMIT ?"
    )
    found = connection.execute(sql, (uscc, before or "9999-12-31", limit))
    return [row_of(columns, row) for row in found]
