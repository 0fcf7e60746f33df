"""The SQL that compares a table of two releases: which rows differ, and why.

Not here: what is written and counted of it (``changes``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from publish.release.engine import Stored, as_json, listed, literal, names, quoted
from publish.release.layout import Served
from publish.release.withdrawals import KEYED, reason_of, taken_out
from publish.release.withdrawn import key_column
from quality.contracts.model import Item, Kind, facts_of
from quality.contracts.publication import TIME_LIMIT

# What changes in the life of a record though its facts stand. Any other change of a
# decided record corrects it.
LIVING = frozenset(
    {"enterprise_name", "publish_until", "repairable_from", "severity", "valid_to"}
    | {"fulfilment", "balance_fen", "newly_owed_fen", "quarter_end", "source"}
)


@dataclass(frozen=True)
class Pair:
    """A table as it is and as it was.

    Attributes:
        table: the table.
        new: the release being built.
        old: its predecessor; ``None`` for the first, or where the table is new in it.
        today: a row that ended before today expired.
    """

    table: Served
    new: Stored
    old: Stored | None
    today: date

    @property
    def after(self) -> list[Item]:
        """Columns that the new release has."""
        return _have(self.table.columns, self.new, self.table)

    @property
    def before(self) -> list[Item]:
        """Columns that the old one had."""
        return _have(self.table.columns, self.old, self.table) if self.old else []


def pair(table: Served, new: Stored, old: Stored | None, today: date) -> Pair:
    """The table in both releases; one without its key is as good as absent."""
    known = old is not None and set(table.key) <= old.of(table.name)
    return Pair(table, new, old if known else None, today)


def first(pair: Pair) -> str:
    """``(op, kind, key, after)`` where there was no such table: all is added."""
    table = pair.table
    return (
        f"SELECT 'ADD' AS op, 'update' AS kind, {as_json(table.key)} AS its_key,"
        f" {as_json(c.name for c in pair.after)} AS after"
        f" FROM (SELECT {listed(pair.after)} FROM {pair.new.place(table.name)})"
        f" ORDER BY {names(table.key)}"
    )


def changed(pair: Pair) -> str:
    """``(op, kind, key, after)`` of every row that differs, in key order.

    Rows are compared by their values; only those that differ are written out.
    """
    table, old = pair.table, pair.old
    if old is None:
        raise ValueError(f"{table.name} has no predecessor to be compared with")
    key = names(table.key)
    return f"""
        SELECT CASE WHEN o.its_there IS NULL THEN 'ADD'
                    WHEN n.its_there IS NULL THEN 'DEL' ELSE 'MOD' END AS op,
               CASE WHEN o.its_there IS NULL THEN 'update'
                    WHEN n.its_there IS NULL THEN {_why_gone(table, pair.today)}
                    ELSE {_why_other(pair)} END AS kind,
               {as_json(table.key)} AS its_key,
               CASE WHEN n.its_there THEN {_json_of("n", pair.after)} END AS after
        FROM ({_side(table, old, pair.before)}) AS o
        FULL JOIN ({_side(table, pair.new, pair.after)}) AS n USING ({key})
        WHERE o.its_there IS NULL OR n.its_there IS NULL
              OR {_differs(pair.before, pair.after)}
        ORDER BY {key}
        """


def counted(pair: Pair) -> str:
    """``(op, kind, rows)``, from fingerprints of rows: nothing of them is written out."""
    table, old = pair.table, pair.old
    if old is None:
        raise ValueError(f"{table.name} has no predecessor to be compared with")
    sides = [
        f"SELECT {names(table.key)}, {_print(have)} AS its_whole,"
        f" {_print(_content(table, have))} AS its_content"
        f" FROM (SELECT {listed(have)} FROM {side.place(table.name)})"
        for side, have in ((old, pair.before), (pair.new, pair.after))
    ]
    return tallied(table.key, *(f"({side})" for side in sides))


def tallied(key: Iterable[str], old: str, new: str) -> str:
    """The same of two relations of fingerprints."""
    return f"""
        SELECT CASE WHEN o.its_whole IS NULL THEN 'ADD'
                    WHEN n.its_whole IS NULL THEN 'DEL' ELSE 'MOD' END AS op,
               CASE WHEN n.its_content = o.its_content THEN 'receipt'
                    ELSE 'update' END AS kind, count(*)
        FROM {old} AS o FULL JOIN {new} AS n USING ({names(key)})
        WHERE o.its_whole IS DISTINCT FROM n.its_whole GROUP BY ALL
        """


def _have(columns: Iterable[Item], side: Stored, table: Served) -> list[Item]:
    return [c for c in columns if c.name in side.of(table.name)]


def _content(table: Served, have: Iterable[Item]) -> list[Item]:
    """Those columns that are not about when a row was received."""
    content = {c.name for c in table.content}
    return [c for c in have if c.name in content]


def _side(table: Served, side: Stored, have: Sequence[Item]) -> str:
    """One side's rows, with the end of publicity and whose they are."""
    present = {c.name for c in have}
    absent = {c for c in (TIME_LIMIT,) if c not in present}
    until = "".join(f" CAST(NULL AS DATE) AS {c}," for c in absent)
    owner = "uscc" if "uscc" in present else "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT *,{until} {owner} AS its_owner, true AS its_there"
        f" FROM (SELECT {listed(have)} FROM {side.place(table.name)})"
    )


