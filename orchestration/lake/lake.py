"""The lake as one resource: landing, records, derived tables, one engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from assets import sql
from assets.sources import candidates
from orchestration.lake import atomic, owner
from orchestration.lake.engine import Engine
from orchestration.lake.landing import FileLanding
from orchestration.lake.records import ParquetRecords
from orchestration.lake.spark import SparkEngine
from orchestration.lake.store import Folder, Store
from orchestration.lake.tables import Snapshots, rows_in
from publish.release.names import OFFICE_PAGES
from quality.clock import Clock
from quality.contracts import metadata, tables_of
from quality.contracts.model import table_facts

DUCKDB = "duckdb"
# What a cluster makes; all else is small, and stays with the embedded engine.
GRADED = {"credit_indicators", *(t.name for t in tables_of("credit"))}
GRADED -= {"grade_history", "grade_ledger", "grades", "downgrades"}


class LocalLake:
    """The lake, worked on by this machine.

    Attributes:
        folder: ``CREDITPARK_HOME/lake``.
        clock: stamps what arrives.
        compute: what grades: ``duckdb``, or the URL of a Spark master.
        store: where its files lie; the folder, unless set.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        memory_limit: str | None = None,
        compute: str = DUCKDB,
        store: Store | None = None,
    ) -> None:
        self.folder, self.clock, self.memory_limit = folder, clock, memory_limit
        self.compute, self.store = compute, store or Folder(folder)

    @cached_property
    def engine(self) -> Engine:
        """One DuckDB connection, with the parsing macros."""
        engine = Engine(self.folder / "spill", self.memory_limit)
        candidates.prepare(engine.connection)
        return engine

    @contextmanager
    def hands(self) -> Iterator[list[LocalLake]]:
        """The lake once for each core, over a connection of one thread of its own."""
        with self.engine.hands() as engines:
            yield [self._over(engine) for engine in engines]

    def _over(self, engine: Engine) -> LocalLake:
        other = LocalLake(
            self.folder, self.clock, self.memory_limit, self.compute, self.store
        )
        candidates.prepare(engine.connection)
        other.engine = engine
        # What one has proved, none reads again.
        other.records = replace(self.records, engine=engine)
        other.tables = replace(self.tables, engine=engine)
        return other

    @cached_property
    def landing(self) -> FileLanding:
        """Raw deliveries."""
        return FileLanding(
            self.folder / "landing", self.clock, self.store.below("landing")
        )

    @cached_property
    def records(self) -> ParquetRecords:
        """Versions and quarantine."""
        return ParquetRecords(self.store.below("records"), self.engine)

    @cached_property
    def tables(self) -> Snapshots:
        """Derived tables."""
        return Snapshots(self.store.below("tables"), self.engine)

    @cached_property
    def cluster(self) -> SparkEngine:
        """The cluster that grades, where one is set."""
        return SparkEngine(self.compute)

    def relation(self, table: str) -> str:
        """Make a records or derived table readable by its name in the engine."""
        contract = metadata.tables.get(table)
        if contract is not None and table_facts(contract).room == "records":
            return self.records.latest(table)
        return self.tables.read(table)

    def has(self, table: str) -> bool:
        """Whether a derived table was ever made."""
        return self.tables.has(table)

    def write(self, table: str, text: str | tuple[str, ...], run: str) -> int:
        """Make a new snapshot of a derived table; gives its rows."""
        if self.compute == DUCKDB or table not in GRADED:
            return self.tables.write(table, text, run)
        text = text if isinstance(text, str) else " UNION ALL ".join(text)
        with atomic.staging(self.folder / "tables", f"{table}-{run}") as folder:
            inputs = sql.inputs(sql.parse(text))
            read = {name: self.tables.single(name, run) for name in inputs}
            self.cluster.run(text, read, folder / "rows")
            return self.tables.write(table, rows_in(folder / "rows"), run)

    def write_changed(self, table: str, keys: str, rows: str, run: str) -> int:
        """Give some keys of a table other rows; gives the rows of all."""
        return self.tables.write_changed(table, keys, rows, run)

    def keep_document(self, table: str, document: Mapping[str, Any]) -> None:
        """Keep what the quality suite found on a table."""
        self.store.write(f"quality/{table}.json", atomic.as_json(document))

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """What the suites found, table by table."""
        found = self.store.documents("quality/[!.]*.json")
        return [json.loads(body) for _, body in found]

    def keep_page(self, name: str, text: str) -> None:
        """Keep a page for the offices in the home, where the site looks for it."""
        atomic.write_text(self.folder / OFFICE_PAGES / name, text)

    def sweep(self) -> int:
        """Remove what killed processes left half-written."""
        beside = self.store.sweep() if self._is_elsewhere else 0
        return Folder(self.folder).sweep() + beside

    def claim(self) -> None:
        """See that no other home writes to this lake; before anything is written.

        Raises:
            LakeTakenError: another one does.
        """
        if self._is_elsewhere:
            owner.claim(self.store, self.folder)

    @property
    def _is_elsewhere(self) -> bool:
        return self.store != Folder(self.folder)
