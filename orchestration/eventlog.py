"""Dagster's SQLite event log: batches in one transaction, connections kept open.

The first run records some 1,400 days for each agency; one transaction an event took
longer than the run itself. And for every event Dagster opens and closes a database, which
moves SQLite's write-ahead log into it each time. Dagster offers the extension point
(``event_log_storage`` in ``dagster.yaml``) and already hands events over in batches; its
SQLite storage just writes them singly. If a batch fails, Dagster falls back to single
writes by itself. With PostgreSQL storage this module is not used.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterEventType, EventLogEntry, Field, StringSource
from dagster import _check as check

# Dagster exports its storages from here only.
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import event as engine_events
from sqlalchemy.pool import QueuePool

BATCH_SIZE = "DAGSTER_EVENT_BATCH_SIZE"
EVENTS_PER_BATCH = 2000
KEPT = 4  # databases kept open: the index, and the runs written or looked at last
PATIENCE = 30.0  # seconds to wait for a database that another process writes
TOGETHER = {
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
}


def write_in_batches() -> None:
    """Let Dagster of this process and its children collect events before writing."""
    os.environ.setdefault(BATCH_SIZE, str(EVENTS_PER_BATCH))


class BatchingEventLog(SqliteEventLogStorage):
    """``SqliteEventLogStorage`` whose batches are batches and whose databases stay open."""

    def __init__(
        self, base_dir: str, inst_data: ConfigurableClassData | None = None
    ) -> None:
        self._kept: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """``base_dir`` may be left out, so that a home folder can be moved or copied."""
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> BatchingEventLog:
        """Made by Dagster from ``dagster.yaml``; the parent would make a parent."""
        below_home = Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"
        folder = config_value.get("base_dir") or str(below_home)
        return cls(folder, inst_data=inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A transaction on a run's database, or on the index; one at a time."""
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        """The kept engine of a database; the one unused for longest makes place."""
        if shard not in self._kept:
            self._kept[shard] = _open(self.conn_string_for_shard(shard))
        self._kept.move_to_end(shard)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)[1].dispose()
        return self._kept[shard]

    def dispose(self) -> None:
        """Close every database."""
        with self._db_lock:
            while self._kept:
                self._kept.popitem()[1].dispose()
        super().dispose()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events of one run, asset events all together."""
        together = [e for e in events if _type(e) in TOGETHER]
        super().store_event_batch([e for e in events if _type(e) not in TOGETHER])
        if together:
            with self.run_connection(together[0].run_id) as connection:
                connection.execute(self.prepare_insert_event_batch(together))
            self._mirror(together)

    def _mirror(self, events: Sequence[EventLogEntry]) -> None:
        """Copy asset events into the index that all runs share."""
        with self.index_transaction() as connection:
            ids = [
                check.not_none(
                    connection.execute(
                        self.prepare_insert_event(e)
                    ).inserted_primary_key
                )[0]
                for e in events
            ]
            self._store_asset_event_tags(connection, events, ids)
            # The asset's own row holds its newest event only.
            pairs = zip(events, ids, strict=True)
            newest = {
                e.dagster_event.asset_key: (e, i) for e, i in pairs if e.dagster_event
            }
            for event, number in newest.values():
                self._store_asset_event(connection, event, number)


def _type(entry: EventLogEntry) -> DagsterEventType | None:
    return entry.dagster_event.event_type if entry.dagster_event else None


def _open(url: str) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=1, connect_args={"timeout": PATIENCE}
    )
    engine_events.listen(engine, "connect", _relax)
    return engine


def _relax(connection: Any, _: object) -> None:
    # With a write-ahead log a killed process loses nothing, and a power cut at most the
    # last events; the lake and the releases do not depend on them.
    connection.execute("PRAGMA synchronous = NORMAL")
