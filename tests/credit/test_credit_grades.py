"""Letters, vetoes, caps, limits, completeness and scope."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assets.credit.policy import Policy
from tests.credit.ledger import Park, policy_with

DAY = timedelta(days=1)
TODAY = date(2026, 6, 30)

BROKEN = """
  - id: broken
    dimension: d
    zh: 未履行承诺
    en: Broken commitments
    value: {count: {kind: commitment, values: [none]}}
    rules:
      - {id: broken, zh: "{value}项，{change}", en: "{value}: {change}", source: s,
         each: {points: -0.5}}
"""
LISTED = """
  - id: listed
    dimension: d
    zh: 严重失信
    en: Listed
    value: {count: {kind: serious_listing, open: true}}
    rules:
      - {id: listed, zh: 原因, en: Why, source: s, flag: -10}
  - id: tax
    dimension: d
    zh: 纳税信用
    en: Tax credit
    value: {latest: {kind: tax_credit}}
"""
LAW = """
vetoes:
  - {id: veto, indicator: listed, above: 0, zh: 一票否决, en: Veto, source: law}
caps:
  - {id: cap_b, indicator: tax, values: [C], letter: B, zh: 限B, en: "≤ B", source: s}
  - {id: cap_c, indicator: tax, values: [D], letter: C, zh: 限C, en: "≤ C", source: s}
"""


def broken(park: Park, uscc: str, points: float):
    """Deductions of so many points, half a point each."""
    for _ in range(int(points * 2)):
        park.event(uscc, "commitment", TODAY, value="none")


@pytest.mark.parametrize(
    ("deducted", "letter", "state"),
    [
        (0, "A", "graded"),
        (50, "A", "graded"),
        (50.5, "B", "graded"),
        (150, "B", "graded"),
        (150.5, "C", "graded"),
        (300, "C", "graded"),
        (300.5, "C", "attention"),
        (499, "C", "attention"),
    ],
)
def test_bands_start_at_their_first_point_and_black_needs_a_statutory_list(
    park: Park, deducted: float, letter: str, state: str
):
    park.enterprise("E1")
    broken(park, "E1", deducted)
    found = park.graded(policy_with(BROKEN)).grade("E1")
    assert (found["letter"], found["state"]) == (letter, state)
    assert found["score_points"] == 1_000_000 - int(deducted * 1000)
    assert (found["vetoed"], found["veto_rule"]) == (False, None)


def test_a_live_serious_listing_is_black_whatever_the_score(park: Park):
    park.enterprise("E1")
    start, end = TODAY - 30 * DAY, TODAY + 2 * DAY
    park.event("E1", "serious_listing", start, ended_on=end)
    policy = policy_with(BROKEN + LISTED, LAW)
    out = park.graded(policy, start - DAY, start, end - DAY, end)
    found = {
        day: (row["letter"], row["vetoed"], row["veto_rule"], row["score_points"])
        for row in out.computed_grades
        for day in [row["evaluated_on"]]
    }
    assert found == {
        start - DAY: ("A", False, None, 1_000_000),
        start: ("D", True, "veto", 990_000),
        end - DAY: ("D", True, "veto", 990_000),
        end: ("A", False, None, 1_000_000),
    }


@pytest.mark.parametrize(
    ("tax", "deducted", "letter", "rule"),
    [
        ("A", 0, "A", None),
        ("C", 0, "B", "cap_b"),
        ("D", 0, "C", "cap_c"),
        ("C", 100, "B", None),  # the score alone is B already
        ("C", 200, "C", None),
        ("D", 100, "C", "cap_c"),
    ],
)
def test_a_cap_bounds_the_letter_and_is_named_only_where_it_cost_one(
    park: Park, tax: str, deducted: float, letter: str, rule: str | None
):
    park.enterprise("E1")
    park.event("E1", "tax_credit", date(2026, 4, 30), period=2025, value=tax)
    broken(park, "E1", deducted)
    out = park.graded(policy_with(BROKEN + LISTED, LAW))
    found = out.grade("E1")
    assert (found["letter"], found["veto_rule"]) == (letter, rule)
    told = out.why("E1").get(rule or "")
    assert (told is None) == (rule is None)
    if told:
        assert (told["points"], told["raw_value"]) == (0, tax)


MINOR = """
  - id: minor
    dimension: d
    zh: 轻微处罚
    en: Minor penalties
    value: {count: {kind: penalty, severity: minor, open: true}}
    rules:
      - {id: minor, zh: "{value}件", en: "{value}", source: s, limit: keep,
         each: {points: -5}}
  - id: fees
    dimension: d
    zh: 欠费
    en: Fees
    value: {count: {kind: fee_payment, open: true}}
    rules:
      - {id: fees, zh: "{value}笔", en: "{value}", source: s, limit: park,
         each: {points: -20}}
