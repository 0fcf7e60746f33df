"""Dagster's SQLite event log, with a batch of asset events written in one transaction.

The first run records some 1,400 days for each agency; one transaction an event took
longer than the run itself. Dagster offers the extension point (``event_log_storage`` in
``dagster.yaml``) and already hands events over in batches; its SQLite storage just writes
them singly. If this fails, Dagster falls back to single writes by itself. With PostgreSQL
storage this module is not used.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dagster import DagsterEventType, EventLogEntry, Field, StringSource
from dagster import _check as check

# Dagster exports its storages from here only.
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

BATCH_SIZE = "DAGSTER_EVENT_BATCH_SIZE"
EVENTS_PER_BATCH = 2000
TOGETHER = {
    DagsterEventType.ASSET_MATERIALIZATION,
    DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
}


def write_in_batches() -> None:
    """Let Dagster of this process and its children collect events before writing."""
    os.environ.setdefault(BATCH_SIZE, str(EVENTS_PER_BATCH))


class BatchingEventLog(SqliteEventLogStorage):
    """``SqliteEventLogStorage`` whose batches are batches."""

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
