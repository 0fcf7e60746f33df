"""Earlier grades: as of a day, and as a release that was current then told them.

``known_at`` reads the release that served at the end of that day, if its files are kept:
what a bank could have seen, not what we know now. Not here: today's grade (``credit``).
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from publish.api.call import Call, Reply
from publish.api.credit import GRADES, earlier
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.serving.mount import Mounted
from quality.clock import ZONE

ITEM = "history"


async def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/history``."""
    values, uscc, limit = call.values, call.values["uscc"], call.values["limit"]
    as_of, known_at = values["as_of"] or call.release.today(), values["known_at"]
    question = (uscc, as_of, known_at)
    before = call.place(*question) or _after(as_of)
    read_from: str | None = call.release.release_id
    if known_at is None:
        rows = await call.authorised(earlier, GRADES, uscc, before, limit + 1)
    else:
        folder = await asyncio.to_thread(_then, call.release, known_at)
        read_from = folder.name if folder else None
        rows = await _from(folder, uscc, before, limit + 1)
    more = len(rows) > limit
    cursor = call.cursor(rows[limit - 1]["evaluated_on"], *question) if more else None
    data = {
        "uscc": uscc,
        "next_cursor": cursor,
        "as_of": as_of.isoformat(),
        "known_at": known_at and known_at.isoformat(),
        "read_from": read_from,
        "rows": rows[:limit],
    }
    return Reply(data, uscc=uscc, items=(ITEM,))


def _after(day: date) -> str:
    """The first text after a day: grades of the day itself count."""
    return f"{day.isoformat()}~"


def _then(release: Mounted, day: date) -> Path | None:
    """The folder of the newest release that was built by the end of a day."""
    found = []
    for path in release.folder.parent.glob("*/manifest.json"):
        created = datetime.fromisoformat(json.loads(path.read_bytes())["created"])
        if created.astimezone(ZONE).date() <= day:
            found.append((created, path.parent))
    return max(found)[1] if found else None


async def _from(folder: Path | None, uscc: str, before: str, limit: int) -> list[Wire]:
    if folder is None:
        return []
    return await asyncio.to_thread(_read, folder, uscc, before, limit)


def _read(folder: Path, uscc: str, before: str, limit: int) -> list[Wire]:
    place = quote(str(folder / "authorised.db"))
    uri = f"file:{place}?immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return earlier(connection, GRADES, uscc, before, limit)
    except sqlite3.OperationalError as error:
        raise problem("unknown_since", since=folder.name) from error
