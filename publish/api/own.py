"""What a bank may ask about itself: its authorisations and its receipts.

Not here: granting (the office and the enterprise do, ``publish.registry``), other banks.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from publish.access import audit
from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.registry import asked
from publish.registry.asked import Asked
from publish.registry.authorisations import Authorisation, list_authorisations
from quality.clock import ZONE

RECEIPT_KIND = "credit-receipt+jws"
_RENAMED = {"release_id": "release", "policy_id": "policy", "key_prefix": "key"}
_LISTS = ("items", "authorisations")


async def authorisations(call: Call) -> Reply:
    """``GET /authorisations``: those that name this bank, live or not."""
    bank = call.key.bank_uscc
    if bank is None:
        raise problem("bank_unnamed", prefix=call.key.prefix)
    found = await asyncio.to_thread(
        list_authorisations,
        call.services.registry,
        bank_uscc=bank,
        uscc=call.values["uscc"],
    )
    now = call.services.clock.now()
    wanted = call.values["state"]
    rows = [_authorisation(a, a.state(now)) for a in found]
    kept = [r for r in rows if wanted in {None, r["state"]}]
    subjects = tuple(r["uscc"] for r in kept)
    return Reply({"rows": kept}, subjects=subjects)


def _authorisation(one: Authorisation, state: str) -> Wire:
    return {
        "authorisation": one.id,
        "uscc": one.uscc,
        "items": sorted(one.items),
        "purpose": one.purpose,
        "state": state,
        "granted_at": _instant(one.granted_at),
        "expires_at": _instant(one.expires_at),
        "revoked_at": _instant(one.revoked_at),
    }


async def requests(call: Call) -> Reply:
    """``GET /authorisations/requests``: what this bank asked for, newest first."""
    rows, wanted = await _asked(call), call.values["state"]
    kept = [_request(r) for r in rows if wanted in {None, r.state.value}]
    return Reply({"rows": kept}, subjects=tuple(r["uscc"] for r in kept))


async def request(call: Call) -> Reply:
    """``GET /authorisations/requests/{request}``."""
    wanted = call.values["request"]
    for found in await _asked(call):
        if found.request == wanted:
            return Reply(_request(found), uscc=found.uscc)
    raise problem("unknown_request", request=wanted)


async def _asked(call: Call) -> list[Asked]:
    bank, services = call.key.bank_uscc, call.services
    if bank is None:
        raise problem("bank_unnamed", prefix=call.key.prefix)
    read = partial(asked.requests, bank_uscc=bank, uscc=call.values.get("uscc"))
    return await asyncio.to_thread(read, services.registry, services.clock.now())


def _request(one: Asked) -> Wire:
    return {
        "request": one.request,
        "uscc": one.uscc,
        "items": [*one.items],
        "purpose": one.purpose,
        "state": one.state.value,
        "authorisation": one.authorisation,
        "created_at": _instant(one.created_at),
        "refused_at": _instant(one.refused_at),
    }


def _instant(value: Any) -> str | None:
    return value.astimezone(ZONE).isoformat() if value else None


async def receipt(call: Call) -> Reply:
    """``GET /receipts/{receipt}``: what was answered, signed."""
    wanted = call.values["receipt"]
    registry, holder = call.services.registry, call.key.holder
    row = await asyncio.to_thread(audit.find, registry, wanted, holder)
    if row is None:
        raise problem("unknown_receipt", receipt=wanted)
    told = {_RENAMED.get(k, k): v for k, v in audit.plain(row).items()}
    told |= {name: told[name].split() for name in _LISTS}
    told = {k: v for k, v in told.items() if k not in {"holder", "bank"}}
    statement = call.services.signer.sign(json.dumps(told).encode(), RECEIPT_KIND)
    # A signature differs each time: what it signs makes the entity tag.
    return Reply({**told, "statement": statement}, tag_of=told)
