"""The ledger: what line each kind of record becomes, worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quality.contracts.codelists import code_list
from quality.contracts.model import facts_of, metadata
from tests.files.archive import FIRST, ZONE, Archive

NAME = "甲公司"


@pytest.fixture(autouse=True)
def registered(archive: Archive) -> None:
    archive.enterprise(FIRST, NAME)


def taxed(archive: Archive, table: str, **values: Any) -> dict[str, Any]:
    """The line of a tax record of the one enterprise."""
    return archive.event(
        archive.add(table, taxpayer_id=FIRST, party_name=NAME, **values)
    )


def party(table: str) -> dict[str, str]:
    """The one enterprise as a record's party."""
    taxed = "taxpayer_id" in metadata.tables[table].columns
    return {"taxpayer_id" if taxed else "uscc": FIRST, "party_name": NAME}


def line(archive: Archive, table: str, **values: Any) -> dict[str, Any]:
    """The line of a record of the one enterprise."""
    return archive.event(archive.add(table, uscc=FIRST, **values))


# Market regulation ---------------------------------------------------------------------


def test_a_licence_is_neutral_and_ends_with_its_validity(archive: Archive):
    assert line(
        archive,
        "permits",
        licence_kind="general",
        certificate_name="食品经营许可证",
        authority="审批局",
        decision_no="许1号",
        decided_on=date(2025, 3, 1),
        valid_to=date(2030, 2, 28),
        status="active",
    ) == {
        "category": "C03",
        "kind": "licence",
        "polarity": "neutral",
        "value": "general",
        "title": "食品经营许可证",
        "authority": "审批局",
        "document_no": "许1号",
        "happened_on": date(2025, 3, 1),
        "ended_on": date(2030, 2, 28),
        "dataset": "permits",
    }


def test_a_revoked_licence_ended_when_it_was_revoked(archive: Archive):
    found = line(archive, "permits", status="revoked", updated_at="2026-05-06 10:00:00")
    assert found["ended_on"] == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("kinds", "fine_yuan", "severity"),
    [
        ("0101", None, "minor"),
        ("0102", None, "minor"),
        ("0201", 9_999, "minor"),
        ("0201", 10_000, "general"),
        ("0201", 999_999, "general"),
        ("0201", 1_000_000, "serious"),
        ("0201", None, "general"),  # without an amount nobody can call it low
        ("0202", None, "general"),
        ("0203", None, "general"),
        ("0301", None, "general"),
        ("0302", None, "serious"),
        ("0303", None, "serious"),
        ("0401", None, "serious"),
        ("0402", None, "serious"),
        ("0403", None, "serious"),
        ("0404", None, "serious"),
        ("9900", None, "general"),
        ("0101;0201", 5_000, "minor"),
        ("0101;0201", 20_000, "general"),
        ("0201;0303", 500, "serious"),
        ("8888", None, "general"),  # unknown to the table: neither hidden nor gravest
    ],
)
def test_the_class_of_a_penalty_is_its_gravest_kind(
    archive: Archive, kinds: str, fine_yuan: int | None, severity: str
):
    fen = None if fine_yuan is None else fine_yuan * 100
    assert (
        line(archive, "penalties", penalty_kinds=kinds, fine_fen=fen)["severity"]
        == severity
    )


@pytest.mark.parametrize(
    ("kinds", "repairable", "publish_until", "counts_until"),
    [
        ("0101", date(2025, 8, 31), date(2025, 11, 29), date(2025, 11, 30)),
        ("0202", date(2025, 11, 30), date(2026, 8, 30), date(2026, 8, 31)),
        ("0303", date(2026, 8, 31), date(2028, 8, 30), date(2028, 8, 31)),
    ],
)
def test_a_penalty_is_shown_and_counts_from_the_decision_to_the_maximum(
    archive: Archive,
    kinds: str,
    repairable: date,
    publish_until: date,
    counts_until: date,
):
    found = line(
        archive, "penalties", penalty_kinds=kinds, decided_on=date(2025, 8, 31)
    )
    assert found["repairable_from"] == repairable
    assert found["publish_until"] == publish_until
    assert found["ended_on"] == counts_until


