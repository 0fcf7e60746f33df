"""The ledger: what lines records of tax, labour and the park become, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.files.archive import FIRST, Archive
from tests.files.lines import NAME, line, taxed


@pytest.fixture(autouse=True)
def registered(archive: Archive) -> None:
    archive.enterprise(FIRST, NAME)


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
