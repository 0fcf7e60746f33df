"""Pages that are mostly words: how it works, repair, objection, about."""

from __future__ import annotations

import json
from typing import Any

from datasette import Response

from publish.site.listings import LISTINGS
from publish.site.pages.status import versions
from publish.site.visit import Visit, visit_of

LONGEST_ID = 80
SHOWN = frozenset({"today", "policy_id", "published_letters"})


async def policy(datasette: Any, request: Any) -> Response:
    """``/policy``: grades, colours, what follows and what must not."""
    v = await visit_of(datasette, request)
    return v.page(
        "policy.html",
        text=f"texts/policy.{v.language}.html",
        bands=bands(v),
        versions=[fact for fact in versions(v) if fact[0] in SHOWN],
    )


def bands(v: Visit) -> dict[str, str]:
    """What each grade takes, where the release tells (``grade_bands``, in points)."""
    floors: dict[str, int] = json.loads(v.words.release.get("grade_bands") or "{}")
    return {
        letter: v.say("policy.band", low=f"{points:,}")
        for letter, points in floors.items()
    }


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
