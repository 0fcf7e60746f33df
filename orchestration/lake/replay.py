"""The lake as it was known on a day: records up to then, everything else in memory.

Nothing is written to disk. The same statements that make the tables of a run make them
here, so that a replay gives what that run gave. Not here: which statements run
(``orchestration.asof``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assets.sources import candidates
from orchestration.lake.engine import Engine
from orchestration.lake.lake import LocalLake
from quality.contracts import metadata
from quality.contracts.model import table_facts


class ReplayLake:
    """Reads a lake's records as of a day and keeps derived tables for itself.

    Attributes:
        lake: what it replays.
        known_at: the last day whose deliveries count.
        engine: an engine of its own, so that replays leave a run alone.
    """

    def __init__(self, lake: LocalLake, known_at: date) -> None:
        self.lake, self.known_at, self.made = lake, known_at, set[str]()
        self.engine = Engine(lake.folder / "spill", lake.memory_limit)
        candidates.prepare(self.engine.connection)
        self.records = replace(lake.records, engine=self.engine, known_at=known_at)

    def relation(self, table: str) -> str:
        """Make a records table readable by its name; made tables are already."""
        contract = metadata.tables.get(table)
        if contract is not None and table_facts(contract).room == "records":
            return self.records.latest(table)
        if table not in self.made:
            raise LookupError(f"the replay has not made {table} yet")
        return table

    def write(self, table: str, text: str, run: str) -> int:  # noqa: ARG002
        """Make a derived table in memory; gives its rows."""
        connection = self.engine.connection
        connection.execute(f'CREATE OR REPLACE TABLE "{table}" AS {text}')
        self.made.add(table)
        return self.engine.count(f'"{table}"')

    def bring(self, table: str, text: str) -> None:
        """Make a table that only the runs of the past could have made.

        Args:
            table: its name.
            text: over ``kept``, the lake's own, or over nothing where it has none.
        """
        if self.lake.has(table):
            rows = self.lake.tables.query(table)
            view = f"CREATE OR REPLACE TEMP VIEW kept AS {rows}"
            self.engine.connection.execute(view)
        self.write(table, text, "")

    def rename(self, table: str, name: str) -> None:
        """Keep a made table under another name, so that its own can be made again."""
        self.engine.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        self.engine.connection.execute(f'ALTER TABLE "{table}" RENAME TO "{name}"')
        self.made.discard(table)
        self.made.add(name)
