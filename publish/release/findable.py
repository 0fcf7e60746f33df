"""The gate on search: who is in the release can be found in it.

Not here: how names are cut and asked for (``bigrams``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from publish.release import bigrams
from publish.release.candidate import WHOLE, Candidate, shortened
from publish.release.errors import GateFailure
from publish.release.layout import ENTRIES
from publish.release.search import INDEX

CODE_TOKENS = 2
MORE = 0x80  # in a variable-length integer: another byte follows
_REMEDY = "a name needs a letter or character, the index an entry"
_ROWS = f"""
SELECT e.uscc, e.name, s.rowid, d.sz
FROM {{chosen}} AS e
LEFT JOIN {ENTRIES} AS s ON s.uscc = e.uscc AND s.name = e.name
LEFT JOIN {INDEX}_docsize AS d ON d.id = s.rowid
ORDER BY e.uscc
"""


def searchable(candidate: Candidate) -> Iterator[GateFailure]:
    """Every enterprise is found by its full name and by its credit code.

    A phrase as long as a whole name takes the index long when millions share its words.
    So every enterprise must have its entry with as many tokens as its name and code
    give; those that do not, and a spread of the others, are searched for. Where the last
    release was judged, only those that it had not are counted through.
    """
    missed: dict[str, list[str]] = {"name": [], "credit code": []}
    for uscc, name, rowid in _doubtful(candidate):
        for what, text in (("name", name), ("credit code", uscc)):
            if not _finds(candidate.public, text, rowid):
                missed[what].append(f"uscc={uscc}")
    for what, places in missed.items():
        for place in shortened(places):
            why = f"search by its {what} does not find it"
            yield GateFailure("search", "enterprises", place, why, _REMEDY)


def _doubtful(candidate: Candidate) -> Iterator[tuple[str, str, int | None]]:
    """Who is searched for: code, name and entry."""
    whole = f"{WHOLE}.enterprises"
    step = 1 + candidate.counts["public_enterprises"] // candidate.limits.searched
    if candidate.named_anew or not _entries_match(candidate.public):
        for number, (*found, sizes) in enumerate(_entries(candidate, whole)):
            if not number % step or not _complete(found[1], sizes):
                yield found[0], found[1], found[2]
        return
    spread = f"(SELECT uscc, name FROM {whole} WHERE rowid % {step} = 0)"
    for chosen in (f"{candidate.judged}.enterprises", spread):
        for uscc, name, rowid, _sizes in _entries(candidate, chosen):
            yield uscc, name, rowid


def _entries(candidate: Candidate, chosen: str) -> Iterator[tuple[Any, ...]]:
    return candidate.public.execute(_ROWS.format(chosen=chosen))


def _entries_match(db: sqlite3.Connection) -> bool:
    """Whether the index has as many entries as there are names."""
    sql = (
        f"SELECT (SELECT count(*) FROM {INDEX}_docsize)"
        f" = (SELECT count(*) FROM {ENTRIES})"
    )
    return bool(db.execute(sql).fetchone()[0])


def _complete(name: str, sizes: bytes | None) -> bool:
    """Whether an entry holds the tokens of its name and code (FTS5 keeps the sizes)."""
    if sizes is None:
        return False
    named, _former, coded, *_spelt = _varints(sizes)
    return (named, coded) == (len(bigrams.pairs(name)), CODE_TOKENS) and named > 0


def _varints(data: bytes) -> list[int]:
    """SQLite's variable-length integers: seven bits a byte, the high bit goes on."""
    found, value = [], 0
    for byte in data:
        value = value << 7 | byte & ~MORE
        if not byte & MORE:
            found.append(value)
            value = 0
    return found


def _finds(db: sqlite3.Connection, text: str, rowid: int | None) -> bool:
    if rowid is None:
        return False
    query = bigrams.match(text)
    if not query:  # a single character is looked up as a prefix of the entries
        return bool(bigrams.squeeze(text))
    sql = f"SELECT 1 FROM {INDEX} WHERE {INDEX} MATCH ? AND rowid = ?"
    return db.execute(sql, (query, rowid)).fetchone() is not None
