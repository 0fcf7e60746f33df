"""Pages that are mostly words: repair, objection, about."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site.listings import LISTINGS
from publish.site.visit import Visit, visit_of

LONGEST_ID = 80


async def about(datasette: Any, request: Any) -> Response:
    """``/about``."""
    v = await visit_of(datasette, request)
    return v.page("text.html", key="about", text=f"texts/about.{v.language}.html")


async def repair(datasette: Any, request: Any) -> Response:
    """``/repair?list=&record=``: how a record leaves publicity."""
    return await _guidance(datasette, request, "repair")


async def objection(datasette: Any, request: Any) -> Response:
    """``/objection?list=&record=``: how to contest a record."""
    return await _guidance(datasette, request, "objection")


async def _guidance(datasette: Any, request: Any, key: str) -> Response:
    v = await visit_of(datasette, request)
    return v.page(
        "guidance.html",
        key=key,
        text=f"texts/{key}.{v.language}.html",
        record=await _record(v),
    )


async def _record(v: Visit) -> dict[str, object] | None:
    """The record a visitor came from, while it may be shown."""
    listing = LISTINGS.get(v.argument("list"))
    if listing is None:
        return None
    row = await v.facts.row(
        f"SELECT * FROM {{{listing.table}}} WHERE record_id = :id",
        id=v.argument("record", LONGEST_ID),
    )
    return {"listing": listing, "row": row} if row else None
