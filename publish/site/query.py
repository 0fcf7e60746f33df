"""What a reader asks of a record list: filter, order, page. Values are always bound.

Only the list's own columns ever reach the SQL; anything else falls back to the default.
Not here: which lists there are (``listings``).
"""

from __future__ import annotations

from dataclasses import dataclass

from publish.site.facts import Facts, Row
from publish.site.listings import Listing
from publish.site.paging import Paging


@dataclass(frozen=True)
class Query:
    """What a reader asks of a list; anything not offered falls back to the default.

    Attributes:
        listing: the list.
        text: text to look for in names, codes and the searched columns.
        uscc: one enterprise, or empty for all.
        facet: a code of the facet column, or empty.
        sort: column, with a leading ``-`` for descending.
    """

    listing: Listing
    text: str = ""
    uscc: str = ""
    facet: str = ""
    sort: str = ""

    @property
    def column(self) -> str:
        """The sorting column, always one of the list's own."""
        wish = self.sort.removeprefix("-")
        return wish if wish in self.listing.sortable else self.listing.dated

    @property
    def descending(self) -> bool:
        """Newest first unless another order was asked for."""
        known = self.sort.removeprefix("-") in self.listing.sortable
        return self.sort.startswith("-") if known else True

    def _where(self) -> tuple[str, dict[str, object]]:
        conditions = ["TRUE"]
        values: dict[str, object] = {}
        if self.text:
            sought = ("enterprise_name", *self.listing.searched)
            any_of = " OR ".join(f"instr(COALESCE({c}, ''), :text)" for c in sought)
            conditions.append(f"({any_of} OR instr(uscc, upper(:text)))")
            values["text"] = self.text
        if self.uscc:
            conditions.append("uscc = :uscc")
            values["uscc"] = self.uscc
        if self.facet and self.listing.facet:
            conditions.append(f"{self.listing.facet} = :facet")
            values["facet"] = self.facet
        return " AND ".join(conditions), values

    async def total(self, facts: Facts) -> int:
        """How many records answer today."""
        where, values = self._where()
        return await facts.number(
            f"SELECT COUNT(*) FROM {{{self.listing.table}}} WHERE {where}", **values
        )

    async def rows(self, facts: Facts, page: Paging) -> list[Row]:
        """One page of records."""
        return await self._select(facts, "LIMIT :limit OFFSET :offset", page)

    async def all_rows(self, facts: Facts) -> list[Row]:
        """Every record that answers, for export."""
        return await self._select(facts)

    async def _select(
        self, facts: Facts, window: str = "", page: Paging | None = None
    ) -> list[Row]:
        where, values = self._where()
        if page:
            values |= {"limit": page.size, "offset": page.offset}
        order = f"{self.column} {'DESC' if self.descending else 'ASC'}, record_id"
        return await facts.rows(
            f"SELECT * FROM {{{self.listing.table}}} WHERE {where} "
            f"ORDER BY {order} {window}",
            **values,
        )

    async def facets(self, facts: Facts) -> list[Row]:
        """The codes of the facet column with their counts, the other filters kept."""
        if not self.listing.facet:
            return []
        where, values = Query(self.listing, self.text, self.uscc)._where()
        return await facts.rows(
            f"SELECT {self.listing.facet} AS code, COUNT(*) AS n "
            f"FROM {{{self.listing.table}}} WHERE {where} "
            f"AND {self.listing.facet} IS NOT NULL GROUP BY 1 ORDER BY n DESC, code",
            **values,
        )
