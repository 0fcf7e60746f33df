"""The registry as text and back: every table as JSON Lines, alike on every database.

One moment of a database that others write to, so that a backup is consistent; what SQLite
held can be read into PostgreSQL and the other way round. The first line of a table names
its columns, each further one is a row. Not here: files and archives
(``orchestration.backup``).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select, text

from publish.registry.schema import (
    bring_up_to_date,
    edition_of,
    lock,
    migrate,
    require_known,
    version,
)

ROWS_AT_ONCE = 500
INSTANT, DAY, BYTES = "instant", "day", "base64"
_COUNTER = text("SELECT pg_get_serial_sequence(:table, :column)")
_COUNT_ON = text("SELECT setval(:counter, :last)")


class RegistryNotEmptyError(ValueError):
    """A registry was to be restored where one is."""


class RegistryTextError(ValueError):
    """A line is no row of the table, or a value is of a kind we do not store."""


@dataclass(frozen=True)
class Snapshot:
    """One moment of a registry.

    Attributes:
        edition: the last step it took; ``None`` where there are no tables.
        tables: every table, those that others point to first.
    """

    connection: Connection
    edition: str | None
    tables: tuple[Table, ...]

    def lines(self, table: Table) -> Iterator[str]:
        """The table's columns by name, then its rows in the order of their key."""
        # Their order in the database tells only which steps it came through.
        columns = sorted(table.columns, key=lambda c: c.name)
        yield _line([c.name for c in columns])
        wanted = select(*columns).order_by(*table.primary_key.columns)
        for row in self.connection.execute(wanted).yield_per(ROWS_AT_ONCE):
            yield _line([_written(value) for value in row])


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """A registry as it is now, however long one reads and whoever writes meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        tables = _tables(connection)
        yield Snapshot(connection, edition_of(connection), tables)


def fill(
    engine: Engine, edition: str | None, tables: Mapping[str, Iterable[str]]
) -> dict[str, int]:
    """Make a registry of what ``Snapshot.lines`` gave, and bring it up to date.

    Args:
        engine: of an empty database; nothing stays in it if this fails.
        edition: the snapshot's; ``None`` makes an empty registry.
        tables: the lines of each by its name.

    Returns:
        How many rows each table got.

    Raises:
        RegistryNotEmptyError: the database holds tables.
        RegistryEditionError: the snapshot is of a newer version of this software.
        RegistryTextError: a line is no row.
    """
    require_known(edition)
    with engine.connect() as connection:
        lock(connection)
        _require_empty(connection)
        counts = _filled(connection, edition, tables) if edition else {}
        connection.commit()
    bring_up_to_date(engine)
    return counts


def require_empty(engine: Engine) -> None:
    """Refuse a database with tables.

    Raises:
        RegistryNotEmptyError: it has some.
    """
    with engine.connect() as connection:
        _require_empty(connection)


def _require_empty(connection: Connection) -> None:
    if names := {*inspect(connection).get_table_names()} - {version.name}:
        raise RegistryNotEmptyError(
            f"the registry holds {len(names)} tables already: name an empty database"
        )


def _filled(
    connection: Connection, edition: str, tables: Mapping[str, Iterable[str]]
) -> dict[str, int]:
    migrate(connection, edition)
    known = {table.name: table for table in _tables(connection)}
    if strange := {*tables} - {*known}:
        raise RegistryTextError(f"edition {edition} has no table {sorted(strange)}")
    counts = {n: _insert(connection, known[n], tables[n]) for n in known if n in tables}
    if connection.dialect.name != "sqlite":
        _count_on(connection, known.values())
    return counts


def _tables(connection: Connection) -> tuple[Table, ...]:
    found = MetaData()
    found.reflect(connection)
    return tuple(t for t in found.sorted_tables if t.name != version.name)


def _insert(connection: Connection, table: Table, lines: Iterable[str]) -> int:
    waiting = iter(lines)
    columns = json.loads(next(waiting, "[]"))
    if {*columns} != {c.name for c in table.columns}:
        raise RegistryTextError(f"{table.name}: columns are {columns}")
    naive, count = connection.dialect.name == "sqlite", 0
    while rows := [
        _row(table, columns, line, naive) for line in islice(waiting, ROWS_AT_ONCE)
    ]:
        connection.execute(table.insert(), rows)
        count += len(rows)
    return count


def _row(table: Table, columns: list[str], line: str, naive: bool) -> dict[str, Any]:
    try:
        values = [_read(value, naive) for value in json.loads(line)]
        return dict(zip(columns, values, strict=True))
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryTextError(f"{table.name}: no row: {error}") from error


def _count_on(connection: Connection, tables: Iterable[Table]) -> None:
    """Let PostgreSQL number new rows after those that brought their numbers along."""
    for table in tables:
        for column in table.primary_key.columns:
            named = {"table": table.name, "column": column.name}
            counter = connection.scalar(_COUNTER, named)
            last = connection.scalar(select(func.max(column)))
            if counter is not None and last is not None:
                connection.execute(_COUNT_ON, {"counter": counter, "last": last})


def _line(values: list[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _written(value: Any) -> Any:
    """A value as JSON; times are UTC, with SQLite's lack of a zone read as UTC."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return {INSTANT: zoned.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    if isinstance(value, bytes):
        return {BYTES: base64.b64encode(value).decode("ascii")}
    raise RegistryTextError(f"a value of kind {type(value).__name__}")


def _read(value: Any, naive: bool) -> Any:
    """What ``_written`` wrote; SQLite wants its times without a zone."""
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    if kind == INSTANT:
        instant = datetime.fromisoformat(held)
        return instant.replace(tzinfo=None) if naive else instant
    if kind == DAY:
        return date.fromisoformat(held)
    if kind == BYTES:
        return base64.b64decode(held, validate=True)
    raise RegistryTextError(f"a value of kind {kind!r}")
