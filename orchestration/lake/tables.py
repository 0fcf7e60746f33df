"""Derived tables: immutable snapshots named by run, behind one pointer per table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from orchestration.lake import atomic
from orchestration.lake.engine import Engine, quoted

POINTER = "current.json"
KEPT = 3


class MissingTableError(LookupError):
    """A table was never made; run the assets above it first."""


def rows_in(folder: Path) -> str:
    """A query for all rows of a folder of Parquet files."""
    return f"SELECT * FROM read_parquet({quoted(folder / '*.parquet')})"


@dataclass(frozen=True)
class Snapshots:
    """``<folder>/<table>/<run>.parquet`` and ``<folder>/<table>/current.json``."""

    folder: Path
    engine: Engine

    def write(self, table: str, query: str, run: str) -> int:
        """Make a snapshot and point at it; gives its rows.

        The old snapshot is readable until the pointer has moved.
        """
        path = self.folder / table / f"{run}.parquet"
        self.engine.write_parquet(query, path)
        atomic.write_json(self.folder / table / POINTER, {"snapshot": path.name})
        self._retire(table, path)
        return self.engine.count(f"read_parquet({quoted(path)})")

    def read(self, table: str) -> str:
        """Make the view ``table`` over the current snapshot; gives its name.

        Raises:
            MissingTableError: there is none.
        """
        self.engine.connection.execute(
            f'CREATE OR REPLACE TEMP VIEW "{table}" AS '
            f"SELECT * FROM read_parquet({quoted(self.current(table))})"
        )
        return table

    def has(self, table: str) -> bool:
        """Whether the table was ever made."""
        return (self.folder / table / POINTER).is_file()

    def current(self, table: str) -> Path:
        """The file of the current snapshot.

        Raises:
            MissingTableError: there is none.
        """
        pointer = self.folder / table / POINTER
        if not pointer.is_file():
            raise MissingTableError(f"{table} has not been made; run `creditpark run`")
        return pointer.parent / str(json.loads(pointer.read_text())["snapshot"])

    def _retire(self, table: str, current: Path) -> None:
        others = [
            p for p in (self.folder / table).glob("[!.]*.parquet") if p != current
        ]
        for old in sorted(others, key=lambda p: p.stat().st_mtime)[: -(KEPT - 1)]:
            old.unlink()
