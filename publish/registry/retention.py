"""How long the registry keeps what persons and banks entrusted to it; purging the rest.

The periods are the office's (``policy/retention.csv``). What tables that are only added
to hold (history of cases, tombstones, recalls, the audit log) is never purged: it is the
proof of what was done, and names enterprises alone. Not here: expired rows of a release
(``publish.release.clean``), records of agencies.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, Engine, delete, func, select, tuple_, update

from publish.registry.bank_tables import screening_lines, screenings
from publish.registry.case_tables import (
    attachments,
    case_attachments,
    case_events,
    cases,
    contacts,
    deliveries,
    enterprise_keys,
    notices,
)
from quality.clock import ZONE, Clock

SENT, SCREENED = "sent", "done"
States = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Retention:
    """One period of the office.

    Attributes:
        subject: what it is about, a key of ``PURGES``.
        days: how long it is kept after it was last needed.
        certainty: how sure we are of it, as in ``docs/concepts.md``.
    """

    subject: str
    days: int
    zh: str
    en: str
    basis: str
    certainty: str


@dataclass(frozen=True)
class Purged:
    """What a purge took out of one subject.

    Attributes:
        before: only what was last needed before this day.
        rows: how many rows were deleted or blanked.
    """

    subject: str
    before: date
    rows: int


@cache
def retentions() -> tuple[Retention, ...]:
    """The office's periods."""
    table = files("publish.registry") / "policy" / "retention.csv"
    rows = csv.DictReader(table.read_text("utf-8").splitlines())
    return tuple(
        Retention(
            *(r["subject"], int(r["days"]), r["zh"], r["en"]),
            *(r["basis"], r["certainty"]),
        )
        for r in rows
    )


def purge(
    registry: Engine, clock: Clock, under_way: States, *, really: bool = True
) -> list[Purged]:
    """Delete what is past its period, all or nothing.

    Args:
        registry: from ``open_registry``.
        clock: says what is past.
        under_way: kind and state of cases that are not closed.
        really: whether to; otherwise only tell what would go.
    """
    with registry.connect() as connection:
        done = []
        for kept in retentions():
            before = clock.today() - timedelta(days=kept.days)
            rows = PURGES[kept.subject](connection, before, under_way)
            done.append(Purged(kept.subject, before, rows))
        if really:
            connection.commit()
        else:
            connection.rollback()
        return done


def _papers(connection: Connection, before: date, under_way: States) -> int:
    """Papers that no case under way, nor one closed lately, has."""
    last = (
        select(case_events.c.case_id)
        .group_by(case_events.c.case_id)
        .having(func.max(case_events.c.day) < before)
    )
    closed = tuple_(cases.c.kind, cases.c.state).not_in(sorted(under_way))
    over = select(cases.c.id).where(closed, cases.c.id.in_(last))
    held = case_attachments.c.case_id
    connection.execute(delete(case_attachments).where(held.in_(over)))
    wanted = select(case_attachments.c.sha256)
    unwanted = delete(attachments).where(attachments.c.sha256.not_in(wanted))
    return int(connection.execute(unwanted).rowcount)


def _addresses(connection: Connection, before: date, _: States) -> int:
    """Where letters went; that they were sent, and what they said, stays."""
    this = deliveries.c
    old = select(notices.c.id).where(notices.c.made_on < before)
    sent = (this.state == SENT) & (this.address != "") & this.notice_id.in_(old)
    blank = update(deliveries).where(sent).values(address="")
    return int(connection.execute(blank).rowcount)


def _contacts(connection: Connection, before: date, _: States) -> int:
    """Contacts of enterprises that had keys and have had none since."""
    this, at = enterprise_keys.c, _instant(before)
    ended = func.coalesce(this.revoked_at, this.expires_at)
    had = select(this.uscc).group_by(this.uscc).having(func.max(ended) < at)
    gone = delete(contacts).where(contacts.c.uscc.in_(had))
    return int(connection.execute(gone).rowcount)


def _portfolios(connection: Connection, before: date, _: States) -> int:
    """The lists and their results; that there was a screening stays in the audit log."""
    this = screenings.c
    old = (this.state == SCREENED) & (this.finished_at < _instant(before))
    names = select(this.screening).where(old)
    line = screening_lines.c.screening
    connection.execute(delete(screening_lines).where(line.in_(names)))
    return int(connection.execute(delete(screenings).where(old)).rowcount)


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


PURGES: Mapping[str, Callable[[Connection, date, States], int]] = {
    "papers": _papers,
    "addresses": _addresses,
    "contacts": _contacts,
    "portfolios": _portfolios,
}
