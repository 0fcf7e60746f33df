"""Objections to a downgrade that was announced: the same cases as about records.

A downgrade is named by its subject, as ``downgrades`` does. Not here: what an objection
holds up (``assets.credit.governance``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, select

from publish.cases.machines import CONTESTED, Kind
from publish.cases.model import Record
from publish.registry.case_tables import case_events, cases

DATASET = "downgrades"
NOTICE = "downgrade"  # of the list ``notice_kind``
UPHELD = ("deleted", "corrected")
Held = tuple[str, str, date, date | None]


def as_record(row: Mapping[str, Any]) -> Record:
    """What a case needs to know of a row of ``downgrades``: there is no repair of it."""
    values = {
        "record_id": row["subject"],
        "uscc": row["uscc"],
        "dataset": DATASET,
        "kind": DATASET,
        "title": f"信用等级拟由{row['letter']}级调整为{row['pending_letter']}级",
        "authority": None,
        "document_no": None,
        "severity": None,
        "decided_on": row["found_on"],
        "repairable_from": None,
        "publish_until": None,
        "longest_until": None,
    }
    return Record.of(values)


def objections(registry: Engine) -> Iterator[Held]:
    """(subject, act, since, until) of every objection to a downgrade, from its history.

    ``contested`` while it is open; ``withheld`` for good once it is upheld.
    """
    wanted = (
        select(cases.c.id, cases.c.record_id, case_events.c.day, case_events.c.to_state)
        .join(case_events, case_events.c.case_id == cases.c.id)
        .where(cases.c.kind == Kind.OBJECTION.value, cases.c.dataset == DATASET)
        .order_by(cases.c.id, case_events.c.number)
    )
    with registry.connect() as connection:
        rows = connection.execute(wanted).all()
    for _, history in groupby(rows, key=lambda row: str(row.id)):
        yield from _of(list(history))


def _of(history: Sequence[Any]) -> Iterator[Held]:
    subject, opened = history[0].record_id, history[0].day
    closing = next((e for e in history if e.to_state not in CONTESTED), None)
    yield subject, "contested", opened, closing.day if closing else None
    if closing and closing.to_state in UPHELD:
        yield subject, "withheld", closing.day, None
