"""Visits of the service teams and safety checks of the park's premises."""

from __future__ import annotations

import random
from datetime import date

from sandbox import authorities
from sandbox.days import EPOCH, happenings, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.park_rent import CODE, NAME
from sandbox.streams.writing import park_date

_TEAMS = ("信用督导一队", "信用督导二队", "信用宣讲服务队", "政策宣讲服务队")
_TOPICS = ("信用政策宣讲", "信用信息采集", "贯标辅导", "信用修复提示", "融资需求对接")
_FINDINGS = (
    "企业经营正常，对信用政策较为了解",
    "已发放信用修复指引，企业表示将尽快办理",
    "企业希望了解信用贷款产品，已转金融机构对接",
    "已指导完善合同与应收账款管理制度",
)


def visits(ledger: Ledger, e: Enterprise) -> None:
    """A visit a year, more where there is trouble."""
    rng = e.rng("visits")
    yearly = 9_000 + e.behaviour.inspections
    start = max(EPOCH, e.tenant_since or EPOCH)
    for day in happenings(rng, yearly, start, e.last_day(ledger.until)):
        team = rng.choice(_TEAMS)
        row: Row = {
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "走访日期": park_date(rng, day),
            "走访小组": team,
            "走访主题": rng.choice(_TOPICS),
            "走访情况": rng.choice(_FINDINGS),
        }
        ledger.add("site_visits", day, f"{e.uscc}|{day}|{team}", row)


def safety(ledger: Ledger, e: Enterprise) -> None:
    """Safety checks; what was found is mended some weeks later."""
    rng = e.rng("safety")
    yearly = 13_000 if e.industry.hazardous else 5_000
    start = max(EPOCH, e.tenant_since or EPOCH)
    for day in happenings(rng, yearly, start, e.last_day(ledger.until)):
        result, found = _conclusion(rng, e)
        authority = rng.choice((authorities.EMERGENCY, authorities.PARK))
        row = _check(rng, e, day, authority) | {"检查结论": result, "发现隐患数": found}
        key = f"{e.uscc}|{day}|{authority}"
        ledger.add("safety_checks", later(rng, day, 0, 2), key, row | {"已整改数": 0})
        mended = later(rng, day, 20, 75)
        if found:
            ledger.add("safety_checks", mended, key, row | {"已整改数": found})


def _conclusion(rng: random.Random, e: Enterprise) -> tuple[str, int]:
    draw, found = rng.random() * 10_000, rng.randint(1, 6)
    if draw >= e.behaviour.hazards:
        return "合格", 0
    if draw < e.behaviour.hazards // 6:
        return "重大隐患", found + 2
    return rng.choice(("限期整改", "整改")), found


def _check(rng: random.Random, e: Enterprise, day: date, authority: str) -> Row:
    return {
        CODE: e.uscc,
        NAME: e.written(rng, day),
        "检查日期": day,
        "检查单位": authority,
    }
