"""What tenants apply for and what the office handles: loans, support, warnings."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import EPOCH, add_months, happenings, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.park_plans import policies_until
from sandbox.streams.park_rent import CODE, NAME
from sandbox.streams.writing import park_date

_PRODUCTS = 12
# Of 10,000 applications: granted; of 10,000 loans: defaulted.
_LENDING = {
    "exemplary": (8_600, 50),
    "ordinary": (6_800, 200),
    "sloppy": (3_400, 900),
    "troubled": (1_200, 2_500),
    "serious": (300, 3_000),
}
_WATCHED = ("rent_late", "contributions_late", "penalties_clustered")


def loans(ledger: Ledger, e: Enterprise) -> None:
    """An application now and then, its decision, and how the loan ends."""
    rng = e.rng("loans")
    start = max(EPOCH, add_months(e.registered_on, 6))
    for day in happenings(rng, 3_500, start, e.last_day(ledger.until)):
        row: Row = {
            "申请编号": f"RZ{day:%Y%m%d}{e.index:05d}",
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "产品编号": f"JR-{rng.randrange(_PRODUCTS) + 1:03d}",
            "申请日期": park_date(rng, day),
            "状态": "已申请",
            "审批日期": "",
            "授信金额(万元)": "",
            "年利率(基点)": "",
        }
        ledger.add("bank_feedback", day, row["申请编号"], row)
        _decided(ledger, e, rng, day, row)


def _decided(
    ledger: Ledger, e: Enterprise, rng: random.Random, day: date, row: Row
) -> None:
    granted, defaulted = _LENDING[e.behaviour.name]
    decided = later(rng, day, 7, 30)
    luck, size, rate = rng.random(), rng.randint(2, 50) * 10, rng.randint(67, 96) * 5
    ends, end = later(rng, decided, 180, 540), rng.random() * 10_000 < defaulted
    row = row | {"状态": "未通过", "审批日期": decided.isoformat()}
    if luck * 10_000 < granted:
        terms = {"状态": "已授信", "授信金额(万元)": size, "年利率(基点)": rate}
        row = row | terms
        outcome = row | {"状态": "逾期" if end else "已结清"}
        ledger.add("bank_feedback", ends, row["申请编号"], outcome)
    ledger.add("bank_feedback", decided, row["申请编号"], row)


def applications(ledger: Ledger, e: Enterprise) -> None:
    """Applications for support within its window, decided and mostly paid."""
    rng = e.rng("support")
    for key, _, opens, closes in policies_until(ledger.until):
        applies = rng.random() * 10_000 < e.behaviour.merits // 5
        day = opens + timedelta(days=rng.randrange((closes - opens).days))
        approved, paid = later(rng, day, 10, 30), later(rng, day, 35, 80)
        refused, yuan = rng.random() < 0.15, rng.randint(1, 20) * 10_000
        if not applies or not e.registered_on <= day <= e.last_day(ledger.until):
            continue
        row: Row = {
            "申报编号": f"SB{day:%Y%m%d}{key[-2:]}{e.index:05d}",
            "政策编号": key,
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "申报日期": day.isoformat(),
            "承诺编码": f"370300{day:%Y%m%d}{e.index:06d}",
            "状态": "已申报",
            "核定金额(元)": "",
            "兑现日期": "",
        }
        ledger.add("policy_applications", day, row["申报编号"], row)
        result = {"状态": "未通过"} if refused else {"状态": "已审定"}
        if not refused:
            result["核定金额(元)"] = str(yuan)
            done = row | result | {"状态": "已兑现", "兑现日期": paid.isoformat()}
            ledger.add("policy_applications", paid, row["申报编号"], done)
        ledger.add("policy_applications", approved, row["申报编号"], row | result)


def reviews(ledger: Ledger, e: Enterprise) -> None:
    """Warnings that the office took up, and mostly closed after a visit."""
    rng, watched = e.rng("reviews"), not e.behaviour.merits
    for day in happenings(rng, 2_500, EPOCH, e.last_day(ledger.until)):
        rule, closed = rng.choice(_WATCHED), later(rng, day, 20, 90)
        row: Row = {
            "预警对象": e.uscc,
            "预警规则": rule,
            "认领日期": day.isoformat(),
            "处置单位": authorities.OFFICE,
            "关闭日期": "",
            "关闭理由": "",
        }
        if watched and day >= e.registered_on:
            key = f"{e.uscc}|{rule}|{day}"
            ledger.add("warning_reviews", day, key, row)
            ended = {"关闭日期": closed.isoformat(), "关闭理由": "已走访，企业已整改"}
            ledger.add("warning_reviews", closed, key, row | ended)


def objections(ledger: Ledger, e: Enterprise) -> None:
    """Now and then somebody doubts a candidate during the public notice."""
    if e.index % 40 != 8 or e.registered_on.year > 2022:
        return
    year = 2024 + e.index // 40 % 3
    row: Row = {
        "名录": "诚信领跑企业",
        "年度": year,
        CODE: e.uscc,
        NAME: e.name_on(date(year, 1, 10)),
        "提出日期": f"{year}-01-10",
        "处理结果": "处理中",
        "处理日期": "",
        "处理理由": "",
    }
    key = f"{e.uscc}|{year}"
    ledger.add("honour_objections", date(year, 1, 10), key, row)
    upheld = e.index % 80 == 8
    result = {
        "处理结果": "异议成立" if upheld else "异议不成立",
        "处理日期": f"{year}-01-15",
        "处理理由": "经核实不宜列入" if upheld else "经核实与事实不符",
    }
    ledger.add("honour_objections", date(year, 1, 15), key, row | result)
