"""What banks tell us: what became of a credit file, and whom they ask for authorisation.

Feedback is read by the office and never published. Not here: granting authorisations.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from datetime import date, timedelta

from sqlalchemy import func, insert, select

from publish.api.bodies import AuthorisationRequest, FeedbackRequest
from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.problems import problem
from publish.api.repeats import keep
from publish.registry.bank_tables import authorisation_requests, feedback
from publish.registry.work import once_more, transaction
from quality.clock import ZONE

MOST_REQUESTS = 1_000  # of one bank in a day
EARLIEST = date(2000, 1, 1)  # no file of ours reaches further back: a slip of the pen


async def give_feedback(call: Call) -> Reply:
    """``POST /feedback``."""
    given: FeedbackRequest = call.body
    today = call.services.clock.today()
    if given.happened_on > today:
        reason = "happened_on lies ahead"
        raise problem("value_unfit", reason_zh="日期晚于今日", reason=reason)
    if given.happened_on < EARLIEST:
        reason = f"happened_on lies before {EARLIEST}"
        raise problem("value_unfit", reason_zh=f"日期早于 {EARLIEST}", reason=reason)
    await _require_known(call, given.uscc)
    made = f"fbk_{secrets.token_hex(12)}"
    values = {
        **given.model_dump(),
        "kind": given.kind.value,
        "feedback": made,
        "holder": call.key.holder,
        "created_at": call.services.clock.now(),
    }
    document = {"feedback": made}
    await asyncio.to_thread(_insert, call, values, document)
    return Reply(document, uscc=given.uscc)


async def ask_authorisation(call: Call) -> Reply:
    """``POST /authorisations``: an enterprise is asked; it answers with the office."""
    given: AuthorisationRequest = call.body
    bank = call.key.bank_uscc
    if bank is None:
        raise problem("bank_unnamed", prefix=call.key.prefix)
    await _require_known(call, given.uscc)
    made, now = f"arq_{secrets.token_hex(12)}", call.services.clock.now()
    items = sorted({*given.items})
    values: Wire = {"request": made, "bank_uscc": bank, "uscc": given.uscc}
    values |= {"items": " ".join(items), "purpose": given.purpose, "created_at": now}
    shown: Wire = {"request": made, "uscc": given.uscc, "items": items}
    shown |= {"purpose": given.purpose, "created_at": now.astimezone(ZONE).isoformat()}
    await asyncio.to_thread(_ask, call, bank, values, shown)
    where = {"Location": f"/api/v1/authorisations/requests/{made}"}
    return Reply(shown, headers=where, uscc=given.uscc)


@once_more
def _ask(call: Call, bank: str, values: Wire, document: Wire) -> None:
    this, day = authorisation_requests.c, timedelta(days=1)
    mine = (this.bank_uscc == bank) & (this.created_at > values["created_at"] - day)
    count = select(func.count()).select_from(authorisation_requests).where(mine)
    with transaction(call.services.registry) as connection:
        if (connection.scalar(count) or 0) >= MOST_REQUESTS:
            raise problem("too_many", what="requests a day", most=MOST_REQUESTS)
        connection.execute(insert(authorisation_requests).values(values))
        keep(connection, call, document)


@once_more
def _insert(call: Call, values: Wire, document: Wire) -> None:
    with transaction(call.services.registry) as connection:
        connection.execute(insert(feedback).values(values))
        keep(connection, call, document)


async def _require_known(call: Call, uscc: str) -> None:
    if not await call.public(_known, uscc):
        raise problem("unknown_enterprise", uscc=uscc)


def _known(connection: sqlite3.Connection, uscc: str) -> bool:
    sql = "SELECT 1 FROM enterprises WHERE uscc = ?"
    return connection.execute(sql, (uscc,)).fetchone() is not None
