"""Statements of the desk, compiled once per database and run without a second look.

SQLAlchemy finds out anew at every run what a statement is; the desk runs the same few
thousands of times a minute. Values go to the driver as they are: each statement says how
its columns are written. Not here: the statements themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.base import Executable

Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Compiled:
    """A statement as one kind of database takes it.

    Attributes:
        order: of its values, where the driver takes them by place.
        fixed: values that the statement brings itself.
        processors: how values of some columns are written.
    """

    text: str
    order: list[str] | None
    fixed: Values
    processors: Mapping[str, Any]

    def written(self, row: Values) -> Any:
        """A row of values as the driver takes it."""
        value = {**self.fixed, **row}
        for name, process in self.processors.items():
            value[name] = process(value[name])
        return tuple(value[n] for n in self.order) if self.order else value


class Prepared:
    """One statement.

    Args:
        statement: with named ``bindparam`` or, for an insert, its columns as values.
        columns: of an insert.
    """

    def __init__(self, statement: Executable, columns: Sequence[str] = ()) -> None:
        self._statement, self._columns = statement, list(columns) or None
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, *rows: Values) -> CursorResult[Any]:
        """Run it once for each row of values, or once without any."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        given = [compiled.written(row) for row in rows or ({},)]
        whole = given if len(given) > 1 else given[0]
        return connection.exec_driver_sql(compiled.text, whole)

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement: Any = self._statement
        found = statement.compile(dialect=dialect, column_keys=self._columns)
        fixed = {n: v for n, v in found.params.items() if v is not None}
        return _Compiled(str(found), found.positiontup, fixed, found._bind_processors)
