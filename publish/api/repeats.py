"""Idempotency keys: a request that is sent again acts once and is answered alike.

What a request does and what it replied are written in one transaction: one that was
killed leaves neither, and may be sent again at once. Only replies that hold no credit
data are kept, for a day. Not here: which routes honour the key (``routes``).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from publish.api.answers import canonical
from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.registry.bank_tables import repeats

KEPT = timedelta(days=1)

Handler = Callable[[Call], Awaitable[Reply]]


class RepeatedError(Exception):
    """The same key acted meanwhile; nothing of this request stands."""


async def once(call: Call, handler: Handler) -> Reply:
    """The handler's reply, or the one it gave to the same request before.

    The handler must ``keep`` its reply in the transaction in which it acts.

    Raises:
        Problem: ``repeat_conflict`` where the key came with another request.
    """
    if _key(call) is None:
        return await handler(call)
    before = await asyncio.to_thread(_before, call)
    if before is not None:
        return before
    try:
        return await handler(call)
    except RepeatedError as error:
        before = await asyncio.to_thread(_before, call)
        if before is None:
            raise problem("repeat_conflict") from error
        return before


def keep(connection: Connection, call: Call, document: Wire) -> None:
    """Remember what is replied to this request, if it came with a key.

    Args:
        connection: in the transaction in which it acts.
        call: the request.
        document: the reply's data.

    Raises:
        RepeatedError: the key was used meanwhile; let the transaction end with it.
    """
    key = _key(call)
    if key is None:
        return
    now = call.services.clock.now()
    connection.execute(delete(repeats).where(repeats.c.created_at < now - KEPT))
    values = {
        "holder": call.key.holder,
        "repeat_key": key,
        "operation": call.operation.id,
        "request_sha256": _digest(call),
        "status": call.operation.status,
        "document": json.dumps(document),
        "created_at": now,
    }
    try:
        connection.execute(insert(repeats).values(values))
    except IntegrityError as error:
        raise RepeatedError(key) from error


def _key(call: Call) -> str | None:
    key: str | None = call.values.get("Idempotency-Key")
    return key if call.operation.once else None


def _before(call: Call) -> Reply | None:
    this, since = repeats.c, call.services.clock.now() - KEPT
    mine = (this.holder == call.key.holder) & (this.repeat_key == _key(call))
    wanted = select(repeats).where(mine, this.created_at >= since)
    with call.services.registry.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    if (row.operation, row.request_sha256) != (call.operation.id, _digest(call)):
        raise problem("repeat_conflict")
    return Reply(json.loads(row.document), row.status, {"Idempotency-Replayed": "true"})


def _digest(call: Call) -> str:
    body: Any = call.body
    if not isinstance(body, bytes):
        body = canonical(body.model_dump(mode="json")) if body is not None else b""
    return hashlib.sha256(body).hexdigest()
