"""The lake as one resource: landing, records, derived tables, one engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from assets.sources import candidates
from orchestration.lake import atomic
from orchestration.lake.engine import Engine
from orchestration.lake.landing import FileLanding
from orchestration.lake.records import ParquetRecords
from orchestration.lake.tables import Snapshots
from quality.clock import Clock
from quality.contracts import metadata
from quality.contracts.model import table_facts


class LocalLake:
    """The lake in a folder.

    Attributes:
        folder: ``CREDITPARK_HOME/lake``.
        clock: stamps what arrives.
    """

    def __init__(
        self, folder: Path, clock: Clock, memory_limit: str | None = None
    ) -> None:
        self.folder, self.clock, self.memory_limit = folder, clock, memory_limit

    @cached_property
    def engine(self) -> Engine:
        """One DuckDB connection, with the parsing macros."""
        engine = Engine(self.folder / "spill", self.memory_limit)
        candidates.prepare(engine.connection)
        return engine

    @cached_property
    def landing(self) -> FileLanding:
        """Raw deliveries."""
        return FileLanding(self.folder / "landing", self.clock)

    @cached_property
    def records(self) -> ParquetRecords:
        """Versions and quarantine."""
        return ParquetRecords(self.folder / "records", self.engine)

    @cached_property
    def tables(self) -> Snapshots:
        """Derived tables."""
        return Snapshots(self.folder / "tables", self.engine)

    def relation(self, table: str) -> str:
        """Make a records or derived table readable by its name in the engine."""
        contract = metadata.tables.get(table)
        if contract is not None and table_facts(contract).room == "records":
            return self.records.latest(table)
        return self.tables.read(table)

    def write(self, table: str, text: str, run: str) -> int:
        """Make a new snapshot of a derived table; gives its rows."""
        return self.tables.write(table, text, run)

    def keep_document(self, table: str, document: Mapping[str, Any]) -> None:
        """Keep what the quality suite found on a table."""
        atomic.write_json(self.folder / "quality" / f"{table}.json", document)

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """What the suites found, table by table."""
        found = sorted((self.folder / "quality").glob("[!.]*.json"))
        return [json.loads(path.read_text("utf-8")) for path in found]

    def sweep(self) -> int:
        """Remove what killed processes left half-written."""
        return atomic.sweep(self.folder)
