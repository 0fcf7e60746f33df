"""The ledger: what line each kind of record becomes, worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quality.contracts.codelists import code_list
from quality.contracts.model import facts_of, metadata
from tests.files.archive import FIRST, ZONE, Archive
from tests.files.lines import NAME, line, party


@pytest.fixture(autouse=True)
def registered(archive: Archive) -> None:
    archive.enterprise(FIRST, NAME)


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
