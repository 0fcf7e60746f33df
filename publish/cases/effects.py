"""What decided and open cases mean for records: the pipeline reads this like a source.

Not here: what the pipeline does with it (``assets/cases``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, select

from publish.cases.machines import CONTESTED, DECIDES, MARKED, REPAIRED, Kind
from publish.registry.case_tables import case_events, cases


@dataclass(frozen=True, order=True)
class Effect:
    """One effect on one record.

    Attributes:
        effect: ``repaired``, ``deleted`` and ``corrected`` take a record off;
            ``contested`` keeps it from counting; ``marked`` shows that it is or was
            doubted; ``longest`` makes it public to the end of its class.
        since: the day from which.
    """

    record_id: str
    dataset: str
    effect: str
    since: date
    case_id: str


def effects(registry: Engine, day: date) -> list[Effect]:
    """Every effect that held on a day, as the cases stood then, sorted.

    A day that is over is told from the cases' history: an objection that was refused
    since was still open then, and a repair that was revoked since still held.
    """
    wanted = (
        select(
            *(cases.c[name] for name in ("id", "kind", "dataset", "record_id")),
            *(case_events.c[name] for name in ("day", "action", "to_state")),
        )
        .join(case_events, case_events.c.case_id == cases.c.id)
        .where(cases.c.record_id.is_not(None), case_events.c.day <= day)
        .order_by(cases.c.id, case_events.c.number)
    )
    with registry.connect() as connection:
        rows = connection.execute(wanted).all()
    found = []
    for case_id, steps in groupby(rows, key=lambda row: str(row.id)):
        history = [*steps]
        last, decided = history[-1], _decided(history)
        found += [
            Effect(last.record_id, last.dataset, effect, since, case_id)
            for effect, since in _of(last.kind, last.to_state, history[0].day, decided)
        ]
    return sorted(found)


def _decided(history: Sequence[Any]) -> date | None:
    """The day of the decision in force."""
    days = [step.day for step in history if step.action in DECIDES]
    return days[-1] if days else None


def _of(
    kind: str, state: str, opened_on: date, decided_on: date | None
) -> list[tuple[str, date]]:
    decided = decided_on or opened_on
    if kind == Kind.REPAIR:
        if state in REPAIRED:
            return [("repaired", decided)]
        return [("longest", decided)] if state == "revoked" else []
    if kind != Kind.OBJECTION:
        return []
    told = [("contested", opened_on)] if state in CONTESTED else []
    if state in MARKED:
        told.append(("marked", opened_on))
    if state in {"deleted", "corrected"}:
        told.append((state, decided))
    return told
