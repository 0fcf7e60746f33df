"""Idempotency keys: a request that is sent again acts once and is answered alike.

Only replies that hold no credit data are kept, for a day. Not here: which routes honour
the key (``routes``).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from publish.api.answers import canonical
from publish.api.call import Call, Reply
from publish.api.problems import problem
from publish.registry.bank_tables import repeats
from publish.registry.work import once_more

KEPT = timedelta(days=1)
UNDER_WAY = 0  # the status of a request that is not answered yet

Handler = Callable[[Call], Awaitable[Reply]]


async def once(call: Call, handler: Handler) -> Reply:
    """The handler's reply, or the one it gave to the same request before.

    Raises:
        Problem: ``repeat_conflict`` where the key came with another request, or the
            first one is still under way.
    """
    key = call.values.get("Idempotency-Key")
    if key is None or not call.operation.once:
        return await handler(call)
    registry = call.services.registry
    before = await asyncio.to_thread(_reserve, registry, call, key)
    if before is not None:
        return before
    try:
        reply = await handler(call)
    except BaseException:
        await asyncio.to_thread(_release, registry, call, key)
        raise
    await asyncio.to_thread(_keep, registry, call, key, reply)
    return reply


@once_more
def _reserve(registry: Engine, call: Call, key: str) -> Reply | None:
    """Take the key for this request, or find what was replied to it."""
    now = call.services.clock.now()
    values = {
        "holder": call.key.holder,
        "repeat_key": key,
        "operation": call.operation.id,
        "request_sha256": _digest(call),
        "status": UNDER_WAY,
        "document": "{}",
        "created_at": now,
    }
    with registry.begin() as connection:
        connection.execute(delete(repeats).where(repeats.c.created_at < now - KEPT))
    try:
        with registry.begin() as connection:
            connection.execute(insert(repeats).values(values))
    except IntegrityError:
        return _before(registry, call, key)
    return None


def _before(registry: Engine, call: Call, key: str) -> Reply:
    with registry.connect() as connection:
        row = connection.execute(select(repeats).where(_this(call, key))).one_or_none()
    same = (call.operation.id, _digest(call))
    if row is None or row.status == UNDER_WAY:
        raise problem("repeat_conflict")
    if (row.operation, row.request_sha256) != same:
        raise problem("repeat_conflict")
    return Reply(json.loads(row.document), row.status, {"Idempotency-Replayed": "true"})


@once_more
def _keep(registry: Engine, call: Call, key: str, reply: Reply) -> None:
    values = {
        "status": reply.status or call.operation.status,
        "document": json.dumps(reply.data),
    }
    with registry.begin() as connection:
        connection.execute(update(repeats).where(_this(call, key)).values(values))


@once_more
def _release(registry: Engine, call: Call, key: str) -> None:
    with registry.begin() as connection:
        connection.execute(delete(repeats).where(_this(call, key)))


def _this(call: Call, key: str) -> ColumnElement[bool]:
    return (repeats.c.holder == call.key.holder) & (repeats.c.repeat_key == key)


def _digest(call: Call) -> str:
    body: Any = call.body
    if not isinstance(body, bytes):
        body = canonical(body.model_dump(mode="json")) if body is not None else b""
    return hashlib.sha256(body).hexdigest()
