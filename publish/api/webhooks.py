"""Webhooks of a bank: made, listed, ended, tested; deliveries seen and replayed.

Not here: sending (``delivering``).
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from publish.api.bodies import WebhookRequest
from publish.api.call import Call, Reply
from publish.api.notices import add_delivery
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.api.repeats import keep
from publish.api.sending import RefusedUrlError, checked
from publish.registry.bank_tables import bank_notices, webhook_deliveries, webhooks
from publish.registry.work import once_more, transaction
from quality.clock import ZONE

MOST = 10
SHOWN = 200


async def create(call: Call) -> Reply:
    """``POST /webhooks``."""
    wanted: WebhookRequest = call.body
    try:
        await asyncio.to_thread(checked, wanted.url, call.services.webhook_networks)
    except RefusedUrlError as error:
        raise problem("url_refused", reason=str(error)) from error
    row = await asyncio.to_thread(_create, call, wanted)
    return Reply(row, headers={"Location": f"/api/v1/webhooks/{row['webhook']}"})


@once_more
def _create(call: Call, wanted: WebhookRequest) -> Wire:
    made = f"whk_{secrets.token_hex(12)}"
    kinds = " ".join(sorted({k.value for k in wanted.kinds}))
    values: Wire = {"webhook": made, "holder": call.key.holder, "url": wanted.url}
    values |= {"kinds": kinds, "created_at": call.services.clock.now()}
    with transaction(call.services.registry) as connection:
        if len(_live(connection, call)) >= MOST:
            raise problem("too_many", what="webhooks", most=MOST)
        connection.execute(insert(webhooks).values(values))
        document = _shown(_mine(connection, call, made))
        keep(connection, call, document)
        return document


async def show_all(call: Call) -> Reply:
    """``GET /webhooks``: those that are not ended."""

    def read() -> list[Wire]:
        with call.services.registry.connect() as connection:
            return [_shown(row) for row in _live(connection, call)]

    return Reply({"rows": await asyncio.to_thread(read)})


async def show(call: Call) -> Reply:
    """``GET /webhooks/{webhook}``."""

    def read() -> Wire:
        with call.services.registry.connect() as connection:
            return _shown(_mine(connection, call, call.values["webhook"]))

    return Reply(await asyncio.to_thread(read))


async def end(call: Call) -> Reply:
    """``DELETE /webhooks/{webhook}``: nothing more is sent to it."""

    def write() -> Wire:
        with transaction(call.services.registry) as connection:
            row = _mine(connection, call, call.values["webhook"])
            this = webhooks.c.webhook == row.webhook
            now = call.services.clock.now()
            connection.execute(update(webhooks).where(this).values(ended_at=now))
            return _shown(row)

    return Reply(await asyncio.to_thread(write))


async def deliveries(call: Call) -> Reply:
    """``GET /webhooks/{webhook}/deliveries``: the newest two hundred."""

    def read() -> list[Wire]:
        with call.services.registry.connect() as connection:
            hook = _mine(connection, call, call.values["webhook"])
            this = webhook_deliveries.c
            wanted = _deliveries().where(this.webhook == hook.webhook)
            newest = wanted.order_by(bank_notices.c.created_at.desc(), this.delivery)
            return [_delivery(row) for row in connection.execute(newest.limit(SHOWN))]

    return Reply({"rows": await asyncio.to_thread(read)})


async def replay(call: Call) -> Reply:
    """``POST /deliveries/{delivery}/replay``: the same notice once more."""

    def write() -> Wire:
        name, now = call.values["delivery"], call.services.clock.now()
        with transaction(call.services.registry) as connection:
            row = _one(connection, name)
            hook = row and _owned(connection, call, row.webhook)
            if row is None or hook is None or hook.ended_at is not None:
                raise problem("unknown_delivery", delivery=name)
            made = add_delivery(connection, now, row.webhook, row.notice)
            again = _one(connection, made)
            return _delivery(again) if again else {}

    return Reply(await asyncio.to_thread(write))


def _deliveries() -> Any:
    shown = (webhook_deliveries, bank_notices.c.kind, bank_notices.c.created_at)
    joined = bank_notices.c.notice == webhook_deliveries.c.notice
    return select(*shown).join(bank_notices, joined)


def _one(connection: Connection, name: str) -> Row[Any] | None:
    wanted = _deliveries().where(webhook_deliveries.c.delivery == name)
    found: Row[Any] | None = connection.execute(wanted).one_or_none()
    return found


def _live(connection: Connection, call: Call) -> list[Row[Any]]:
    this = webhooks.c
    mine = select(webhooks).where(
        this.holder == call.key.holder, this.ended_at.is_(None)
    )
    return list(connection.execute(mine.order_by(this.created_at, this.webhook)))


def _owned(connection: Connection, call: Call, name: str) -> Row[Any] | None:
    this = webhooks.c
    wanted = select(webhooks).where(
        this.webhook == name, this.holder == call.key.holder
    )
    return connection.execute(wanted).one_or_none()


def _mine(connection: Connection, call: Call, name: str) -> Row[Any]:
    row = _owned(connection, call, name)
    if row is None or row.ended_at is not None:
        raise problem("unknown_webhook", webhook=name)
    return row


def _shown(row: Row[Any]) -> Wire:
    return {
        "webhook": row.webhook,
        "url": row.url,
        "kinds": row.kinds.split(),
        "created_at": row.created_at.astimezone(ZONE).isoformat(),
    }


def _delivery(row: Row[Any]) -> Wire:
    times = {n: getattr(row, n) for n in ("next_at", "delivered_at")}
    told = {n: v and v.astimezone(ZONE).isoformat() for n, v in times.items()}
    state = "waiting" if row.next_at else "given_up"
    return {
        "delivery": row.delivery,
        "webhook": row.webhook,
        "notice": row.notice,
        "kind": row.kind,
        "state": "delivered" if row.delivered_at else state,
        "attempts": row.attempts,
        "last_status": row.last_status,
        **told,
    }
