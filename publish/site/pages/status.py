"""Freshness and quality of every source, and what is being served."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any

from datasette import Response

from publish.site.facts import Row
from publish.site.visit import Visit, visit_of
from publish.site.wording import instant
from quality.contracts import AGENCIES

COUNTERS = ("rows_in", "accepted", "quarantined", "duplicates")
# Facts of a release worth showing, in this order.
SHOWN = (
    "today",
    "known_at",
    "created",
    "policy_id",
    "policy_sha256",
    "published_letters",
    "content_sha256",
)


async def status(datasette: Any, request: Any) -> Response:
    """``/status``."""
    v = await visit_of(datasette, request)
    sources = await v.facts.rows(
        "SELECT * FROM {sources} ORDER BY state = 'current', agency, dataset"
    )
    totals = {c: sum(row[c] for row in sources) for c in COUNTERS}
    return v.page(
        "status.html",
        sources=sources,
        totals=totals,
        agency=partial(_agency, v.language),
        balanced=all(map(_balanced, sources)),
        troubled=sum(row["state"] != "current" for row in sources),
        age=_age(v),
        versions=versions(v),
    )


def _agency(language: str, name: str) -> str:
    """An agency in the visitor's language; the release tells its Chinese name."""
    return dict(AGENCIES.values()).get(name, name) if language == "en" else name


def _balanced(row: Row) -> bool:
    kept = row["accepted"] + row["quarantined"] + row["duplicates"]
    return bool(row["rows_in"] == kept)


def _age(v: Visit) -> int | None:
    """Days since the release's evaluation date."""
    built = v.words.release.get("today")
    if not built:
        return None
    return (date.fromisoformat(v.facts.today) - date.fromisoformat(built)).days


def versions(v: Visit) -> list[tuple[str, str]]:
    """The release's facts that it has, in reading order."""
    release = v.words.release
    return [(key, _plain(release[key])) for key in SHOWN if release.get(key)]


def _plain(value: str) -> str:
    """Letters and instants as people write them; anything else as it is."""
    if value.startswith("["):
        return " / ".join(json.loads(value))
    return instant(value) if "T" in value else value
