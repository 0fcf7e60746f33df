"""Rows that a suite judges: a table in DuckDB, read as often as the verdict needs.

Not here: which of its rows that is (``reduction``), and what is expected of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quality.expectations import FRAME_ROW

VECTORS = 96
AT_ONCE = 5_000  # rows that one frame holds, all of them; each call has its own price
_HELD = "frame__held"
Frame = Any  # a pandas DataFrame; pandas ships no types


@dataclass(frozen=True)
class Rows:
    """Rows of a table.

    Attributes:
        connection: the DuckDB connection that knows the table.
        relation: its name; a table rather than a view, since rows are read repeatedly and
            numbered by ``frame__row``.
        at_once: how many there may be for all of them to be judged in one frame.
        vectors: the size of frames that come in parts, in DuckDB's blocks of 2,048 rows.
    """

    connection: Any
    relation: str
    at_once: int = AT_ONCE
    vectors: int = VECTORS

    @cached_property
    def size(self) -> int:
        """How many there are."""
        (rows,) = self.ask(["count(*)"]).values()
        return int(rows)

    def ask(self, figures: Iterable[str]) -> dict[str, Any]:
        """What each aggregate gives over all rows, in one reading."""
        asked = [*dict.fromkeys(figures)]
        query = f"SELECT {', '.join(asked)} FROM {self.relation}"
        found = self.connection.execute(query).fetchone()
        return dict(zip(asked, found or (), strict=True))

    def columns(self) -> list[str]:
        """The names of all columns, in order."""
        return [*self.connection.table(self.relation).columns]

    def frame(self, columns: Iterable[str] = ()) -> Frame:
        """All rows by number, with some of the columns; all columns unless any is named."""
        named = ", ".join(quoted(c) for c in (FRAME_ROW, *columns)) if columns else "*"
        frame = self.query(f"SELECT {named} FROM {self.relation}")
        frame.index = frame[FRAME_ROW].to_numpy()
        return frame

    def query(self, text: str) -> Frame:
        """The rows of a query as one frame."""
        return self.connection.sql(text).df()

    def frames(self, text: str) -> Iterator[Frame]:
        """The rows of a query in frames of bounded size; at least one frame."""
        found = self.connection.execute(text)
        frame = found.fetch_df_chunk(self.vectors)
        yield frame
        while len(frame := found.fetch_df_chunk(self.vectors)):
            yield frame


@contextmanager
def held(connection: Any, query: str) -> Iterator[Rows]:
    """The rows of a query, found once and kept in DuckDB while they are judged."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_HELD} AS {query}")
    try:
        yield Rows(connection, _HELD)
    finally:
        connection.execute(f"DROP TABLE {_HELD}")


def quoted(column: str) -> str:
    """A column's name in SQL."""
    return f'"{column}"'
