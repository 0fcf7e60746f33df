"""The search tables of the public file: who can be found, and by which character pairs.

Not here: how names are cut and queries built (``bigrams``), how they are spelt in
letters (``pinyin``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from publish.release import bigrams
from publish.release.layout import ENTRIES
from publish.release.pinyin import spelling

INDEX = "search"
ENTRY_COLUMNS = (
    *("rowid", "uscc", "name", "former_names", "status"),
    *("plain", "initials", "pinyin"),
)
INDEX_COLUMNS = ("name", "former_names", "codes", "initials", "pinyin")

_ENTRIES_DDL = f"""
CREATE TABLE {ENTRIES} (
  rowid INTEGER PRIMARY KEY, uscc TEXT NOT NULL, name TEXT NOT NULL,
  former_names TEXT, status TEXT, plain TEXT, initials TEXT, pinyin TEXT
)"""
_UNKNOWN = """
SELECT uscc, name, former_names, status, NULL FROM enterprises ORDER BY uscc"""
_KNOWN = f"""
SELECT e.uscc, e.name, e.former_names, e.status, k.plain, k.initials, k.pinyin
FROM main.enterprises AS e
LEFT JOIN known.{ENTRIES} AS k ON k.uscc = e.uscc AND k.name = e.name ORDER BY e.uscc"""
_ENTRIES_FILL = f"""
INSERT INTO {ENTRIES} (uscc, name, former_names, status, plain, initials, pinyin)
VALUES (?, ?, ?, ?, ?, ?, ?)"""
# Contentless: the entries hold the text. Diacritics count, as they do there.
_INDEX_DDL = f"""
CREATE VIRTUAL TABLE {INDEX} USING fts5(
  {", ".join(INDEX_COLUMNS)}, content='', tokenize='unicode61 remove_diacritics 0'
)"""
_INDEX_FILL = f"""
INSERT INTO {INDEX} (rowid, name, former_names, codes, initials, pinyin)
VALUES (?, ?, ?, ?, ?, ?)"""
_LOOKED_UP = (
    f"CREATE UNIQUE INDEX ix_{ENTRIES}_uscc ON {ENTRIES} (uscc)",
    f"CREATE INDEX ix_{ENTRIES}_name ON {ENTRIES} (name)",
)


def write(path: Path, known: Path | None = None) -> None:
    """Add the search tables to the public database; needs its enterprises.

    Args:
        path: the database.
        known: another one, made by the same code, whose spellings are taken over.
    """
    with closing(sqlite3.connect(path, uri=True)) as db:
        db.execute("PRAGMA synchronous = OFF")  # the build syncs the finished file
        if known:
            db.execute("ATTACH ? AS known", (f"{known.absolute().as_uri()}?mode=ro",))
        with db:
            db.execute(_ENTRIES_DDL)
            db.executemany(_ENTRIES_FILL, _entries(db, _KNOWN if known else _UNKNOWN))
            for statement in (*_LOOKED_UP, _INDEX_DDL):
                db.execute(statement)
            db.executemany(_INDEX_FILL, _index_rows(db))
            db.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('optimize')")


def rewrite(path: Path, known: Path) -> None:
    """Write the search tables again, after other names have come in."""
    with closing(sqlite3.connect(path)) as db, db:
        remove(db)
    write(path, known)


def _entries(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Enterprises with their names as they are compared: squeezed, initials, pinyin."""
    for uscc, name, former, status, *forms in db.execute(query):
        yield uscc, name, former, status, *(forms if forms[0] else _forms(name))


def _forms(name: str) -> tuple[str, str, str]:
    pinyin, initials = spelling(name)
    return bigrams.squeeze(name), initials, pinyin


def _index_rows(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    entries = db.execute(
        f"SELECT rowid, uscc, name, former_names, initials, pinyin FROM {ENTRIES}"
    )
    for rowid, uscc, name, former, initials, pinyin in entries:
        before = bigrams.separate(former)
        spelt = [spelling(name) for name in before]
        yield (
            rowid,
            bigrams.cut(name),
            bigrams.cut(*before),
            bigrams.codes(uscc),
            bigrams.cut(initials, *(letters for _, letters in spelt)),
            bigrams.cut(pinyin, *(letters for letters, _ in spelt)),
        )


def remove(db: sqlite3.Connection) -> None:
    """Take the search tables out, to be written again after names were removed."""
    db.execute(f"DROP TABLE {INDEX}")
    db.execute(f"DROP TABLE {ENTRIES}")
