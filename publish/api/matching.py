"""Matching: which enterprise is meant by a name, an old code, an address.

Candidates come from the search index; scores are whole numbers from 0 to 100 with the
reasons beside them. Nothing is decided for the bank. Not here: the index
(``publish.release.search``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publish.api.bodies import MatchQuery
from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.release import bigrams
from quality.identifiers import is_organisation_code, normalise, organisation_code_of

SAME_CODE, SAME_NAME, FORMER_NAME, SAME_ORGANISATION = 100, 98, 94, 90
SIMILAR, PLACE = (
    85,
    10,
)  # a similar name scores at most so much, an address adds so much
LEAST = 35
WITHIN = 50  # percent for a name that stands inside another
ALIKE = 50  # percent from which an address says something
LOOKED_AT = 60  # candidates of the index that are scored
# What so many names contain that it finds nothing: legal forms.
FORMS = ("有限责任公司", "股份有限公司", "有限公司", "集团", "公司")

_SHOWN = """
SELECT s.uscc, s.name, s.former_names, s.status, e.in_park, e.domicile
FROM search_entries AS s JOIN enterprises AS e ON e.uscc = s.uscc
"""
_BY_INDEX = (
    _SHOWN + " WHERE s.rowid IN (SELECT rowid FROM search WHERE search MATCH ?"
    " ORDER BY rank LIMIT ?)"
)
_BY_NAME = _SHOWN + " WHERE s.name = ?"


@dataclass(frozen=True)
class _Entry:
    uscc: str
    name: str
    former_names: str | None
    status: str
    in_park: int
    domicile: str | None


async def match(call: Call) -> Reply:
    """``POST /match``: for each query its candidates, the likeliest first."""
    body = call.body
    results = await call.public(_match, body.queries, body.limit)
    subjects = tuple(c["uscc"] for r in results for c in r["candidates"])
    return Reply({"results": results}, subjects=subjects)


def _match(
    connection: sqlite3.Connection, queries: Iterable[MatchQuery], limit: int
) -> list[Wire]:
    return [{"candidates": candidates(connection, q, limit)} for q in queries]


def candidates(
    connection: sqlite3.Connection, query: MatchQuery, limit: int
) -> list[Wire]:
    """Who may be meant, scored; those excluded and those too unlike left out."""
    scored = [_scored(entry, query) for entry in _entries(connection, query)]
    kept = [c for c in scored if c["score"] >= LEAST and c["uscc"] not in query.exclude]
    return sorted(kept, key=lambda c: (-c["score"], c["uscc"]))[:limit]


def _entries(connection: sqlite3.Connection, query: MatchQuery) -> list[_Entry]:
    found: dict[str, _Entry] = {}
    for sql, values in _questions(query):
        for row in connection.execute(sql, values):
            found.setdefault(row[0], _Entry(*row))
    return list(found.values())


def _questions(query: MatchQuery) -> Iterator[tuple[str, tuple[object, ...]]]:
    code = _code(query)
    if code:
        yield _BY_INDEX, (f'codes : "{bigrams.squeeze(code)}"*', LOOKED_AT)
    if query.name:
        yield _BY_NAME, (query.name,)
        core = core_of(query.name)
        pairs = bigrams.pairs(core)
        if pairs:
            yield _BY_INDEX, (f'"{" ".join(pairs)}"', LOOKED_AT)
            any_of = " OR ".join(f'"{p}"' for p in dict.fromkeys(pairs))
            yield _BY_INDEX, (any_of, LOOKED_AT)


def core_of(name: str) -> str:
    """A name without its legal form; the whole name where nothing would be left."""
    plain = bigrams.squeeze(name)
    for form in FORMS:
        plain = plain.removesuffix(form)
    return plain or bigrams.squeeze(name)


def _code(query: MatchQuery) -> str:
    """The code, or the organisation code inside an older one."""
    given = normalise(query.code or "").replace("-", "")
    if is_organisation_code(given):
        return given
    return organisation_code_of(given) or ""


def _scored(entry: _Entry, query: MatchQuery) -> Wire:
    score, reasons = 0, list[str]()
    given = normalise(query.code or "")
    if given == entry.uscc:
        score, reasons = SAME_CODE, ["code_same"]
    elif (inner := _code(query)) and entry.uscc[bigrams.SUBJECT :].startswith(inner):
        score, reasons = SAME_ORGANISATION, ["organisation_code_same"]
    if query.name:
        named, reason = _name_score(entry, query.name)
        score = max(score, named)
        reasons += [reason] if named else []
    if query.address and entry.domicile:
        likeness = alike(query.address, entry.domicile)
        if likeness >= ALIKE and score < SAME_NAME:
            score = min(score + PLACE * likeness // 100, SAME_NAME - 1)
            reasons.append("address_similar")
    return {
        "uscc": entry.uscc,
        "name": entry.name,
        "score": score,
        "reasons": reasons,
        "in_park": bool(entry.in_park),
        "status": entry.status,
    }


def _name_score(entry: _Entry, name: str) -> tuple[int, str]:
    wanted = bigrams.squeeze(name)
    if bigrams.squeeze(entry.name) == wanted:
        return SAME_NAME, "name_same"
    former = bigrams.separate(entry.former_names)
    if wanted in map(bigrams.squeeze, former):
        return FORMER_NAME, "former_name_same"
    core, names = core_of(name), [core_of(known) for known in (entry.name, *former)]
    best = max(alike(core, known) for known in names)
    if len(core) > 1 and any(core in known for known in names):
        return SIMILAR * max(best, WITHIN) // 100, "name_contains"
    return SIMILAR * best // 100, "name_similar"


def alike(one: str, other: str) -> int:
    """How many of their character pairs two texts share, in percent (Dice)."""
    left, right = {*bigrams.pairs(one)}, {*bigrams.pairs(other)}
    if not left or not right:
        return 0
    return 200 * len(left & right) // (len(left) + len(right))
