"""Delivering notices to webhooks: signed, tried again for two days, replayable.

Each attempt is claimed in the registry, so that several processes never send the same
one at once; after a crash it is sent again: receivers go by ``Webhook-Id``. Not here:
which notices there are (``notices``), where may be sent to (``sending``).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Row, select, update

from publish.api.call import Services
from publish.api.sending import RefusedUrlError, send
from publish.registry.bank_tables import bank_notices, webhook_deliveries, webhooks
from publish.registry.work import transaction
from quality.clock import ZONE

NOTICE_KIND = "credit-notice+jws"
LEASE = timedelta(seconds=60)
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440))
LONGEST_STATUS = 100
REDIRECT = 300


class Deliverer:
    """The errand that sends what is due.

    Args:
        services: of this process.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self) -> bool:
        """Send one notice; whether there may be more."""
        due = self._claim()
        if due is None:
            return False
        status, good = self._sent(due)
        self._note(due, status, good)
        return True

    def _claim(self) -> Row[Any] | None:
        now, this = self._services.clock.now(), webhook_deliveries.c
        live = webhooks.c.ended_at.is_(None)
        wanted = (
            select(webhook_deliveries, webhooks.c.url, bank_notices)
            .join(webhooks, webhooks.c.webhook == this.webhook)
            .join(bank_notices, bank_notices.c.notice == this.notice)
            .where(this.next_at <= now, live)
        )
        with transaction(self._services.registry) as connection:
            row = connection.execute(wanted.order_by(this.next_at).limit(1)).first()
            if row is None:
                return None
            mine = (this.delivery == row.delivery) & (this.next_at == row.next_at)
            taken = connection.execute(
                update(webhook_deliveries).where(mine).values(next_at=now + LEASE)
            )
            return row if taken.rowcount == 1 else None

    def _sent(self, due: Row[Any]) -> tuple[str, bool]:
        body = body_of(due.notice, due.kind, due.created_at, due.document)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "creditpark-webhook",
            "Webhook-Id": due.notice,
            "Credit-Signature": self._signature(due, body),
        }
        try:
            status = send(due.url, body, headers, self._services.webhook_networks)
        except RefusedUrlError as error:
            return str(error)[:LONGEST_STATUS], False
        except httpx.HTTPError as error:
            return type(error).__name__, False
        return str(status), status < REDIRECT

    def _signature(self, due: Row[Any], body: bytes) -> str:
        claims = {
            "id": due.notice,
            "iat": int(self._services.clock.now().timestamp()),
            "aud": due.url,
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        return self._services.signer.sign(json.dumps(claims).encode(), NOTICE_KIND)

    def _note(self, due: Row[Any], status: str, good: bool) -> None:
        now, tried = self._services.clock.now(), due.attempts + 1
        values: dict[str, Any] = {"attempts": tried, "last_status": status}
        if good:
            values |= {"delivered_at": now, "next_at": None}
        else:
            values["next_at"] = _again(now, tried)
        this = webhook_deliveries.c.delivery == due.delivery
        with transaction(self._services.registry) as connection:
            connection.execute(update(webhook_deliveries).where(this).values(values))


def _again(now: datetime, tried: int) -> datetime | None:
    """When to try again; ``None`` once it is given up."""
    return now + WAITS[tried - 1] if tried <= len(WAITS) else None


def body_of(notice: str, kind: str, at: datetime, document: str) -> bytes:
    """What a webhook receives."""
    whole = {
        "notice": notice,
        "kind": kind,
        "at": at.astimezone(ZONE).isoformat(),
        "data": json.loads(document),
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