def test_an_agency_may_end_publicity_earlier_but_not_later(archive: Archive):
    def until(publicity_to: date) -> dict[str, Any]:
        return line(
            archive,
            "penalties",
            penalty_kinds="0202",
            decided_on=date(2026, 1, 1),
            publicity_to=publicity_to,
            decision_no=str(publicity_to),
        )

    early, late = until(date(2026, 6, 30)), Archive()
    assert early["publish_until"] == date(2026, 6, 30)
    assert early["ended_on"] == date(2026, 7, 1)  # repaired: counts no longer
    late.enterprise(FIRST, NAME)
    found = line(
        late,
        "penalties",
        penalty_kinds="0202",
        decided_on=date(2026, 1, 1),
        publicity_to=date(2029, 1, 1),
    )
    assert found["publish_until"] == date(2026, 12, 31)
    late.connection.close()


def test_a_penalty_is_one_line_with_its_amounts_together(archive: Archive):
    assert line(
        archive,
        "penalties",
        authority_uscc=ZONE,
        decision_no="罚1号",
        penalty_kinds="0201;0202",
        violation_kind="违反广告法",
        fine_fen=2_000_000,
        confiscated_fen=350_000,
        authority="市场监管局",
        decided_on=date(2026, 5, 1),
        status="active",
    ) == {
        "category": "C03",
        "kind": "penalty",
        "polarity": "negative",
        "severity": "general",
        "value": "0201;0202",
        "title": "违反广告法",
        "authority": "市场监管局",
        "document_no": "罚1号",
        "happened_on": date(2026, 5, 1),
        "ended_on": date(2027, 5, 1),
        "amount_fen": 2_350_000,
        "publish_until": date(2027, 4, 30),
        "repairable_from": date(2026, 8, 1),
        "dataset": "penalties",
    }


def test_a_revoked_penalty_never_counted(archive: Archive):
    found = line(archive, "penalties", status="revoked", decided_on=date(2026, 5, 1))
    assert found["ended_on"] == found["happened_on"] == date(2026, 5, 1)


@pytest.mark.parametrize("table", ["penalties", "permits", "commitments"])
def test_what_is_of_a_natural_person_is_no_fact_of_the_enterprise(
    archive: Archive, table: str
):
    archive.add(table, uscc=FIRST, party_class="natural")
    assert archive.rows("credit_events") == []


def test_an_abnormal_listing_is_open_until_removed(archive: Archive):
    found = line(
        archive,
        "abnormal_listings",
        reason="4",
        listed_on=date(2026, 7, 8),
        authority="市场监管局",
    )
    assert found == {
        "category": "C05",
        "kind": "abnormal_listing",
        "polarity": "negative",
        "severity": "general",
        "value": "4",
        "title": "列入经营异常名录",
        "authority": "市场监管局",
        "happened_on": date(2026, 7, 8),
        "repairable_from": date(2026, 7, 8),
        "dataset": "abnormal_listings",
    }


@pytest.mark.parametrize(
    ("removed_on", "ended_on"),
    [
        (None, date(2027, 2, 28)),
        (date(2025, 6, 1), date(2025, 6, 1)),
        (date(2027, 9, 1), date(2027, 2, 28)),  # never beyond three years
    ],
)
@pytest.mark.parametrize(
    ("table", "repairable"),
    [
        ("serious_listings", date(2025, 2, 28)),
        ("wage_arrears_listings", date(2024, 8, 29)),
        ("serious_tax_cases", date(2025, 2, 28)),
    ],
)
def test_a_serious_listing_ends_when_removed_and_after_three_years_at_most(
    archive: Archive,
    table: str,
    repairable: date,
    removed_on: date | None,
    ended_on: date,
):
    values = party(table) | {"listed_on": date(2024, 2, 29), "removed_on": removed_on}
    found = archive.event(archive.add(table, **values))
    assert found["category"] == "C06"
    assert (found["polarity"], found["severity"]) == ("negative", "serious")
    assert found["kind"] + "s" == table
    assert (found["value"], found["happened_on"]) == ("listed", date(2024, 2, 29))
    assert found["ended_on"] == ended_on
    # Three years after 29 February are over on 28 February: the last day is the 27th.
    assert found["publish_until"] == date(2027, 2, 27)
    assert found["repairable_from"] == repairable


