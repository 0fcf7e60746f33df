"""29 February 2028: what ends, what is shown for the last time, what begins on that day.

A period of months ends on the day before the same day of its last month; where that month
has no such day, on the day before its last: never a day longer than the law allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.files.archive import FIRST, Archive

LEAP = date(2028, 2, 29)
GENERAL, SERIOUS = "0202", "0303"  # shown for one year, for three


@pytest.fixture
def leap() -> Iterator[Archive]:
    """An archive on that day."""
    made = Archive(LEAP)
    made.enterprise(FIRST, "甲公司", authority="市场监管局")
    yield made
    made.connection.close()


def fined(archive: Archive, kinds: str, decided_on: date) -> str:
    given: dict[str, Any] = {"party_class": "legal", "status": "active"}
    given |= {"uscc": FIRST, "penalty_kinds": kinds, "decided_on": decided_on}
    return archive.add("penalties", **given, decision_no=f"{kinds} {decided_on}")


def test_what_began_a_day_earlier_is_gone_and_what_ends_today_is_shown(leap: Archive):
    for kinds, year in ((GENERAL, 2027), (SERIOUS, 2025)):
        fined(leap, kinds, date(year, 2, 28))
        fined(leap, kinds, date(year, 3, 1))
    fined(leap, SERIOUS, date(2024, 2, 29))  # three years ended on 27 February 2027
    columns = "severity, decided_on, publish_until"
    assert leap.rows("public_penalties", columns) == [
        ("general", date(2027, 3, 1), LEAP),
        ("serious", date(2025, 3, 1), LEAP),
    ]


@pytest.mark.parametrize(
    ("kinds", "repairable_from", "publish_until"),
    [
        (GENERAL, date(2028, 5, 29), date(2029, 2, 27)),
        (SERIOUS, date(2029, 2, 28), date(2031, 2, 27)),
    ],
)
def test_a_penalty_of_that_day_is_never_shown_too_long(
    leap: Archive, kinds: str, repairable_from: date, publish_until: date
):
    found = leap.event(fined(leap, kinds, LEAP))
    assert found["repairable_from"] == repairable_from
    assert found["publish_until"] == publish_until


def test_lists_of_three_years_end_around_that_day(leap: Archive):
    days = (date(2025, 2, 28), date(2025, 3, 1), LEAP)
    keys = [leap.add("serious_listings", uscc=FIRST, listed_on=day) for day in days]
    found = [leap.event(key) for key in keys]
    assert [(e["publish_until"], e["repairable_from"]) for e in found] == [
        (date(2028, 2, 27), date(2026, 2, 28)),
        (LEAP, date(2026, 3, 1)),
        (date(2031, 2, 27), date(2029, 2, 28)),
    ]
