"""Trend, industry comparison, tolerance and re-weighting, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.credit.loading import parse_policy
from assets.credit.policy import Policy
from tests.credit.ledger import FRAME, TODAY, Park, policy_with


def one(value: str, rule: str, more: str = "") -> Policy:
    return policy_with(
        "  - id: i\n    dimension: d\n    zh: 指标\n    en: Indicator\n"
        f"    value: {value}\n    rules:\n"
        '      - {id: r, zh: "原因，{change}", en: "Why {value}: {change}", '
        f"source: s, {rule}}}\n",
        more,
    )


@pytest.mark.parametrize(
    ("recent", "earlier", "trend", "points"),
    [
        ([30, 30], [40, 40], -2500, -5_000),  # 60 / 80 - 1 = -25 %
        ([40, 41], [40, 40], 125, 0),
        ([60, 60], [40, 40], 5000, 5_000),
        ([60, 60], [], None, 0),  # nothing before: no trend, no points
        ([], [40], -10000, -5_000),
    ],
)
def test_a_trend_compares_two_equal_spans(
    park: Park,
    recent: list[int],
    earlier: list[int],
    trend: int | None,
    points: int,
):
    bands = "{below: -1000, points: -5}, {from: -1000, below: 1000, points: 0}"
    policy = one(
        "{trend: {kind: contribution, field: quantity, months: 6}}",
        f"bands: [{bands}, {{from: 1000, points: 5}}]",
    )
    park.enterprise("E1")
    for number, insured in enumerate(recent):
        park.event("E1", "contribution", date(2026, 6 - number, 30), quantity=insured)
    for number, insured in enumerate(earlier):
        park.event("E1", "contribution", date(2025, 12 - number, 30), quantity=insured)
    # Twelve months back is outside of both spans.
    park.event("E1", "contribution", date(2025, 6, 30), quantity=9999)
    row = park.values(policy).one("credit_indicators", "E1")
    assert (row["v_i"], row["p_r"]) == (trend, points)


def test_a_trend_rests_on_the_events_of_both_spans(park: Park):
    policy = one("{trend: {kind: contribution, field: quantity, months: 6}}", "flag: 5")
    park.enterprise("E1")
    inside = {
        park.event("E1", "contribution", day, quantity=number)
        for number, day in enumerate((date(2025, 7, 31), date(2026, 5, 31)), 1)
    }
    park.event("E1", "contribution", date(2025, 6, 30), quantity=7)
    out = park.graded(policy)
    assert out.why("E1")["r"]["raw_value"] == "100%"
    rests = {r["event_id"] for r in out.evidence if r["rule_id"] == "r"}
    assert rests == inside


def quarter(park: Park, uscc: str, receivables: int, section: str | None) -> None:
    park.enterprise(uscc, industry_section=section)
    ended = date(2026, 3, 31)
    park.statement(uscc, ended, credit_sales_fen=90, receivables_end_fen=receivables)


def test_an_industry_comparison_needs_enough_of_the_same_industry(park: Park):
    policy = one(
        "{figure: dso_centidays}",
        "relative: {at_least: 8, below: 10, within: 5, above: -10}",
    )
    # Days sales outstanding 10, 20 … 80 days: median 40, quartiles 20 and 60.
    for number in range(1, 9):
        quarter(park, f"C{number}", number * 10, "C")
    for number in range(1, 8):
        quarter(park, f"F{number}", number * 100, "F")
    quarter(park, "ALONE", 10, None)
    park.enterprise("SILENT", industry_section="C")
    out = park.graded(policy, upto="credit_indicators")
    (made,) = [
        r
        for r in out.industry_benchmarks
        if r["figure"] == "dso_centidays" and r["industry_section"] == "C"
    ]
    assert made == {
        "evaluated_on": TODAY,
        "industry_section": "C",
        "figure": "dso_centidays",
        "enterprises": 8,
        "median": 4000,
        "spread": 4000,
    }
    points = {r["uscc"]: r["p_r"] for r in out.credit_indicators}
    # Between 0 and 80 days is usual; nobody in section C is beyond.
    assert {points[f"C{n}"] for n in range(1, 9)} == {5_000}
    assert {points[f"F{n}"] for n in range(1, 8)} == {0}  # seven make no benchmark
    assert points["ALONE"] == points["SILENT"] == 0


def test_beyond_the_usual_range_of_the_industry(park: Park):
    policy = one(
        "{figure: dso_centidays}",
        "relative: {at_least: 8, below: 10, within: 5, above: -10}",
    )
    for number in range(9):
        quarter(park, f"C{number}", 60, "C")
    quarter(park, "FAST", 59, "C")
    quarter(park, "SLOW", 61, "C")
    out = park.graded(policy, upto="credit_indicators")
    points = {r["uscc"]: r["p_r"] for r in out.credit_indicators}
    assert (points["FAST"], points["C0"], points["SLOW"]) == (10_000, 5_000, -10_000)


def late(park: Park, uscc: str, **recognised: Any) -> None:
    park.enterprise(uscc)
    park.event(uscc, "tax_credit", date(2026, 4, 20), period=2025, value="B")
    park.event(uscc, "labour_grade", date(2026, 4, 20), period=2025, value="B")
    park.event(uscc, "annual_report", date(2025, 9, 1), value="late", period=2024)
    if recognised:
        park.event(uscc, "qualification", value="new_economy", **recognised)


def test_new_economy_firms_are_reminded_of_minor_matters_for_three_years(
    park: Park, shipped: Policy
):
    late(park, "OLD")
    late(park, "NEW", happened_on=date(2023, 7, 1))
    late(park, "THREE YEARS", happened_on=date(2023, 6, 30))
    late(park, "ENDED", happened_on=date(2025, 1, 1), ended_on=TODAY)
    park.event("NEW", "penalty", date(2026, 6, 1), severity="general", value="0201")
    out = park.graded(shipped)
    taken = {u: out.points(u)["annual_report_late"] for u in ("OLD", "NEW", "ENDED")}
    assert taken == {"OLD": -20_000, "NEW": 0, "ENDED": -20_000}
    assert out.points("THREE YEARS")["annual_report_late"] == -20_000
    told = out.why("NEW")["annual_report_late"]
    assert told["reason_zh"].endswith(
        "近18个月内逾期公示年度报告1次，包容期内仅提醒、不扣分"
    )
    assert told["reason_en"].endswith("a reminder only, within the tolerance period")
    rests = {r["rule_id"] for r in out.evidence if r["uscc"] == "NEW"}
    assert "annual_report_late" in rests
    # Anything above minor is no matter of tolerance.
    assert out.points("NEW")["penalty_general"] == -30_000
    assert sum(out.points("NEW").values()) == out.grade("NEW")["score_points"]


REWEIGHTED = """
  - id: tax
    dimension: d
    zh: 税
    en: Tax
    value: {latest: {kind: tax_credit}}
    rules:
      - {id: tax, zh: "{change}", en: "{change}", source: s, lookup: {A: 300}}
  - id: honours
    dimension: d
    zh: 荣誉
    en: Honours
    value: {count: {kind: honour}}
    rules:
      - {id: honour, zh: "{change}", en: "{change}", source: s,
         each: {points: 50, cap: 200}}
