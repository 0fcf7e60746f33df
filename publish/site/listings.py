"""The record lists of the release: which columns are shown, sorted and searched.

Labels and formats come from the release's dictionary. Not here: asking (``query``).
"""

from __future__ import annotations

from dataclasses import dataclass

from publish.site.facts import PUBLISHED


@dataclass(frozen=True)
class Listing:
    """One list.

    Attributes:
        table: table of the release, and the name of the list's page.
        dated: the date column it is sorted by unless the reader asks otherwise.
        title: the column that names a record.
        columns: shown in the list, the enterprise apart.
        fields: shown in the credit file, the title apart.
        searched: columns a text filter looks into.
        facets: columns offered as filters; ``year`` is that of ``dated`` where the
            table has no such column.
    """

    table: str
    dated: str
    title: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    searched: tuple[str, ...]
    facets: tuple[str, ...] = ()

    @property
    def sortable(self) -> tuple[str, ...]:
        """Columns a reader may sort by."""
        return ("enterprise_name", *self.columns)

    def expression(self, facet: str) -> str:
        """How SQL reads a facet's value, as text."""
        own = facet in PUBLISHED[self.table].columns
        return f"CAST({facet} AS TEXT)" if own else f"substr({self.dated}, 1, 4)"

    @property
    def limited(self) -> bool:
        """Whether its records leave when their publicity ends."""
        return "publish_until" in PUBLISHED[self.table].columns

    @property
    def exported(self) -> list[str]:
        """Every public column, for CSV."""
        return [c.name for c in PUBLISHED[self.table].columns]


_ALL = (
    Listing(
        "licences",
        "decided_on",
        "certificate_name",
        (
            "certificate_name",
            "licence_kind",
            "decision_no",
            "decided_on",
            "valid_to",
            "authority",
        ),
        (
            "decision_no",
            "document_name",
            "licence_kind",
            "certificate_no",
            "content",
            "valid_from",
            "valid_to",
            "authority",
        ),
        ("certificate_name", "decision_no", "content", "authority"),
        ("licence_kind", "year", "authority"),
    ),
    Listing(
        "penalties",
        "decided_on",
        "violation_kind",
        (
            "violation_kind",
            "penalty_kinds",
            "fine_fen",
            "decided_on",
            "severity",
            "authority",
            "publish_until",
        ),
        (
            "decision_no",
            "severity",
            "penalty_kinds",
            "content",
            "fine_fen",
            "confiscated_fen",
            "facts",
            "legal_basis",
            "authority",
        ),
        ("violation_kind", "decision_no", "content", "authority"),
        ("severity", "year", "authority"),
    ),
    Listing(
        "listings",
        "listed_on",
        "listing",
        ("listing", "reason", "listed_on", "authority", "publish_until"),
        ("reason", "authority"),
        ("reason", "authority"),
        ("listing", "year", "authority"),
    ),
    Listing(
        "tax_arrears",
        "announced_on",
        "tax_kind",
        (
            "tax_kind",
            "balance_fen",
            "newly_owed_fen",
            "quarter_end",
            "announced_on",
            "authority",
        ),
        ("balance_fen", "newly_owed_fen", "quarter_end", "authority"),
        ("tax_kind", "authority"),
        ("tax_kind", "year"),
    ),
    Listing(
        "honours",
        "awarded_on",
        "honour",
        ("honour", "year", "level", "awarded_on", "valid_to", "authority"),
        ("level", "year", "valid_to", "authority", "reason"),
        ("honour", "authority"),
        ("honour_list", "year", "level"),
    ),
    Listing(
        "commitments",
        "committed_on",
        "reason",
        ("reason", "commitment_kind", "committed_on", "fulfilment", "authority"),
        ("commitment_code", "commitment_kind", "valid_to", "fulfilment", "authority"),
        ("reason", "commitment_code", "authority"),
        ("fulfilment", "commitment_kind", "year"),
    ),
    Listing(
        "inspections",
        "inspected_on",
        "task",
        ("task", "result", "inspected_on", "plan_no", "authority"),
        ("plan_no", "result", "authority"),
        ("task", "plan_no", "authority"),
        ("result", "year", "plan_no"),
    ),
)
YEAR = "year"
LISTINGS = {item.table: item for item in _ALL}
