"""Notices: what banks are told unasked, each once, by number and never with credit data.

A notice says that something happened and where to read it. Not here: webhooks
(``webhooks``), sending (``sending``).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from publish.api.bodies import NoticeKind
from publish.api.call import Services
from publish.api.feed import retraction
from publish.api.operation import Wire
from publish.cases.recalls import list_recalls
from publish.registry.bank_tables import bank_notices, webhook_deliveries, webhooks
from publish.registry.tables import authorisations
from publish.registry.work import transaction
from quality.clock import ZONE

DIGITS = 24
AT_ONCE = 200


@dataclass(frozen=True)
class Notice:
    """Something that happened.

    Attributes:
        kind: what.
        subject: names it: the same kind and subject are told once.
        document: what is told.
        holder: the one bank that is told; ``None`` for every bank.
    """

    kind: NoticeKind
    subject: str
    document: Wire
    holder: str | None = None

    @property
    def number(self) -> str:
        """The same for the same kind and subject, whichever process tells it."""
        told = f"{self.kind.value}\n{self.subject}".encode()
        return f"ntc_{hashlib.sha256(told).hexdigest()[:DIGITS]}"


def tell(connection: Connection, at: datetime, notice: Notice) -> bool:
    """Write a notice, and a delivery for every webhook that wants it.

    Args:
        connection: in a writing transaction.
        at: when.
        notice: what; told before, nothing is written.

    Returns:
        Whether it was new.
    """
    this = bank_notices.c.notice == notice.number
    if connection.execute(select(bank_notices.c.notice).where(this)).first():
        return False
    values = {
        "notice": notice.number,
        "holder": notice.holder,
        "kind": notice.kind.value,
        "document": json.dumps(notice.document, ensure_ascii=False),
        "created_at": at,
    }
    connection.execute(insert(bank_notices).values(values))
    hooks = select(webhooks).where(webhooks.c.ended_at.is_(None))
    if notice.holder is not None:
        hooks = hooks.where(webhooks.c.holder == notice.holder)
    wanting = [h for h in connection.execute(hooks) if notice.kind in h.kinds.split()]
    for hook in wanting:
        add_delivery(connection, at, hook.webhook, notice.number)
    return True


def add_delivery(
    connection: Connection, at: datetime, webhook: str, notice: str
) -> str:
    """A delivery that is due at once; its number."""
    made = f"dlv_{secrets.token_hex(12)}"
    values = {"delivery": made, "webhook": webhook, "notice": notice}
    row = {**values, "attempts": 0, "next_at": at}
    connection.execute(insert(webhook_deliveries).values(row))
    return made


class Watcher:
    """The errand that notices what happened: releases, recalls, ended authorisations.

    Args:
        services: of this process.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._release: str | None = None
        self._recalled: int | None = None
        self._ended: datetime | None = None

    def __call__(self) -> bool:
        """Tell what is new; whether there may be more."""
        more = self._watch_release()
        return self._watch_recalls() or self._watch_authorisations() or more

    def _watch_release(self) -> bool:
        release = self._services.mount.current
        if release is None or release.release_id == self._release:
            return False
        document = {
            "release": release.release_id,
            "policy": release.facts.get("policy_id"),
        }
        self._tell([Notice(NoticeKind.RELEASE, release.release_id, document)])
        self._release = release.release_id
        return False

    def _watch_recalls(self) -> bool:
        registry = self._services.registry
        if self._recalled is None:
            self._recalled = _last_told(registry)
        found = list_recalls(registry, since=self._recalled, limit=AT_ONCE)
        told = [
            Notice(NoticeKind.RETRACTION, str(one.seq), retraction(one))
            for one in found
        ]
        if told:
            self._tell(told)
            self._recalled = found[-1].seq
        return len(found) == AT_ONCE

    def _watch_authorisations(self) -> bool:
        """Revocations since the last look; the first look only finds where to begin."""
        now, this = self._services.clock.now(), authorisations.c
        since = self._ended
        self._ended = now
        if since is None:
            return False
        ended = select(authorisations).where(this.revoked_at >= since)
        with self._services.registry.connect() as connection:
            rows = connection.execute(ended.order_by(this.revoked_at)).all()
        told = [
            Notice(
                NoticeKind.AUTHORISATION,
                row.id,
                {
                    "authorisation": row.id,
                    "uscc": row.uscc,
                    "revoked_at": row.revoked_at.astimezone(ZONE).isoformat(),
                },
                row.bank_uscc,
            )
            for row in rows
        ]
        if told:
            self._tell(told)
        return False

    def _tell(self, told: list[Notice]) -> None:
        with transaction(self._services.registry) as connection:
            for notice in told:
                tell(connection, self._services.clock.now(), notice)


def _last_told(registry: Engine) -> int:
    """The number of the newest recall that was told, 0 if none was."""
    this = bank_notices.c
    wanted = select(this.document).where(this.kind == NoticeKind.RETRACTION.value)
    with registry.connect() as connection:
        documents = connection.scalars(wanted)
        return max((json.loads(d)["number"] for d in documents), default=0)