@pytest.mark.parametrize(
    ("result", "polarity", "severity"),
    [
        ("clean", "positive", None),
        ("corrected", "neutral", None),
        ("pending", "neutral", None),
        ("report_missing", "negative", "minor"),
        ("info_missing", "negative", "minor"),
        ("false_info", "negative", "general"),
        ("unreachable", "negative", "general"),
        ("obstructed", "negative", "general"),
    ],
)
def test_an_inspection_is_judged_by_its_result(
    archive: Archive, result: str, polarity: str, severity: str | None
):
    found = line(archive, "inspection_results", result=result, plan_no="P1")
    assert (found["kind"], found["value"]) == ("inspection", result)
    assert (found["polarity"], found.get("severity")) == (polarity, severity)
    assert found["document_no"] == "P1"


@pytest.mark.parametrize(
    ("filed_on", "value", "polarity", "severity"),
    [
        (date(2026, 1, 1), "on_time", "positive", None),
        (date(2026, 6, 30), "on_time", "positive", None),
        (date(2026, 7, 1), "late", "negative", "minor"),
    ],
)
def test_an_annual_report_is_late_from_the_first_of_july(
    archive: Archive, filed_on: date, value: str, polarity: str, severity: str | None
):
    found = line(archive, "annual_reports", report_year=2025, filed_on=filed_on)
    assert (found["kind"], found["value"]) == ("annual_report", value)
    assert (found["polarity"], found.get("severity")) == (polarity, severity)
    assert (found["period"], found["happened_on"]) == (2025, filed_on)
    assert found["title"] == "2025年度报告"


# Tax -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "polarity", "severity"),
    [
        ("A", "positive", None),
        ("B", "neutral", None),
        ("M", "neutral", None),
        ("C", "negative", "general"),
        ("D", "negative", "general"),
    ],
)
def test_a_tax_credit_grade_is_of_its_year(
    archive: Archive, grade: str, polarity: str, severity: str | None
):
    found = taxed(archive, "tax_credit_grades", grade=grade, year=2025, decided_on=None)
    assert (found["value"], found["polarity"], found.get("severity")) == (
        grade,
        polarity,
        severity,
    )
    assert found["title"] == f"2025年度纳税缴费信用{grade}级"
    # Grades are published in April of the next year.
    assert (found["period"], found["happened_on"]) == (2025, date(2026, 4, 30))


def test_a_tax_credit_grade_keeps_the_day_it_was_decided(archive: Archive):
    decided = date(2026, 4, 3)
    found = taxed(archive, "tax_credit_grades", year=2025, decided_on=decided)
    assert found["happened_on"] == decided


def test_tax_arrears_are_open_until_settled(archive: Archive):
    values = {
        "tax_kind": "增值税",
        "balance_fen": 123_456,
        "quarter_end": date(2026, 6, 30),
        "announced_on": date(2026, 7, 20),
        "authority": "税务局",
    }
    assert taxed(archive, "tax_arrears", **values) == {
        "category": "C03",
        "kind": "tax_arrears",
        "polarity": "negative",
        "severity": "general",
        "value": "增值税",
        "title": "欠税公告：增值税",
        "authority": "税务局",
        "period": 2026,
        "happened_on": date(2026, 7, 20),
        "amount_fen": 123_456,
        "dataset": "tax_arrears",
    }


def test_settled_tax_arrears_ended_that_day(archive: Archive):
    found = taxed(archive, "tax_arrears", cleared_on=date(2026, 8, 1))
    assert found["ended_on"] == date(2026, 8, 1)