"""


def test_what_is_missing_is_weighed_by_what_is_there(park: Park):
    known = "when: {kind: tax_credit}"
    frame = FRAME.replace(f"{known}}}", f"{known}, indicators: [tax]}}")
    frame = frame.replace("grading:", "grading:\n  missing: reweight")
    policy = parse_policy(f"{frame}\nindicators:{REWEIGHTED}")
    park.enterprise("KNOWN")
    park.event("KNOWN", "tax_credit", date(2026, 4, 20), period=2025, value="B")
    park.enterprise("UNKNOWN")
    for uscc in ("KNOWN", "UNKNOWN"):
        park.event(uscc, "honour", date(2026, 1, 5), value="zone")
        park.event(uscc, "commitment", date(2026, 1, 6), value="fully")
    out = park.graded(policy)
    # Ceiling 500, of which tax could give 300: 50 * 500 // 200 = 125.
    assert out.points("KNOWN") == {"base": 1_000_000, "honour": 50_000}
    assert out.points("UNKNOWN") == {
        "base": 1_000_000,
        "honour": 50_000,
        "weight_d": 75_000,
    }
    told = out.why("UNKNOWN")["weight_d"]
    assert told["reason_zh"] == "“维度”部分数据暂缺，得分按可得部分折算，加75分"
