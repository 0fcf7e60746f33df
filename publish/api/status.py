"""What is published and how fresh its sources are; open to everyone.

Not here: whether the process lives (``/healthz``, ``/readyz``).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from publish.api.facts import read_all
from publish.api.wire import Wire
from publish.serving.mount import Mounted


async def status(release: Mounted) -> Wire:
    """Creation, age in whole seconds, and one entry per dataset."""
    created = release.facts.get("created")
    sources = await release.public.execute_fn(_sources)
    age = _age(release, created)
    return {"created_at": created, "age_seconds": age, "sources": sources}


def _sources(connection: sqlite3.Connection) -> list[Wire]:
    return read_all(connection, "sources")


def _age(release: Mounted, created: str | None) -> int | None:
    if created is None:
        return None
    age = release.clock.now() - datetime.fromisoformat(created)
    return max(int(age.total_seconds()), 0)
