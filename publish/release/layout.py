"""Which tables and columns a release serves.

Everything follows from the publication contracts. Not here: rows, file names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Table

from quality.contracts import tables_of
from quality.contracts.model import Item, Kind, Tier, facts_of, table_facts

# Columns that only tell when we received a fact, and the table that counts deliveries:
# they depend on how deliveries were cut, so they are no part of a release's content.
RECEIPT_COLUMNS = frozenset({"collected_on"})
RECEIPT_TABLES = frozenset({"public_sources"})

# Text columns that list pages sort or filter by; other kinds are always indexed.
SORTED_TEXT = frozenset(
    {"name", "enterprise_name", "authority", "industry_code", "industry_section_name"}
    | {"honour", "decision_no", "bank", "owner_unit"}
)

# The authorised file is asked for single enterprises, and of these tables for a day.
NEWEST_OF = frozenset({("grades", "evaluated_on"), ("grade_history", "known_on")})


@dataclass(frozen=True)
class Served:
    """A publication contract as a table of a release.

    Attributes:
        contract: its name in the contracts, such as ``public_penalties``.
        name: its name in the file, such as ``penalties``.
        columns: the columns whose tier the file may hold, in contract order.
        key: primary-key columns.
    """

    contract: str
    name: str
    columns: tuple[Item, ...]
    key: tuple[str, ...]
    source: Table

    def has(self, column: str) -> bool:
        """Whether the table has a column of that name."""
        return any(c.name == column for c in self.columns)

    @property
    def content(self) -> tuple[Item, ...]:
        """The columns that make up the content, without receipt columns."""
        return tuple(c for c in self.columns if c.name not in RECEIPT_COLUMNS)


def _served(prefix: str, tiers: Iterable[Tier]) -> tuple[Served, ...]:
    allowed = frozenset(tiers)
    return tuple(
        Served(
            contract=t.name,
            name=t.name.removeprefix(prefix),
            columns=tuple(c for c in t.columns if facts_of(c).tier in allowed),
            key=table_facts(t).key,
            source=t,
        )
        for t in tables_of("publication")
        if t.name.startswith(prefix)
    )


PUBLIC = _served("public_", [Tier.PUBLIC])
AUTHORISED = _served("authorised_", [Tier.PUBLIC, Tier.AUTHORISED])
ALL = (*PUBLIC, *AUTHORISED)
# The public file's own: names that search shows (``search``).
ENTRIES = "search_entries"
# Handed to the builder and stored in no release: which records must not be public.
WITHHELD = "withheld_records"


def indexed(table: Served, item: Item) -> bool:
    """Whether anybody sorts or filters by the column and the key does not serve it."""
    if item.name == table.key[0]:
        return False
    if table in AUTHORISED:
        return item.name == "uscc" or (table.name, item.name) in NEWEST_OF
    return facts_of(item).kind is not Kind.TEXT or item.name in SORTED_TEXT
