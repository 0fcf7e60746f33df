"""Earlier grades: as we know them now, or as they were known on a day.

Both come from the authorised file, into which every run writes what it held of each month
end and from which day on. Nothing is graded anew here: this process knows no engine. Not
here: today's grade (``credit``), the past of any other day (``creditpark file``).
"""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import cache

from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.api.wire import authorised_columns, row_of
from publish.serving.guard import quoted

ITEM = "history"
_COLUMNS = authorised_columns("grade_history")


async def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/history``."""
    values, uscc, limit = call.values, call.values["uscc"], call.values["limit"]
    today, known_at = call.release.today(), values["known_at"]
    as_of = values["as_of"] or today
    _require_past(today, as_of=as_of, known_at=known_at)
    if known_at is not None:
        await _require_kept(call, known_at)
    question = (uscc, as_of, known_at)
    before = call.place(*question) or _after(as_of)
    rows = await call.authorised(read, uscc, known_at, before, limit + 1)
    more = len(rows) > limit
    cursor = call.cursor(rows[limit - 1]["evaluated_on"], *question) if more else None
    data = {
        "uscc": uscc,
        "next_cursor": cursor,
        "as_of": as_of.isoformat(),
        "known_at": known_at and known_at.isoformat(),
        "read_from": call.release.release_id,
        "rows": rows[:limit],
    }
    return Reply(data, uscc=uscc, items=(ITEM,))


def _require_past(today: date, **days: date | None) -> None:
    for name, day in days.items():
        if day is not None and day > today:
            raise problem("day_ahead", name=name, day=day, today=today)


async def _require_kept(call: Call, known_at: date) -> None:
    """The history reaches back to that day; says nothing of any enterprise."""
    first = await call.authorised(_first)
    if first is None or known_at.isoformat() < first:
        raise problem("before_history", day=known_at, first=first or "-")


def _first(connection: sqlite3.Connection) -> str | None:
    sql = "SELECT min(known_on) FROM grade_history"
    day: str | None = connection.execute(sql).fetchone()[0]
    return day


def _after(day: date) -> str:
    """The first text after a day: grades of the day itself count."""
    return f"{day.isoformat()}~"


def read(
    connection: sqlite3.Connection,
    uscc: str,
    known_at: date | None,
    before: str,
    limit: int,
) -> list[Wire]:
    """Grades of one enterprise, newest first, each with the day it is held from.

    Args:
        connection: to the authorised file.
        uscc: whose.
        known_at: what was held on that day; ``None`` for what is held now, today's own
            evaluation included.
        before: evaluations before this text.
        limit: rows at most.
    """
    if known_at is None:
        values = (uscc, before, limit)
        found = connection.execute(_now(), values)
    else:
        found = connection.execute(_then(), (known_at.isoformat(), uscc, before, limit))
    return [row_of(_COLUMNS, row) for row in found]


@cache
def _now() -> str:
    held = "(SELECT max(known_on) FROM grade_history AS h WHERE {} AND {})".format(
        "h.uscc = g.uscc", "h.evaluated_on = g.evaluated_on"
    )
    names = [held if c.name == "known_on" else _named(c.name) for c in _COLUMNS]
    return f"SELECT {', '.join(names)} FROM grades AS g {_NEWEST}"


@cache
def _then() -> str:
    names = ", ".join(_named(c.name) for c in _COLUMNS)
    newest = (
        "SELECT max(known_on) FROM grade_history AS h WHERE h.uscc = g.uscc"
        " AND h.evaluated_on = g.evaluated_on AND h.known_on <= ?"
    )
    held = f"SELECT * FROM grade_history AS g WHERE known_on = ({newest})"
    return f"SELECT {names} FROM ({held}) AS g {_NEWEST}"


def _named(column: str) -> str:
    return f"g.{quoted(column)}"


_NEWEST = "WHERE uscc = ? AND evaluated_on < ? ORDER BY evaluated_on DESC LIMIT ?"
