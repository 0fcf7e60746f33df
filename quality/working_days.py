"""Working days as the State Council announces them, make-up days (调休) included.

The single source of every period counted in 工作日. A period starts to count on the day
after its event (民法典 art. 201). Not here: which step has how many days (policy tables).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from chinese_calendar import constants, is_workday

_DAY = timedelta(days=1)


class CalendarEndsError(ValueError):
    """Working days of a year were asked for that no notice has announced yet."""


@cache
def is_working_day(day: date) -> bool:
    """Whether offices work on ``day``.

    Raises:
        CalendarEndsError: its year lies outside the announced ones.
    """
    first, last = announced_years()
    if not first <= day.year <= last:
        raise CalendarEndsError(
            f"working days of {day.year} are not announced (known: {first} to {last}): "
            "upgrade chinesecalendar once the State Council's notice is out"
        )
    return bool(is_workday(day))


def add_working_days(start: date, count: int) -> date:
    """The last day of a period of ``count`` working days after ``start``.

    ``start`` itself is not counted; ``count`` 0 gives ``start``.

    Raises:
        CalendarEndsError: the period runs into a year that is not announced.
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"a period of {count} working days")
    day = start
    for _ in range(count):
        day = next_working_day(day + _DAY)
    return day


def next_working_day(day: date) -> date:
    """``day``, or the first working day after it.

    Raises:
        CalendarEndsError: see ``is_working_day``.
    """
    while not is_working_day(day):
        day += _DAY
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative backwards.

    Raises:
        CalendarEndsError: see ``is_working_day``.
    """
    if end < start:
        return -working_days_between(end, start)
    days = (start + _DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


@cache
def announced_years() -> tuple[int, int]:
    """First and last year whose working days are announced."""
    return min(constants.holidays).year, max(constants.holidays).year
