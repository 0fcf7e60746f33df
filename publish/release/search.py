"""The search tables of the public file: who can be found, and by which character pairs.

Not here: how names are cut and queries built (``bigrams``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from publish.release import bigrams

ENTRIES = "search_entries"
INDEX = "search"
ENTRY_COLUMNS = ("rowid", "uscc", "name", "former_names", "status")

_ENTRIES_DDL = f"""
CREATE TABLE {ENTRIES} (
  rowid INTEGER PRIMARY KEY, uscc TEXT NOT NULL, name TEXT NOT NULL,
  former_names TEXT, status TEXT
)"""
_ENTRIES_FILL = f"""
INSERT INTO {ENTRIES} (uscc, name, former_names, status)
SELECT uscc, name, former_names, status FROM enterprises ORDER BY uscc"""
# Contentless: the entries hold the text. Diacritics count, as they do there.
_INDEX_DDL = f"""
CREATE VIRTUAL TABLE {INDEX} USING fts5(
  name, former_names, codes, content='', tokenize='unicode61 remove_diacritics 0'
)"""
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
        db.executemany(
            f"INSERT INTO {INDEX} (rowid, name, former_names, codes)"
            " VALUES (?, ?, ?, ?)",
            _index_rows(db),
        )
        db.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('optimize')")


def _index_rows(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    entries = db.execute(f"SELECT rowid, uscc, name, former_names FROM {ENTRIES}")
    for rowid, uscc, name, former in entries:
        yield (
            rowid,
            bigrams.cut(name),
            bigrams.cut(*bigrams.separate(former)),
            bigrams.codes(uscc),
        )
