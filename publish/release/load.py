"""Rows from the pipeline's relations into the SQLite files, and their fingerprint.

Not here: table shapes (``ddl``), gates (``gates``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from publish.release.engine import (
    LINES,
    as_json,
    columns_of,
    listed,
    literal,
    names,
    quoted,
)
from publish.release.errors import GateFailure, RelationError
from publish.release.layout import RECEIPT_TABLES, Served

GATE = "contract"
READ_AT_ONCE = 1 << 22  # bytes of fingerprints
SHOWN = 20  # failures of one kind that are named one by one


def load(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, str],
    tables: Iterable[Served],
    into: str,
) -> list[GateFailure]:
    """Fill the attached database ``into``, rows in key order.

    Returns:
        Rows that break their contract; what they belong to stays empty.

    Raises:
        RelationError: a relation or a column is missing or holds another type.
    """
    failures: list[GateFailure] = []
    for table in tables:
        relation = _relation(connection, relations, table)
        failures.extend(_fill(connection, relation, table, into))
    return failures


def _relation(
    connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str], table: Served
) -> str:
    relation = relations.get(table.contract)
    if relation is None:
        raise RelationError(table.contract, "no relation given", "pass its name")
    missing = {c.name for c in table.columns} - columns_of(connection, relation)
    if missing:
        raise RelationError(
            table.contract,
            f"relation {relation} lacks {', '.join(sorted(missing))}",
            "select every column of the contract",
        )
    return relation


def _fill(
    connection: duckdb.DuckDBPyConnection, relation: str, table: Served, into: str
) -> list[GateFailure]:
    columns = names(c.name for c in table.columns)
    try:
        connection.execute(
            f"INSERT INTO {quoted(f'{into}.{table.name}')} ({columns})"
            f" SELECT {listed(table.columns)} FROM {quoted(relation)}"
            f" ORDER BY {names(table.key)}"
        )
    except duckdb.Error as error:
        return _explain(connection, relation, table, error)
    return []


def _explain(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: Served,
    error: duckdb.Error,
) -> list[GateFailure]:
    """Name the rows that the database refused."""
    found = [
        *_nulls(connection, relation, table),
        *_doubles(connection, relation, table),
    ]
    if not found:
        raise RelationError(
            table.contract,
            f"relation {relation} cannot be stored ({error})",
            "give every column the type of its contract",
        ) from error
    return found


def _nulls(
    connection: duckdb.DuckDBPyConnection, relation: str, table: Served
) -> Iterable[GateFailure]:
    for item in (c for c in table.columns if not c.nullable):
        rows = connection.execute(
            f"SELECT {as_json(table.key)} FROM {quoted(relation)}"
            f" WHERE {quoted(item.name)} IS NULL ORDER BY 1 LIMIT {SHOWN}"
        )
        for (key,) in rows.fetchall():
            yield GateFailure(
                GATE,
                table.name,
                key,
                f"{item.name} is empty",
                "fill it or drop the row",
            )


def _doubles(
    connection: duckdb.DuckDBPyConnection, relation: str, table: Served
) -> Iterable[GateFailure]:
    rows = connection.execute(
        f"SELECT {as_json(table.key)}, count(*) FROM {quoted(relation)}"
        f" GROUP BY {names(table.key)} HAVING count(*) > 1 ORDER BY 1 LIMIT {SHOWN}"
    )
    for key, count in rows.fetchall():
        yield GateFailure(
            GATE, table.name, key, f"{count} rows share this key", "keep one of them"
        )


def measured(
    connection: duckdb.DuckDBPyConnection,
    tables: Iterable[Served],
    database: str,
    folder: Path,
) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of every table's content in key order, by contract table name.

    Receipt columns are left out: the same facts delivered in other portions are the
    same content. Fingerprints of rows stand in a file of ``folder`` for a while: through
    Python one by one they would cost ten times as much.
    """
    return {t.contract: _measured(connection, t, database, folder) for t in tables}


def _measured(
    connection: duckdb.DuckDBPyConnection, table: Served, database: str, folder: Path
) -> tuple[int, str]:
    content = listed(table.content)
    inner = f"SELECT {content} FROM {quoted(f'{database}.{table.name}')}"
    sql = (
        f"SELECT sha256({as_json(c.name for c in table.content)}) FROM ({inner})"
        f" ORDER BY {names(table.key)}"
    )
    place = folder / f".{table.name}.fingerprints"
    connection.execute(f"COPY ({sql}) TO {literal(str(place))} ({LINES})")
    digest, count = hashlib.sha256(), 0
    with place.open("rb") as lines:
        while portion := lines.read(READ_AT_ONCE):
            prints = portion.replace(b"\n", b"")
            digest.update(prints)
            count += len(portion) - len(prints)
    place.unlink()
    return count, digest.hexdigest()


def content_sha256(tables: Mapping[str, str]) -> str:
    """One hash over the hashes of all tables that are content, in name order."""
    content = sorted(tables.keys() - RECEIPT_TABLES)
    lines = "".join(f"{name} {tables[name]}\n" for name in content)
    return hashlib.sha256(lines.encode()).hexdigest()
