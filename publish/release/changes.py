"""What changed in the public tables since the release before, row by row.

``changes.jsonl`` applied to the previous release gives this one. Lines tell what a row
is now, never what it was: a removed or corrected record must not stay public by way of
its own correction. Not here: grades (``moves``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import duckdb

from publish.release.engine import Stored, as_json, listed, literal, names, stream
from publish.release.layout import AUTHORISED, PUBLIC, Served
from publish.release.model import TableDiff
from publish.release.names import CHANGES
from quality.contracts.publication import TIME_LIMIT

SHOWN = 100  # keys of each kind that a diff names


@dataclass(frozen=True)
class Side:
    """The two databases of one release, attached."""

    public: Stored
    authorised: Stored


def compare(
    connection: duckdb.DuckDBPyConnection,
    new: Side,
    old: Side | None,
    today: date,
    folder: Path,
) -> dict[str, TableDiff]:
    """Write ``changes.jsonl`` and count the differences of every table.

    Without a predecessor every row is added. Keys are named for public tables only;
    whose grade changed is not public.
    """
    diffs = {}
    with (folder / CHANGES).open("w", encoding="utf-8", newline="\n") as out:
        for table in PUBLIC:
            sql = _query(table, new.public, old.public if old else None, today)
            diffs[table.contract] = _tallied(table, stream(connection, sql), out)
    for table in AUTHORISED:
        sql = _query(table, new.authorised, old.authorised if old else None, today)
        diffs[table.contract] = _tallied(table, stream(connection, sql), None)
    return diffs


def _query(table: Served, new: Stored, old: Stored | None, today: date) -> str:
    """``(op, kind, key, after)`` of every row that differs, in key order."""
    after = before = _side(table, new)
    if old and set(table.key) <= old.of(table.name):
        before = _side(table, old)
    else:
        before += " WHERE false"
    key = names(table.key)
    ended = f"o.{TIME_LIMIT} < DATE {literal(today.isoformat())}"
    return f"""
        SELECT CASE WHEN o.line IS NULL THEN 'ADD'
                    WHEN n.line IS NULL THEN 'DEL' ELSE 'MOD' END,
               CASE WHEN n.line IS NULL AND {ended} THEN 'expiry'
                    WHEN n.content = o.content THEN 'receipt' ELSE 'update' END,
               coalesce(n.key, o.key), n.line
        FROM ({before}) AS o FULL JOIN ({after}) AS n USING ({key})
        WHERE o.line IS DISTINCT FROM n.line
        ORDER BY {key}
        """


def _side(table: Served, side: Stored) -> str:
    """One side's rows: key columns, end of publicity, whole row and content as JSON."""
    have = [c for c in table.columns if c.name in side.of(table.name)]
    content = [c.name for c in table.content if c in have]
    limited = TIME_LIMIT in side.of(table.name)
    until = TIME_LIMIT if limited else "CAST(NULL AS DATE)"
    return (
        f"SELECT {names(table.key)}, {until} AS {TIME_LIMIT},"
        f" {as_json(table.key)} AS key, {as_json(c.name for c in have)} AS line,"
        f" {as_json(content)} AS content"
        f" FROM (SELECT {listed(have)} FROM {side.place(table.name)})"
    )


def _tallied(
    table: Served, rows: Iterator[tuple[Any, ...]], out: TextIO | None
) -> TableDiff:
    diff = TableDiff()
    for op, kind, key, after in rows:
        _count(diff, op, kind)
        if out:
            out.write(_line(table.name, op, kind, key, after))
            shown = diff.keys.setdefault(op, [])
            if len(shown) < SHOWN:
                shown.append(json.loads(key))
    return diff


def _count(diff: TableDiff, op: str, kind: str) -> None:
    diff.added += op == "ADD"
    diff.removed += op == "DEL"
    diff.changed += op == "MOD" and kind != "receipt"
    diff.received += op == "MOD" and kind == "receipt"


def _line(table: str, op: str, kind: str, key: str, after: str | None) -> str:
    body = f',"after":{after}' if after else ""
    return f'{{"op":"{op}","table":"{table}","kind":"{kind}","key":{key}{body}}}\n'
