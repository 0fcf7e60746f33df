"""The four honour lists: who is on them, and who is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.reference import month_ends
from quality.identifiers.uscc import check_character
from tests.files.archive import FIRST, SECOND, TODAY, Archive

EVALUATED, APPROVED = date(2026, 10, 31), date(2026, 11, 16)
SIX_MONTH_ENDS = month_ends(date(2026, 4, 1), date(2026, 9, 30))
ALL = ("leader", "supported", "standard_model")


def hold(archive: Archive, **values: Any) -> None:
    """A round of every list on the grades of October: publicised 2 to 10 November
    2026, which are seven working days, approved on the 16th."""
    given: dict[str, Any] = {
        "evaluated_on": EVALUATED,
        "notice_from": date(2026, 11, 2),
        "notice_to": date(2026, 11, 10),
        "decided_on": APPROVED,
        "document_no": "淄高新信办字〔2026〕1号",
        "valid_to": date(2027, 11, 15),
    }
    for name in ALL:
        archive.add("honour_rounds", honour_list=name, year=2026, **given | values)


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
    """Grade A at six month ends and the round's, but for ``changes`` by month."""
    archive.enterprise(uscc, f"企业{uscc[-4:]}")
    if consents:
        consent(archive, uscc)
    for day in (*SIX_MONTH_ENDS, EVALUATED):
        letter = changes.get(f"m{day:%Y%m}", "A")
        if letter:
            archive.grade(letter, uscc, evaluated_on=day)


def listed(archive: Archive, name: str) -> list[str]:
    if not archive.rows("honour_rounds"):
        hold(archive)
    where = f"honour_list = '{name}'"
    return [uscc for (uscc,) in archive.rows("honour_lists", "uscc", where)]


def test_six_month_ends_at_grade_a_make_a_leader(archive: Archive):
    assert len(SIX_MONTH_ENDS) == 6
    hold(archive)
    graded(archive)
    (row,) = archive.rows("honour_lists")
    assert row == (
        "leader",
        2026,
        FIRST,
        "企业003D",
        APPROVED,
        date(2027, 11, 15),
        "淄高新信办字〔2026〕1号",
        "当前及此前6个月末均为A级，且无未了结的一般及以上失信记录",
        "Grade A now and at the last six month ends, nothing general or serious open",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"m202610": "B"},
        {"m202607": "B"},
        {"m202604": "B"},
        {"m202604": ""},
        {"m202610": ""},
    ],
)
def test_one_month_end_below_or_without_a_grade_is_too_few(
    archive: Archive, changes: dict[str, str]
):
    graded(archive, **changes)
    assert listed(archive, "leader") == []


def test_a_month_end_before_the_six_does_not_matter(archive: Archive):
    graded(archive)
    archive.grade("D", FIRST, evaluated_on=date(2026, 3, 31))
    assert listed(archive, "leader") == [FIRST]


@pytest.mark.parametrize(
    ("table", "values", "leads"),
    [
        ("abnormal_listings", {"listed_on": date(2026, 10, 1)}, False),
        (
            "abnormal_listings",
            {"listed_on": date(2026, 1, 1), "removed_on": EVALUATED},
            True,
        ),
        (
            "penalties",
            {"penalty_kinds": "0202", "decided_on": date(2026, 1, 1)},
            False,
        ),
        ("penalties", {"penalty_kinds": "0101", "decided_on": date(2026, 10, 1)}, True),
        (
            "penalties",
            {"penalty_kinds": "0202", "decided_on": date(2025, 10, 31)},
            True,
        ),
        (
            "penalties",
            {"penalty_kinds": "0202", "decided_on": date(2025, 11, 1)},
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
        archive.grade("A", uscc, score_points=1_000_000 + rank, evaluated_on=EVALUATED)
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
    archive.grade(letter, evaluated_on=EVALUATED)
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


def state(archive: Archive) -> Any:
    columns = "state, delisted_on, delisting_reason"
    (found,) = archive.rows("honour_candidates", columns, "honour_list = 'leader'")
    return found


def fall(archive: Archive, letter: str, **values: Any) -> None:
    archive.grade(letter, FIRST, **values)


def test_a_candidate_is_publicised_before_anybody_is_honoured(archive: Archive):
    graded(archive)
    notice = {"notice_from": date(2026, 11, 17), "notice_to": TODAY}
    hold(archive, decided_on=None, document_no=None, **notice)
    assert state(archive) == ("in_notice", None, None)
    assert listed(archive, "leader") == []
    columns = "uscc, honour_list, publish_until"
    where = "honour_list = 'leader'"
    assert archive.rows("public_honour_notices", columns, where) == [
        (FIRST, "leader", TODAY)
    ]


def test_the_notice_is_over_the_day_after(archive: Archive):
    graded(archive)
    hold(archive, decided_on=None)
    assert archive.rows("public_honour_notices") == []
    assert listed(archive, "leader") == []


@pytest.mark.parametrize(
    ("objection", "expected"),
    [("upheld", "objected"), ("rejected", "honoured"), ("open", "honoured")],
)
def test_an_objection_that_is_upheld_keeps_a_candidate_off(
    archive: Archive, objection: str, expected: str
):
    graded(archive)
    hold(archive)
    archive.add(
        "honour_objections",
        honour_list="leader",
        year=2026,
        uscc=FIRST,
        raised_on=date(2026, 11, 4),
        state=objection,
    )
    assert state(archive)[0] == expected
    assert listed(archive, "leader") == ([FIRST] if expected == "honoured" else [])


def test_a_contested_candidate_waits(archive: Archive):
    graded(archive)
    hold(archive, decided_on=None)
    archive.add(
        *("honour_objections",),
        honour_list="leader",
        year=2026,
        uscc=FIRST,
        state="open",
        raised_on=date(2026, 11, 4),
    )
    assert state(archive)[0] == "contested"


@pytest.mark.parametrize(
    ("letter", "values", "expected"),
    [
        ("B", {}, ("honoured", None, None)),
        ("C", {}, ("delisted", TODAY, "信用等级降为C级")),
        (
            "D",
            {"vetoed": True, "veto_rule": "serious_listing"},
            ("delisted", TODAY, "一票否决：serious_listing"),
        ),
    ],
)
def test_a_veto_or_a_fall_below_b_takes_an_enterprise_off_by_itself(
    archive: Archive, letter: str, values: dict[str, Any], expected: Any
):
    graded(archive)
    hold(archive)
    fall(archive, letter, **({"vetoed": False} | values))
    assert state(archive) == expected
    assert listed(archive, "leader") == ([FIRST] if letter == "B" else [])


def test_the_history_of_a_list_stays_by_year(archive: Archive):
    graded(archive)
    hold(archive, valid_to=date(2026, 11, 20))
    assert state(archive)[0] == "ended"
    columns = "year, valid_to"
    where = "honour_list = 'leader'"
    assert archive.rows("honour_lists", columns, where) == [(2026, date(2026, 11, 20))]


def test_a_notice_is_counted_in_working_days(archive: Archive):
    # 30 September to 9 October 2026: 1 to 7 October are holidays, so that only the
    # 30th, the 8th and the 9th count.
    hold(archive, notice_from=date(2026, 9, 30), notice_to=date(2026, 10, 9))
    columns = "honour_list, notice_workdays, wanted_workdays, sufficient"
    assert archive.rows("honour_notices", columns) == [
        ("leader", 3, 5, False),
        ("standard_model", 3, 5, False),
        ("supported", 3, 5, False),
    ]
