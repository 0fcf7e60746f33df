"""Derived tables: immutable snapshots named by run, behind one pointer per table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from orchestration.lake import atomic
from orchestration.lake.engine import Engine, quoted
from orchestration.lake.proof import Proofs, parsed
from orchestration.lake.store import Store, partial

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
    """``<table>/<run>.parquet`` and ``<table>/current.json``."""

    store: Store
    engine: Engine
    proofs: Proofs = field(default_factory=Proofs)

    def write(self, table: str, query: str | tuple[str, ...], run: str) -> int:
        """Make a snapshot and point at it; gives its rows.

        The old snapshot is readable until the pointer has moved.
        """
        name = f"{table}/{run}.parquet"
        made = partial(self.store, name)
        self.engine.write_parquet(query, made)
        path = self.store.keep(name, made)
        pointer = {"snapshot": f"{run}.parquet", "sha256": self.proofs.written(path)}
        self.store.write(f"{table}/{POINTER}", atomic.as_json(pointer))
        self._retire(table, name)
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
        return self.store.read(f"{table}/{POINTER}") is not None

    def current(self, table: str) -> Path:
        """The file of the current snapshot.

        Raises:
            MissingTableError: there is none.
            DamagedFileError: it is not what was written.
        """
        pointer, remedy = f"{table}/{POINTER}", REMEDY.format(self.store.shown(table))
        body = self.store.read(pointer)
        if body is None:
            raise MissingTableError(f"{table} has not been made; run `creditpark run`")
        held = parsed(body, self.store.shown(pointer), remedy)
        name = f"{table}/{held['snapshot']}"
        return self.store.proved(name, held.get("sha256"), remedy, self.proofs)

    def _retire(self, table: str, current: str) -> None:
        ages = self.store.ages(f"{table}/[!.]*.parquet")
        others = sorted(ages.keys() - {current}, key=ages.__getitem__)
        for old in others[: -(KEPT - 1)]:
            self.store.remove(old)
