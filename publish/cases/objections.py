"""Objections: marked at once, answered within 3 or 7 working days (条例 art. 39).

While one is open, its record lowers no grade. Not here: what the pipeline makes of it
(``effects``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from publish.cases.downgrades import DATASET
from publish.cases.machines import CONTESTED, Kind
from publish.cases.model import Case, CaseError, Record
from publish.cases.papers import Upload
from publish.cases.recalls import add_recall
from publish.cases.store import cases_in, open_case, step
from publish.registry.work import alone, once_more
from quality.clock import Clock

REASONS = {"delete": "deleted", "correct": "corrected"}


class RepeatedObjectionError(CaseError):
    """The same objection was answered before, or is open."""


@once_more
def object_to(
    registry: Engine,
    clock: Clock,
    record: Record,
    *,
    request: str,
    papers: Sequence[Upload],
    actor: str,
) -> Case:
    """Contest a record; it is marked in the same moment.

    Args:
        registry: from ``open_registry``.
        clock: dates it.
        record: as it stands in the newest release.
        request: what is wrong, missing, or infringes which right.
        papers: evidence; none is needed for a first objection.
        actor: ``enterprise``, or the member of staff at the counter.

    Raises:
        RepeatedObjectionError: one is open, or was answered and nothing new is shown.
        CaseError: something else is wrong with the request.
    """
    with alone(registry, f"objection {record.record_id}") as connection:
        _require_new(connection, record, papers)
        made = open_case(
            connection,
            clock,
            Kind.OBJECTION,
            uscc=record.uscc,
            request=request,
            record=record,
            actor=actor,
            papers=papers,
        )
        return step(connection, clock, made, "mark", actor="system")


@once_more
def answer(
    registry: Engine, clock: Clock, case_id: str, action: str, *, actor: str, note: str
) -> Case:
    """Forward, delete, correct, refuse with reason, or note both versions.

    Raises:
        CaseError: state, role or a missing reason forbids it.
    """
    with registry.begin() as connection:
        case = step(connection, clock, case_id, action, actor=actor, note=note)
        # Nobody but the enterprise was ever told of a downgrade that waits.
        told = case.record is not None and case.record.dataset != DATASET
        if action in REASONS and told:
            add_recall(connection, clock, case, REASONS[action])
        return case


def _require_new(
    connection: Connection, record: Record, papers: Sequence[Upload]
) -> None:
    earlier = cases_in(connection, kind=Kind.OBJECTION, record_id=record.record_id)
    if any(c.state in CONTESTED for c in earlier):
        raise RepeatedObjectionError("an objection to this record is open already")
    answered = [c for c in earlier if c.state != "withdrawn"]
    shown = {p.sha256 for c in answered for p in c.papers}
    new = {hashlib.sha256(p.content).hexdigest() for p in papers} - shown
    # Otherwise one could keep a record from counting for ever by asking again.
    if answered and not new:
        raise RepeatedObjectionError(
            f"answered in {answered[-1].id}: add evidence that was not shown then"
        )
