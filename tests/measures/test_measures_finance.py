"""Stage and size, products that fit, what credit bought, and whom policies are for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quality.identifiers.uscc import check_character
from tests.files.archive import FIRST, SECOND, TODAY, Archive

FIVE = [f"91370303MA3D0{n:03}X" for n in range(5)]
CODES = [body + check_character(body) for body in FIVE]


def tenant(archive: Archive, uscc: str = FIRST, **values: Any) -> None:
    """Manufacturer in the park, established on 30 June 2025."""
    given = {"industry_code": "C3841", "status": "active"}
    archive.enterprise(uscc, f"企业{uscc[-4:]}", **given | values)
    archive.add("tenancies", uscc=uscc, lease_from=date(2020, 1, 1), consent_no="1")


def figures(archive: Archive, insured: int, quarter_fen: int, quarters: int) -> None:
    month = {"month": date(2026, 8, 1), "insured": insured}
    archive.add("social_contributions", uscc=FIRST, **month)
    ends = [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]
    for end in ends[-quarters:]:
        archive.add(
            "financial_statements",
            taxpayer_id=FIRST,
            quarter_end=end,
            revenue_fen=quarter_fen,
        )


@pytest.mark.parametrize(
    ("established_on", "stage"),
    [
        (TODAY, "start_up"),
        (date(2023, 11, 24), "start_up"),
        (date(2023, 11, 23), "growth"),
        (date(2018, 11, 24), "growth"),
        (date(2018, 11, 23), "mature"),
    ],
)
def test_stages_follow_age(archive: Archive, established_on: date, stage: str):
    tenant(archive, established_on=established_on)
    assert archive.rows("enterprise_profiles", "stage") == [(stage,)]


@pytest.mark.parametrize(
    ("insured", "quarter_fen", "quarters", "size"),
    [
        (300, 500_000_000, 4, "medium"),  # 300 persons and 20 million yuan a year
        (299, 500_000_000, 4, "small"),
        (300, 499_999_999, 4, "small"),
        (1000, 10_000_000_000, 4, "large"),
        (19, 500_000_000, 4, "micro"),
        (300, 500_000_000, 3, None),  # three quarters are no year
    ],
)
def test_a_manufacturers_size_needs_both_staff_and_revenue(
    archive: Archive, insured: int, quarter_fen: int, quarters: int, size: str | None
):
    tenant(archive)
    figures(archive, insured, quarter_fen, quarters)
    assert archive.rows("enterprise_profiles", "size") == [(size,)]


def product(archive: Archive, code: str = "JR-001", **values: Any) -> None:
    given: dict[str, Any] = {
        "product_code": code,
        "minimum_grade": "B",
        "valid_to": None,
    }
    archive.add("financial_products", **given | values)


def test_a_match_says_why(archive: Archive):
    tenant(archive)
    archive.grade("A")
    archive.add(
        "qualifications",
        uscc=FIRST,
        qualification="specialised",
        granted_on=date(2026, 1, 1),
    )
    product(
        archive,
        stages="start_up;growth",
        industry_sections="C",
        qualifications="specialised",
    )
    ((reason,),) = archive.rows("finance_matches", "reason")
    assert reason.split("；") == [
        "信用等级A，达到B级及以上条件",
        "处于初创期，符合适用阶段",
        "属于制造业，符合适用行业",
        "为专精特新企业",
    ]


@pytest.mark.parametrize(
    ("letter", "values"),
    [
        ("C", {}),
        (None, {}),
        ("A", {"stages": "mature"}),
        ("A", {"industry_sections": "I;M"}),
        ("A", {"qualifications": "gazelle"}),
        ("A", {"valid_to": date(2026, 11, 22)}),
    ],
)
def test_a_product_that_asks_for_more_does_not_match(
    archive: Archive, letter: str | None, values: dict[str, Any]
):
    tenant(archive)
    archive.grade(letter)
    product(archive, **values)
    assert archive.rows("finance_matches") == []


def loan(
    archive: Archive, uscc: str, number: int, state: str = "granted", **values: Any
) -> None:
    lent = state in {"granted", "repaid", "defaulted"}
    given: dict[str, Any] = {
        "uscc": uscc,
        "application_no": f"{uscc}{number}",
        "applied_on": date(2026, 6, 10),
        "state": state,
        "granted_fen": 100_000_000 if lent else None,
        "rate_bp": 400 if lent else None,
    }
    archive.add("bank_feedback", **given | values)


def test_loans_are_told_by_the_grade_held_when_applying(archive: Archive):
    archive.grade("A", FIRST, evaluated_on=date(2026, 5, 31))
    archive.grade("D", FIRST, evaluated_on=date(2026, 6, 30))
    loan(archive, FIRST, 1)
    loan(archive, FIRST, 2, "defaulted", granted_fen=300_000_000, rate_bp=480)
    loan(archive, FIRST, 3, "refused")
    loan(archive, SECOND, 1, "applied")
    # 100 at 4.00 % and 300 at 4.80 %: 4.60 % on average.
    columns = "year, letter, applied, granted, granted_fen, average_rate_bp, defaulted"
    assert archive.rows("finance_results", columns) == [
        (2026, "A", 3, 2, 400_000_000, 460, 1),
        (2026, "N", 1, 0, 0, None, 0),
    ]
    assert archive.rows("public_finance_results") == []


def test_the_public_sees_five_enterprises_or_more_of_whom_none_dominates(
    archive: Archive,
):
    for uscc in CODES:
        loan(archive, uscc, 1)
    loan(archive, CODES[0], 2, "defaulted")
    columns = "enterprises, applied, granted, granted_fen, average_rate_bp, defaulted"
    # One default of six loans could be told apart: it is left out.
    assert archive.rows("public_finance_results", columns) == [
        (5, 6, 6, 600_000_000, 400, None)
    ]


def test_one_borrower_with_most_of_the_amount_hides_it(archive: Archive):
    for uscc in CODES:
        loan(archive, uscc, 1)
    loan(archive, CODES[0], 2, granted_fen=750_000_000)
    columns = "granted, granted_fen"
    assert archive.rows("public_finance_results", columns) == [(6, None)]


def support(archive: Archive, code: str = "Z1", **values: Any) -> None:
    given: dict[str, Any] = {
        "policy_code": code,
        "opens_on": date(2026, 11, 1),
        "closes_on": date(2026, 12, 15),
        "amount_fen": 5_000_000,
    }
    archive.add("support_policies", **given | values)


def test_a_policy_says_why_an_enterprise_qualifies_and_is_pushed_in_the_first_week(
    archive: Archive,
):
    tenant(archive)
    archive.grade("A")
    support(archive, minimum_grade="B", industry_sections="C", maximum_age_months=36)
    columns = "reason, push_from, push_until, application_state, push"
    assert archive.rows("policy_matches", columns) == [
        (
            "信用等级A，达到B级及以上条件；属于制造业；成立16个月，在36个月以内",
            *(date(2026, 11, 1), date(2026, 11, 7), None, True),
        )
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"minimum_grade": "A"},
        {"qualifications": "unicorn"},
        {"industry_sections": "I"},
        {"maximum_age_months": 15},
        {"closes_on": date(2026, 11, 22)},
        {"opens_on": date(2026, 12, 1)},
    ],
)
def test_a_policy_that_asks_for_more_or_another_month_is_not_pushed(
    archive: Archive, values: dict[str, Any]
):
    tenant(archive)
    archive.grade("B")
    support(archive, **values)
    assert archive.rows("policy_matches") == []


def test_whoever_has_applied_is_not_pushed_again_and_payment_is_told(archive: Archive):
    tenant(archive)
    tenant(archive, SECOND)
    support(archive)
    archive.add(
        "policy_applications",
        uscc=FIRST,
        policy_code="Z1",
        applied_on=date(2026, 11, 2),
        state="paid",
        approved_fen=4_000_000,
        paid_on=date(2026, 11, 20),
    )
    columns = "uscc, application_state, push"
    assert archive.rows("policy_matches", columns) == sorted(
        [(FIRST, "paid", False), (SECOND, None, True)]
    )
    columns = "matched, applied, approved, paid, paid_fen, median_days"
    assert archive.rows("policy_progress", columns) == [(2, 1, 1, 1, 4_000_000, 18)]
    columns = "matched, applied, paid, paid_fen, median_days"
    assert archive.rows("public_support_policies", columns) == [(None,) * 5]


def test_the_clauses_of_the_standard_are_told_one_by_one(archive: Archive):
    archive.enterprise()
    archive.add("standard_status", uscc=FIRST, status="passed")
    for day, status, evidence in (
        (date(2025, 1, 1), "established", None),
        (date(2026, 1, 1), "passed", "ZL-1"),
        (date(2026, 12, 1), "none", None),
    ):
        archive.add(
            "standard_clauses",
            uscc=FIRST,
            clause="5.3",
            status=status,
            assessed_on=day,
            evidence=evidence,
        )
    columns = "clause, status, assessed_on, proven"
    found = archive.rows("standard_progress", columns)
    assert len(found) == 9  # 7.1 clause 7 and 7.2 clauses 5.2 to 5.9
    assert [row for row in found if row[1] != "none"] == [
        ("5.3", "passed", date(2026, 1, 1), True)
    ]


def test_the_effect_of_the_standard_is_the_median_before_and_now(archive: Archive):
    for number, uscc in enumerate(CODES):
        archive.enterprise(uscc, f"企业{number}")
        for status, day in (
            ("established", date(2026, 3, 15)),
            ("passed", date(2026, 8, 1)),
        ):
            archive.add("standard_status", uscc=uscc, status=status, assessed_on=day)
        # Before: 60 to 64 days; now each ten days fewer.
        for day, days in ((date(2026, 2, 28), 60 + number), (TODAY, 50 + number)):
            archive.add(
                "credit_figures",
                uscc=uscc,
                evaluated_on=day,
                dso_centidays=days * 100,
            )
    columns = "firm_group, figure, enterprises, median_before, median_after"
    expected = ("adopters", "dso_centidays", 5, 6200, 5200)
    assert archive.rows("standard_effects", columns) == [expected]
    assert archive.rows("public_standard_effects", columns) == [expected]


def test_the_administration_is_counted_like_anyone_and_needs_evidence(
    archive: Archive,
):
    for number, (due, done, evidence) in enumerate(
        [
            (date(2026, 6, 30), date(2026, 6, 1), "见公告"),
            (date(2026, 6, 30), date(2026, 7, 1), "见公告"),
            (date(2026, 6, 30), date(2026, 6, 1), None),
            (date(2026, 11, 13), None, None),
            (TODAY, None, None),
        ]
    ):
        archive.add(
            "government_commitments",
            commitment_no=str(number),
            area="procurement",
            owner_unit="财政金融局",
            due_on=due,
            completed_on=done,
            evidence=evidence,
        )
    counts = (5, 1, 1, 1, 1, 1, 10, 2500)
    columns = (
        "side, name, promises, kept, kept_late, unproven, open, overdue, "
        "longest_overdue_days, kept_bp"
    )
    assert archive.rows("government_integrity", columns) == [
        ("area", "procurement", *counts),
        ("unit", "财政金融局", *counts),
    ]
