"""The history of releases, and what each one changed.

Counts and reasons only: whose record went is nobody's business once it is gone.
"""

from __future__ import annotations

import asyncio
from typing import Any

from datasette import NotFound, Response

from publish.release.errors import UnknownReleaseError
from publish.site.history import NAMES, public_rows, releases_of, told
from publish.site.offered import offer_or_none
from publish.site.visit import Visit, visit_of
from quality.contracts.codelists import code_list

KINDS = "change_kind"
SHOWN = 60  # releases that the page lists


async def versions(datasette: Any, request: Any) -> Response:
    """``/data/versions.json``: the whole history, oldest first."""
    v = await visit_of(datasette, request)
    history = await asyncio.to_thread(releases_of(v).history)
    document = {
        "serving": v.facts.release.release_id,
        "releases": [told(version) for version in history],
    }
    return Response.json(document, headers={"cache-control": "no-cache"})


async def releases(datasette: Any, request: Any) -> Response:
    """``/data/releases``."""
    v = await visit_of(datasette, request)
    history = await asyncio.to_thread(releases_of(v).history)
    newest = [told(version) for version in reversed(history)]
    return v.page(
        "releases.html",
        releases=newest[:SHOWN],
        more=max(0, len(newest) - SHOWN),
        serving=v.facts.release.release_id,
    )


async def changed(datasette: Any, request: Any) -> Response:
    """``/data/releases/{release}``: what it changed, which gates it passed."""
    v = await visit_of(datasette, request)
    release_id, found = v.part("release"), releases_of(v)
    try:
        version = await asyncio.to_thread(found.version, release_id)
        difference = await asyncio.to_thread(found.diff, release_id)
    except UnknownReleaseError as error:
        raise NotFound(v.say("missing.page")) from error
    offer = await offer_or_none(datasette, release_id)
    return v.page(
        "release.html",
        version=told(version),
        rows=public_rows(version.counts),
        tables=_tables(difference),
        kinds=_kinds(v, difference),
        pruned=offer.pruned,
        offer=offer,
        serving=v.facts.release.release_id,
    )


def _tables(difference: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The differences of public tables by served name."""
    return {NAMES[t]: d for t, d in difference["tables"].items() if t in NAMES}


def _kinds(v: Visit, difference: dict[str, Any]) -> list[tuple[str, int]]:
    """How many changes of each kind, in the order of the code list."""
    tables = _tables(difference).values()
    labels = code_list(KINDS)
    counted = {k: sum(t.get("kinds", {}).get(k, 0) for t in tables) for k in labels}
    english = v.language == "en"
    return [
        (labels[k].en if english else labels[k].zh, n) for k, n in counted.items() if n
    ]
