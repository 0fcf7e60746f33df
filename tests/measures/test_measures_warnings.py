"""Warnings on three levels: what fires, since when, along which path, how good it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.files.archive import FIRST, SECOND, THIRD, TODAY, Archive

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)


def enterprise(archive: Archive, uscc: str = FIRST, name: str = "甲公司") -> None:
    """In the park, grade B at every evaluation from August on."""
    archive.enterprise(uscc, name)
    for day in (AUGUST, SEPTEMBER, OCTOBER, TODAY):
        archive.grade("B", uscc, evaluated_on=day)


def fined(archive: Archive, *days: date, **values: Any) -> list[str]:
    return [
        archive.add("penalties", uscc=FIRST, decided_on=d, decision_no=str(d), **values)
        for d in days
    ]


def warned(archive: Archive, rule: str, columns: str) -> list[Any]:
    return archive.rows("warnings", columns, f"rule_id = '{rule}'")


def test_two_penalties_within_half_a_year_are_a_cluster_with_their_evidence(
    archive: Archive,
):
    enterprise(archive)
    keys = fined(archive, date(2026, 5, 20), date(2026, 8, 1), date(2026, 10, 5))
    columns = "subject, subject_name, since, ended_on, value, reason, colour, state"
    # 20 May falls out of the window on 20 November; the first two meet on 31 August.
    assert warned(archive, "penalties_clustered", columns) == [
        (FIRST, "甲公司", AUGUST, None, 2, "近6个月受到行政处罚2次", "orange", "open")
    ]
    assert archive.rows("warning_evidence", "event_id") == [(k,) for k in keys[1:]]


def test_a_warning_is_over_at_the_first_evaluation_without_its_signal(
    archive: Archive,
):
    enterprise(archive)
    # The older one leaves the window between September's end and October's.
    fined(archive, date(2026, 4, 15), date(2026, 6, 1))
    columns = "since, ended_on, state"
    assert warned(archive, "penalties_clustered", columns) == [
        (AUGUST, OCTOBER, "over")
    ]


def test_a_revoked_penalty_warns_of_nothing(archive: Archive):
    enterprise(archive)
    fined(archive, date(2026, 9, 1), date(2026, 10, 5), status="revoked")
    assert archive.rows("warnings") == []


@pytest.mark.parametrize(
    ("insured", "value"),
    [
        ([100, 100, 100, 80, 80, 80], 2000),  # 20 % down
        ([100, 100, 100, 90, 80, 71], None),  # 241 of 300: 19.67 %
        ([60, 60, 60, 20, 20, 20], 6666),
        ([10, 10, 10, 12, 12, 12], None),
    ],
)
def test_insured_persons_of_three_months_are_compared_with_three_before(
    archive: Archive, insured: list[int], value: int | None
):
    # Contributions of a month fall due at the end of the next: April's on 31 May.
    enterprise(archive)
    for number, persons in enumerate(insured):
        archive.add(
            "social_contributions",
            uscc=FIRST,
            month=date(2026, 4 + number, 1),
            insured=persons,
            due_fen=100,
            paid_fen=100,
            paid_on=date(2026, 4 + number, 20),
        )
    # On 31 October the six months that fell due since 30 April.
    where = f"rule_id = 'contributions_falling' AND evaluated_on = DATE '{OCTOBER}'"
    found = archive.rows("warning_signals", "value", where)
    assert found == ([(value,)] if value else [])


def test_receivables_that_turn_slower_than_half_a_year_ago(archive: Archive):
    enterprise(archive)
    for day, centidays in ((date(2026, 4, 30), 6000), (OCTOBER, 7800)):
        figures = {"uscc": FIRST, "evaluated_on": day, "dso_centidays": centidays}
        archive.add("credit_figures", **figures)
    columns = "since, value, reason"
    assert warned(archive, "dso_growing", columns) == [
        (OCTOBER, 3000, "应收账款周转天数较6个月前增长30%")
    ]


@pytest.mark.parametrize(("renewed", "lost"), [(False, True), (True, False)])
def test_a_licence_that_ended_and_was_not_renewed(
    archive: Archive, renewed: bool, lost: bool
):
    enterprise(archive)
    licence = {"uscc": FIRST, "certificate_name": "食品经营许可证", "status": "active"}
    archive.add(
        "permits",
        decision_no="1",
        decided_on=date(2021, 10, 1),
        valid_to=date(2026, 10, 1),
        **licence,
    )
    if renewed:
        archive.add(
            "permits",
            decision_no="2",
            decided_on=date(2026, 9, 20),
            valid_to=date(2031, 9, 20),
            **licence,
        )
    columns = "since, value"
    found = warned(archive, "permits_lost", columns)
    assert found == ([(OCTOBER, 1)] if lost else [])


def link(archive: Archive, supplier: str, customer: str, **values: Any) -> None:
    given = {"since": date(2025, 1, 1), "until": None}
    parties = {"supplier_uscc": supplier, "customer_uscc": customer}
    archive.add("supply_links", **parties, **given | values)


def test_a_customers_trouble_reaches_its_supplier_with_the_path(archive: Archive):
    enterprise(archive)
    archive.enterprise(SECOND, "乙公司")
    archive.grade("D", SECOND, evaluated_on=OCTOBER)
    archive.grade("D", SECOND)
    archive.enterprise(THIRD, "丙公司")
    archive.grade("A", THIRD)
    link(archive, FIRST, SECOND)
    link(archive, FIRST, THIRD)
    link(archive, FIRST, THIRD[:-1] + "?", until=date(2026, 1, 1))
    columns = "level, subject, since, value, reason, path"
    assert warned(archive, "customers_troubled", columns) == [
        (
            *("chain", FIRST, OCTOBER, 5000),
            "客户中信用等级C、D级占50%，回款风险上升",
            "乙公司（D）→ 本企业",
        )
    ]
    # Seen from the other side, the customer's only supplier is sound.
    assert warned(archive, "suppliers_troubled", "subject") == []


def test_two_enterprises_of_grade_d_two_links_away_are_told_with_their_ways(
    archive: Archive,
):
    enterprise(archive)
    enterprise(archive, SECOND, "乙公司")
    for uscc, name in ((THIRD, "丙公司"), ("91370303MA3D0001X0", "丁公司")):
        archive.enterprise(uscc, name)
        archive.grade("D", uscc)
        link(archive, SECOND, uscc)
    link(archive, FIRST, SECOND)
    columns = "subject, since, value, path"
    (found,) = warned(archive, "second_tier_troubled", columns)
    assert found[:3] == (FIRST, TODAY, 2)
    assert sorted(found[3].split("；")) == [
        "丁公司（D）→ 乙公司 → 本企业",
        "丙公司（D）→ 乙公司 → 本企业",
    ]


def houses(archive: Archive, letters: str) -> None:
    for number, letter in enumerate(letters):
        uscc = f"91370303MA3D{number:04}XX"
        archive.enterprise(uscc, f"企业{number}")
        archive.add(
            "tenancies", uscc=uscc, lease_from=date(2020, 1, 1), building="A1座"
        )
        archive.grade(letter, uscc)


@pytest.mark.parametrize(
    ("letters", "value"),
    [("CDAAA", 4000), ("CDAAAAA", None), ("CDDD", None)],  # 2/7; four are too few
)
def test_a_building_warns_when_three_in_ten_of_five_or_more_are_low(
    archive: Archive, letters: str, value: int | None
):
    houses(archive, letters)
    found = warned(archive, "building_troubled", "level, subject_name, value")
    assert found == ([("area", "A1座", value)] if value else [])


def test_who_took_a_warning_up_and_why_it_was_closed_stands_beside_it(
    archive: Archive,
):
    enterprise(archive)
    fined(archive, date(2026, 8, 1), date(2026, 10, 5))
    for day, closed in ((date(2026, 8, 1), None), (date(2026, 11, 2), TODAY)):
        archive.add(
            "warning_reviews",
            subject=FIRST,
            rule_id="penalties_clustered",
            acknowledged_on=day,
            unit="信用办",
            closed_on=closed,
            closed_why=closed and "已整改",
        )
    columns = "since, acknowledged_on, unit, closed_on, closed_why, state"
    # What was acknowledged in August was another warning.
    assert warned(archive, "penalties_clustered", columns) == [
        (OCTOBER, date(2026, 11, 2), "信用办", TODAY, "已整改", "closed")
    ]


def test_the_back_test_counts_hits_false_alarms_and_days_ahead(archive: Archive):
    # Two penalties each by 31 January 2026. The first falls from B to C on 31 March, 59
    # days later; the second never; the third is D already and cannot fall.
    ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    for uscc, letters in ((FIRST, "BBC"), (SECOND, "BBB"), (THIRD, "DDD")):
        archive.enterprise(uscc, f"企业{uscc[-4:]}")
        for day, letter in zip(ends, letters, strict=True):
            archive.grade(letter, uscc, evaluated_on=day)
        for day in (date(2025, 12, 1), date(2026, 1, 5)):
            archive.add("penalties", uscc=uscc, decided_on=day, decision_no=f"{day}")
    columns = "warnings, hits, false_alarms, hit_bp, median_lead_days, falls"
    where = "rule_id = 'penalties_clustered'"
    assert archive.rows("warning_backtest", columns, where) == [(2, 1, 1, 5000, 59, 1)]
    # Of the six moments at which one could fall, two had a fall ahead.
    columns = "chance_bp, falls_foreseen"
    assert archive.rows("warning_backtest", columns, where) == [(3333, 1)]


def test_a_warning_whose_horizon_is_not_over_is_not_judged(archive: Archive):
    enterprise(archive)
    fined(archive, date(2026, 8, 1), date(2026, 10, 5))
    where = "rule_id = 'penalties_clustered'"
    columns = "warnings, hits, hit_bp"
    assert archive.rows("warning_backtest", columns, where) == [(0, 0, None)]
