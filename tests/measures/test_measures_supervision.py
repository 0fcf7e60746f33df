"""Draws that anybody can replay, one visit for all checks, load, tolerance, reminders."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.measures import draw
from quality.identifiers.uscc import check_character
from tests.files.archive import FIRST, SECOND, Archive

DRAWN_ON, GRADED_ON = date(2026, 10, 10), date(2026, 9, 30)
PLAN, SEED = "GXSSJ2026-04", "0731952846"
DEPARTMENTS = "market;tax;labour;emergency;ecology"


def codes(number: int) -> list[str]:
    bodies = [f"91370303MA3D0{n:03}X" for n in range(number)]
    return [body + check_character(body) for body in bodies]


def plan(archive: Archive, **values: Any) -> None:
    given: dict[str, Any] = {
        "plan_no": PLAN,
        "departments": DEPARTMENTS,
        "drawn_on": DRAWN_ON,
        "period_from": date(2026, 10, 11),
        "period_to": date(2026, 12, 31),
        "seed": SEED,
    }
    archive.add("inspection_plans", **given | values)


def by_hash(found: list[str]) -> list[str]:
    """Codes in the order of SHA-256 of seed|plan|code, worked out here again."""
    key = {u: hashlib.sha256(f"{SEED}|{PLAN}|{u}".encode()).hexdigest() for u in found}
    return sorted(found, key=key.__getitem__)


def population(archive: Archive, letters: str) -> list[str]:
    found = codes(len(letters))
    for uscc, letter in zip(found, letters, strict=True):
        archive.enterprise(uscc, f"企业{uscc[-4:]}")
        archive.grade(letter, uscc, evaluated_on=GRADED_ON)
    return found


def drawn(archive: Archive) -> list[str]:
    return [u for (u,) in archive.rows("inspection_draws", "uscc", "drawn")]


def test_each_grade_is_drawn_at_its_ratio_rounded_up_at_least_one(archive: Archive):
    # A 1 % of 30: one. B 3 % of 40: two. C 10 % of 15: two. D 30 % of 5: two.
    letters = "A" * 30 + "B" * 40 + "C" * 15 + "D" * 5
    found = population(archive, letters)
    plan(archive)
    expected = [
        *by_hash(found[:30])[:1],
        *by_hash(found[30:70])[:2],
        *by_hash(found[70:85])[:2],
        *by_hash(found[85:])[:2],
    ]
    assert drawn(archive) == sorted(expected)
    columns = "population, drawn"
    assert archive.rows("inspection_seals", columns) == [(90, 7)]


def test_the_draw_without_an_engine_is_the_same(archive: Archive):
    population(archive, "A" * 20 + "C" * 11 + "D" * 7)
    plan(archive)
    rows = archive.rows("inspection_draws", "uscc, ratio_bp, exempt")
    entries = [draw.Entry(*row) for row in rows]
    assert draw.drawn(entries, PLAN, SEED) == drawn(archive)
    ((sealed,),) = archive.rows("inspection_seals", "population_sha256")
    assert draw.fingerprint(entries) == sealed
    document = draw.sealed(entries, PLAN, SEED, "2026-10-10")
    assert draw.replay(document) == drawn(archive)


RATIOS = st.sampled_from([100, 300, 1000, 3000])


@given(st.lists(RATIOS, min_size=1, max_size=60), st.text("0123456789"), st.randoms())
def test_a_draw_knows_no_order_and_takes_each_ratios_share(
    ratios: list[int], seed: str, chance: Any
):
    entries = [
        draw.Entry(uscc, ratio, False)
        for uscc, ratio in zip(codes(len(ratios)), ratios, strict=True)
    ]
    found = draw.drawn(entries, PLAN, seed)
    shuffled = chance.sample(entries, len(entries))
    assert draw.drawn(shuffled, PLAN, seed) == found
    assert draw.fingerprint(shuffled) == draw.fingerprint(entries)
    for ratio in set(ratios):
        members = {e.uscc for e in entries if e.ratio_bp == ratio}
        number = len(members & {*found})
        # Rounded up: less than one more than the share, at least one.
        assert number * 10_000 >= len(members) * ratio
        assert number == 1 or (number - 1) * 10_000 < len(members) * ratio


@pytest.mark.parametrize("change", ["population", "seed", "drawn"])
def test_a_sealed_draw_that_was_touched_is_told(change: str):
    entries = [draw.Entry(uscc, 1000, False) for uscc in codes(30)]
    document = draw.sealed(entries, PLAN, SEED, "2026-10-10")
    document[change] = {
        "population": document["population"][1:],
        "seed": "0731952847",
        "drawn": document["drawn"][1:],
    }[change]
    with pytest.raises(draw.SealBrokenError, match=PLAN):
        draw.replay(document)


def test_a_draw_rests_on_the_grades_before_it_and_waits_for_its_day(archive: Archive):
    archive.enterprise()
    archive.grade("D", evaluated_on=GRADED_ON)
    archive.grade("A", evaluated_on=date(2026, 10, 31))
    plan(archive)
    plan(archive, plan_no="LATER", drawn_on=date(2026, 11, 24))
    columns = "plan_no, letter, ratio_bp, graded_on, drawn"
    assert archive.rows("inspection_draws", columns) == [
        (PLAN, "D", 3000, GRADED_ON, True)
    ]


def gazelle(archive: Archive, uscc: str = FIRST) -> None:
    archive.add(
        "qualifications",
        uscc=uscc,
        qualification="gazelle",
        granted_on=date(2025, 1, 1),
    )


def test_the_exempt_stay_in_the_population_and_are_never_spared_safety(
    archive: Archive,
):
    archive.enterprise()
    archive.grade("A", evaluated_on=GRADED_ON)
    gazelle(archive)
    plan(archive)
    columns = "departments, items, spared, exempt"
    assert archive.rows("inspection_visits", columns) == [
        (
            "ecology;emergency;market",
            "SC-03;ST-01;YJ-01",
            "RS-01;RS-02;SC-01;SC-02;SW-01",
            True,
        )
    ]
    assert archive.rows("inspection_seals", "population, drawn, drawn_exempt") == [
        (1, 1, 1)
    ]


def test_one_visit_holds_the_checks_of_the_plans_departments(archive: Archive):
    archive.enterprise()
    archive.grade("B", evaluated_on=GRADED_ON)
    plan(archive, departments="market;tax")
    columns = "departments, items, spared"
    assert archive.rows("inspection_visits", columns) == [
        ("market;tax", "SC-01;SC-02;SC-03;SW-01", None)
    ]


def clean(archive: Archive, months: int) -> None:
    """Grade A today and at so many month ends before."""
    archive.enterprise()
    archive.grade("A")
    for number in range(months):
        month = 10 - number
        year, month = (2026, month) if month > 0 else (2025, month + 12)
        end = date(year + month // 12, month % 12 + 1, 1).toordinal() - 1
        archive.grade("A", evaluated_on=date.fromordinal(end))


def exempt(archive: Archive) -> Any:
    ((found,),) = archive.rows("inspection_frequencies", "exempt")
    return found


@pytest.mark.parametrize(("months", "spared"), [(12, True), (11, False)])
def test_a_year_at_grade_a_spares_ordinary_checks(
    archive: Archive, months: int, spared: bool
):
    clean(archive, months)
    assert exempt(archive) is spared


@pytest.mark.parametrize(
    ("values", "spared"),
    [
        ({"penalty_kinds": "0101", "decided_on": date(2026, 1, 1)}, True),  # minor
        ({"penalty_kinds": "0202", "decided_on": date(2024, 11, 23)}, True),
        ({"penalty_kinds": "0202", "decided_on": date(2024, 11, 24)}, False),
        (
            {
                "penalty_kinds": "0202",
                "decided_on": date(2026, 1, 1),
                "status": "revoked",
            },
            True,
        ),
    ],
)
def test_a_general_penalty_within_two_years_is_no_clean_file(
    archive: Archive, values: dict[str, Any], spared: bool
):
    clean(archive, 12)
    archive.add("penalties", uscc=FIRST, **values)
    assert exempt(archive) is spared


def test_two_inspectors_of_each_department_are_drawn_from_those_active(
    archive: Archive,
):
    archive.enterprise()
    archive.grade("B", evaluated_on=GRADED_ON)
    plan(archive, departments="market;tax")
    for number in range(1, 6):
        archive.add(
            "inspection_staff",
            inspector_no=f"JC-1{number:03}",
            department="market",
            active_from=date(2023, 1, 3),
            active_to=DRAWN_ON if number == 1 else None,
        )
    key = {
        f"JC-1{n:03}": hashlib.sha256(
            f"{SEED}|{PLAN}|{FIRST}|JC-1{n:03}".encode()
        ).hexdigest()
        for n in range(2, 6)
    }
    first, second = sorted(key, key=key.__getitem__)[:2]
    assert archive.rows("inspection_assignments", "department, inspector_no") == sorted(
        [("market", first), ("market", second)]
    )


def test_the_load_is_told_before_and_after(archive: Archive):
    # Before: 4 x 5 % + 2 x 3 % + 2 x 3 % + 2 x 10 % + 2 x 5 % = 0.62 visits a year.
    # After, four joint plans within a year: 4 x 1 % for A, 4 x 10 % for C.
    archive.enterprise(FIRST)
    archive.enterprise(SECOND, "乙公司")
    archive.grade("A", FIRST)
    archive.grade("C", SECOND)
    gazelle(archive)
    days = [date(2025, 11, 23), *(date(2026, m, 10) for m in (1, 4, 7, 10))]
    for day in days:
        plan(archive, plan_no=f"P{day}", drawn_on=day)
    for day in (date(2026, 5, 1), date(2025, 11, 23), date(2024, 11, 23)):
        archive.add("inspection_results", uscc=SECOND, inspected_on=day)
    columns = "uscc, before_bp, after_bp, after_ordinary_bp, visits_before, visits"
    assert archive.rows("inspection_loads", columns) == sorted(
        [(FIRST, 6200, 400, 0, 0, 0), (SECOND, 6200, 4000, 4000, 1, 1)]
    )
    columns = "letter, enterprises, before_per_hundred, after_per_hundred"
    assert archive.rows("inspection_savings", columns) == [
        ("A", 1, 62, 4),
        ("C", 1, 62, 40),
    ]
    assert archive.rows("public_inspection_savings") == []


@pytest.mark.parametrize(
    ("serious_on", "ended", "is_open"),
    [
        (None, None, True),
        (date(2026, 3, 1), date(2026, 3, 1), False),
        (date(2024, 12, 31), None, True),  # before the period
    ],
)
def test_new_economy_has_two_years_of_tolerance_above_the_bottom_line(
    archive: Archive, serious_on: date | None, ended: date | None, is_open: bool
):
    archive.enterprise()
    archive.add(
        "qualifications",
        uscc=FIRST,
        qualification="new_economy",
        granted_on=date(2025, 1, 1),
    )
    if serious_on:
        archive.add("serious_listings", uscc=FIRST, listed_on=serious_on)
    columns = "tolerated_from, tolerated_until, ended_early_on, open"
    assert archive.rows("tolerance_periods", columns) == [
        (date(2025, 1, 1), date(2026, 12, 31), ended, is_open)
    ]


@pytest.mark.parametrize(
    ("before", "first"),
    [(None, True), (date(2024, 10, 1), True), (date(2024, 10, 2), False)],
)
def test_a_minor_offence_is_a_first_one_after_two_clean_years(
    archive: Archive, before: date | None, first: bool
):
    archive.enterprise()
    for day in filter(None, (before, date(2026, 10, 1))):
        archive.add(
            "inspection_results",
            uscc=FIRST,
            inspected_on=day,
            result="info_missing",
            plan_no=str(day),
        )
    columns = "item_code, happened_on, first_offence, tolerated"
    assert archive.rows("first_offences", columns) == [
        ("QW-02", date(2026, 10, 1), first, False)
    ]
