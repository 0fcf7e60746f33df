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
_ENTRIES_FILL = f"""
INSERT INTO {ENTRIES} (uscc, name, former_names, status)
SELECT uscc, name, former_names, status FROM enterprises ORDER BY uscc"""
# Contentless: the entries hold the text. Diacritics count, as they do there.
_INDEX_DDL = f"""
CREATE VIRTUAL TABLE {INDEX} USING fts5(
  {", ".join(INDEX_COLUMNS)}, content='', tokenize='unicode61 remove_diacritics 0'
)"""
_SPELL = f"UPDATE {ENTRIES} SET plain = ?, initials = ?, pinyin = ? WHERE rowid = ?"
_INDEX_FILL = f"""
INSERT INTO {INDEX} (rowid, name, former_names, codes, initials, pinyin)
VALUES (?, ?, ?, ?, ?, ?)"""
_STATEMENTS = (
    _ENTRIES_DDL,
    _ENTRIES_FILL,
    f"CREATE UNIQUE INDEX ix_{ENTRIES}_uscc ON {ENTRIES} (uscc)",
    f"CREATE INDEX ix_{ENTRIES}_name ON {ENTRIES} (name)",
    _INDEX_DDL,
)


def write(path: Path) -> None:
    """Add the search tables to the public database; needs its enterprises."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in _STATEMENTS:
            db.execute(statement)
        db.executemany(_SPELL, _spelt(db))
        db.executemany(_INDEX_FILL, _index_rows(db))
        db.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('optimize')")


def _spelt(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Names as they are compared: squeezed, initials, pinyin."""
    entries = db.execute(f"SELECT rowid, name FROM {ENTRIES}").fetchall()
    for rowid, name in entries:
        pinyin, initials = spelling(name)
        yield bigrams.squeeze(name), initials, pinyin, rowid


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
