"""Screening a portfolio: asynchronous, with progress; results are judged when read.

Only the codes that a bank sent are kept, never an outcome: each page of results is read
from the release of the moment, so that a repaired record cannot live on in it. Not here:
one enterprise (``enterprises``).
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import secrets
import sqlite3
from collections import Counter
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, or_, select, update

from publish.api.bodies import NoticeKind, ScreenRequest
from publish.api.call import Call, Reply, Services
from publish.api.notices import Notice, tell
from publish.api.operation import Wire
from publish.api.parameters import LONGEST_ECHO
from publish.api.problems import problem
from publish.api.repeats import keep
from publish.registry.bank_tables import screening_lines, screenings
from publish.registry.work import once_more, transaction
from quality.clock import ZONE
from quality.identifiers import IdentifierError, normalise, parse

MOST_LINES = 100_000
MOST_UNDER_WAY = 5
LONGEST = 60
AT_ONCE = 2_000
LEASE = timedelta(minutes=2)
CSV = "text/csv"
OUTCOMES = ("clear", "flagged", "unknown", "invalid")
FLAGS = ("penalties", "listings", "tax_arrears")
CODE = re.compile(r"[0-9A-Z]{15,18}", re.ASCII)
TITLES = {"uscc", "code", "统一社会信用代码"}


async def start(call: Call) -> Reply:
    """``POST /screen``: a list of codes, as JSON or as CSV with a code in each line."""
    name, codes = _portfolio(call)
    made = f"scr_{secrets.token_hex(12)}"
    document = await asyncio.to_thread(_store, call, made, name, codes)
    return Reply(document, headers={"Location": f"/api/v1/screen/{made}"})


def _portfolio(call: Call) -> tuple[str, list[str]]:
    if isinstance(call.body, ScreenRequest):
        return call.body.name, call.body.usccs
    try:
        text = call.body.decode("utf-8-sig")
        rows = [row[0].strip() for row in csv.reader(io.StringIO(text)) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise problem("invalid_body", reason="/: no CSV in UTF-8") from error
    codes = [code[:LONGEST] for code in rows if code]
    if codes and codes[0].lower() in TITLES:
        del codes[0]
    if not 0 < len(codes) <= MOST_LINES:
        raise problem("invalid_body", reason=f"/: 1 to {MOST_LINES} codes")
    for line, code in enumerate(codes, 1):
        if not CODE.fullmatch(normalise(code)):
            raise problem("invalid_body", reason=f"/{line}: begins with no code")
    return "portfolio.csv", codes


@once_more
def _store(call: Call, made: str, name: str, codes: list[str]) -> Wire:
    now, holder = call.services.clock.now(), call.key.holder
    mine = (screenings.c.holder == holder) & (screenings.c.state != "done")
    head = {"screening": made, "holder": holder, "name": name, "state": "waiting"}
    numbers = {"total": len(codes), "done": 0, "created_at": now}
    lines = [
        {"screening": made, "line": n, "given": code} for n, code in enumerate(codes, 1)
    ]
    with transaction(call.services.registry) as connection:
        under_way = select(func.count()).select_from(screenings).where(mine)
        if (connection.scalar(under_way) or 0) >= MOST_UNDER_WAY:
            raise problem("too_many", what="screenings under way", most=MOST_UNDER_WAY)
        connection.execute(insert(screenings).values({**head, **numbers}))
        connection.execute(insert(screening_lines), lines)
        document = _shown(_found(connection, call, made))
        keep(connection, call, document)
        return document


async def show(call: Call) -> Reply:
    """``GET /screen/{screening}``: how far it is."""
    return Reply(_shown(await asyncio.to_thread(_find, call, call.values["screening"])))


def _find(call: Call, name: str) -> Row[Any]:
    with call.services.registry.connect() as connection:
        return _found(connection, call, name)


def _found(connection: Connection, call: Call, name: str) -> Row[Any]:
    this = screenings.c
    wanted = select(screenings).where(
        this.screening == name, this.holder == call.key.holder
    )
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise problem("unknown_screening", screening=name)
    return row


def _shown(row: Row[Any]) -> Wire:
    finished = row.finished_at
    return {
        "screening": row.screening,
        "name": row.name,
        "state": row.state,
        "total": row.total,
        "done": row.done,
        "created_at": row.created_at.astimezone(ZONE).isoformat(),
        "finished_at": finished and finished.astimezone(ZONE).isoformat(),
        "summary": json.loads(row.summary) if row.summary else None,
    }


async def results(call: Call) -> Reply:
    """``GET /screen/{screening}/results``: every code's outcome today, page by page."""
    name, limit = call.values["screening"], call.values["limit"]
    await asyncio.to_thread(_find, call, name)
    after = call.place(name) or 0
    registry = call.services.registry
    lines = await asyncio.to_thread(_lines, registry, name, after, limit + 1)
    rows = await call.public(judged, lines[:limit])
    cursor = call.cursor(lines[limit - 1][0], name) if len(lines) > limit else None
    data = {"screening": name, "rows": rows, "next_cursor": cursor}
    return Reply(data, subjects=tuple(r["uscc"] for r in rows if r["uscc"]))


