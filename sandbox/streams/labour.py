"""Social contributions, labour-law grades and the wage-arrears list."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import EPOCH, HISTORY, add_months, later, months
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.market_lists import serious_spells
from sandbox.streams.writing import document_no, month_number

_GRADES = {"A": ("A", "A级"), "B": ("B", "B级"), "C": ("C", "C级")}


def contributions(ledger: Ledger, e: Enterprise) -> None:
    """Contributions month by month: in time, late, or short and made up for."""
    rng, habits = e.rng("contributions"), e.behaviour
    insured, base = e.staff, rng.randint(118_000, 185_000)
    # A new enterprise employs nobody for its first months.
    start = max(EPOCH, add_months(e.registered_on, rng.randint(2, 7)))
    for first in months(start, e.last_day(ledger.until)):
        insured = max(1, insured + rng.choice((-1, 0, 0, 0, 0, 0, 0, 1)))
        due, fate = insured * base, rng.random() * 10_000
        row = _month_row(rng, e, first, (due, insured))
        if fate < habits.late_contribution:
            _pay_late(ledger, rng, row, (first, due))
        elif fate < habits.late_contribution + habits.short_contribution:
            _pay_short(ledger, rng, row, (first, due))
        else:
            paid = first + timedelta(days=rng.randint(7, 24))
            _pay(ledger, row, (first, due, paid, paid + timedelta(days=1)))


def _month_row(
    rng: random.Random, e: Enterprise, first: date, figures: tuple[int, int]
) -> Row:
    due, insured = figures
    return {
        "tyshxydm": e.uscc,
        "dwmc": e.written(rng, first),
        "fkssq": month_number(rng, first),
        "yjje": due / 100,
        "cbrs": insured,
    }


def _pay(
    ledger: Ledger, row: Row, payment: tuple[date, int, date | None, date]
) -> None:
    """Enter a payment: month, cents, day of receipt and day of entry."""
    first, cents, paid, known = payment
    rest = {"sjje": cents / 100, "rkrq": paid.isoformat() if paid else None}
    key = f"{row['tyshxydm']}|{first:%Y-%m}"
    ledger.add("social_contributions", known, key, row | rest)


def _pay_late(
    ledger: Ledger, rng: random.Random, row: Row, debt: tuple[date, int]
) -> None:
    """Nothing by the month's end; all of it one to five months later."""
    first, due = debt
    entered = add_months(first, 1) + timedelta(days=rng.randint(1, 4))
    paid = later(rng, entered, 30, 140)
    _pay(ledger, row, (first, 0, None, entered))
    _pay(ledger, row, (first, due, paid, paid + timedelta(days=1)))


def _pay_short(
    ledger: Ledger, rng: random.Random, row: Row, debt: tuple[date, int]
) -> None:
    """Part of it in time, the rest some months later or never."""
    first, due = debt
    paid = first + timedelta(days=rng.randint(7, 24))
    part = due * rng.randint(40, 90) // 100
    rest_on, made_up = later(rng, paid, 40, 160), rng.random() < 0.75
    _pay(ledger, row, (first, part, paid, paid + timedelta(days=1)))
    if made_up:
        _pay(ledger, row, (first, due, rest_on, rest_on + timedelta(days=1)))


def grades(ledger: Ledger, e: Enterprise) -> None:
    """The grade of each year, decided by June of the next."""
    rng = e.rng("labour-grades")
    first = max(HISTORY.year - 1, e.registered_on.year)
    for year in range(first, e.last_day(ledger.until).year):
        decided = date(year + 1, 5, 8) + timedelta(days=rng.randint(0, 40))
        letter = rng.choice(e.behaviour.labour_grades)
        row: Row = {
            "tyshxydm": e.uscc,
            "dwmc": e.written(rng, decided),
            "pjnd": year,
            "cxdj": rng.choice(_GRADES[letter]),
            "pjjg": authorities.LABOUR,
            "pdrq": decided.isoformat(),
        }
        known = later(rng, decided, 1, 6)
        ledger.add("labour_grades", known, f"{e.uscc}|{year}", row)


def wage_listings(ledger: Ledger, e: Enterprise) -> None:
    """Listings for unpaid wages and their ends."""
    rng = e.rng("wage-listing")
    for spell in serious_spells(e, 2, ledger.until):
        year, count = spell.listed_on.year, rng.randint(6, 60)
        written = document_no(rng, "淄高新人社列决字", year, e.index + 1)
        row: Row = {
            "tyshxydm": e.uscc,
            "dwmc": e.written(rng, spell.listed_on),
            "fddbrzjhm": "***",
            "jdwh": written,
            "lrsy": f"拖欠{count}名农民工工资，经责令限期支付逾期未支付。",
            "lrrq": spell.listed_on.isoformat(),
            "lrjg": authorities.LABOUR,
            "ycrq": None,
        }
        key = f"{e.uscc}|{spell.listed_on}|{written}"
        ledger.add("wage_arrears_listings", later(rng, spell.listed_on, 0, 3), key, row)
        removal = {"ycrq": spell.removed_on.isoformat()}
        ledger.add("wage_arrears_listings", spell.removed_on, key, row | removal)
