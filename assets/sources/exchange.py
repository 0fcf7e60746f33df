"""Rows of an agency's exchange database (前置库), streamed through SQLAlchemy.

Any URL SQLAlchemy understands; changed rows by a window of days or above a high-water
mark. What is landed is a JSON array a chunk. Not here: what the rows mean.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from assets.sources.declaration import DatabaseAgency
from assets.stores import Window


class ExchangeError(RuntimeError):
    """An exchange database cannot be read as declared; names dataset and what to do."""


@dataclass(frozen=True)
class Change:
    """Which rows are wanted: those of a window, or those not below a mark."""

    window: Window | None = None
    mark: str | None = None


@dataclass
class Reading:
    """One statement on one snapshot of the table.

    Attributes:
        total: rows the database counted before the first was sent.
        mark: the highest value of the change column among the rows sent so far.
    """

    agency: DatabaseAgency
    dataset: str
    change: Change
    total: int = 0
    mark: str | None = None

    def chunks(self) -> Generator[bytes]:
        """The rows as JSON arrays, in the order of the change column.

        The first item is empty: by then ``total`` is known.

        Raises:
            ExchangeError: not reachable, no such table or column, a value without text,
                or another number of rows than was counted.
        """
        try:
            yield from self._chunks()
        except NoSuchTableError as error:
            raise self._error(f"there is no table {self._table_name!r}") from error
        except SQLAlchemyError as error:
            # The driver's own words: SQLAlchemy's name the statement.
            said = str(getattr(error, "orig", None) or type(error).__name__)
            raise self._error(said.strip().splitlines()[0]) from error

    @property
    def _table_name(self) -> str:
        return self.agency.datasets[self.dataset].table or self.dataset

    def _error(self, what: str) -> ExchangeError:
        return ExchangeError(
            f"{self.dataset}: the exchange database: {what}; check its address, the "
            "grants of our account and the declaration; it is asked again next time"
        )

    def _chunks(self) -> Iterator[bytes]:
        engine = sa.create_engine(self.agency.url, hide_parameters=True)
        try:
            with _snapshot(engine) as connection:
                table = self._reflected(connection)
                wanted = self._wanted(table)
                counted = sa.select(sa.func.count()).select_from(wanted.subquery())
                self.total = connection.scalar(counted) or 0
                yield b""
                yield from self._streamed(connection, wanted)
        finally:
            engine.dispose()

    def _reflected(self, connection: sa.Connection) -> sa.Table:
        schema, _, name = self._table_name.rpartition(".")
        return sa.Table(
            name, sa.MetaData(), schema=schema or None, autoload_with=connection
        )

    def _changed(self, table: sa.Table) -> sa.Column[Any]:
        name = self.agency.datasets[self.dataset].changed or self.agency.changed
        if name not in table.c:
            raise self._error(f"{table.name} has no column {name!r} that tells changes")
        return table.c[name]

    def _wanted(self, table: sa.Table) -> sa.Select[Any]:
        changed, window = self._changed(table), self.change.window
        wanted = sa.select(table).order_by(changed, *table.primary_key.columns)
        if window:
            first, end = (_bound(changed, day) for day in (window.first, window.end))
            return wanted.where(changed >= first, changed < end)
        if self.change.mark is None:
            return wanted
        # Not above but from the mark: rows that share it may have come later.
        return wanted.where(changed >= _typed(changed, self.change.mark))

    def _streamed(
        self, connection: sa.Connection, wanted: sa.Select[Any]
    ) -> Iterator[bytes]:
        changed = self.agency.datasets[self.dataset].changed or self.agency.changed
        size = self.agency.chunk_rows
        found = connection.execution_options(yield_per=size).execute(wanted)
        sent = 0
        for rows in found.mappings().partitions(size):
            texts = [{k: self._text(k, v) for k, v in row.items()} for row in rows]
            sent += len(texts)
            self.mark = str(texts[-1][changed])
            yield json.dumps(texts, ensure_ascii=False).encode()
        if sent != self.total:
            raise self._error(f"{self.total} rows were counted and {sent} sent")

    def _text(self, column: str, value: Any) -> str | int | bool | None:
        if value is None or isinstance(value, str | int):
            return value
        if isinstance(value, datetime):
            return value.replace(tzinfo=None).isoformat(" ")
        if isinstance(value, date | time | Decimal | float):
            return str(value)
        raise self._error(f"column {column!r} holds {type(value).__name__}, no text")


def _snapshot(engine: sa.Engine) -> sa.Connection:
    """A connection whose statements all see the table as it was at the first."""
    if engine.dialect.name == "sqlite":
        return engine.connect()
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _bound(column: sa.Column[Any], day: date) -> Any:
    """A day as the column's own type, so that an index on it can be used."""
    if isinstance(column.type, sa.DateTime):
        return datetime.combine(day, time())
    return day if isinstance(column.type, sa.Date) else day.isoformat()


def _typed(column: sa.Column[Any], mark: str) -> Any:
    if isinstance(column.type, sa.Integer):
        return int(mark)
    if isinstance(column.type, sa.Numeric):
        return Decimal(mark)
    if isinstance(column.type, sa.DateTime):
        return datetime.fromisoformat(mark)
    return date.fromisoformat(mark) if isinstance(column.type, sa.Date) else mark
