"""Yearly reports: filed from January to June, late, or missed and made up for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sandbox.days import HISTORY, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import market_date, wan


class Filing(NamedTuple):
    """One yearly report: its year and the days of filing and of listing, if any."""

    year: int
    filed_on: date
    listed_on: date | None


def filings(e: Enterprise, until: date) -> Iterator[Filing]:
    """The reports due by ``until``; read by the abnormal listings as well."""
    rng, habits = e.rng("annual-reports"), e.behaviour
    first = max(HISTORY.year - 1, e.registered_on.year)
    for year in range(first, e.last_day(until).year):
        draw = rng.random() * 10_000
        listed = None
        if draw < habits.missed_report:
            listed = later(rng, date(year + 1, 7, 8), 0, 25)
            filed = later(rng, listed, 20, 330)
        elif draw < habits.missed_report + habits.late_report:
            filed = later(rng, date(year + 1, 7, 1), 0, 5)
        else:
            filed = later(rng, date(year + 1, 1, 4), 0, 170)
        yield Filing(year, filed, listed)


def reports(ledger: Ledger, e: Enterprise) -> None:
    """Enter the reports; one in sixty is corrected some weeks later."""
    rng = e.rng("annual-report-figures")
    staff = e.staff
    for filing in filings(e, ledger.until):
        staff = max(1, staff + rng.randint(-3, 4))
        revenue = staff * rng.randint(180_000, 900_000)
        key = f"{e.uscc}|{filing.year}"
        row = _report(rng, e, filing, (staff, revenue))
        ledger.add("annual_reports", later(rng, filing.filed_on, 0, 2), key, row)
        if rng.random() * 60 < 1:
            corrected = row | {"VENDINC": wan(revenue * 9 // 10)}
            day = later(rng, filing.filed_on, 10, 40)
            ledger.add("annual_reports", day, key, corrected)


def _report(
    rng: random.Random, e: Enterprise, filing: Filing, figures: tuple[int, int]
) -> Row:
    return {
        "UNISCID": e.uscc,
        "ENTNAME": e.written(rng, filing.filed_on),
        "ANCHEYEAR": str(filing.year),
        "ANCHEDATE": market_date(rng, filing.filed_on),
        "EMPNUM": str(figures[0]),
        "EMPNUMDIS": rng.choice("12"),
        "VENDINC": wan(figures[1]),
        "VENDINCDIS": rng.choice("1222"),
    }
