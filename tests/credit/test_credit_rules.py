"""Each kind of value and rule, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.credit.ledger import Park, policy_with

Points = Callable[[str, str], int]

DAY = timedelta(days=1)
TODAY = date(2026, 6, 30)


def indicator(value: str, rule: str) -> str:
    return (
        f"  - id: i\n    dimension: d\n    zh: 指标\n    en: Indicator\n"
        f"    value: {value}\n    rules:\n"
        f"      - {{id: r, zh: 原因, en: Why, source: s, {rule}}}\n"
    )


@pytest.fixture
def points(park: Park) -> Points:
    """Points of rule r for one enterprise with the events of ``park``."""

    def run(value: str, rule: str) -> int:
        policy = policy_with(indicator(value, rule))
        park.rows["enterprises"] = []
        park.enterprise("E1")
        return park.values(policy).one("credit_indicators", "E1")["p_r"]

    return run


def test_a_look_up_takes_the_newest_grade_by_period_not_by_arrival(
    park: Park, points: Points
):
    park.event("E1", "tax_credit", date(2026, 4, 20), period=2024, value="C")
    park.event("E1", "tax_credit", date(2025, 4, 20), period=2025, value="A")
    rule = "lookup: {A: 30, C: -40}"
    assert points("{latest: {kind: tax_credit}}", rule) == 30_000


def test_among_grades_of_one_period_the_later_decision_counts(
    park: Park, points: Points
):
    park.event("E1", "tax_credit", date(2026, 4, 20), period=2025, value="A")
    park.event("E1", "tax_credit", date(2026, 5, 20), period=2025, value="C")
    rule = "lookup: {A: 30, C: -40}"
    assert points("{latest: {kind: tax_credit}}", rule) == -40_000


def test_a_grade_the_look_up_does_not_name_gives_no_points(park: Park, points: Points):
    park.event("E1", "tax_credit", date(2026, 4, 20), period=2025, value="M")
    assert points("{latest: {kind: tax_credit}}", "lookup: {A: 30}") == 0


def test_the_newest_quantity_counts_and_none_gives_nothing(park: Park, points: Points):
    value, rule = "{latest_quantity: {kind: credit_managers}}", "each: {points: 2.5}"
    assert points(value, rule) == 0
    park.event("E1", "credit_managers", date(2025, 1, 1), quantity=9)
    park.event("E1", "credit_managers", date(2026, 1, 1), quantity=3)
    park.event("E1", "credit_managers", date(2026, 2, 1), quantity=None)
    assert points(value, rule) == 7_500


def test_each_stops_at_its_cap(park: Park, points: Points):
    for month in range(1, 6):
        park.event("E1", "commitment", date(2026, month, 1), value="fully")
    value = "{count: {kind: commitment, values: [fully]}}"
    assert points(value, "each: {points: 5, cap: 30}") == 25_000
    assert points(value, "each: {points: 5, cap: 12}") == 12_000
    assert points(value, "each: {points: -5, cap: -12}") == -12_000


def test_bands_take_their_lower_bound_in_and_their_upper_out(
    park: Park, points: Points
):
    rule = (
        "bands: [{below: 1, points: 7}, {from: 1, below: 3, points: 1},"
        " {from: 3, points: -9}]"
    )
    value = "{count: {kind: site_visit}}"
    found = []
    for _ in range(5):
        found.append(points(value, rule))
        park.event("E1", "site_visit", date(2026, 1, 1))
    assert found == [7_000, 1_000, 1_000, -9_000, -9_000]


def test_a_flag_is_raised_by_the_first_event(park: Park, points: Points):
    value, rule = "{count: {kind: honour}}", "flag: 10"
    assert points(value, rule) == 0
    park.event("E1", "honour", date(2026, 1, 1), value="zone")
    park.event("E1", "honour", date(2026, 1, 1), value="national")
    assert points(value, rule) == 10_000


def test_a_sum_adds_amounts_and_takes_a_missing_amount_as_nothing(
    park: Park, points: Points
):
    for amount in (120_00, None, 80_00):
        park.event("E1", "tax_arrears", date(2026, 1, 1), amount_fen=amount)
    value = "{sum: {kind: tax_arrears, open: true, field: amount_fen}}"
    rule = "bands: [{below: 20000, points: 0}, {from: 20000, points: -4}]"
    assert points(value, rule) == -4_000


def test_months_counts_different_periods_once(park: Park, points: Points):
    for period in (202604, 202604, 202605, None):
        park.event("E1", "contribution", date(2026, 6, 1), period=period)
    assert points("{months: {kind: contribution}}", "each: {points: 1}") == 2_000


@pytest.mark.parametrize(
    ("on_time", "late", "expected"),
    [(0, 0, 0), (3, 0, 0), (4, 0, 5_000), (19, 1, 5_000), (18, 2, 0)],
)
def test_a_ratio_needs_enough_events(
    park: Park, points: Points, on_time: int, late: int, expected: int
):
    for value, times in (("on_time", on_time), ("late", late)):
        for _ in range(times):
            park.event("E1", "fee_payment", date(2026, 5, 1), value=value)
    value = "{ratio: {among: {kind: fee_payment}, values: on_time, at_least: 4}}"
    rule = "bands: [{below: 9500, points: 0}, {from: 9500, points: 5}]"
    assert points(value, rule) == expected


def test_a_window_of_months_ends_with_the_same_day_and_respects_short_months(
    park: Park,
):
    value = "{count: {kind: honour, within_months: 1}}"
    policy = policy_with(indicator(value, "each: {points: 1}"))
    park.enterprise("E1")
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)):
        park.event("E1", "honour", day)
    out = park.values(policy, date(2026, 3, 28), date(2026, 3, 31))
    counts = [
        out.one("credit_indicators", "E1", day)["v_i"]
        for day in (date(2026, 3, 28), date(2026, 3, 31))
    ]
    # One month before 28 March is 28 February; before 31 March it is 28 February too.
    assert counts == [1, 1]


@pytest.mark.parametrize("years", [1, 3, 5])
def test_a_window_of_years_seen_from_a_leap_day_begins_on_the_first_of_march(
    park: Park, years: int
):
    leap = date(2028, 2, 29)
    value = f"{{count: {{kind: honour, within_months: {12 * years}}}}}"
    policy = policy_with(indicator(value, "each: {points: 1}"))
    park.enterprise("E1")
    park.event("E1", "honour", date(2028 - years, 2, 28))
    counts = []
    for day in (date(2028 - years, 3, 1), leap):
        park.event("E1", "honour", day)
        out = park.values(policy, leap)
        counts.append(out.one("credit_indicators", "E1", leap)["v_i"])
    assert counts == [1, 2]


def test_days_older_and_younger_leave_their_own_day_out(park: Park, points: Points):
    for age in (59, 60, 61):
        park.event("E1", "fee_payment", TODAY - age * DAY)
    older = "{count: {kind: fee_payment, older_than_days: 60}}"
    younger = "{count: {kind: fee_payment, younger_than_days: 60}}"
    assert points(older, "each: {points: 1}") == 1_000
    assert points(younger, "each: {points: 1}") == 1_000


def test_values_severity_and_polarity_all_have_to_match(park: Park, points: Points):
    park.event(
        "E1", "inspection", TODAY, value="clean", severity=None, polarity="positive"
    )
    park.event(
        "E1",
        "inspection",
        TODAY,
        value="obstructed",
        severity="general",
        polarity="negative",
    )
    park.event("E1", "inspection", TODAY, value="obstructed", polarity="negative")
    value = (
        "{count: {kind: inspection, values: [obstructed, pending],"
        " severity: general, polarity: negative}}"
    )
    assert points(value, "each: {points: -1}") == -1_000


def test_one_of_several_penalty_kinds_is_enough(park: Park, points: Points):
    for kinds in ("0201", "0101;0201", "0303", "10201"):
        park.event("E1", "penalty", TODAY, severity="general", value=kinds)
    value = '{count: {kind: penalty, values: ["0201"], severity: general, open: true}}'
    assert points(value, "each: {points: -1}") == -2_000


def test_an_event_of_tomorrow_does_not_count_today(park: Park, points: Points):
    park.event("E1", "honour", TODAY + DAY)
    park.event("E1", "honour", TODAY)
    assert points("{count: {kind: honour}}", "each: {points: 1}") == 1_000


def test_an_event_counts_up_to_the_day_before_it_ends(park: Park):
    value = "{count: {kind: abnormal_listing, open: true}}"
    policy = policy_with(indicator(value, "each: {points: -80}"))
    park.enterprise("E1")
    ended = date(2026, 6, 10)
    park.event("E1", "abnormal_listing", date(2026, 6, 1), ended_on=ended)
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 9), ended)
    out = park.values(policy, *days)
    found = [out.one("credit_indicators", "E1", day)["p_r"] for day in days]
    assert found == [0, -80_000, -80_000, 0]


def test_a_penalty_fades_in_a_straight_line_until_its_publicity_ends(park: Park):
    value = "{count: {kind: penalty, severity: general, open: true}}"
    policy = policy_with(indicator(value, "decay: {points: -30}"))
    park.enterprise("E1")
    start = date(2026, 1, 1)
    park.event(
        "E1", "penalty", start, severity="general", publish_until=start + 100 * DAY
    )
    days = [start + n * DAY for n in (0, 1, 50, 99, 100)]
    out = park.values(policy, *days)
    found = [out.one("credit_indicators", "E1", day)["p_r"] for day in days]
    # 30 points over 100 days: 300 thousandths a day.
    assert found == [-30_000, -29_700, -15_000, -300, 0]


def test_fading_rounds_in_the_enterprises_favour_per_penalty(
    park: Park, points: Points
):
    for _ in range(2):
        park.event(
            "E1",
            "penalty",
            TODAY - DAY,
            severity="general",
            publish_until=TODAY + 2 * DAY,
        )
    value = "{count: {kind: penalty, severity: general, open: true}}"
    # 10000 * 2 // 3 = 6666 each, 13332 together (not 13333).
    assert points(value, "decay: {points: -10}") == -13_332


def test_fading_points_differ_by_severity_and_stop_at_the_cap(
    park: Park, points: Points
):
    for severity in ("general", "serious", "minor"):
        park.event("E1", "penalty", TODAY, severity=severity)
    value = "{count: {kind: penalty, severity: [general, serious], open: true}}"
    rule = "decay: {points: {general: -30, serious: -120}%s}"
    assert points(value, rule % "") == -150_000
    assert points(value, rule % ", cap: -140") == -140_000


def test_a_publicity_that_ends_on_the_day_of_the_decision_gives_nothing(
    park: Park, points: Points
):
    park.event("E1", "penalty", TODAY, severity="general", publish_until=TODAY)
    value = "{count: {kind: penalty, severity: general, open: true}}"
    assert points(value, "decay: {points: -30}") == 0


def test_a_figure_gives_points_by_its_band_and_none_without_data(
    park: Park, points: Points
):
    rule = "bands: [{below: 6000, points: 10}, {from: 6000, points: -10}]"
    assert points("{figure: dso_centidays}", rule) == 0
    quarter = {"revenue_fen": 1_000, "receivables_begin_fen": 0}
    park.statement(
        "E1",
        date(2026, 3, 31),
        credit_sales_fen=900,
        receivables_end_fen=600,
        **quarter,
    )
    # 600 / 900 * 90 days = 60.00 days, which belongs to the upper band.
    assert points("{figure: dso_centidays}", rule) == -10_000


def test_points_may_have_three_decimals(park: Park, points: Points):
    park.event("E1", "honour", TODAY)
    assert points("{count: {kind: honour}}", "flag: 0.125") == 125


def test_dimension_floor_and_ceiling_are_shown_as_their_own_row(park: Park):
    text = indicator("{count: {kind: honour}}", "each: {points: 300}")
    policy = policy_with(text)
    park.enterprise("E1")
    for _ in range(2):
        park.event("E1", "honour", TODAY)
    out = park.graded(policy)
    assert out.points("E1") == {"base": 1_000_000, "r": 600_000, "adj_d": -100_000}
    assert out.grade("E1")["score_points"] == 1_500_000
