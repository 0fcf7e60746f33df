"""Calendar arithmetic of the sandbox: months, quarters, chance by the month.

Not here: any reading of a clock. The sandbox lives up to the day it is given.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

EPOCH = date(2023, 1, 1)
"""The first day the agencies know: whatever is older was entered that morning."""

HISTORY = date(2020, 1, 1)
"""Events are told from here on; registrations reach further back."""


@lru_cache(maxsize=65536)
def add_months(day: date, months: int) -> date:
    """The same day of another month, clamped to that month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _length(year, month + 1)))


def _length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def months(start: date, until: date) -> tuple[date, ...]:
    """The first day of every month from that of ``start`` to that of ``until``."""
    return _months(start.replace(day=1), until.replace(day=1))


@lru_cache(maxsize=4096)
def _months(first: date, last: date) -> tuple[date, ...]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(add_months(first, n) for n in range(count))


def quarter_ends(start: date, until: date) -> tuple[date, ...]:
    """Every last day of a quarter from ``start`` to ``until``, both included."""
    ends = (add_months(m, 1) - timedelta(days=1) for m in months(start, until))
    return tuple(d for d in ends if d.month % 3 == 0 and start <= d <= until)


def happenings(
    rng: random.Random, yearly_bp: int, start: date, until: date
) -> Iterator[date]:
    """Days on which something happens by chance, at most one a month.

    Args:
        rng: read once a month, so that a later ``until`` never changes the past.
        yearly_bp: expected number a year in ten-thousandths.
        start: the first day on which it may happen.
        until: the last such day.
    """
    for first in months(start, until):
        if rng.random() * 120_000 < yearly_bp:
            day = first + timedelta(days=rng.randrange(28))
            if start <= day <= until:
                yield day


def later(rng: random.Random, day: date, low: int, high: int) -> date:
    """A day ``low`` to ``high`` days after ``day``."""
    return day + timedelta(days=rng.randint(low, high))
