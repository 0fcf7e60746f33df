"""The one door to published data: every query of the site is asked here.

A statement names its tables in braces, ``FROM {penalties}``; each becomes the table
with the live guard: rows whose publicity period ended before *today* do not exist,
whatever the age of the release (国办发〔2025〕22号: publicity ends by itself). A
statement that names a table any other way is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from publish.site.release import Release
from quality.contracts import tables_of
from quality.contracts.publication import TIME_LIMIT

Row = dict[str, Any]

PREFIX = "public_"
PUBLISHED = {
    t.name.removeprefix(PREFIX): t
    for t in tables_of("publication")
    if t.name.startswith(PREFIX)
}
LIMITED = frozenset(n for n, t in PUBLISHED.items() if TIME_LIMIT in t.columns)
OPEN = f"({TIME_LIMIT} IS NULL OR {TIME_LIMIT} >= :today)"
_META = ("release", "dictionary", "codes", "search", "search_entries")
_BARE = re.compile(r"\b(?:FROM|JOIN)\s+(?![{(])", re.IGNORECASE)


class UnguardedQueryError(ValueError):
    """A statement of the site names a table without the live guard."""


def _guarded(table: str) -> str:
    if table not in LIMITED:
        return table
    return f"(SELECT * FROM {table} WHERE {OPEN}) AS {table}"


_SHOWN = {name: _guarded(name) for name in (*PUBLISHED, *_META)}


@lru_cache(maxsize=1000)
def guarded(statement: str) -> str:
    """The statement with every ``{table}`` replaced by what may be shown of it.

    Raises:
        UnguardedQueryError: a table is named without braces or is not published.
    """
    if _BARE.search(statement):
        raise UnguardedQueryError(
            f"name tables in braces, so that the live guard applies: {statement}"
        )
    try:
        return statement.format_map(_SHOWN)
    except KeyError as unknown:
        raise UnguardedQueryError(
            f"{unknown} is not a table of the public release: {statement}"
        ) from unknown


class Facts:
    """Reads one release as of its own today.

    Attributes:
        release: the pinned release.
        today: ISO date on which publicity is judged, the same for a whole page.
    """

    def __init__(self, release: Release) -> None:
        self.release = release
        self.today = release.today().isoformat()

    async def rows(self, statement: str, **values: object) -> list[Row]:
        """All rows of a guarded statement, values bound by name."""
        bound = {**values, "today": self.today}
        return await self.release.public.ask(guarded(statement), bound)

    async def row(self, statement: str, **values: object) -> Row | None:
        """The first row, if any."""
        found = await self.rows(statement, **values)
        return found[0] if found else None

    async def number(self, statement: str, **values: object) -> int:
        """The single whole number a counting statement answers."""
        found = await self.row(statement, **values)
        return int(next(iter(found.values())) or 0) if found else 0
