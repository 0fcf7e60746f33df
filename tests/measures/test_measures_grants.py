"""What was granted month by month: entitlement, budget, end on downgrade, cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quality.identifiers.uscc import check_character
from tests.files.archive import FIRST, SECOND, Archive

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)
MONTHS = {AUGUST: date(2026, 9, 1), SEPTEMBER: date(2026, 10, 1)}
MONTHS[OCTOBER] = date(2026, 11, 1)


def offer(archive: Archive, code: str = "JL01", **values: Any) -> None:
    """20 % off the rent for A, at most 6,000 yuan a year, which are 500 a month."""
    given: dict[str, Any] = {
        "incentive_code": code,
        "title": "租金优惠",
        "incentive_kind": "rent",
        "minimum_grade": "A",
        "discount_bp": 2000,
        "cap_fen": 600_000,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
    }
    archive.add("incentive_catalogue", **given | values)


def history(archive: Archive, uscc: str, letters: str, rent_fen: int) -> None:
    """Grades at the ends of August, September and October, and the rents after."""
    for day, letter in zip(MONTHS, letters, strict=True):
        archive.grade(letter.strip() or None, uscc, evaluated_on=day)
        archive.add(
            "fee_payments",
            uscc=uscc,
            fee_kind="rent",
            month=MONTHS[day],
            due_fen=rent_fen,
        )


def budget(archive: Archive, fen: int) -> None:
    """The rent budget of 2026 instead of the office's."""
    archive.connection.execute(
        "CREATE TABLE policy_incentive_budgets AS SELECT CAST(2026 AS BIGINT) AS year, "
        "'rent' AS incentive_kind, CAST(? AS BIGINT) AS budget_fen, '财政' AS unit",
        [fen],
    )
    archive.made.add("policy_incentive_budgets")


def granted(archive: Archive, uscc: str = FIRST) -> list[Any]:
    columns = "month, entitled_fen, granted_fen, state"
    return archive.rows("incentive_grants", columns, f"uscc = '{uscc}'")


def test_the_grade_of_the_last_month_end_decides_and_a_downgrade_ends_the_grant(
    archive: Archive,
):
    offer(archive)
    history(archive, FIRST, "AAB", 200_000)
    assert granted(archive) == [
        (date(2026, 9, 1), 40_000, 40_000, "granted"),
        (date(2026, 10, 1), 40_000, 40_000, "granted"),
    ]
    columns = "from_month, to_month, months, granted_fen, ended_on, end_reason"
    assert archive.rows("incentive_periods", columns) == [
        (
            *(date(2026, 9, 1), date(2026, 10, 1), 2, 80_000),
            *(date(2026, 11, 1), "downgrade"),
        )
    ]


@pytest.mark.parametrize(
    ("letters", "valid_to", "reason"),
    [
        ("AA ", None, "not_graded"),
        ("AAA", date(2026, 10, 31), "catalogue"),
        ("AAA", None, None),
    ],
)
def test_a_period_says_why_it_ended(
    archive: Archive, letters: str, valid_to: date | None, reason: str | None
):
    offer(archive, valid_to=valid_to)
    offer(archive, "JL02", incentive_kind="priority")
    history(archive, FIRST, letters, 200_000)
    history(archive, SECOND, "AAA", 200_000)
    where = f"uscc = '{FIRST}' AND incentive_code = 'JL01'"
    assert archive.rows("incentive_periods", "end_reason", where) == [(reason,)]


def test_discounts_of_one_kind_do_not_add_up_the_better_one_is_granted(
    archive: Archive,
):
    offer(archive, "JLA", discount_bp=1000)
    offer(archive, "JLB", discount_bp=500, minimum_grade="B")
    history(archive, FIRST, "BAA", 200_000)
    columns = "month, incentive_code, granted_fen"
    assert archive.rows("incentive_grants", columns) == [
        (date(2026, 9, 1), "JLB", 10_000),
        (date(2026, 10, 1), "JLA", 20_000),
        (date(2026, 11, 1), "JLA", 20_000),
    ]
    where = "incentive_code = 'JLB'"
    assert archive.rows("incentive_periods", "end_reason", where) == [("replaced",)]


