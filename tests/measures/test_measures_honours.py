"""The four honour lists: who is on them, and who is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.reference import month_ends
from quality.identifiers.uscc import check_character
from tests.files.archive import FIRST, SECOND, TODAY, Archive

SIX_MONTH_ENDS = month_ends(date(2026, 5, 1), TODAY)


def consent(archive: Archive, uscc: str) -> None:
    """A lease with the tenant's consent to park data and to publication."""
    archive.add(
        "tenancies",
        uscc=uscc,
        lease_from=date(2020, 1, 1),
        building="A座",
        consent_no="SQ1",
    )


def graded(
    archive: Archive, uscc: str = FIRST, *, consents: bool = True, **changes: str
) -> None:
    """Grade A now and at six month ends, but for ``changes`` by ISO month."""
    archive.enterprise(uscc, f"企业{uscc[-4:]}")
    if consents:
        consent(archive, uscc)
    for day in (*SIX_MONTH_ENDS, TODAY):
        letter = changes.get(f"m{day:%Y%m}" if day != TODAY else "now", "A")
        if letter:
            archive.grade(letter, uscc, evaluated_on=day)


def listed(archive: Archive, name: str) -> list[str]:
    where = f"honour_list = '{name}'"
    return [uscc for (uscc,) in archive.rows("honour_lists", "uscc", where)]


def test_six_month_ends_at_grade_a_make_a_leader(archive: Archive):
    assert len(SIX_MONTH_ENDS) == 6
    graded(archive)
    (row,) = archive.rows("honour_lists")
    assert row == (
        "leader",
        2026,
        FIRST,
        "企业003D",
        TODAY,
        "当前及此前6个月末均为A级，且无未了结的一般及以上失信记录",
        "Grade A now and at the last six month ends, nothing general or serious open",
    )


@pytest.mark.parametrize(
    "changes",
    [{"now": "B"}, {"m202607": "B"}, {"m202605": "B"}, {"m202605": ""}, {"now": ""}],
)
def test_one_month_end_below_or_without_a_grade_is_too_few(
    archive: Archive, changes: dict[str, str]
):
    graded(archive, **changes)
    assert listed(archive, "leader") == []


def test_a_month_end_before_the_six_does_not_matter(archive: Archive):
    graded(archive)
    archive.grade("D", FIRST, evaluated_on=date(2026, 4, 30))
    assert listed(archive, "leader") == [FIRST]


@pytest.mark.parametrize(
    ("table", "values", "leads"),
    [
        ("abnormal_listings", {"listed_on": date(2026, 11, 1)}, False),
        (
            "abnormal_listings",
            {"listed_on": date(2026, 1, 1), "removed_on": TODAY},
            True,
        ),
        (
            "penalties",
            {"penalty_kinds": "0202", "decided_on": date(2026, 1, 1)},
            False,
        ),
        ("penalties", {"penalty_kinds": "0101", "decided_on": date(2026, 11, 1)}, True),
        (
            "penalties",
            {"penalty_kinds": "0202", "decided_on": date(2025, 11, 23)},
            True,
        ),
        (
            "penalties",
            {"penalty_kinds": "0202", "decided_on": date(2025, 11, 24)},
            False,
        ),
        (
            "penalties",
            {
                "penalty_kinds": "0303",
                "decided_on": date(2026, 1, 1),
                "status": "revoked",
            },
            True,
        ),
    ],
)
def test_a_leader_has_nothing_general_or_serious_open(
    archive: Archive, table: str, values: dict[str, Any], leads: bool
):
    graded(archive)
    archive.add(table, uscc=FIRST, **values)
    assert listed(archive, "leader") == ([FIRST] if leads else [])


def codes(number: int) -> list[str]:
    """Invented codes that are only ever compared."""
    bodies = [f"91370303MA3D0{n:03}X" for n in range(number)]
    return [body + check_character(body) for body in bodies]


def test_the_supported_are_the_twenty_best_holders_who_do_not_lead(archive: Archive):
    holders = codes(25)
    for rank, uscc in enumerate(holders):
        archive.enterprise(uscc, f"企业{rank}")
        consent(archive, uscc)
        archive.grade("A", uscc, score_points=1_000_000 + rank)
        kind = "honours" if rank % 2 else "qualifications"
        archive.add(kind, uscc=uscc)
    graded(archive, FIRST)
    archive.add("honours", uscc=FIRST)
    assert listed(archive, "leader") == [FIRST]
    assert listed(archive, "supported") == sorted(holders[5:])


def test_whoever_holds_nothing_in_force_is_not_supported(archive: Archive):
    for uscc, values in (
        (FIRST, {"valid_to": TODAY, "awarded_on": date(2025, 1, 1)}),
        (SECOND, {"awarded_on": date(2026, 11, 24)}),
    ):
        archive.enterprise(uscc)
        archive.grade("A", uscc)
        archive.add("honours", uscc=uscc, **values)
    assert listed(archive, "supported") == []


@pytest.mark.parametrize(
    ("letter", "stages", "model"),
    [
        ("A", ["passed"], True),
        ("B", ["operating", "passed"], True),
        ("C", ["passed"], False),
        ("A", ["passed", "operating"], False),
        ("A", ["operating"], False),
    ],
)
def test_a_model_has_passed_the_standard_and_grade_b(
    archive: Archive, letter: str, stages: list[str], model: bool
):
    archive.enterprise()
    consent(archive, FIRST)
    archive.grade(letter)
    for month, stage in enumerate(stages, 1):
        day = date(2026, month, 1)
        archive.add("standard_status", uscc=FIRST, status=stage, assessed_on=day)
    assert listed(archive, "standard_model") == ([FIRST] if model else [])


def test_a_grade_taxpayers_are_listed_by_year_graded_or_not(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    for year, grade in ((2023, "A"), (2024, "B"), (2025, "A")):
        archive.add(
            "tax_credit_grades",
            taxpayer_id=FIRST,
            party_name="甲公司",
            year=year,
            grade=grade,
            decided_on=date(year + 1, 4, 20),
        )
    columns = "honour_list, year, listed_on"
    assert archive.rows("honour_lists", columns) == [
        ("tax_a", 2023, date(2024, 4, 20)),
        ("tax_a", 2025, date(2026, 4, 20)),
    ]


def test_without_consent_no_list_tells_of_a_grade(archive: Archive):
    graded(archive, consents=False)
    archive.add("honours", uscc=FIRST)
    archive.add("standard_status", uscc=FIRST, status="passed")
    assert listed(archive, "leader") == []
    assert listed(archive, "supported") == []
    assert listed(archive, "standard_model") == []
