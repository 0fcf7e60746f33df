"""Public facts over the bank interface: one enterprise, many, and records page by page.

Not here: reading them (``facts``), what needs authorisation (``credit``).
"""

from __future__ import annotations

import sqlite3
from datetime import date

from publish.api import facts
from publish.api.call import Call, Reply
from publish.api.facts import After, Wanted
from publish.api.operation import Wire
from publish.api.parameters import LONGEST_ECHO
from publish.api.problems import problem
from publish.api.wire import SECTIONS
from quality.identifiers import IdentifierError, normalise, parse

MOST_IN_BATCH = 1_000
FIRST, LAST = "", "9999-12-31"


async def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}``."""
    uscc = call.values["uscc"]
    found = call.public_now(facts.read, uscc)
    if found is None:
        raise problem("unknown_enterprise", uscc=uscc)
    return Reply(found.document(), uscc=uscc)


async def batch(call: Call) -> Reply:
    """``POST /enterprises:batch``: each code has its own outcome, in the order sent."""
    results = await call.public(_batch, call.body.usccs)
    found = [r for r in results if r["outcome"] == "found"]
    subjects = tuple(r["enterprise"]["uscc"] for r in found)
    return Reply({"found": len(found), "results": results}, subjects=subjects)


def _batch(connection: sqlite3.Connection, usccs: list[str]) -> list[Wire]:
    return [_outcome(connection, given) for given in usccs]


def _outcome(connection: sqlite3.Connection, given: str) -> Wire:
    told: Wire = {"given": given[:LONGEST_ECHO], "outcome": "found", "problem": None}
    try:
        uscc = parse(normalise(given)).code
    except IdentifierError as error:
        return {**told, "outcome": "invalid", "problem": str(error), "enterprise": None}
    found = facts.read(connection, uscc)
    if found is None:
        return {**told, "outcome": "unknown", "enterprise": None}
    return {**told, "enterprise": found.document()}


async def records(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/records``."""
    values, uscc = call.values, call.values["uscc"]
    sections = tuple(s for s in SECTIONS if s in values["section"])
    days = (_iso(values["since"], FIRST), _iso(values["until"], LAST))
    wanted = Wanted(sections, *days)
    question = (uscc, *sections, *days)
    place = call.place(*question)
    after = After(*place) if place else None
    if not await call.public(_known, uscc):
        raise problem("unknown_enterprise", uscc=uscc)
    rows, last = await call.public(facts.page, uscc, wanted, after, values["limit"])
    cursor = (
        call.cursor([last.section, last.dated, last.key], *question) if last else None
    )
    return Reply({"uscc": uscc, "rows": rows, "next_cursor": cursor}, uscc=uscc)


def _known(connection: sqlite3.Connection, uscc: str) -> bool:
    sql = "SELECT 1 FROM enterprises WHERE uscc = ?"
    return connection.execute(sql, (uscc,)).fetchone() is not None


def _iso(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise
