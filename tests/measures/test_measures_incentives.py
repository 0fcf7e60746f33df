"""What an enterprise may have today, and what it is worth in fen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.files.archive import FIRST, SECOND, THIRD, TODAY, Archive


def offer(archive: Archive, code: str = "JL01", **values: Any) -> None:
    """An entry of the catalogue: 20 % off the rent for A, at most 6,000 yuan a year."""
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


def fee(
    archive: Archive, due_fen: int, month: date = date(2026, 11, 1), kind: str = "rent"
) -> None:
    archive.add("fee_payments", uscc=FIRST, fee_kind=kind, month=month, due_fen=due_fen)


def monthly(archive: Archive) -> list[Any]:
    return archive.rows("incentives", "incentive_code, monthly_fen")


@pytest.mark.parametrize(
    ("due_fen", "monthly_fen"),
    [
        (200_000, 40_000),  # 20 % of 2,000 yuan
        (123_457, 24_691),  # 24,691.4 fen, rounded down
        (250_000, 50_000),  # 500 yuan a month are the cap
        (900_000, 50_000),
        (0, 0),
    ],
)
def test_a_rent_discount_is_a_share_of_the_newest_rent_within_the_yearly_cap(
    archive: Archive, due_fen: int, monthly_fen: int
):
    archive.grade("A")
    offer(archive)
    fee(archive, due_fen)
    assert monthly(archive) == [("JL01", monthly_fen)]


def test_without_a_cap_the_discount_is_the_share(archive: Archive):
    archive.grade("A")
    offer(archive, cap_fen=None, discount_bp=10_000)
    fee(archive, 900_000)
    assert monthly(archive) == [("JL01", 900_000)]


def test_the_newest_month_that_has_come_counts(archive: Archive):
    archive.grade("A")
    offer(archive)
    fee(archive, 100_000, date(2026, 9, 1))
    fee(archive, 150_000, date(2026, 10, 1))
    fee(archive, 200_000, date(2026, 12, 1))  # not yet
    fee(archive, 10_000, date(2026, 11, 1), kind="management")
    assert monthly(archive) == [("JL01", 30_000)]


def test_a_management_fee_discount_comes_from_the_management_fee(archive: Archive):
    archive.grade("A")
    offer(archive, incentive_kind="management_fee", discount_bp=5000)
    fee(archive, 800_000)
    fee(archive, 30_000, kind="management")
    assert monthly(archive) == [("JL01", 15_000)]


def test_an_enterprise_whose_rent_is_unknown_has_the_incentive_without_an_amount(
    archive: Archive,
):
    archive.grade("A")
    offer(archive, cap_fen=None)
    offer(archive, "JL02", incentive_kind="priority")
    fee(archive, 30_000, kind="management")
    assert monthly(archive) == [("JL01", None), ("JL02", None)]


def test_a_rent_that_was_told_without_consent_is_unknown(archive: Archive):
    archive.grade("A")
    offer(archive)
    archive.add("fee_payments", uscc=FIRST, fee_kind="rent", consent_no=None)
    assert monthly(archive) == [("JL01", None)]


def test_a_cap_alone_is_no_amount(archive: Archive):
    archive.grade("A")
    offer(archive)
    assert monthly(archive) == [("JL01", None)]


def test_a_grade_opens_what_its_rank_and_lower_ranks_offer(archive: Archive):
    archive.grade("A", FIRST)
    archive.grade("B", SECOND)
    archive.grade("C", THIRD)
    for code, letter in (("JA", "A"), ("JB", "B"), ("JC", "C")):
        offer(archive, code, minimum_grade=letter, incentive_kind="priority")
    assert archive.rows("incentives", "uscc, incentive_code") == sorted(
        [
            *((FIRST, code) for code in ("JA", "JB", "JC")),
            *((SECOND, code) for code in ("JB", "JC")),
            (THIRD, "JC"),
        ]
    )
    assert archive.rows("incentives", "reason", f"uscc = '{THIRD}'") == [
        ("信用等级C，达到C级及以上条件",)
    ]


def test_the_ungraded_the_past_and_what_is_out_of_force_have_nothing(archive: Archive):
    archive.grade(None, FIRST)
    archive.grade("A", SECOND, evaluated_on=date(2026, 10, 31))
    archive.grade("A", THIRD)
    offer(archive, valid_from=date(2026, 11, 24))
    offer(archive, "JL02", valid_to=date(2026, 11, 22))
    offer(archive, "JL03", valid_from=TODAY, valid_to=TODAY)
    assert archive.rows("incentives", "uscc, incentive_code") == [(THIRD, "JL03")]
