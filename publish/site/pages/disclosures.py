"""Adverse facts under publicity, all kinds in one list."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site import disclosed
from publish.site.paging import paging
from publish.site.templating import link
from publish.site.visit import visit_of


async def disclosures(datasette: Any, request: Any) -> Response:
    """``/disclosures?kind=&q=``."""
    v = await visit_of(datasette, request)
    kind = v.argument("kind")
    wish = disclosed.Wish(kind if kind in disclosed.KINDS else "", v.argument("q"))
    asked = {"kind": wish.kind, "q": wish.text}
    counts = await disclosed.by_kind(v.facts, wish.text)
    where = paging(v.argument("page"), sum(counts[k] for k in wish.kinds))
    return v.page(
        "disclosures.html",
        wish=wish,
        where=where,
        address=lambda **changes: link("/disclosures", **(asked | changes)),
        kinds=counts,
        rows=await disclosed.newest(v.facts, wish, where.size, where.offset),
    )
