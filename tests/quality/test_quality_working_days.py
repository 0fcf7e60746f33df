"""Working days against the State Council's own notice for 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.working_days import (
    CalendarEndsError,
    add_working_days,
    announced_years,
    is_working_day,
    next_working_day,
    working_days_between,
)

DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 7), False),  # its last day, a Wednesday
        (date(2026, 10, 10), True),  # a Saturday worked for it
        (date(2026, 10, 11), False),  # an ordinary Sunday
    ],
)
def test_holidays_and_make_up_days_of_the_notice(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_period_starts_on_the_next_day_and_skips_the_golden_week() -> None:
    eve = date(2026, 9, 29)
    # 30 Sept, 8, 9 and (made up) Saturday 10 October, Monday 12.
    assert [add_working_days(eve, n) for n in range(6)] == [
        eve,
        *(date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9)),
        *(date(2026, 10, 10), date(2026, 10, 12)),
    ]
    assert working_days_between(eve, date(2026, 10, 12)) == 5
    assert working_days_between(date(2026, 10, 12), eve) == -5
    assert next_working_day(date(2026, 10, 3)) == date(2026, 10, 8)


def test_beyond_the_announced_years_it_fails_and_says_what_to_do() -> None:
    last = announced_years()[1]
    with pytest.raises(CalendarEndsError, match=f"{last + 1} .* upgrade"):
        is_working_day(date(last + 1, 1, 4))
    with pytest.raises(CalendarEndsError):
        add_working_days(date(last, 12, 20), 30)
    with pytest.raises(CalendarEndsError):
        is_working_day(date(1999, 1, 4))


def test_no_period_is_negative() -> None:
    with pytest.raises(ValueError, match="-1"):
        add_working_days(date(2026, 1, 5), -1)


@given(DAYS, st.integers(1, 60))
def test_a_period_holds_as_many_working_days_as_it_says(day: date, count: int) -> None:
    end = add_working_days(day, count)
    assert is_working_day(end)
    assert working_days_between(day, end) == count
    assert working_days_between(day, end - timedelta(days=1)) == count - 1
