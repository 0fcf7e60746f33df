"""Quarterly statements: revenue, credit sales and receivables.

Amounts are drawn in whole cents with integer arithmetic, equal on every machine.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from sandbox.days import later, quarter_ends
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import tax_date, yuan

FIRST_QUARTER = date(2022, 1, 1)
_SEASON = (90, 100, 100, 110)


def statements(ledger: Ledger, e: Enterprise) -> None:
    """A statement each quarter; some are missing, few are corrected."""
    rng, habits = e.rng("statements"), e.behaviour
    level = e.staff * rng.randint(3_000_000, 15_000_000)
    share, dso = rng.randint(25, 90), rng.randint(*habits.dso)
    trend = rng.randint(*habits.growth)
    opening = level * share // 100 * dso // 90
    start = max(FIRST_QUARTER, e.registered_on + timedelta(days=60))
    for end in quarter_ends(start, e.last_day(ledger.until)):
        level = max(10_000, level * (10_000 + trend + rng.randint(-900, 900)) // 10_000)
        revenue = _revenue(rng, e, level, end)
        credit = revenue * share // 100
        closing = credit * (dso + rng.randint(-8, 8)) // 90
        filed, missing = later(rng, end, 8, 24), rng.random() * 10_000
        row = _statement(rng, e, end, (revenue, credit, opening, closing))
        opening = closing
        if missing >= habits.missing_quarters:
            _file(ledger, e, rng, (end, filed, row))


def _revenue(rng: random.Random, e: Enterprise, level: int, end: date) -> int:
    """The quarter's revenue; a few enterprises sell nothing for a while."""
    noise, idle = rng.randint(92, 108), rng.random() < 0.15
    if e.index % 60 == 22 and idle:
        return 0
    return level * _SEASON[end.month // 3 - 1] * noise // 10_000


def _statement(
    rng: random.Random, e: Enterprise, end: date, cents: tuple[int, int, int, int]
) -> Row:
    """One in twenty-five enterprises never states its credit sales."""
    revenue, credit, opening, closing = cents
    return {
        "nsrsbh": e.uscc,
        "nsrmc": e.written(rng, end),
        "sssqz": tax_date(rng, end),
        "yysr": yuan(rng, revenue),
        "sxsr": yuan(rng, None if e.index % 25 == 17 else credit),
        "yszkqc": yuan(rng, opening),
        "yszkqm": yuan(rng, closing),
    }


def _file(
    ledger: Ledger, e: Enterprise, rng: random.Random, filing: tuple[date, date, Row]
) -> None:
    end, filed, row = filing
    key = f"{e.uscc}|{end}"
    row = row | {"bsrq": tax_date(rng, filed)}
    ledger.add("financial_statements", later(rng, filed, 0, 1), key, row)
    corrected = later(rng, filed, 30, 70)
    if rng.random() < 0.012:
        change = {"bsrq": tax_date(rng, corrected), "sxsr": None}
        ledger.add("financial_statements", corrected, key, row | change)