def test_today_too_only_the_better_of_two_discounts_is_left(archive: Archive):
    offer(archive, "JLA", discount_bp=1000)
    offer(archive, "JLB", discount_bp=500, minimum_grade="B")
    history(archive, FIRST, "BAA", 200_000)
    archive.grade("A")
    columns = "incentive_code, monthly_fen"
    assert archive.rows("incentives", columns) == [("JLA", 20_000)]


def test_what_is_left_of_the_budget_is_shared_in_proportion(archive: Archive):
    # 40,000 + 20,000 a month: September fits into 100,000, October has 40,000 left,
    # November nothing.
    budget(archive, 100_000)
    offer(archive)
    history(archive, FIRST, "AAA", 200_000)
    history(archive, SECOND, "AAA", 100_000)
    assert granted(archive) == [
        (date(2026, 9, 1), 40_000, 40_000, "granted"),
        (date(2026, 10, 1), 40_000, 26_666, "reduced"),
        (date(2026, 11, 1), 40_000, 0, "exhausted"),
    ]
    assert [g[2] for g in granted(archive, SECOND)] == [20_000, 13_333, 0]
    columns = "month, enterprises, granted_fen, year_granted_fen, budget_fen"
    assert archive.rows("incentive_costs", columns) == [
        (date(2026, 9, 1), 2, 60_000, 60_000, 100_000),
        (date(2026, 10, 1), 2, 39_999, 99_999, 100_000),
        (date(2026, 11, 1), 2, 0, 99_999, 100_000),
    ]


def test_without_a_fee_or_with_one_told_without_consent_no_amount_is_granted(
    archive: Archive,
):
    offer(archive)
    archive.grade("A", evaluated_on=OCTOBER)
    archive.add("fee_payments", uscc=FIRST, fee_kind="rent", month=date(2026, 11, 1))
    archive.connection.execute("UPDATE fee_payments SET consent_no = NULL")
    assert granted(archive) == [(date(2026, 11, 1), None, None, "unknown_fee")]


def published_costs(archive: Archive, rents: list[int]) -> list[Any]:
    offer(archive, cap_fen=None)
    for number, rent in enumerate(rents):
        body = f"91370303MA3D0{number:03}X"
        uscc = body + check_character(body)
        archive.grade("A", uscc, evaluated_on=OCTOBER)
        archive.add(
            "fee_payments",
            uscc=uscc,
            fee_kind="rent",
            month=date(2026, 11, 1),
            due_fen=rent,
        )
    return archive.rows("public_incentive_costs", "enterprises, granted_fen")


def test_the_public_sees_costs_of_five_or_more_of_whom_none_dominates(
    archive: Archive,
):
    assert published_costs(archive, [100_000] * 5) == [(5, 100_000)]


def test_costs_of_four_are_not_published(archive: Archive):
    assert published_costs(archive, [100_000] * 4) == []


def test_an_amount_that_is_mostly_one_enterprises_is_not_published(archive: Archive):
    # 20 % of 600,000 among 1,000,000: 60 % of the sum.
    assert published_costs(archive, [600_000, *[100_000] * 4]) == [(5, None)]


def services(archive: Archive) -> dict[str, bool]:
    return dict(archive.rows("approval_services", "item_code, open"))


def test_a_grade_opens_commitment_instead_of_papers_and_the_green_channel(
    archive: Archive,
):
    archive.enterprise()
    archive.grade("B")
    assert services(archive) == {"XYP-01": True, "XYP-02": True, "XYP-04": True}


@pytest.mark.parametrize(
    ("broken_on", "open_items"),
    [
        # Promises stand in for papers after 24 clean months, papers may follow after 12.
        (date(2026, 6, 1), {"XYP-05"}),
        (date(2025, 11, 23), {"XYP-04", "XYP-05"}),
        (date(2024, 11, 23), {"XYP-01", "XYP-02", "XYP-03", "XYP-04", "XYP-05"}),
    ],
)
def test_a_broken_promise_closes_commitment_instead_of_papers(
    archive: Archive, broken_on: date, open_items: set[str]
):
    archive.enterprise()
    archive.grade("A")
    archive.add(
        "commitments",
        uscc=FIRST,
        fulfilment="none",
        committed_on=date(2024, 1, 1),
        fulfilment_on=broken_on,
    )
    assert {code for code, is_open in services(archive).items() if is_open} == (
        open_items
    )
