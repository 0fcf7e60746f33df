"""How enterprises behave: six archetypes and their rates.

Rates are ten-thousandths, of a month, a year or an occasion as each field says; strings
of letters are drawn from, so that repeating a letter is its weight. Tuned so that a
sensible policy ends near A 70 %, B 18 %, C 6 %, D 3 %, the rest too new to be graded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """The habits of one kind of enterprise."""

    name: str
    share: int  # of 1,000 enterprises
    late_report: int = 0  # each yearly report: filed in the first days of July
    missed_report: int = 0  # each yearly report: filed after listing, if at all
    late_contribution: int = 0  # each month
    short_contribution: int = 0  # each month
    late_rent: int = 0  # each month: by less than 45 days
    rent_arrears: int = 0  # each month: by more than 60 days
    penalties: tuple[int, int, int] = (0, 0, 0)  # a year: minor, general, serious
    abnormal: int = 0  # a year: listings for reasons 2 to 4
    tax_arrears: int = 0  # a year
    tax_grades: str = "AB"
    labour_grades: str = "A"
    inspections: int = 400  # a year
    problems: int = 0  # each inspection
    broken_promises: int = 0  # each commitment
    hazards: int = 0  # each safety check
    risk_classes: str = "AAAB"
    merits: int = 0  # each qualification, honour or standard within reach
    missing_quarters: int = 0  # each quarter
    growth: tuple[int, int] = (-200, 500)  # each quarter
    dso: tuple[int, int] = (40, 90)  # days


EXEMPLARY = Behaviour(
    "exemplary",
    230,
    late_rent=30,
    tax_grades="AAAAAAAAAAAB",
    labour_grades="AAAAAAAAAAAB",
    inspections=300,
    risk_classes="A" * 19 + "B",
    merits=4200,
    growth=(0, 700),
    dso=(30, 75),
)
ORDINARY = Behaviour(
    "ordinary",
    400,
    late_report=150,
    late_contribution=40,
    short_contribution=15,
    late_rent=150,
    rent_arrears=5,
    penalties=(100, 60, 0),
    abnormal=15,
    tax_arrears=15,
    tax_grades="AAAAAABBBB",
    labour_grades="AAAAAAAAAB",
    inspections=800,
    problems=500,
    broken_promises=60,
    hazards=600,
    risk_classes="AAAAAAAAAB",
    merits=1300,
    missing_quarters=150,
)
SLOPPY = Behaviour(
    "sloppy",
    260,
    late_report=5500,
    missed_report=2200,
    late_contribution=2400,
    short_contribution=500,
    late_rent=1500,
    rent_arrears=200,
    penalties=(4500, 12_000, 60),
    abnormal=900,
    tax_arrears=1500,
    tax_grades="BBBCCCCCCC",
    labour_grades="ABBBBBBBBB",
    inspections=3000,
    problems=4500,
    broken_promises=2000,
    hazards=3000,
    risk_classes="ABBBBBBBBC",
    merits=250,
    missing_quarters=800,
    growth=(-600, 400),
    dso=(110, 240),
)
TROUBLED = Behaviour(
    "troubled",
    55,
    late_report=2000,
    missed_report=4000,
    late_contribution=2500,
    short_contribution=1500,
    late_rent=2000,
    rent_arrears=1200,
    penalties=(5000, 12000, 900),
    abnormal=4000,
    tax_arrears=4500,
    tax_grades="BBBCCCCCCD",
    labour_grades="ABBBBBBCCC",
    inspections=9000,
    problems=6500,
    broken_promises=3500,
    hazards=5000,
    risk_classes="BBCCCCCCCD",
    merits=100,
    missing_quarters=2000,
    growth=(-1500, 300),
    dso=(110, 260),
)
SERIOUS = Behaviour(
    "serious",
    45,
    late_report=2000,
    missed_report=3500,
    late_contribution=2000,
    short_contribution=1500,
    late_rent=2000,
    rent_arrears=1000,
    penalties=(2000, 5000, 2500),
    abnormal=2500,
    tax_arrears=3000,
    tax_grades="BBCCCCCDDD",
    labour_grades="BBBBBBCCCC",
    inspections=9000,
    problems=6000,
    broken_promises=4000,
    hazards=5000,
    risk_classes="CCCDDDDDDD",
    missing_quarters=2500,
    growth=(-2000, 200),
    dso=(120, 300),
)
GHOST = Behaviour("ghost", 10)

ARCHETYPES = (EXEMPLARY, ORDINARY, SLOPPY, TROUBLED, SERIOUS, GHOST)


def behaviour_at(position: int) -> Behaviour:
    """The archetype at a place among a thousand."""
    for archetype in ARCHETYPES:
        position -= archetype.share
        if position < 0:
            return archetype
    raise ValueError("the shares of the archetypes must add up to 1,000")
