"""What decided and open cases mean for records: the pipeline reads this like a source.

Not here: what the pipeline does with it (``assets/cases``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select

from publish.cases.machines import CONTESTED, MARKED, REPAIRED, Kind
from publish.registry.case_tables import cases


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


def effects(registry: Engine, today: date) -> list[Effect]:
    """Every effect that holds on a day, sorted."""
    wanted = select(cases).where(
        cases.c.record_id.is_not(None), cases.c.opened_on <= today
    )
    with registry.connect() as connection:
        rows = connection.execute(wanted).all()
    found = [
        Effect(row.record_id, row.dataset, effect, since, row.id)
        for row in rows
        for effect, since in _of(row.kind, row.state, row.opened_on, row.decided_on)
        if since <= today
    ]
    return sorted(found)


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
