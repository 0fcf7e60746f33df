"""The only place where the builder speaks to DuckDB's extensions.

Attaching files, typed columns, ordered reading. Not here: what is asked of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from duckdb_extensions import import_extension

from quality.contracts.model import Item, Kind, facts_of

# One line a row and nothing else: neither JSON nor a hash holds a control character.
LINES = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x1f'"
PORTION = 20_000  # rows fetched at a time

_TYPES = {
    Kind.DATE: "DATE",
    Kind.MONTH: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.MONEY: "BIGINT",
    Kind.INTEGER: "BIGINT",
    Kind.FLAG: "BOOLEAN",
}


EXTENSIONS = ("sqlite", "excel")


def load_extensions(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the packaged extensions; no network is asked."""
    for name in EXTENSIONS:
        import_extension(name, con=connection)
        connection.execute(f"LOAD {name}")


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    *,
    write: bool = False,
) -> Iterator[None]:
    """Attach SQLite files under the given names and let them go afterwards."""
    options = "TYPE sqlite" if write else "TYPE sqlite, READ_ONLY"
    with _sound(connection), ExitStack() as undo:
        for name, path in files.items():
            connection.execute(f"ATTACH {literal(str(path))} AS {name} ({options})")
            undo.callback(connection.execute, f"DETACH {name}")
        yield


@contextmanager
def _sound(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Switch off the optimizer that reads one attached file for another.

    DuckDB 1.5 takes equally shaped tables of two SQLite files for one and answers with
    the rows of the first (duckdb/duckdb#24781), so a diff would find no difference.
    """
    setting = connection.execute("SELECT current_setting('disabled_optimizers')")
    before = str((setting.fetchone() or ("",))[0] or "")
    disabled = ",".join(filter(None, (before, "common_subplan")))
    connection.execute(f"SET disabled_optimizers = {literal(disabled)}")
    try:
        yield
    finally:
        connection.execute(f"SET disabled_optimizers = {literal(before)}")


def literal(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier, dotted where it names a schema or a database too."""
    parts = (part.replace('"', '""') for part in name.split("."))
    return ".".join(f'"{part}"' for part in parts)


def typed(item: Item, *, absent: bool = False) -> str:
    """The column in the type its contract gives it; NULL where it is absent."""
    name = quoted(item.name)
    kind = _TYPES.get(facts_of(item).kind, "VARCHAR")
    return f"CAST({'NULL' if absent else name} AS {kind}) AS {name}"


def listed(items: Iterable[Item], present: Container[str] | None = None) -> str:
    """Typed columns, ready to stand behind SELECT; all are present unless told."""
    return ", ".join(
        typed(item, absent=present is not None and item.name not in present)
        for item in items
    )


def names(columns: Iterable[str]) -> str:
    """Quoted column names, ready to stand behind ORDER BY."""
    return ", ".join(map(quoted, columns))


def as_json(columns: Iterable[str]) -> str:
    """The columns as one JSON object in text."""
    fields = ", ".join(f"{quoted(c)} := {quoted(c)}" for c in columns)
    return f"CAST(to_json(struct_pack({fields})) AS VARCHAR)"


def stream(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a portion at a time."""
    result = connection.execute(sql)
    while rows := result.fetchmany(PORTION):
        yield from rows


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    """The column names of a relation or table."""
    return _described(connection, quoted(relation))


def _described(connection: duckdb.DuckDBPyConnection, place: str) -> set[str]:
    described = connection.execute(f"SELECT * FROM {place} LIMIT 0")
    return {column[0] for column in described.description or []}


@dataclass(frozen=True)
class Stored:
    """The tables of a release, where they stand and which columns they have.

    A predecessor may lack tables and columns that the contracts have gained since.
    """

    columns: Mapping[str, frozenset[str]]
    named: Callable[[str], str]
    database: str = ""  # the name it is attached under, if it is one

    def of(self, table: str) -> frozenset[str]:
        """The columns of a table; empty if there is no such table."""
        return self.columns.get(table, frozenset())

    def place(self, table: str) -> str:
        """The table as FROM names it."""
        return self.named(table)


def stored(connection: duckdb.DuckDBPyConnection, name: str) -> Stored:
    """What stands in the database attached under ``name``."""
    rows = connection.execute(
        "SELECT table_name, list(column_name) FROM duckdb_columns()"
        " WHERE database_name = ? GROUP BY table_name",
        [name],
    ).fetchall()
    columns = {table: frozenset(names) for table, names in rows}
    return Stored(columns, lambda table: quoted(f"{name}.{table}"), name)


def narrowed(side: Stored, column: str, values: Iterable[str]) -> Stored:
    """Of an attached database the rows with some values; SQLite finds them by its index."""
    wanted = literal(json.dumps([*values]))

    def place(table: str) -> str:
        sql = (
            f"SELECT * FROM {quoted(table)} WHERE {quoted(column)} IN"
            f" (SELECT value FROM json_each({wanted}))"
        )
        return f"sqlite_query({literal(side.database)}, {literal(sql)})"

    return Stored(side.columns, place, side.database)


def kept(connection: duckdb.DuckDBPyConnection, folder: Path) -> Stored:
    """What stands in Parquet files of a folder, one a table: read ten times faster."""

    def place(table: str) -> str:
        return f"read_parquet({literal(str(folder / f'{table}.parquet'))})"

    tables = [path.stem for path in folder.glob("*.parquet")]
    columns = {t: frozenset(_described(connection, place(t))) for t in tables}
    return Stored(columns, place)
