"""For every rule of every table a row that breaks that rule and no other."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table

from quality.identifiers.uscc import check_character
from quality.rules import (
    KnownAuthority,
    Maximum,
    Member,
    Members,
    Minimum,
    NoPersonalData,
    NotFuture,
    Parsed,
    Pattern,
    Rule,
    ValidUscc,
    rules_of,
)
from tests.quality.candidate_rows import Candidates

TOMORROW, DAY_BEFORE = date(2026, 11, 24), date(2025, 6, 29)
# Both check digits right; no authority 9 has a category 4.
_ODD = "94370303MA3C00003"
UNKNOWN_AUTHORITY = _ODD + check_character(_ODD)

# What breaks a hand-written check, or takes two values to break one rule only.
_CHANGES: dict[str, dict[str, Any]] = {
    "permits.check.permit_period": {"valid_to": DAY_BEFORE},
    "penalties.check.penalty_period": {"valid_to": DAY_BEFORE},
    "penalties.check.penalty_publicity": {"publicity_to": DAY_BEFORE},
    "penalties.check.fine_amount": {"penalty_kinds": "0101", "fine_fen": 5},
    "penalties.check.fine_unit": {"penalty_kinds": "0201", "fine_fen": 10**10 + 1},
    "tenancies.check.lease_period": {"lease_to": DAY_BEFORE},
    "commitments.check.commitment_date_in_code": {"committed_on": date(2025, 7, 1)},
    "commitments.check.commitment_validity": {"valid_to": DAY_BEFORE},
    "commitments.check.unfulfilled_content": {"fulfilment": "partly"},
    "commitments.commitment_code.pattern": {"commitment_code": "3703002025063000001X"},
    "commitments.committed_on.not_future": {
        "committed_on": TOMORROW,
        "commitment_code": "37030020261124000011",
    },
    "safety_checks.check.hazards_mended": {"hazards_found": 1, "hazards_mended": 2},
    "qualifications.check.qualification_period": {"valid_to": DAY_BEFORE},
    "government_commitments.check.government_completion": {"completed_on": DAY_BEFORE},
    "inspection_plans.check.plan_period": {"period_to": DAY_BEFORE},
    "bank_feedback.check.decision_order": {"decided_on": DAY_BEFORE},
    "support_policies.check.policy_window": {"closes_on": DAY_BEFORE},
    "policy_applications.check.payment_order": {"paid_on": DAY_BEFORE},
    "honour_rounds.check.notice_period": {"notice_to": DAY_BEFORE},
    "honour_rounds.check.approval_order": {"decided_on": date(2025, 6, 30)},
    "warning_reviews.check.closing_order": {"closed_on": DAY_BEFORE},
    "tax_arrears.check.cleared_order": {"cleared_on": DAY_BEFORE},
    "abnormal_listings.check.listing_order": {"removed_on": DAY_BEFORE},
    "serious_listings.check.listing_order": {"removed_on": DAY_BEFORE},
    "wage_arrears_listings.check.listing_order": {"removed_on": DAY_BEFORE},
    "serious_tax_cases.check.listing_order": {"removed_on": DAY_BEFORE},
}
_VALUES: dict[type[Rule], Any] = {
    ValidUscc: "91370303MA3C00003E",
    KnownAuthority: UNKNOWN_AUTHORITY,
    Member: "怪",
    Members: "0101;怪",
    Pattern: "怪",
    NotFuture: TOMORROW,
    NoPersonalData: "联系人电话13912345678",
}


def broken_rows(table: Table) -> tuple[Candidates, list[tuple[int, str]]]:
    """A sound row, then one row for each rule; with the (row, rule) to be found."""
    rows = Candidates(table)
    rows.add()
    return rows, sorted((_add(rows, rule), rule.id) for rule in rules_of(table))


def _add(rows: Candidates, rule: Rule) -> int:
    column = rule.columns[0]
    if rule.id in _CHANGES:
        return rows.add(**_CHANGES[rule.id])
    if isinstance(rule, Parsed):
        return rows.add(unparsed={column: "不明"})
    return rows.add(**{column: _value(rule)})


def _value(rule: Rule) -> Any:
    if isinstance(rule, Minimum):
        return rule.limit - 1
    if isinstance(rule, Maximum):
        return rule.limit + 1
    return _VALUES.get(type(rule))
