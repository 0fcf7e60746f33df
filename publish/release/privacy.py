"""Gates on what the public file may hold at all: its columns, and personal data in it.

Domain 7.5: identity numbers, mobile numbers, bank cards and plates are never published,
in no column and in no prose. Not here: how they are recognised (``quality.personal``).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from publish.release import dictionary, search
from publish.release.candidate import WHOLE, Candidate, named, shortened
from publish.release.engine import (
    attached,
    literal,
    load_extensions,
    names,
    quoted,
    stream,
)
from publish.release.errors import GateFailure
from publish.release.layout import AUTHORISED, ENTRIES, PUBLIC, Served
from quality.contracts.model import Kind, facts_of
from quality.personal import SUSPECT, scan

_FORBIDDEN = re.compile(r"sfz|zjhm", re.IGNORECASE)  # agencies' names of id fields
_FILE = "examined"
_SERVED = frozenset(t.name for t in PUBLIC)
_SHADOWS = ("data", "idx", "docsize", "config")

Shape = Mapping[str, tuple[str, ...]]


def tiers(candidate: Candidate) -> Iterator[GateFailure]:
    """Both files hold exactly the tables and columns that their contracts allow."""
    meta = {**dictionary.TABLES, ENTRIES: search.ENTRY_COLUMNS}
    meta[search.INDEX] = search.INDEX_COLUMNS
    public = {**_shape(PUBLIC), **meta}
    yield from _compared("public.db", public, _actual(candidate.public))
    authorised = _actual(candidate.authorised)
    yield from _compared("authorised.db", _shape(AUTHORISED), authorised)


def _shape(tables: Iterable[Served]) -> dict[str, tuple[str, ...]]:
    return {t.name: tuple(c.name for c in t.columns) for t in tables}


def _actual(db: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Tables, views and triggers of a file with their columns, without FTS's own."""
    shadows = {f"{search.INDEX}_{part}" for part in _SHADOWS}
    found = db.execute(
        "SELECT name FROM sqlite_master WHERE type <> 'index'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    columns = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
    return {
        name: tuple(column for (column,) in db.execute(columns, (name,)))
        for (name,) in found
        if name not in shadows
    }


def _compared(file: str, allowed: Shape, actual: Shape) -> Iterator[GateFailure]:
    remedy = "build it from the contracts alone"
    for name in sorted(allowed.keys() | actual.keys()):
        if name not in allowed:
            why = f"{file} has a table beyond the contracts"
            yield GateFailure("tiers", name, "", why, remedy)
        elif actual.get(name) != allowed[name]:
            odd = set(actual.get(name, ())) ^ set(allowed[name])
            why = f"columns of {file} differ from the contract: {sorted(odd)}"
            yield GateFailure("tiers", name, "", why, remedy)


def personal_data(candidate: Candidate) -> Iterator[GateFailure]:
    """No personal number or plate in any text, no column named after an id field.

    Looks at what stands in the file, not at what the contracts say should stand there; of
    rows made from the last release's, at those that it had not judged.
    """
    files = candidate.public.execute("PRAGMA database_list").fetchall()
    with duckdb.connect() as reader:
        load_extensions(reader)
        with attached(
            reader, {f"{_FILE}_{name}": Path(path) for _, name, path in files}
        ):
            for table, columns in _actual(candidate.public).items():
                yield from _forbidden(table, columns)
                schema = _judged(candidate, table)
                if schema and (prose := _prose(candidate.public, table)):
                    key = _key(candidate.public, table)
                    place = f"{_FILE}_{schema}.{table}"
                    yield from _scanned(reader, table, place, prose, key)


def _judged(candidate: Candidate, table: str) -> str | None:
    """The schema whose rows are judged; ``None`` where they are all judged already."""
    if table == ENTRIES:
        return WHOLE if candidate.named_anew else None
    return candidate.judged if table in _SERVED else WHOLE


def _forbidden(table: str, columns: Iterable[str]) -> Iterator[GateFailure]:
    for column in filter(_FORBIDDEN.search, columns):
        yield GateFailure(
            *("personal_data", table, "", f"column {column} is an identity field"),
            "take it out of the contract",
        )


def _prose(db: sqlite3.Connection, table: str) -> list[str]:
    """Text columns, without those whose contract admits codes only."""
    coded = {
        c.name
        for t in PUBLIC
        if t.name == table
        for c in t.columns
        if facts_of(c).kind in {Kind.USCC, Kind.CODE}
    }
    sql = "SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT' ORDER BY cid"
    return [name for (name,) in db.execute(sql, (table,)) if name not in coded]


def _key(db: sqlite3.Connection, table: str) -> list[str]:
    sql = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
    found = [name for (name,) in db.execute(sql, (table,))]
    kind = "SELECT type FROM sqlite_master WHERE name = ?"
    bare = db.execute(kind, (table,)).fetchone() == ("table",)
    return found or (["rowid"] if bare else [])  # a view has no rows of its own


def _scanned(
    reader: duckdb.DuckDBPyConnection,
    table: str,
    place: str,
    prose: list[str],
    key: list[str],
) -> Iterator[GateFailure]:
    """Rows whose text holds personal data; the data themselves are not repeated."""
    found: dict[str, list[str]] = {}
    for row in _suspects(reader, place, prose, key):
        texts = [text or "" for text in row[: len(prose)]]
        for why in _reasons(prose, texts):
            found.setdefault(why, []).append(_place(key, row[len(prose) :]))
    remedy = "correct the record at its source, or withhold it"
    for why, keys in sorted(found.items()):
        for key_of_one in shortened(keys):
            yield GateFailure("personal_data", table, key_of_one, why, remedy)


def _suspects(
    reader: duckdb.DuckDBPyConnection, place: str, prose: list[str], key: list[str]
) -> Iterator[tuple[Any, ...]]:
    """Rows worth a closer look; DuckDB reads a million in the time Python reads ten."""
    text = f"concat_ws(chr(10), {names(prose)})"
    order = f" ORDER BY {names(key)}" if key else ""
    return stream(
        reader,
        f"SELECT {names(prose + key)} FROM {quoted(place)}"
        f" WHERE regexp_matches({text}, {literal(SUSPECT)}){order}",
    )


def _reasons(prose: list[str], texts: list[str]) -> set[str]:
    """Which columns of a row hold which kind of personal data."""
    return {
        f"{column} holds a {span.kind.value.replace('_', ' ')}"
        for column, text in zip(prose, texts, strict=True)
        for span in scan(text)
    }


def _place(key: Sequence[str], values: Sequence[object]) -> str:
    """The key, unless it is itself what must not be repeated."""
    place = named(key, values)
    return "(withheld)" if scan(place) else place