# Labour and social security ------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_and_paid", "paid_on", "value", "short"),
    [
        ((1000, 1000), date(2024, 2, 29), "on_time", 0),
        ((1000, 1000), date(2024, 3, 1), "late", 0),
        ((1000, 999), date(2024, 2, 1), "short", 1),
        ((1000, 0), None, "short", 1000),
        ((1000, 1200), date(2024, 2, 1), "on_time", 0),
        ((0, 0), None, "on_time", 0),
    ],
)
def test_contributions_fall_due_at_the_end_of_the_next_month(
    archive: Archive,
    due_and_paid: tuple[int, int],
    paid_on: date | None,
    value: str,
    short: int,
):
    due, paid = due_and_paid
    found = line(
        archive,
        "social_contributions",
        month=date(2024, 1, 1),
        due_fen=due,
        paid_fen=paid,
        paid_on=paid_on,
        insured=12,
    )
    assert found == {
        "category": "C03",
        "kind": "contribution",
        "polarity": "positive" if value == "on_time" else "negative",
        "value": value,
        "title": "2024-01 社会保险费",
        "period": 202401,
        "happened_on": date(2024, 2, 29),
        "amount_fen": short,
        "quantity": 12,
        "dataset": "social_contributions",
    }


@pytest.mark.parametrize(
    ("grade", "polarity", "severity"),
    [("A", "positive", None), ("B", "neutral", None), ("C", "negative", "general")],
)
def test_a_labour_grade_is_of_its_year(
    archive: Archive, grade: str, polarity: str, severity: str | None
):
    found = line(
        archive,
        "labour_grades",
        grade=grade,
        year=2025,
        decided_on=date(2026, 5, 20),
    )
    assert (found["kind"], found["category"]) == ("labour_grade", "C09")
    assert (found["value"], found["polarity"], found.get("severity")) == (
        grade,
        polarity,
        severity,
    )
    assert (found["period"], found["happened_on"]) == (2025, date(2026, 5, 20))


# Park ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid_on", "value", "polarity"),
    [
        (date(2026, 9, 10), "on_time", "positive"),
        (date(2026, 9, 11), "late", "negative"),
        (None, "unpaid", "negative"),
    ],
)
def test_a_fee_is_paid_on_time_late_or_not(
    archive: Archive, paid_on: date | None, value: str, polarity: str
):
    found = line(
        archive,
        "fee_payments",
        fee_kind="management",
        month=date(2026, 9, 1),
        due_on=date(2026, 9, 10),
        due_fen=120_000,
        paid_on=paid_on,
    )
    assert (found["value"], found["polarity"]) == (value, polarity)
    assert found["title"] == "2026-09 管理费"
    assert (found["period"], found["amount_fen"]) == (202609, 120_000)
    assert found["happened_on"] == date(2026, 9, 10)
    assert found.get("ended_on") == paid_on


def test_fees_without_consent_are_no_facts(archive: Archive):
    archive.add("fee_payments", uscc=FIRST, consent_no=None)
    assert archive.rows("credit_events") == []


@pytest.mark.parametrize(
    ("fulfilment", "polarity", "severity"),
    [
        ("fully", "positive", None),
        ("pending", "neutral", None),
        ("partly", "negative", "general"),
        ("none", "negative", "general"),
    ],
)
def test_a_commitment_counts_when_its_fulfilment_is_established(
    archive: Archive, fulfilment: str, polarity: str, severity: str | None
):
    found = line(
        archive,
        "commitments",
        commitment_code="37030020250630000011",
        fulfilment=fulfilment,
        committed_on=date(2025, 6, 30),
        fulfilment_on=date(2026, 6, 30) if fulfilment != "pending" else None,
    )
    assert (found["value"], found["polarity"], found.get("severity")) == (
        fulfilment,
        polarity,
        severity,
    )
    established = fulfilment != "pending"
    assert found["happened_on"] == date(2026 if established else 2025, 6, 30)
    assert found["document_no"] == "37030020250630000011"