"""
LIMITS = """
limits:
  - {id: park, dimension: d, zh: "不低于B，{change}", en: "{change}", source: s,
     keeps: B, floor: -100}
  - {id: keep, dimension: d, zh: "不改变等级，{change}", en: "{change}", source: s,
     keeps: letter, floor: -30}
"""


@pytest.mark.parametrize(
    ("facts", "score", "letter", "given_back"),
    [
        ((0, 2, 0), 990, "A", {}),
        ((0, 9, 0), 970, "A", {"limit_keep": 15}),  # the limit's own floor
        ((45, 2, 0), 950, "A", {"limit_keep": 5}),  # stops at the bound of A
        ((100, 4, 0), 880, "B", {}),
        ((148, 4, 0), 850, "B", {"limit_keep": 18}),
        ((299, 4, 0), 700, "C", {"limit_keep": 19}),  # nor may it lead to attention
        ((350, 4, 0), 630, "C", {}),  # attention already
        ((45, 0, 1), 935, "B", {}),  # fees may cost A ...
        ((90, 0, 9), 850, "B", {"limit_park": 120}),  # ... but not B
        ((200, 0, 2), 800, "C", {"limit_park": 40}),  # below B they cost nothing
        ((45, 2, 1), 925, "B", {}),
        ((140, 3, 3), 850, "B", {"limit_park": 50, "limit_keep": 15}),
    ],
)
def test_minor_matters_keep_the_letter_and_fees_keep_b(
    park: Park,
    facts: tuple[int, int, int],
    score: int,
    letter: str,
    given_back: dict[str, int],
):
    deducted, minor, fees = facts
    park.enterprise("E1")
    broken(park, "E1", deducted)
    for _ in range(minor):
        park.event("E1", "penalty", TODAY, severity="minor")
    for _ in range(fees):
        park.event("E1", "fee_payment", TODAY, value="unpaid")
    out = park.graded(policy_with(BROKEN + MINOR, LIMITS, minimum="370"))
    found, points = out.grade("E1"), out.points("E1")
    assert (found["score_points"], found["letter"]) == (score * 1000, letter)
    limits = {k: v / 1000 for k, v in points.items() if k.startswith("limit_")}
    assert limits == given_back
    assert sum(points.values()) == found["score_points"]


FAMILIES = """
  - id: any
    dimension: d
    zh: 荣誉
    en: Honours
    value: {count: {kind: honour}}
