"""A random town for comparisons of engines and runs; the same for the same seed.

All enterprises are invented.
"""
# ruff: noqa: E501  rules are one to a line

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.credit.ledger import TODAY, Park

QUARTERS = [
    date(year, month, day)
    for year in (2024, 2025, 2026)
    for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
][:10]
EVENTS: tuple[tuple[str, dict[str, list[Any]]], ...] = (
    ("annual_report", {"value": ["on_time", "late"], "period": [2024, 2025]}),
    ("tax_credit", {"value": ["A", "B", "M", "C", "D"], "period": [2024, 2025]}),
    ("labour_grade", {"value": ["A", "B", "C"], "period": [2024, 2025]}),
    ("contribution", {"value": ["on_time", "late", "short"], "quantity": [7, 9]}),
    ("penalty", {"value": ["0101", "0201;0202"], "severity": ["minor", "general"]}),
    ("penalty", {"value": ["0303"], "severity": ["serious"]}),
    ("commitment", {"value": ["fully", "partly", "none"]}),
    ("inspection", {"value": ["clean", "report_missing", "obstructed"]}),
    ("abnormal_listing", {"value": ["1"], "severity": ["general"]}),
    ("tax_arrears", {"severity": ["general"], "amount_fen": [1, 10**15]}),
    ("serious_listing", {"severity": ["serious"]}),
    ("fee_payment", {"value": ["on_time", "late", "unpaid"]}),
    ("safety_check", {"value": ["passed", "rectify", "major"], "quantity": [0, 3]}),
    ("qualification", {"value": ["high_tech", "gazelle", "new_economy"]}),
    ("honour", {"value": ["national", "provincial", "municipal", "zone"]}),
    ("standard", {"value": ["established", "operating", "passed"]}),
    ("credit_managers", {"quantity": [0, 1, 2]}),
)
# A small policy with what engines and runs may differ in.
SMALL = """
  - id: listed
    dimension: d
    zh: 名录
    en: Listed
    advice: {to: 0, zh: 移出名录, en: Leave the list}
    value: {count: {kind: abnormal_listing, open: true}}
    rules:
      - {id: listed, each: {points: -80, cap: -80}, zh: "{value}项，{change}", en: "{value}: {change}", source: s}
  - id: penalties
    dimension: d
    zh: 处罚
    en: Penalties
    value: {count: {kind: penalty, severity: [minor, general, serious], open: true}}
    rules:
      - {id: penalties, decay: {points: {minor: -5, general: -30, serious: -120}, cap: -150}, limit: keep, zh: "{value}件，{change}", en: "{value}: {change}", source: s}
  - id: tax
    dimension: d
    zh: 税
    en: Tax
    advice: {to: A, zh: 争取A级, en: Reach A}
    value: {latest: {kind: tax_credit}}
    rules:
      - {id: tax, lookup: {A: 30, C: -40, D: -60}, zh: "{value}，{change}", en: "{value}: {change}", source: s}
  - id: growth
    dimension: d
    zh: 增长
    en: Growth
    value: {figure: sales_growth_bp}
    rules:
      - id: growth
        bands: [{below: 0, points: -10}, {from: 0, points: 10}]
        zh: "{value}，{change}"
        en: "{value}: {change}"
        source: s
"""
LIMITED = """
limits:
  - {id: keep, dimension: d, zh: "返还，{change}", en: "back: {change}", source: s, keeps: letter, floor: -150}
caps:
  - {id: cap_listed, indicator: listed, above: 0, letter: B, zh: 上限, en: Capped, source: s}
"""


def town(park: Park, size: int, seed: int = 20230324) -> Park:
    """Fill a park with enterprises, their events and eight to ten quarters."""
    dice = Random(seed)  # noqa: S311  a reproducible town, no secret
    for number in range(size):
        uscc = park.enterprise(
            f"E{number:05}",
            established_on=TODAY - timedelta(days=dice.randrange(30, 4000)),
            industry_section=dice.choice(["C", "F", "I", None]),
            consented=dice.random() < 0.7,
        )
        for _ in range(dice.randrange(14)):
            happen(park, uscc, dice)
        if dice.random() < 0.7:
            report(park, uscc, dice)
    return park


def happen(park: Park, uscc: str, dice: Random) -> None:
    """One random event."""
    kind, facts = dice.choice(EVENTS)
    when = TODAY - timedelta(days=dice.randrange(900))
    drawn: dict[str, Any] = {
        name: dice.choice(values) for name, values in facts.items()
    }
    if kind == "penalty":
        drawn["publish_until"] = when + timedelta(days=dice.randrange(1, 1000))
    if dice.random() < 0.3:
        drawn["ended_on"] = when + timedelta(days=dice.randrange(900))
    drawn.setdefault("period", when.year * 100 + when.month)
    park.event(uscc, kind, when, event_id=f"{uscc}-{dice.random()}", **drawn)


def report(park: Park, uscc: str, dice: Random) -> None:
    """Quarterly statements, some with holes, one in fifty beyond all bounds."""
    scale = 10**12 if dice.random() < 0.02 else 10**6
    for ended in QUARTERS:
        if dice.random() < 0.05:
            continue
        sales = dice.randrange(-1, 100) * scale
        park.statement(
            uscc,
            ended,
            revenue_fen=sales,
            credit_sales_fen=dice.choice([None, sales // 2, sales]),
            receivables_begin_fen=dice.randrange(100) * scale,
            receivables_end_fen=dice.randrange(100) * scale,
        )
