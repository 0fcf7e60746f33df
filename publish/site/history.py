"""The releases there were, as the public may know of them.

Not here: what each offers for download (``offered``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publish.release.layout import PUBLIC
from publish.release.store import Releases, Version
from publish.site.visit import Visit

NAMES = {t.contract: t.name for t in PUBLIC}


def releases_of(v: Visit) -> Releases:
    """The releases beside the one that this visitor sees."""
    return Releases(v.facts.release.folder.parent)


def told(version: Version) -> dict[str, Any]:
    """A line of the history with public tables only."""
    return {
        "release": version.id,
        "created": version.created,
        "evaluated_on": version.today,
        "previous": version.previous,
        "content_sha256": version.content_sha256,
        "rows": public_rows(version.counts),
        "pruned": version.pruned,
        "removed": version.removed,
        "files": None if version.removed else f"/data/releases/{version.id}",
    }


def public_rows(counts: Mapping[str, int]) -> dict[str, int]:
    """Rows by served table."""
    return {NAMES[t]: n for t, n in counts.items() if t in NAMES}
