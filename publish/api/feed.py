"""What changed: release by release, and what must no longer be used.

A line tells which row changed and what it is *today*, never what it was: a corrected or
repaired record must not live on in the notice of its own correction. Not here: writing
the changes (``publish.release.changes``), recalls (``publish.cases.recalls``).
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.api.wire import row_of
from publish.cases.recalls import Recall, list_recalls
from publish.release.names import CHANGES
from publish.release.store import Releases
from publish.serving.guard import quoted
from publish.serving.release import PUBLISHED
from quality.clock import ZONE
from quality.contracts.model import public_columns

LASTING = "-"  # a place in finished releases never goes stale


@dataclass(frozen=True)
class Place:
    """How far a bank has read: a release, and bytes of its changes."""

    release: str
    offset: int


async def changes(call: Call) -> Reply:
    """``GET /changes?since=``: every row that changed after a release, in order."""
    since, limit = call.values["since"], call.values["limit"]
    given = call.place(since, lasting=True)
    found = await asyncio.to_thread(
        _page, _folders(call, since), Place(*given) if given else None, limit
    )
    lines, last = found
    rows = await call.public(_with_rows, lines)
    cursor = (
        call.cursor([last.release, last.offset], since, lasting=True) if last else None
    )
    data = {"since": since, "rows": rows, "next_cursor": cursor}
    return Reply(data)


def _folders(call: Call, since: str) -> list[Path]:
    """The folders of the releases after one, up to the one that is served.

    Raises:
        Problem: ``unknown_since``.
    """
    releases = Releases(call.release.folder.parent)
    known = [v.id for v in releases.list()]
    if call.release.release_id not in known:
        known = [call.release.release_id]
    now = known.index(call.release.release_id)
    if since not in known[: now + 1]:
        raise problem("unknown_since", since=since)
    return [releases.folder / name for name in known[known.index(since) + 1 : now + 1]]


def _page(
    folders: list[Path], place: Place | None, limit: int
) -> tuple[list[Wire], Place | None]:
    lines: list[Wire] = []
    last: Place | None = None
    for line, here in _lines(folders, place):
        if len(lines) == limit:
            return lines, last
        lines.append(line)
        last = here
    return lines, None


def _lines(folders: list[Path], place: Place | None) -> Iterator[tuple[Wire, Place]]:
    names = [folder.name for folder in folders]
    first = names.index(place.release) if place and place.release in names else 0
    for folder in folders[first:]:
        path = folder / CHANGES
        if not path.is_file():
            continue
        with path.open("rb") as file:
            if place and place.release == folder.name:
                file.seek(place.offset)
            while raw := file.readline():
                line = json.loads(raw)
                line.pop("after", None)
                yield {"release": folder.name, **line}, Place(folder.name, file.tell())


def _with_rows(connection: sqlite3.Connection, lines: list[Wire]) -> list[Wire]:
    return [_told(connection, line) for line in lines]


def _told(connection: sqlite3.Connection, line: Wire) -> Wire:
    key, table = line["key"], line["table"]
    told = {n: line.get(n) for n in ("release", "op", "table", "kind", "key")}
    return {**told, "row": _row(connection, table, key)}


def _row(
    connection: sqlite3.Connection, name: str, key: Mapping[str, Any]
) -> Wire | None:
    """The row as it may be told today; ``None`` where it may not or is no more."""
    if name not in PUBLISHED:
        return None
    columns = public_columns(PUBLISHED[name])
    names = ", ".join(quoted(c.name) for c in columns)
    where = " AND ".join(f"{quoted(c)} = ?" for c in key)
    sql = f"SELECT {names} FROM {quoted(name)} WHERE {where}"
    row = connection.execute(sql, tuple(key.values())).fetchone()
    return row_of(columns, row) if row else None


async def retractions(call: Call) -> Reply:
    """``GET /retractions?since=``: records that were repaired, deleted or corrected.

    Whoever copied one deletes it, or reads it again.
    """
    since, limit = call.values["since"], call.values["limit"]
    registry = call.services.registry
    found = await asyncio.to_thread(
        list_recalls, registry, since=since, limit=limit + 1
    )
    rows = [retraction(one) for one in found[:limit]]
    last = rows[-1]["number"] if rows else since
    data = {"rows": rows, "last": last, "more": len(found) > limit}
    return Reply(data, subjects=tuple(r["uscc"] for r in rows))


def retraction(one: Recall) -> Wire:
    """One recall as banks are told it."""
    return {
        "number": one.seq,
        "uscc": one.uscc,
        "table": one.dataset,
        "record_id": one.record_id,
        "reason": one.reason,
        "recalled_at": one.recalled_at.astimezone(ZONE).isoformat(),
    }
