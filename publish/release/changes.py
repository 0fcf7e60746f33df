"""What changed in the public tables since the release before, row by row.

``changes.jsonl`` applied to the previous release gives this one. Lines tell what a row
is now, never what it was: a removed or corrected record must not stay public by way of
its own correction. Not here: how rows are compared (``comparing``), grades (``moves``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from publish.release.comparing import Pair, changed, counted, first, pair, tallied
from publish.release.engine import LINES, Stored, literal
from publish.release.layout import ALL, AUTHORISED, PUBLIC, Served
from publish.release.model import TableDiff
from publish.release.names import AUTHORISED_DB, CHANGES, PUBLIC_DB

SHOWN = 100  # keys of each kind that a diff names
AFTER = ',"after":'
_ROWS = "release_changes"


@dataclass(frozen=True)
class Side:
    """The tables of one release.

    Attributes:
        prints: fingerprints of their rows, by contract; ``None`` where they cannot be
            compared with those of the other release.
        others: by file name, the rows alone that the other release has not, where they
            are known.
    """

    public: Stored
    authorised: Stored
    prints: Stored | None = None
    others: Mapping[str, Stored] = field(default_factory=dict)

    @property
    def compared(self) -> Side:
        """What must be looked at to find the differences."""
        public = self.others.get(PUBLIC_DB, self.public)
        if AUTHORISED_DB not in self.others:
            return replace(self, public=public)
        closed = self.others[AUTHORISED_DB]
        return replace(self, public=public, authorised=closed, prints=None)


def compare(
    connection: duckdb.DuckDBPyConnection,
    new: Side,
    old: Side | None,
    *,
    today: date,
    folder: Path,
    same: Container[str] = (),
) -> dict[str, TableDiff]:
    """Write ``changes.jsonl`` and count the differences of every table.

    Contract tables known to be ``same`` are not looked at.

    The kinds of change are the code list ``change_kind``.

    Without a predecessor every row is added. Keys are named for public tables only;
    whose grade changed is not public.
    """
    diffs = {t.contract: TableDiff() for t in ALL}
    new, old = new.compared, old.compared if old else None
    target = folder / CHANGES
    target.write_bytes(b"")
    for table in (t for t in PUBLIC if t.contract not in same):
        two = pair(table, new.public, old.public if old else None, today)
        diffs[table.contract] = _told(connection, two, target)
    for table in (t for t in AUTHORISED if t.contract not in same):
        two = pair(table, new.authorised, old.authorised if old else None, today)
        told = _of_prints(table, new, old) if old else None
        diffs[table.contract] = _counted(connection, two, told)
    return diffs


def _told(connection: duckdb.DuckDBPyConnection, two: Pair, target: Path) -> TableDiff:
    """Append a public table's lines and count them."""
    if two.old is None:
        _append(connection, two.table, f"({first(two)})", target)
        added = _rows(connection, two)
        keys = connection.execute(f"SELECT its_key FROM ({first(two)}) LIMIT {SHOWN}")
        shown = [json.loads(key) for (key,) in keys.fetchall()]
        diff = TableDiff(added=added)
        if added:
            diff.kinds["update"], diff.keys["ADD"] = added, shown
        return diff
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_ROWS} AS {changed(two)}")
    tally = f"SELECT op, kind, count(*) FROM {_ROWS} GROUP BY ALL ORDER BY ALL"
    counts = connection.execute(tally).fetchall()
    if counts:
        _append(connection, two.table, _ROWS, target)
    diff = _summed(counts)
    for op, kind, n in counts:
        diff.kinds[kind] = diff.kinds.get(kind, 0) + n
        keys = connection.execute(
            f"SELECT its_key FROM {_ROWS} WHERE op = ? LIMIT {SHOWN}", [op]
        )
        diff.keys[op] = [json.loads(key) for (key,) in keys.fetchall()]
    connection.execute(f"DROP TABLE {_ROWS}")
    return diff


def _of_prints(table: Served, new: Side, old: Side) -> str | None:
    """The same count from fingerprints, where both releases have comparable ones."""
    if new.prints is None or old.prints is None:
        return None
    if not new.prints.of(table.contract) or not old.prints.of(table.contract):
        return None
    places = (side.place(table.contract) for side in (old.prints, new.prints))
    return tallied(table.key, *places)


def _counted(
    connection: duckdb.DuckDBPyConnection, two: Pair, told: str | None
) -> TableDiff:
    if two.old is None:
        return TableDiff(added=_rows(connection, two))
    return _summed(connection.execute(told or counted(two)).fetchall())


def _rows(connection: duckdb.DuckDBPyConnection, two: Pair) -> int:
    sql = f"SELECT count(*) FROM {two.new.place(two.table.name)}"
    found = connection.execute(sql).fetchone()
    return int((found or (0,))[0])


def _summed(counts: Iterable[tuple[str, str, int]]) -> TableDiff:
    diff = TableDiff()
    for op, kind, n in counts:
        diff.added += n * (op == "ADD")
        diff.removed += n * (op == "DEL")
        diff.changed += n * (op == "MOD" and kind != "receipt")
        diff.received += n * (op == "MOD" and kind == "receipt")
    return diff


def _append(
    connection: duckdb.DuckDBPyConnection, table: Served, rows: str, target: Path
) -> None:
    """Write the lines of one table behind those of the tables before it."""
    part = target.with_name(f"{target.name}.part")
    named = f'","table":"{table.name}","kind":"'
    pieces = (
        *(literal('{"op":"'), "op", literal(named), "kind"),
        *(literal('","key":'), "its_key"),
        *(f"coalesce({literal(AFTER)} || after, '')", literal("}")),
    )
    line = f"concat({', '.join(pieces)})"
    connection.execute(
        f"COPY (SELECT {line} FROM {rows}) TO {literal(str(part))} ({LINES})"
    )
    with part.open("rb") as lines, target.open("ab") as out:
        shutil.copyfileobj(lines, out)
    part.unlink()
