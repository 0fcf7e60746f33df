"""Lines of a file that stayed are copied, lines that are others are put between them.

For exports that hold a row a line, in key order: of a table in which few rows differ from
the last release, the others need not be written out again. The outcome is byte for byte
what writing all rows gives; where a text breaks a line there is none. Not here: what a
line holds (``exports``), workbooks (``splicing_books``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from pathlib import Path

import duckdb

from publish.release import fingerprints
from publish.release.engine import Stored, listed, literal, names
from publish.release.layout import Served

PORTION = 1 << 22  # bytes read at a time


@dataclass(frozen=True)
class Before:
    """What the exports of a carried database are made from.

    Attributes:
        folder: the last release.
        counts: its rows by contract table name.
        total: the rows there are now.
        now: rows that are new or others.
        were: rows that are gone or were others.
    """

    folder: Path
    counts: Mapping[str, int]
    total: Mapping[str, int]
    now: Stored
    were: Stored


@dataclass(frozen=True)
class Places:
    """Where a table's rows stand, in key order from 0.

    Attributes:
        rows: how many there were.
        gone: of rows that are gone or were others, among those that were.
        put: of rows that are new or others, among those that are.
    """

    rows: int
    gone: Sequence[int]
    put: Sequence[int]

    def stays(self) -> bytearray:
        """Of each row that was: 1 where it stays, 0 where it does not."""
        flags = bytearray(b"\1") * self.rows
        for number in self.gone:
            flags[number] = 0
        return flags


def places(
    cursor: duckdb.DuckDBPyConnection, table: Served, before: Before, folder: Path
) -> Places:
    """Where rows differ, told by the fingerprints of both releases."""
    return Places(
        before.counts[table.contract],
        _numbers(cursor, table, before.folder, before.were),
        _numbers(cursor, table, folder, before.now),
    )


def _numbers(
    cursor: duckdb.DuckDBPyConnection, table: Served, folder: Path, side: Stored
) -> list[int]:
    keys = [c for c in table.columns if c.name in table.key]
    prints = literal(str(fingerprints.path(folder, table)))
    found = cursor.execute(
        f"SELECT file_row_number FROM read_parquet({prints}, file_row_number = true)"
        f" SEMI JOIN (SELECT {listed(keys)} FROM {side.place(table.name)})"
        f" USING ({names(table.key)}) ORDER BY 1"
    )
    return [number for (number,) in found.fetchall()]


def splice(old: Path, fresh: Path, target: Path, at: Places, head: int) -> bool:
    """Write ``target``, or nothing where a row is not a line.

    Args:
        old: the last release's file.
        fresh: the same of rows that are new or others alone.
        target: the file of all rows.
        at: where rows differ.
        head: lines above the rows.
    """
    if (_lines(old), _lines(fresh)) != (at.rows + head, len(at.put) + head):
        return False
    with old.open("rb") as rows, fresh.open("rb") as others, target.open("wb") as out:
        out.writelines(islice(rows, head))
        out.writelines(
            merged(compress(rows, at.stays()), islice(others, head, None), at)
        )
    return True


def merged(
    rows: Iterable[bytes], others: Iterable[bytes], at: Places
) -> Iterator[bytes]:
    """Rows that stayed, with others at their places; what follows the rows comes last."""
    waiting, place = iter(rows), 0
    for number, line in zip(at.put, others, strict=True):
        yield from islice(waiting, number - place)
        yield line
        place = number + 1
    yield from waiting


def _lines(path: Path) -> int:
    count = 0
    with path.open("rb") as stream:
        while portion := stream.read(PORTION):
            count += portion.count(b"\n")
    return count