"""


def families(minimum: str = "5000", months: str = "6"):
    return policy_with(
        FAMILIES + LISTED,
        LAW,
        minimum_completeness_bp=minimum,
        new_enterprise_months=months,
    )


def test_too_little_data_is_not_graded_rather_than_graded_badly(park: Park):
    park.enterprise("E1")
    park.event("E1", "honour", date(2020, 1, 1), value="zone")
    out = park.graded(families())
    assert out.grade("E1") == {
        "uscc": "E1",
        "evaluated_on": TODAY,
        "policy_id": "test-policy",
        "state": "not_graded",
        "score_points": None,
        "letter": None,
        "completeness_bp": 0,
        "vetoed": False,
        "veto_rule": None,
    }
    assert out.explanations == [] == out.evidence


def test_enough_data_is_graded(park: Park):
    park.enterprise("E1")
    park.event("E1", "tax_credit", date(2026, 4, 1), period=2025, value="B")
    found = park.graded(families()).grade("E1")
    assert (found["completeness_bp"], found["letter"]) == (10_000, "A")


def test_a_statutory_listing_is_told_even_where_little_else_is_known(park: Park):
    park.enterprise("E1", established_on=TODAY - 20 * DAY)
    park.event("E1", "serious_listing", TODAY)
    found = park.graded(families()).grade("E1")
    assert (found["state"], found["letter"]) == ("graded", "D")
    assert found["score_points"] == 990_000


@pytest.mark.parametrize(
    ("established", "state"),
    [
        (date(2026, 1, 1), "not_graded"),
        (date(2025, 12, 31), "not_graded"),
        (date(2025, 12, 30), "graded"),  # six months to the day
    ],
)
def test_a_new_enterprise_without_records_waits_six_months(
    park: Park, established: date, state: str
):
    park.enterprise("E1", established_on=established)
    found = park.graded(families(minimum="0")).grade("E1")
    assert found["state"] == state


def test_a_new_enterprise_with_records_is_graded(park: Park):
    park.enterprise("E1", established_on=TODAY - 20 * DAY)
    park.event("E1", "tax_credit", TODAY, period=2026, value="M")
    found = park.graded(families(minimum="0")).grade("E1")
    assert found["state"] == "graded"


def test_families_are_expected_by_age_and_consent(park: Park, shipped: Policy):
    ages = {"new": 2, "half": 10, "two": 24, "old": 60, "silent": 60}
    for uscc, months in ages.items():
        year, month = divmod(TODAY.year * 12 + TODAY.month - 1 - months, 12)
        founded = date(year, month + 1, 1)
        park.enterprise(uscc, established_on=founded, consented=uscc != "silent")
        park.event(uscc, "contribution", date(2026, 5, 31), value="on_time")
    out = park.graded(shipped)
    found = {u: out.grade(u)["completeness_bp"] for u in ages}
    # contributions of: nothing, contributions + fees, + labour and reports, + tax.
    assert found == {"new": 0, "half": 5000, "two": 2500, "old": 2000, "silent": 2500}
    wide = out.one("credit_indicators", "half")
    shown = {k: v for k, v in wide.items() if k.startswith("f_")}
    assert shown == {
        "f_annual_reports": None,
        "f_tax_credit": None,
        "f_contributions": 1,
        "f_labour_grade": None,
        "f_fees": 0,
    }


def test_only_enterprises_in_scope_on_the_date_are_graded(park: Park):
    park.enterprise("in")
    park.enterprise("out", in_park=False)
    park.enterprise("founded", established_on=TODAY)
    park.enterprise("future", established_on=TODAY + DAY)
    park.enterprise("left", deregistered_on=TODAY)
    park.enterprise("leaving", deregistered_on=TODAY + DAY)
    for uscc in ("in", "out", "future", "left", "unknown"):
        park.event(uscc, "commitment", date(2026, 1, 1), value="none")
    out = park.graded(policy_with(BROKEN), TODAY - DAY, TODAY)
    found = sorted((r["evaluated_on"] == TODAY, r["uscc"]) for r in out.computed_grades)
    assert found == [
        (False, "in"),
        (False, "leaving"),
        (False, "left"),
        (True, "founded"),
        (True, "in"),
        (True, "leaving"),
    ]


def test_a_date_given_twice_is_graded_once(park: Park):
    park.enterprise("E1")
    broken(park, "E1", 10)
    found = park.graded(policy_with(BROKEN), TODAY, TODAY).grade("E1")
    assert found["score_points"] == 990_000
