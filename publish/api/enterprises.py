"""Public facts over the bank interface: one enterprise, many, and records page by page.

Not here: reading them (``facts``), what needs authorisation (``credit``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from publish.api import facts, facts_json
from publish.api.answers import canonical
from publish.api.call import Call, Reply
from publish.api.facts import After, Wanted
from publish.api.parameters import LONGEST_ECHO
from publish.api.problems import problem
from publish.api.wire import SECTIONS
from quality.identifiers import IdentifierError, normalise, parse

MOST_IN_BATCH = 1_000
FIRST, LAST = "", "9999-12-31"
_FOUND = b'{"enterprise":%b,"given":%b,"outcome":"found","problem":null}'
_UNKNOWN = b'{"enterprise":null,"given":%b,"outcome":"unknown","problem":null}'
_INVALID = b'{"enterprise":null,"given":%b,"outcome":"invalid","problem":%b}'


def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}``."""
    uscc = call.values["uscc"]
    text = call.public_now(facts_json.read, uscc)
    if text is None:
        raise problem("unknown_enterprise", uscc=uscc)
    return Reply({}, uscc=uscc, text=text)


async def batch(call: Call) -> Reply:
    """``POST /enterprises:batch``: each code has its own outcome, in the order sent."""
    outcomes: list[Outcome] = await call.public(_batch, call.body.usccs)
    found = tuple(o.uscc for o in outcomes if o.uscc is not None)
    results = b",".join(o.text for o in outcomes)
    text = b'{"found":%d,"results":[%b]}' % (len(found), results)
    return Reply({}, subjects=found, text=text)


@dataclass(frozen=True)
class Outcome:
    """What became of one code of a batch.

    Attributes:
        uscc: of the enterprise, where it was found.
        text: canonical JSON.
    """

    uscc: str | None
    text: bytes


def _batch(connection: sqlite3.Connection, usccs: list[str]) -> list[Outcome]:
    codes = [_code(given) for given in usccs]
    texts = facts_json.read_all(connection, {c for c in codes if isinstance(c, str)})
    return [_outcome(*pair, texts) for pair in zip(usccs, codes, strict=True)]


def _code(given: str) -> str | IdentifierError:
    try:
        return parse(normalise(given)).code
    except IdentifierError as error:
        return error


def _outcome(
    given: str, code: str | IdentifierError, texts: Mapping[str, bytes]
) -> Outcome:
    echo = canonical(given[:LONGEST_ECHO])
    if isinstance(code, IdentifierError):
        return Outcome(None, _INVALID % (echo, canonical(str(code))))
    text = texts.get(code)
    if text is None:
        return Outcome(None, _UNKNOWN % echo)
    return Outcome(code, _FOUND % (text, echo))


def records(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/records``."""
    values, uscc = call.values, call.values["uscc"]
    sections = tuple(s for s in SECTIONS if s in values["section"])
    days = (_iso(values["since"], FIRST), _iso(values["until"], LAST))
    wanted = Wanted(sections, *days)
    question = (uscc, *sections, *days)
    place = call.place(*question)
    after = After(*place) if place else None
    if not call.public_now(_known, uscc):
        raise problem("unknown_enterprise", uscc=uscc)
    rows, last = call.public_now(facts.page, uscc, wanted, after, values["limit"])
    cursor = (
        call.cursor([last.section, last.dated, last.key], *question) if last else None
    )
    return Reply({"uscc": uscc, "rows": rows, "next_cursor": cursor}, uscc=uscc)


def _known(connection: sqlite3.Connection, uscc: str) -> bool:
    sql = "SELECT 1 FROM enterprises WHERE uscc = ?"
    return connection.execute(sql, (uscc,)).fetchone() is not None


def _iso(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise
