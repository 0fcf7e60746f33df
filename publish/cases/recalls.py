"""Recalls: what everybody who received a record must now be told of it.

A feed in the order of writing; ``seq`` is its cursor. Not here: sending it to banks
(``publish.api``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from publish.cases.model import Case
from publish.registry.case_tables import recalls
from quality.clock import Clock


@dataclass(frozen=True)
class Recall:
    """One record that is no longer as it was shared."""

    seq: int
    case_id: str
    uscc: str
    dataset: str
    record_id: str
    reason: str
    recalled_at: datetime


def add_recall(connection: Connection, clock: Clock, case: Case, reason: str) -> None:
    """Tell what became of a case's record; ``reason`` is of the list ``recall_reason``."""
    if case.record is None:
        return
    values = {
        "case_id": case.id,
        "uscc": case.uscc,
        "dataset": case.record.dataset,
        "record_id": case.record.record_id,
        "reason": reason,
        "recalled_at": clock.now(),
    }
    connection.execute(insert(recalls).values(values))


def list_recalls(
    registry: Engine, *, since: int = 0, uscc: str | None = None, limit: int = 1000
) -> list[Recall]:
    """Recalls after a cursor, in order."""
    wanted = select(recalls).where(recalls.c.seq > since)
    if uscc is not None:
        wanted = wanted.where(recalls.c.uscc == uscc)
    with registry.connect() as connection:
        found = connection.execute(wanted.order_by(recalls.c.seq).limit(limit))
        return [Recall(**row._mapping) for row in found]
