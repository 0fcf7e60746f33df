"""Record lists with filter, sorting, paging and CSV."""

from __future__ import annotations

from typing import Any

from datasette import NotFound, Response
from markupsafe import Markup

from publish.site.export import spreadsheet
from publish.site.facts import Row
from publish.site.listings import LISTINGS
from publish.site.paging import paging
from publish.site.pieces import cell
from publish.site.query import Query
from publish.site.templating import link
from publish.site.visit import SECURITY_HEADERS, Visit, visit_of

MOST_ROWS = 20_000  # more are taken from the prebuilt files
TOO_LARGE = 413

_Told = tuple[Row, Markup]


async def record_list(datasette: Any, request: Any) -> Response:
    """``/lists/{list}``; ``?format=csv`` answers the same rows as a file."""
    v = await visit_of(datasette, request)
    query = _query(v)
    if v.argument("format") == "csv":
        return await _csv(v, query)
    table = query.listing.table
    where = paging(v.argument("page"), await query.total(v.facts))
    return v.page(
        "list.html",
        query=query,
        listing=query.listing,
        listings=list(LISTINGS.values()),
        rows=_told(v, table, query.listing.columns, await query.rows(v.facts, where)),
        where=where,
        facets=await query.facets(v.facts),
        here=_Here(query),
    )


def _told(v: Visit, table: str, names: tuple[str, ...], rows: list[Row]) -> list[_Told]:
    """Each record with its cells behind the enterprise.

    Most cells of a page are equal to one above them, so that each is drawn once.
    """
    labels = {c: (v.kind(table, c), v.label(table, c)) for c in names}
    drawn: dict[tuple[str, Any], str] = {}

    def of(column: str, row: Row) -> str:
        key = (column, row[column])
        if key not in drawn:
            drawn[key] = cell(*labels[column], v.cell(table, column, row))
        return drawn[key]

    return [(row, Markup("".join(of(c, row) for c in names))) for row in rows]  # noqa: S704


class _Here:
    """Addresses of this list with one thing changed."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._path = f"/lists/{query.listing.table}"
        self._asked = {
            "q": query.text,
            "uscc": query.uscc,
            **query.filters,
            "sort": query.sort,
        }

    def address(self, page: int | None = None, **changes: str) -> str:
        """The list's address; paging starts anew unless ``page`` is given."""
        return link(self._path, **{**self._asked, **changes}, page=page)

    def csv(self) -> str:
        """The same rows as a spreadsheet."""
        return self.address(format="csv")

    def sorted_by(self, column: str) -> str:
        """The list sorted by ``column``, turned round if it already is."""
        turn = self._query.column == column and not self._query.descending
        return self.address(sort=f"-{column}" if turn else column)


def _query(v: Visit) -> Query:
    listing = LISTINGS.get(v.part("list"))
    if listing is None:
        raise NotFound(v.say("missing.list"))
    return Query(
        listing,
        text=v.argument("q"),
        uscc=v.argument("uscc").upper(),
        chosen={facet: v.argument(facet) for facet in listing.facets},
        sort=v.argument("sort"),
    )


async def _csv(v: Visit, query: Query) -> Response:
    if await query.total(v.facts) > MOST_ROWS:
        return _too_many(v)
    columns = query.listing.exported
    labels = [v.label(query.listing.table, c) for c in columns]
    body = spreadsheet(columns, labels, await query.all_rows(v.facts))
    name = f"{query.listing.table}-{v.facts.today}.csv"
    headers = {
        **SECURITY_HEADERS,
        "content-disposition": f'attachment; filename="{name}"',
    }
    return Response(body, headers=headers, content_type="text/csv; charset=utf-8")


def _too_many(v: Visit) -> Response:
    return v.page(
        "notice.html",
        status=TOO_LARGE,
        heading=v.say("lists.large"),
        message=v.say("lists.large_why", n=f"{MOST_ROWS:,}"),
        code=TOO_LARGE,
    )
