"""What changed in the public tables since the release before, row by row.

``changes.jsonl`` applied to the previous release gives this one. Lines tell what a row
is now, never what it was: a removed or corrected record must not stay public by way of
its own correction. Not here: grades (``moves``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import duckdb

from publish.release.engine import (
    Stored,
    as_json,
    listed,
    literal,
    names,
    quoted,
    stream,
)
from publish.release.layout import AUTHORISED, PUBLIC, Served
from publish.release.model import TableDiff
from publish.release.names import CHANGES
from publish.release.withdrawals import KEYED, reason_of, taken_out
from publish.release.withdrawn import key_column
from quality.contracts.model import Kind, facts_of
from quality.contracts.publication import TIME_LIMIT

# What changes in the life of a record though its facts stand. Any other change of a
# decided record corrects it.
LIVING = frozenset(
    {"enterprise_name", "publish_until", "repairable_from", "severity", "valid_to"}
    | {"fulfilment", "balance_fen", "newly_owed_fen", "quarter_end", "source"}
)
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

    The kinds of change are the code list ``change_kind``.

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
    return f"""
        SELECT CASE WHEN o.its_line IS NULL THEN 'ADD'
                    WHEN n.its_line IS NULL THEN 'DEL' ELSE 'MOD' END,
               CASE WHEN o.its_line IS NULL THEN 'update'
                    WHEN n.its_line IS NULL THEN {_why_gone(table, today)}
                    ELSE {_why_other(table, new, old)} END,
               coalesce(n.its_key, o.its_key), n.its_line
        FROM ({before}) AS o FULL JOIN ({after}) AS n USING ({key})
        WHERE o.its_line IS DISTINCT FROM n.its_line
        ORDER BY {key}
        """


def _why_gone(table: Served, today: date) -> str:
    """The kind of a removal: its time was over, a reason in law, or none we know."""
    ended = f"o.{TIME_LIMIT} < DATE {literal(today.isoformat())}"
    reason = "'update'"
    if table in KEYED:
        key = f"o.{quoted(key_column(table.name))}"
        reason = f"coalesce({reason_of(key, 'o.its_owner')}, 'update')"
    return f"CASE WHEN {ended} THEN 'expiry' ELSE {reason} END"


def _why_other(table: Served, new: Stored, old: Stored | None) -> str:
    """The kind of a change: received anew, emptied or starred, corrected, moved on."""
    both = new.of(table.name) & (old.of(table.name) if old else frozenset())
    shared = [c.name for c in table.content if c.name in both]
    facts = [c for c in shared if c not in LIVING and "record_id" in table.key]
    same = _all(f"o.{quoted(c)} IS NOT DISTINCT FROM n.{quoted(c)}" for c in facts)
    text = {c.name for c in table.columns if facts_of(c).kind is Kind.TEXT}

    def gone(name: str) -> str:
        return taken_out(name) if name in text else f"n.{quoted(name)} IS NULL"

    emptied = _all(
        f"(n.{quoted(c)} IS NOT DISTINCT FROM o.{quoted(c)} OR {gone(c)})"
        for c in facts
    )
    return (
        "CASE WHEN n.its_content = o.its_content THEN 'receipt'"
        f" WHEN {same} THEN 'update' WHEN {emptied} THEN 'redaction'"
        " ELSE 'correction' END"
    )


def _all(tests: Iterable[str]) -> str:
    return " AND ".join(tests) or "true"


def _side(table: Served, side: Stored) -> str:
    """One side's rows: columns, end of publicity, whole row and content as JSON."""
    have = [c for c in table.columns if c.name in side.of(table.name)]
    content = [c.name for c in table.content if c in have]
    absent = {c for c in (TIME_LIMIT,) if c not in side.of(table.name)}
    until = "".join(f" CAST(NULL AS DATE) AS {c}," for c in absent)
    owner = "uscc" if "uscc" in side.of(table.name) else "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT *,{until} {owner} AS its_owner,"
        f" {as_json(table.key)} AS its_key, {as_json(c.name for c in have)} AS its_line,"
        f" {as_json(content)} AS its_content"
        f" FROM (SELECT {listed(have)} FROM {side.place(table.name)})"
    )


def _tallied(
    table: Served, rows: Iterator[tuple[Any, ...]], out: TextIO | None
) -> TableDiff:
    diff = TableDiff()
    for op, kind, key, after in rows:
        _count(diff, op, kind)
        if out:
            diff.kinds[kind] = diff.kinds.get(kind, 0) + 1
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
