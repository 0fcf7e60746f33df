"""A fingerprint of every row of a release, and the hash of a table's content from them.

One Parquet file a table, in key order: the key, a hash of the whole row, the SHA-256 of
its content. They are taken from the finished SQLite file, so that they say what stands in
it; the next release finds by them which rows are others, without reading the old ones.
Closed: a hash of a record is no public matter. Not here: what is done with the rows
(``carrying``), how changes are told (``changes``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from publish.release.engine import LINES, as_json, listed, literal, names, quoted
from publish.release.layout import Served
from publish.release.names import FINGERPRINTS

WHOLE, CONTENT = "its_whole", "its_content"
_AT_ONCE = 1 << 22  # bytes of hashes
_OPTIONS = "FORMAT parquet, COMPRESSION zstd"


def path(folder: Path, table: Served) -> Path:
    """Where the fingerprints of a table stand in a release."""
    return folder / FINGERPRINTS / f"{table.contract}.parquet"


def read(folder: Path, table: Served) -> str:
    """The same, as FROM names it."""
    return f"read_parquet({literal(str(path(folder, table)))})"


def of(table: Served, place: str, *, content: bool = True) -> str:
    """The SELECT of key, hash and, unless left out, content hash of rows."""
    shown = f"hash({', '.join(quoted(c.name) for c in table.columns)}) AS {WHOLE}"
    if content:
        row = as_json(c.name for c in table.content)
        shown += f", unhex(sha256({row})) AS {CONTENT}"
    rows = f"SELECT {listed(table.columns)} FROM {place}"
    return f"SELECT {names(table.key)}, {shown} FROM ({rows})"


def write(
    connection: duckdb.DuckDBPyConnection, table: Served, rows: str, folder: Path
) -> None:
    """Keep the fingerprints that a SELECT gives, in key order."""
    target = path(folder, table)
    target.parent.mkdir(exist_ok=True)
    connection.execute(
        f"COPY (FROM ({rows}) ORDER BY {names(table.key)})"
        f" TO {literal(str(target))} ({_OPTIONS})"
    )


def summed(
    connection: duckdb.DuckDBPyConnection, table: Served, folder: Path
) -> tuple[int, str]:
    """Rows of a table and the SHA-256 of its content, from its fingerprints.

    The hashes stand in a file for a while: through Python one by one they cost twice
    as much.
    """
    place = path(folder, table).with_suffix(".lines")
    hashes = f"SELECT lower(hex({CONTENT})) FROM {read(folder, table)}"
    connection.execute(f"COPY ({hashes}) TO {literal(str(place))} ({LINES})")
    digest, count = hashlib.sha256(), 0
    with place.open("rb") as lines:
        while portion := lines.read(_AT_ONCE):
            prints = portion.replace(b"\n", b"")
            digest.update(prints)
            count += len(portion) - len(prints)
    place.unlink()
    return count, digest.hexdigest()