def _json_of(side: str, columns: Iterable[Item]) -> str:
    fields = ", ".join(f"{quoted(c.name)} := {side}.{quoted(c.name)}" for c in columns)
    return f"CAST(to_json(struct_pack({fields})) AS VARCHAR)"


def _print(columns: Iterable[Item]) -> str:
    """A fingerprint of values under their names."""
    named = ", ".join(f"{literal(c.name)}, {quoted(c.name)}" for c in columns)
    return f"hash({named})"


def _differs(before: Sequence[Item], after: Sequence[Item]) -> str:
    """Whether a row that both have is another; one with other columns always is."""
    if [c.name for c in before] != [c.name for c in after]:
        return "true"
    return f"NOT ({_all(map(_same, (c.name for c in after)))})"


def _same(name: str) -> str:
    return f"o.{quoted(name)} IS NOT DISTINCT FROM n.{quoted(name)}"


def _why_gone(table: Served, today: date) -> str:
    """The kind of a removal: its time was over, a reason in law, or none we know."""
    ended = f"o.{TIME_LIMIT} < DATE {literal(today.isoformat())}"
    reason = "'update'"
    if table in KEYED:
        key = f"o.{quoted(key_column(table.name))}"
        reason = f"coalesce({reason_of(key, 'o.its_owner')}, 'update')"
    return f"CASE WHEN {ended} THEN 'expiry' ELSE {reason} END"


def _why_other(pair: Pair) -> str:
    """The kind of a change: received anew, emptied or starred, corrected, moved on."""
    table = pair.table
    contents = [_content(table, have) for have in (pair.before, pair.after)]
    before = {c.name for c in contents[0]}
    shared = [c.name for c in contents[1] if c.name in before]
    facts = [c for c in shared if c not in LIVING and "record_id" in table.key]
    text = {c.name for c in table.columns if facts_of(c).kind is Kind.TEXT}

    def gone(name: str) -> str:
        return taken_out(name) if name in text else f"n.{quoted(name)} IS NULL"

    emptied = _all(f"({_same(c)} OR {gone(c)})" for c in facts)
    return (
        f"CASE WHEN NOT ({_differs(*contents)}) THEN 'receipt'"
        f" WHEN {_all(map(_same, facts))} THEN 'update' WHEN {emptied} THEN 'redaction'"
        " ELSE 'correction' END"
    )


def _all(tests: Iterable[str]) -> str:
    return " AND ".join(tests) or "true"
