"""What a reader asks of a record list: filter, order, page. Values are always bound.

Only the list's own columns ever reach the SQL; anything else falls back to the default.
Not here: which lists there are (``listings``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from publish.site.facts import Facts, Row
from publish.site.listings import YEAR, Listing
from publish.site.paging import Paging

MOST_OPTIONS = 12  # values of one facet that are offered, the most frequent first


@dataclass(frozen=True)
class Facet:
    """One filter as offered: its column, the value chosen, the values with counts."""

    column: str
    chosen: str
    options: list[Row]


@dataclass(frozen=True)
class Query:
    """What a reader asks of a list; anything not offered falls back to the default.

    Attributes:
        listing: the list.
        text: text to look for in names, codes and the searched columns.
        uscc: one enterprise, or empty for all.
        chosen: values by facet; facets that the list does not offer are ignored.
        sort: column, with a leading ``-`` for descending.
    """

    listing: Listing
    text: str = ""
    uscc: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
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

    @property
    def filters(self) -> dict[str, str]:
        """The filters in force, by facet."""
        found = {facet: self.chosen.get(facet, "") for facet in self.listing.facets}
        return {facet: value for facet, value in found.items() if value}

    def _where(self, but: str = "") -> tuple[str, dict[str, object]]:
        """Conditions and bound values; one facet may be left out, to count it."""
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
        for facet, value in self.filters.items():
            if facet != but:
                conditions.append(f"{self.listing.expression(facet)} = :facet_{facet}")
                values[f"facet_{facet}"] = value
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

    async def facets(self, facts: Facts) -> list[Facet]:
        """The filters worth offering, each counted with the other filters kept."""
        found = [await self._facet(facts, column) for column in self.listing.facets]
        return [f for f in found if f.chosen or len(f.options) > 1]

    async def _facet(self, facts: Facts, column: str) -> Facet:
        where, values = self._where(but=column)
        expression = self.listing.expression(column)
        order = "code DESC" if column == YEAR else "n DESC, code"
        options = await facts.rows(
            f"SELECT {expression} AS code, COUNT(*) AS n "
            f"FROM {{{self.listing.table}}} WHERE {where} "
            f"AND {expression} IS NOT NULL GROUP BY 1 ORDER BY {order} LIMIT :most",
            **values,
            most=MOST_OPTIONS,
        )
        return Facet(column, self.filters.get(column, ""), options)