def _lines(
    registry: Engine, name: str, after: int, limit: int
) -> list[tuple[int, str]]:
    this = screening_lines.c
    wanted = select(this.line, this.given).where(this.screening == name)
    page = wanted.where(this.line > after).order_by(this.line).limit(limit)
    with registry.connect() as connection:
        return [(row.line, row.given) for row in connection.execute(page)]


def judged(connection: sqlite3.Connection, lines: list[tuple[int, str]]) -> list[Wire]:
    """The outcome of each code, read from one release."""
    codes = {line: _code(given) for line, given in lines}
    known = _known(connection, {c for c in codes.values() if c})
    return [_outcome(line, given, codes[line], known) for line, given in lines]


def _code(given: str) -> str | None:
    try:
        return parse(normalise(given)).code
    except IdentifierError:
        return None


def _known(connection: sqlite3.Connection, codes: set[str]) -> dict[str, Wire]:
    """What is told of each enterprise: name, park, status, and how many of each flag."""
    wanted = json.dumps(sorted(codes))
    among = "SELECT value FROM json_each(?)"
    sql = f"SELECT uscc, name, in_park, status FROM enterprises WHERE uscc IN ({among})"
    found = {
        uscc: {"name": name, "in_park": bool(park), "status": status}
        | dict.fromkeys(FLAGS, 0)
        for uscc, name, park, status in connection.execute(sql, (wanted,))
    }
    for flag in FLAGS:
        sql = f"SELECT uscc, count(*) FROM {flag} WHERE uscc IN ({among}) GROUP BY uscc"
        for uscc, count in connection.execute(sql, (wanted,)):
            found[uscc][flag] = count
    return found


def _outcome(line: int, given: str, code: str | None, known: dict[str, Wire]) -> Wire:
    told = known.get(code or "")
    outcome = "invalid" if code is None else "unknown"
    if told is not None:
        flagged = any(told[f] for f in FLAGS) or told["status"] != "active"
        outcome = "flagged" if flagged else "clear"
    head = {"line": line, "given": given[:LONGEST_ECHO], "uscc": code if told else None}
    empty = dict.fromkeys(("name", "in_park", "status", *FLAGS))
    return {**head, "outcome": outcome, **(told or empty)}


class Screener:
    """The errand that works screenings off.

    Args:
        services: of this process.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self) -> bool:
        """Do one part of a waiting screening; whether there may be more."""
        release = self._services.mount.current
        claimed = self._claim() if release is not None else None
        if claimed is None or release is None:
            return False
        registry, done = self._services.registry, claimed.done
        lines = _lines(registry, claimed.screening, done, AT_ONCE)
        with (
            self._services.mount.pinned(release),
            closing(release.public.connect()) as connection,
        ):
            rows = judged(connection, lines)
        so_far = Counter(json.loads(claimed.summary or "{}"))
        so_far.update(Counter(r["outcome"] for r in rows))
        self._note(claimed, done + len(lines), so_far)
        return True

    def _claim(self) -> Row[Any] | None:
        """Take a screening that nobody works on."""
        now, this = self._services.clock.now(), screenings.c
        free = or_(this.claimed_until.is_(None), this.claimed_until < now)
        wanted = select(screenings).where(this.state != "done", free)
        with self._writing() as connection:
            row = connection.execute(wanted.order_by(this.created_at).limit(1)).first()
            if row is None:
                return None
            mine = update(screenings).where(this.screening == row.screening, free)
            taken = connection.execute(
                mine.values(state="running", claimed_until=now + LEASE)
            )
            return row if taken.rowcount == 1 else None

    def _note(self, claimed: Row[Any], done: int, so_far: Counter[str]) -> None:
        now, whole = self._services.clock.now(), done >= claimed.total
        summary = {name: so_far.get(name, 0) for name in OUTCOMES}
        values: Wire = {"done": done, "summary": json.dumps(summary)}
        values |= {"claimed_until": None, "state": "done" if whole else "running"}
        values |= {"finished_at": now} if whole else {}
        this = screenings.c.screening == claimed.screening
        with self._writing() as connection:
            connection.execute(update(screenings).where(this).values(values))
            if whole:
                document = {"screening": claimed.screening, "summary": summary}
                notice = Notice(
                    *(NoticeKind.SCREENING, claimed.screening, document, claimed.holder)
                )
                tell(connection, now, notice)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._services.registry)
