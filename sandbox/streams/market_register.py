"""The company register: every change of an entry, and former names."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import market_date, wan

_ACTIVE = ("存续", "在营", "开业", "在册", "存续（在营、开业、在册）", "1")
_STATUSES = {
    "注销": ("注销", "3"),
    "迁出": ("迁出", "4"),
    "吊销": ("吊销，未注销", "吊销未注销", "吊销", "2"),
    "歇业": ("歇业", "6"),
    "清算": ("清算", "5"),
}


def register(ledger: Ledger, enterprise: Enterprise) -> None:
    """The entry after each change, and a row for each change of name."""
    rng = enterprise.rng("register")
    for day, status in sorted(_changes(rng, enterprise)):
        row = _entry(rng, enterprise, day, status)
        ledger.add("registrations", later(rng, day, 0, 3), enterprise.uscc, row)
    _name_changes(ledger, enterprise, rng)


def _changes(rng: random.Random, e: Enterprise) -> Iterator[tuple[date, str]]:
    """Days on which the entry changed, with the status from then on."""
    ended = e.ending[1] if e.ending else date.max
    for day in {day for day, _ in (*e.names, *e.heads)}:
        if day <= ended:
            yield day, ""
    if e.ending:
        yield e.ending[1], e.ending[0]
        if e.ending[0] == "歇业":
            yield later(rng, ended, 200, 400), ""
        if e.ending[0] == "清算":
            yield later(rng, ended, 120, 200), "注销"


def _entry(rng: random.Random, e: Enterprise, day: date, status: str) -> Row:
    name = e.name_on(day)
    closed = day if status == "注销" else None
    return {
        "UNISCID": e.uscc,
        "ENTNAME": name,
        "REGNO": e.registration_no if e.registered_on.year < 2016 else "",
        "ENTTYPE_CN": _enterprise_type(e, name),
        "REGSTATE_CN": rng.choice(_STATUSES.get(status, _ACTIVE)),
        "ESTDATE": market_date(rng, e.registered_on),
        "NAME": e.head_on(day),
        "REGCAP": wan(e.capital_wan * 10_000),
        "DOM": f"山东省淄博市高新区{e.street}",
        "DOMDISTRICT": "370390" if e.index % 50 == 9 else e.uscc[2:8],
        "INDUSTRYCO": e.industry.code[:3] if e.index % 20 == 4 else e.industry.code,
        "OPSCOPE": f"一般项目：{e.industry.scope}。（依法自主开展经营活动）",
        "REGORG_CN": authorities.MARKET,
        "CANDATE": market_date(rng, closed),
    }


def _enterprise_type(e: Enterprise, name: str) -> str:
    if name.endswith("股份有限公司"):
        return "股份有限公司(非上市、自然人投资或控股)"
    return (
        "有限责任公司(自然人投资或控股)",
        "有限责任公司(自然人独资)",
        "其他有限责任公司",
        "有限责任公司(外商投资企业与内资合资)",
    )[e.index % 7 % 4]


def _name_changes(ledger: Ledger, e: Enterprise, rng: random.Random) -> None:
    for (_, former), (day, name) in zip(e.names, e.names[1:], strict=False):
        if e.last_day(day) < day:
            continue
        row = {
            "UNISCID": e.uscc,
            "ALTBE": former,
            "ALTAF": name,
            "ALTDATE": market_date(rng, day),
        }
        ledger.add("name_changes", day + timedelta(days=1), f"{e.uscc}|{day}", row)