@pytest.mark.parametrize(
    ("result", "polarity", "severity"),
    [
        ("passed", "positive", None),
        ("rectify", "neutral", None),
        ("major", "negative", "general"),
    ],
)
def test_a_safety_check_tells_how_many_hazards_are_left(
    archive: Archive, result: str, polarity: str, severity: str | None
):
    found = line(
        archive,
        "safety_checks",
        result=result,
        hazards_found=5,
        hazards_mended=None if result == "major" else 3,
    )
    assert (found["polarity"], found.get("severity")) == (polarity, severity)
    assert found["quantity"] == (5 if result == "major" else 2)


def test_a_qualification_without_a_certificate_has_a_title_too(archive: Archive):
    assert line(
        archive,
        "qualifications",
        qualification="gazelle",
        certificate_no=None,
        authority="科技厅",
        granted_on=date(2025, 1, 2),
        valid_to=date(2028, 1, 1),
    ) == {
        "category": "C10",
        "kind": "qualification",
        "polarity": "positive",
        "value": "gazelle",
        "title": "瞪羚企业",
        "authority": "科技厅",
        "happened_on": date(2025, 1, 2),
        "ended_on": date(2028, 1, 1),
        "dataset": "qualifications",
    }


@pytest.mark.parametrize(
    ("table", "values", "expected"),
    [
        (
            "honours",
            {"title": "诚信企业", "level": "zone", "document_no": "文1号"},
            ("honour", "C10", "positive", "zone", "诚信企业"),
        ),
        (
            "standard_status",
            {"status": "passed"},
            ("standard", "C11", "positive", "passed", "企业信用管理贯标"),
        ),
        (
            "credit_managers",
            {"certified": 2},
            ("credit_managers", "C04", "positive", None, "信用管理师"),
        ),
        (
            "site_visits",
            {"topic": "政策宣讲"},
            ("site_visit", "C11", "neutral", None, "政策宣讲"),
        ),
    ],
)
def test_merits_and_visits_are_lines_of_their_own(
    archive: Archive, table: str, values: dict[str, Any], expected: tuple[Any, ...]
):
    found = line(archive, table, **values)
    named = ("kind", "category", "polarity", "value", "title")
    assert tuple(found.get(name) for name in named) == expected
    if table == "credit_managers":
        assert found["quantity"] == 2


def test_every_kind_and_code_of_the_ledger_is_in_its_list_and_nothing_required_lacks(
    archive: Archive,
):
    for name in archive_tables():
        code = (
            "taxpayer_id" if "taxpayer_id" in metadata.tables[name].columns else "uscc"
        )
        archive.add(name, **{code: FIRST, "party_name": NAME})
    events = archive.rows("credit_events", "kind, dataset")
    assert len(events) == len(archive_tables())
    assert {kind for kind, _ in events} == set(code_list("event_kind"))
    for column in metadata.tables["credit_events"].columns:
        facts = facts_of(column)
        if facts.required:
            assert archive.rows("credit_events", "1", f'"{column.name}" IS NULL') == []
        if facts.codes:
            found = archive.rows("credit_events", f'DISTINCT "{column.name}"')
            assert {v for (v,) in found if v} <= set(code_list(facts.codes))


def archive_tables() -> list[str]:
    """The datasets whose records are events: one for each kind."""
    return [
        "permits",
        "penalties",
        "abnormal_listings",
        "serious_listings",
        "inspection_results",
        "annual_reports",
        "tax_credit_grades",
        "tax_arrears",
        "serious_tax_cases",
        "social_contributions",
        "labour_grades",
        "wage_arrears_listings",
        "fee_payments",
        "commitments",
        "safety_checks",
        "site_visits",
        "qualifications",
        "honours",
        "standard_status",
        "credit_managers",
    ]


def test_a_contested_penalty_counts_for_nothing_while_it_is_contested(archive: Archive):
    found = line(
        archive,
        "penalties",
        penalty_kinds="0202",
        decided_on=date(2026, 5, 1),
        status="objection",
    )
    assert found["ended_on"] == found["happened_on"] == date(2026, 5, 1)
