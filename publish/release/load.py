"""Rows from the pipeline's relations into the SQLite files, and their fingerprint.

Not here: table shapes (``ddl``), gates (``gates``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from publish.release import fingerprints
from publish.release.engine import as_json, columns_of, listed, names, quoted
from publish.release.errors import GateFailure, RelationError
from publish.release.layout import RECEIPT_TABLES, Served

GATE = "contract"
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
        found = relation(connection, relations, table)
        failures.extend(_fill(connection, found, table, into))
    return failures


def relation(
    connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str], table: Served
) -> str:
    """The relation that holds a table's rows.

    Raises:
        RelationError: it is missing, or one of its columns is.
    """
    found = relations.get(table.contract)
    if found is None:
        raise RelationError(table.contract, "no relation given", "pass its name")
    missing = {c.name for c in table.columns} - columns_of(connection, found)
    if missing:
        raise RelationError(
            table.contract,
            f"relation {found} lacks {', '.join(sorted(missing))}",
            "select every column of the contract",
        )
    return found


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
    same content. The fingerprints of the rows are kept below ``folder``.
    """
    return {t.contract: _measured(connection, t, database, folder) for t in tables}


def _measured(
    connection: duckdb.DuckDBPyConnection, table: Served, database: str, folder: Path
) -> tuple[int, str]:
    rows = fingerprints.of(table, quoted(f"{database}.{table.name}"))
    fingerprints.write(connection, table, rows, folder)
    return fingerprints.summed(connection, table, folder)


def content_sha256(tables: Mapping[str, str]) -> str:
    """One hash over the hashes of all tables that are content, in name order."""
    content = sorted(tables.keys() - RECEIPT_TABLES)
    lines = "".join(f"{name} {tables[name]}\n" for name in content)
    return hashlib.sha256(lines.encode()).hexdigest()
