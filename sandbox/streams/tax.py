"""Tax credit grades, arrears notices and published serious cases."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import HISTORY, add_months, happenings, later, quarter_ends
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.market_lists import Spell, serious_spells
from sandbox.streams.writing import chinese_date, tax_date, yuan

_TAXES = ("增值税", "企业所得税", "城市维护建设税", "房产税", "城镇土地使用税")
_NATURES = ("虚开增值税专用发票", "偷税", "逃避追缴欠税")


def grades(ledger: Ledger, e: Enterprise) -> None:
    """The grade of each year, decided in April of the next; few are reviewed."""
    rng = e.rng("tax-grades")
    listed = [s.listed_on.year for s in serious_spells(e, 1, ledger.until)]
    first = max(HISTORY.year - 1, e.registered_on.year)
    for year in range(first, e.last_day(ledger.until).year):
        decided = date(year + 1, 4, rng.randint(8, 26))
        grade = _grade(rng, e, year)
        if any(0 <= year - y < 3 for y in listed):
            grade = "D"
        key, row = _grade_row(rng, e, year, decided)
        ledger.add("tax_credit_grades", decided, key, row | {"xydj": grade})
        reviewed = later(rng, decided, 40, 120)
        if rng.random() < 0.03 and grade in "BC":
            better = {"xydj": chr(ord(grade) - 1), "pdsj": tax_date(rng, reviewed)}
            ledger.add("tax_credit_grades", reviewed, key, row | better)


def _grade(rng: random.Random, e: Enterprise, year: int) -> str:
    """M for the first two years; A needs three years in business."""
    grade, age = rng.choice(e.behaviour.tax_grades), year - e.registered_on.year
    if age < 2:
        return "M" if grade in "AB" else grade
    return "B" if grade == "A" and age < 3 else grade


def _grade_row(
    rng: random.Random, e: Enterprise, year: int, decided: date
) -> tuple[str, Row]:
    """Until 2021 some offices still wrote the old fifteen-character number."""
    number = e.old_taxpayer_id if e.index % 40 == 3 and year <= 2021 else e.uscc
    row: Row = {
        "nsrsbh": number,
        "nsrmc": e.written(rng, decided),
        "pjnd": str(year),
        "pjdw": authorities.TAX,
        "pdsj": tax_date(rng, decided),
    }
    return f"{number}|{year}", row


def arrears(ledger: Ledger, e: Enterprise) -> None:
    """Debts of some quarters: one notice a quarter, settled all at once."""
    rng, habits = e.rng("tax-arrears"), e.behaviour
    start = max(HISTORY, e.registered_on)
    for day in happenings(rng, habits.tax_arrears, start, e.last_day(ledger.until)):
        tax, balance = rng.choice(_TAXES), rng.randint(800_000, 120_000_000)
        months = rng.randint(4, 6 + min(habits.tax_arrears, 4000) // 400)
        cleared = later(rng, add_months(day, months), 0, 20)
        for end in quarter_ends(day, cleared - timedelta(days=30)):
            _notice(ledger, e, rng, (tax, end, balance, cleared))
            balance += rng.randint(0, 2_000_000)


def _notice(
    ledger: Ledger,
    e: Enterprise,
    rng: random.Random,
    debt: tuple[str, date, int, date],
) -> None:
    tax, end, balance, cleared = debt
    announced = later(rng, end, 12, 25)
    row: Row = {
        "nsrsbh": e.uscc,
        "nsrmc": e.written(rng, announced),
        "fddbrzjhm": "***",
        "qssz": tax,
        "ggq": tax_date(rng, end),
        "qsye": yuan(rng, balance),
        "dqxfsqsje": yuan(rng, balance // rng.randint(1, 6)),
        "ggjg": authorities.TAX,
        "ggrq": tax_date(rng, announced),
        "qjrq": None,
    }
    key = f"{e.uscc}|{tax}|{end}"
    ledger.add("tax_arrears", announced, key, row)
    settled = row | {"qjrq": tax_date(rng, cleared), "dqxfsqsje": None}
    ledger.add("tax_arrears", cleared + timedelta(days=2), key, settled)


def serious_cases(ledger: Ledger, e: Enterprise) -> None:
    """Published serious violators: three years, or thirteen months if mended."""
    rng = e.rng("serious-tax")
    for spell in serious_spells(e, 1, ledger.until):
        number = f"GXS{spell.listed_on:%Y}{e.index + 1:05d}"
        row = _case(rng, e, spell, number)
        key = f"{e.uscc}|{number}"
        ledger.add("serious_tax_cases", later(rng, spell.listed_on, 0, 2), key, row)
        removal = {"tzgbrq": tax_date(rng, spell.removed_on)}
        ledger.add("serious_tax_cases", spell.removed_on, key, row | removal)


def _case(rng: random.Random, e: Enterprise, spell: Spell, number: str) -> Row:
    nature = _NATURES[e.ordinal // 3 % 3]
    amount = rng.randint(20, 600)
    handled = chinese_date(spell.listed_on)
    return {
        "nsrsbh": e.uscc,
        "nsrmc": e.written(rng, spell.listed_on),
        "fddbrzjhm": "***",
        "cwfzrzjhm": "***",
        "ajbh": number,
        "ajxz": nature,
        "zywfss": f"经检查，该单位存在{nature}行为，涉及税款{amount}万元。",
        "clcfqk": f"依照《中华人民共和国税收征收管理法》追缴税款，{handled}公布。",
        "gbjg": authorities.TAX,
        "gbrq": tax_date(rng, spell.listed_on),
        "tzgbrq": None,
    }
