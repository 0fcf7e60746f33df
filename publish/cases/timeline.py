"""All that was done about one enterprise, in order: the audit trail of its cases.

Steps of cases, letters and whether they left, recalls, tombstones, consents, and who
looked (as ``publish.access.audit`` tells it). Not here: the chain of that log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, Engine, select

from publish.access.audit import latest_lookers, lookers
from publish.registry.authorisations import ITEMS
from publish.registry.case_tables import (
    case_events,
    cases,
    deliveries,
    notice_items,
    notices,
    recalls,
    tombstones,
)
from publish.registry.tables import authorisations
from quality.clock import ZONE
from quality.contracts.codelists import label


@dataclass(frozen=True, order=True)
class Happening:
    """One line.

    Attributes:
        at: when; of what only has a day, its beginning in China.
        subject: the case, letter, record, consent or receipt.
        what: in words of the code lists, with the step or the state.
        who: enterprise, staff, system, a bank.
        note: reason, decision, release.
        look: of a look, all that the audit log tells of it.
    """

    at: datetime
    subject: str
    what: str
    who: str
    note: str
    look: dict[str, Any] | None = field(default=None, compare=False)

    def plain(self) -> dict[str, Any]:
        """The line as a row of a table."""
        names = ("at", "subject", "what", "who", "note")
        return {name: getattr(self, name) for name in names}


WORDS = {
    "zh": {
        "letter": "告知",
        "recall": "通知使用方",
        "removal": "移出公示",
        "consent": "授权",
        "end": "撤销授权",
        "look": "查询",
    },
    "en": {
        "letter": "Told",
        "recall": "Users told",
        "removal": "Public no longer",
        "consent": "Consent to",
        "end": "Consent ended to",
        "look": "Looked at",
    },
}


class Say:
    """Words and labels of one language."""

    def __init__(self, language: str) -> None:
        self.language, self.words = language, WORDS[language]

    def __call__(self, word: str, codes: str, code: str) -> str:
        """A word and a code's label."""
        return f"{self.words[word]} {self.of(codes, code)}"

    def of(self, codes: str, code: str) -> str:
        """A code's label."""
        return label(codes, code, self.language)


def timeline(
    registry: Engine, uscc: str, language: str = "zh", looks: int | None = None
) -> list[Happening]:
    """Everything about an enterprise, oldest first, in ``zh`` or ``en``.

    Args:
        registry: to read.
        uscc: whose.
        language: of codes and words.
        looks: how many at most, the newest; all if not given.
    """
    say = Say(language)
    readers = (_steps, _letters, _left, _recalled, _buried, _consents)
    with registry.connect() as connection:
        found = [line for read in readers for line in read(connection, uscc, say)]
    seen = (
        lookers(registry, uscc)
        if looks is None
        else reversed(latest_lookers(registry, uscc, looks))
    )
    found += [_look(look, say) for look in seen]
    # Steps of one moment stay in the order in which they were written.
    dated = (replace(line, at=line.at.astimezone(ZONE)) for line in found)
    return sorted(dated, key=lambda line: line.at)


def _steps(connection: Connection, uscc: str, say: Say) -> Iterator[Happening]:
    wanted = (
        select(case_events, cases.c.kind)
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(cases.c.uscc == uscc)
        .order_by(case_events.c.seq)
    )
    for row in connection.execute(wanted):
        what = f"{say.of('case_kind', row.kind)} {say.of('case_state', row.to_state)}"
        yield Happening(row.at, row.case_id, what, row.actor, row.note)


def _letters(connection: Connection, uscc: str, say: Say) -> Iterator[Happening]:
    wanted = (
        select(notice_items, notices.c.made_on)
        .join(notices, notices.c.id == notice_items.c.notice_id)
        .where(notices.c.uscc == uscc)
        .order_by(notice_items.c.notice_id, notice_items.c.kind, notice_items.c.subject)
    )
    for row in connection.execute(wanted):
        at = datetime.combine(row.made_on, time(), ZONE)
        what = say("letter", "notice_kind", row.kind)
        yield Happening(at, row.notice_id, what, "system", row.subject)


def _left(connection: Connection, uscc: str, say: Say) -> Iterator[Happening]:
    wanted = (
        select(deliveries)
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(notices.c.uscc == uscc, deliveries.c.state != "queued")
        .order_by(deliveries.c.notice_id, deliveries.c.channel)
    )
    for row in connection.execute(wanted):
        channel = say.of("notice_channel", row.channel)
        what = f"{channel} {say.of('delivery_state', row.state)}"
        note = row.error or row.address
        yield Happening(row.changed_at, row.notice_id, what, "system", note)


def _recalled(connection: Connection, uscc: str, say: Say) -> Iterator[Happening]:
    wanted = select(recalls).where(recalls.c.uscc == uscc).order_by(recalls.c.seq)
    for row in connection.execute(wanted):
        what = say("recall", "recall_reason", row.reason)
        yield Happening(row.recalled_at, row.record_id, what, "system", row.case_id)


def _buried(connection: Connection, uscc: str, say: Say) -> Iterator[Happening]:
    wanted = select(tombstones).where(tombstones.c.uscc == uscc)
    for row in connection.execute(wanted.order_by(tombstones.c.seq)):
        at = datetime.combine(row.removed_on, time(), ZONE)
        what = say("removal", "recall_reason", row.reason)
        yield Happening(at, row.record_id, what, "system", row.release_id)


def _consents(connection: Connection, uscc: str, say: Say) -> Iterator[Happening]:
    wanted = select(authorisations).where(authorisations.c.uscc == uscc)
    for row in connection.execute(wanted.order_by(authorisations.c.id)):
        items = [say.of("authorisation_item", i) for i in row.items.split()]
        note = "; ".join((*items, row.purpose))
        given = f"{say.words['consent']} {row.bank_uscc}"
        yield Happening(row.granted_at, row.id, given, row.signed_by, note)
        if row.revoked_at:
            ended = f"{say.words['end']} {row.bank_uscc}"
            who = row.revoked_by or ""
            yield Happening(row.revoked_at, row.id, ended, who, "")


def _look(look: dict[str, Any], say: Say) -> Happening:
    what = f"{say.words['look']} {look['operation']}"
    items = "; ".join(say.of(ITEMS, item) for item in look["items"].split())
    return Happening(look["at"], look["receipt"], what, look["bank"], items, look)
