"""Whose grade moved since the release before, and which rules moved it.

Authorised: ``moves.jsonl`` is never offered for download. Not here: row changes of
tables (``changes``).
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from publish.release.changes import Side
from publish.release.engine import Stored, listed, names, narrowed, stream
from publish.release.layout import AUTHORISED
from publish.release.model import Move, RuleChange, Standing
from publish.release.names import AUTHORISED_DB, MOVES

MOST = 20_000  # enterprises that are looked up one by one
_READ = ("grades", "explanations")
KEPT = 500  # moves handed back to the caller; the file holds all

_QUERY = """
WITH {before}, {after}, {rules_before}, {rules_after},
changes AS (
  SELECT uscc, list(struct_pack(
           rule_id := rule_id,
           points_before := b.points, points_after := a.points,
           value_before := b.raw_value, value_after := a.raw_value,
           reason_zh := coalesce(a.reason_zh, b.reason_zh),
           reason_en := coalesce(a.reason_en, b.reason_en)
         ) ORDER BY abs(coalesce(a.points, 0) - coalesce(b.points, 0)) DESC, rule_id
         ) AS rules
  FROM rules_before AS b FULL JOIN rules_after AS a USING (uscc, rule_id)
  WHERE a.points IS DISTINCT FROM b.points
  GROUP BY uscc
)
SELECT b.letter IS DISTINCT FROM a.letter AS lettered,
       CAST(to_json(struct_pack(
         uscc := uscc, name := e.name,
         before := {standing_b}, after := {standing_a},
         rules := coalesce(c.rules, [])
       )) AS VARCHAR)
FROM before AS b JOIN after AS a USING (uscc)
LEFT JOIN changes AS c USING (uscc)
LEFT JOIN {enterprises} AS e USING (uscc)
WHERE (a.letter, a.state, a.score_points)
      IS DISTINCT FROM (b.letter, b.state, b.score_points)
ORDER BY lettered DESC, uscc
"""


def write(
    connection: duckdb.DuckDBPyConnection, new: Side, old: Side | None, folder: Path
) -> tuple[int, int, tuple[Move, ...]]:
    """Write ``moves.jsonl``; a first release moves nobody.

    Returns:
        How many standings moved, how many of them their letter, and the first moves.
    """
    total = letters = 0
    kept: list[Move] = []
    rows = (
        stream(connection, _query(*_moved(connection, new, old))) if old else iter(())
    )
    with (folder / MOVES).open("w", encoding="utf-8", newline="\n") as out:
        for lettered, line in rows:
            total, letters = total + 1, letters + lettered
            out.write(f"{line}\n")
            if total <= KEPT:
                kept.append(_move(json.loads(line)))
    return total, letters, tuple(kept)


def _moved(
    connection: duckdb.DuckDBPyConnection, new: Side, old: Side
) -> tuple[Side, Side]:
    """Both sides with those enterprises only whose grade or points are others.

    The rows that differ tell whose they are, or fingerprints; without them, or of too
    many, all are compared.
    """
    found = _of_others(new, old) or _of_prints(new, old)
    if not found:
        return new, old
    codes = connection.execute(f"{found} LIMIT {MOST + 1}").fetchall()
    if len(codes) > MOST:
        return new, old
    whose = [code for (code,) in codes]
    few = (narrowed(side.authorised, "uscc", whose) for side in (new, old))
    return replace(new, authorised=next(few)), replace(old, authorised=next(few))


def _of_others(new: Side, old: Side) -> str:
    """The SELECT of codes, empty where it is not known which rows differ."""
    known = [s.others[AUTHORISED_DB] for s in (new, old) if AUTHORISED_DB in s.others]
    return " UNION ".join(
        f"SELECT uscc FROM {side.place(name)}" for side in known for name in _READ
    )


def _of_prints(new: Side, old: Side) -> str:
    """The SELECT of codes, empty where not all fingerprints can be compared."""
    if new.prints is None or old.prints is None:
        return ""
    sides = (old.prints, new.prints)
    graded = [t for t in AUTHORISED if t.name in _READ]
    if not all(side.of(t.contract) for side in sides for t in graded):
        return ""
    return " UNION ".join(
        f"SELECT uscc FROM {sides[0].place(t.contract)} AS o"
        f" FULL JOIN {sides[1].place(t.contract)} AS n USING ({names(t.key)})"
        " WHERE o.its_whole IS DISTINCT FROM n.its_whole"
        for t in graded
    )


def _query(new: Side, old: Side) -> str:
    return _QUERY.format(
        before=_latest("before", old.authorised),
        after=_latest("after", new.authorised),
        rules_before=_rules("before", old.authorised),
        rules_after=_rules("after", new.authorised),
        standing_b=_standing("b"),
        standing_a=_standing("a"),
        enterprises=new.public.place("enterprises"),
    )


def _latest(name: str, side: Stored) -> str:
    return (
        f"{name} AS ({_all('grades', side)} QUALIFY row_number() OVER"
        " (PARTITION BY uscc ORDER BY evaluated_on DESC) = 1)"
    )


def _rules(name: str, side: Stored) -> str:
    return (
        f"rules_{name} AS (SELECT x.* FROM ({_all('explanations', side)}) AS x"
        f" JOIN {name} USING (uscc, evaluated_on))"
    )


def _all(table: str, side: Stored) -> str:
    """Every row of a table, in its present shape whatever shape it had then."""
    [served] = [t for t in AUTHORISED if t.name == table]
    rows = listed(served.columns, side.of(table))
    if not side.of(table):
        return f"SELECT {rows} WHERE false"
    return f"SELECT {rows} FROM {side.place(table)}"


def _standing(side: str) -> str:
    fields = ", ".join(f"{f} := {side}.{f}" for f in Standing.__dataclass_fields__)
    return f"struct_pack({fields})"


def _move(value: dict[str, Any]) -> Move:
    return Move(
        uscc=value["uscc"],
        name=value["name"],
        before=Standing(**value["before"]),
        after=Standing(**value["after"]),
        rules=tuple(RuleChange(**rule) for rule in value["rules"]),
    )
