"""The gate on search: who is in the release can be found in it.

Not here: how names are cut and asked for (``bigrams``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

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
    give; those that do not, and a spread of the others, are searched for.
    """
    total = candidate.counts["public_enterprises"]
    step = 1 + total // candidate.limits.searched
    missed: dict[str, list[str]] = {"name": [], "credit code": []}
    anew = candidate.named_anew or not _counts(candidate.public)
    judged = WHOLE if anew else candidate.judged
    rows = candidate.public.execute(_ROWS.format(chosen=f"{judged}.enterprises"))
    for number, (uscc, name, rowid, sizes) in enumerate(rows):
        if number % step and _complete(name, sizes):
            continue
        for what, text in (("name", name), ("credit code", uscc)):
            if not _finds(candidate.public, text, rowid):
                missed[what].append(f"uscc={uscc}")
    for what, places in missed.items():
        for place in shortened(places):
            why = f"search by its {what} does not find it"
            yield GateFailure("search", "enterprises", place, why, _REMEDY)


def _counts(db: sqlite3.Connection) -> bool:
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
