"""Derived tables: immutable snapshots named by run, behind one pointer per table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from orchestration.lake import atomic
from orchestration.lake.engine import Engine, quoted
from orchestration.lake.proof import Proofs, read_json

POINTER = "current.json"
KEPT = 3
# The ledger and the history of grades are the two that no run can make again.
REMEDY = (
    "put {} back from a backup if it is grade_ledger or grade_history; any other table "
    "delete, and run: it is made again"
)


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
    proofs: Proofs = field(default_factory=Proofs)

    def write(self, table: str, query: str, run: str) -> int:
        """Make a snapshot and point at it; gives its rows.

        The old snapshot is readable until the pointer has moved.
        """
        path = self.folder / table / f"{run}.parquet"
        self.engine.write_parquet(query, path)
        pointer = {"snapshot": path.name, "sha256": self.proofs.written(path)}
        atomic.write_json(self.folder / table / POINTER, pointer)
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
            DamagedFileError: it is not what was written.
        """
        pointer = self.folder / table / POINTER
        if not pointer.is_file():
            raise MissingTableError(f"{table} has not been made; run `creditpark run`")
        held = read_json(pointer, REMEDY.format(pointer.parent))
        path = pointer.parent / str(held["snapshot"])
        self.proofs.prove(path, held.get("sha256"), REMEDY.format(pointer.parent))
        return path

    def _retire(self, table: str, current: Path) -> None:
        others = [
            p for p in (self.folder / table).glob("[!.]*.parquet") if p != current
        ]
        for old in sorted(others, key=lambda p: p.stat().st_mtime)[: -(KEPT - 1)]:
            old.unlink()
