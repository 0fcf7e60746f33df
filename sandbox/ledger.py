"""What an agency has on record: every version of every row with its time stamp."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from sandbox.days import EPOCH

Row = dict[str, Any]
_written = attrgetter("updated_at")

STAMP_FIELDS = {"market": "SJC", "tax": "gxsj", "labour": "gxsj", "park": ""}
DATASETS = {
    "market": (
        "registrations",
        "name_changes",
        "annual_reports",
        "permits",
        "penalties",
        "abnormal_listings",
        "serious_listings",
        "inspection_results",
        "risk_classes",
    ),
    "tax": (
        "tax_credit_grades",
        "tax_arrears",
        "serious_tax_cases",
        "financial_statements",
    ),
    "labour": ("social_contributions", "labour_grades", "wage_arrears_listings"),
    "park": (
        "tenancies",
        "fee_payments",
        "commitments",
        "site_visits",
        "safety_checks",
        "qualifications",
        "honours",
        "standard_status",
        "credit_managers",
        "supply_links",
        "financial_products",
        "incentive_catalogue",
        "government_commitments",
        "inspection_staff",
        "inspection_plans",
        "standard_clauses",
        "bank_feedback",
        "support_policies",
        "policy_applications",
        "honour_rounds",
        "honour_objections",
        "warning_reviews",
    ),
}
AGENCY_OF = {d: agency for agency, names in DATASETS.items() for d in names}


class Record(NamedTuple):
    """One version of one row, sorted by time and key."""

    updated_at: str
    key: str
    row: Row


class Ledger:
    """Collects the versions that are known by the end of one day."""

    def __init__(self, until: date) -> None:
        self.until = until
        self.tables: dict[str, list[Record]] = {name: [] for name in AGENCY_OF}

    def add(self, dataset: str, day: date, key: str, row: Row) -> None:
        """Enter a version that the agency wrote on ``day``, if that has come.

        Args:
            dataset: one of the names in ``DATASETS``.
            day: anything before the epoch was entered on the epoch's morning.
            key: the row's identity as the agency writes it.
            row: field codes to values; the ledger adds the time stamp.
        """
        if day <= self.until:
            self.tables[dataset].append(self.stamped(dataset, day, key, row))

    def stamped(self, dataset: str, day: date, key: str, row: Row) -> Record:
        """A version with the agency's time stamp, in the row and beside it."""
        stamp = _stamp(dataset, day, key)
        if field := STAMP_FIELDS[AGENCY_OF[dataset]]:
            row[field] = stamp
        return Record(stamp, key, row)

    def sort(self) -> None:
        """Put every table in the order in which agencies answer."""
        for records in self.tables.values():
            records.sort(key=lambda r: r[:2])


def _stamp(dataset: str, day: date, key: str) -> str:
    if day <= EPOCH:
        return f"{EPOCH} 08:00:00"
    second = 28800 + zlib.crc32(f"{dataset}{key}{day}".encode()) % 36000
    return f"{day} {timedelta(seconds=second)!s:0>8}"


def window(
    records: list[Record], start: date | None, stop: date | None
) -> list[Record]:
    """The versions written from ``start`` on and before ``stop``."""
    low = bisect_left(records, str(start), key=_written) if start else 0
    high = bisect_left(records, str(stop), key=_written) if stop else len(records)
    return records[low:high]
