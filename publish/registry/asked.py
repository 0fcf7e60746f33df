"""Authorisations that banks ask enterprises for, and what became of each.

A request is answered by an authorisation that covers it and was granted after it, or by a
refusal. Not here: granting (``authorisations``), the bank's and the enterprise's pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, select, update

from publish.registry.authorisations import Authorisation, list_authorisations
from publish.registry.bank_tables import authorisation_requests
from publish.registry.tables import api_keys
from publish.registry.work import once_more
from quality.clock import Clock


class State(StrEnum):
    """What became of a request."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"  # granted, and withdrawn since
    EXPIRED = "expired"  # granted, and over


_OF = {"live": State.GRANTED, "revoked": State.REVOKED, "expired": State.EXPIRED}


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        items: codes of the list ``authorisation_item``, sorted.
        state: at the instant of looking.
        authorisation: the one that answered it.
    """

    request: str
    bank_uscc: str
    uscc: str
    items: tuple[str, ...]
    purpose: str
    created_at: datetime
    refused_at: datetime | None
    state: State
    authorisation: str | None


def requests(
    registry: Engine,
    now: datetime,
    *,
    uscc: str | None = None,
    bank_uscc: str | None = None,
) -> list[Asked]:
    """What was asked of an enterprise, by a bank, or both; newest first."""
    this = authorisation_requests.c
    given = ((this.uscc, uscc), (this.bank_uscc, bank_uscc))
    conditions = [column == value for column, value in given if value is not None]
    wanted = select(authorisation_requests).where(*conditions)
    with registry.connect() as connection:
        order = (this.created_at.desc(), this.request)
        rows = connection.execute(wanted.order_by(*order)).mappings().all()
    granted = list_authorisations(registry, uscc=uscc, bank_uscc=bank_uscc)
    found = []
    for row in rows:
        items = tuple(row["items"].split())
        state = State.REFUSED if row["refused_at"] else State.REQUESTED
        made = Asked(**{**row, "items": items}, state=state, authorisation=None)
        found.append(_answered(made, granted, now))
    return found


def _answered(made: Asked, granted: Sequence[Authorisation], now: datetime) -> Asked:
    """By the newest authorisation that covers it and came after it, and any refusal."""
    since = made.refused_at or made.created_at
    holding = made.state is State.REQUESTED  # what was held before answers it as well
    fitting = [
        a
        for a in granted
        if (a.uscc, a.bank_uscc) == (made.uscc, made.bank_uscc)
        and (a.granted_at >= since or (holding and a.state(now) == "live"))
        and a.items.issuperset(made.items)
    ]
    if not fitting:
        return made
    newest = max(fitting, key=lambda a: (a.granted_at, a.id))
    return replace(made, state=_OF[newest.state(now)], authorisation=newest.id)


@once_more
def refuse(registry: Engine, clock: Clock, request: str, uscc: str) -> bool:
    """Refuse what a bank asked; the first refusal stands.

    Returns:
        Whether the enterprise was asked that at all.
    """
    this = authorisation_requests.c
    mine = (this.request == request) & (this.uscc == uscc)
    first = update(authorisation_requests).where(mine, this.refused_at.is_(None))
    with registry.begin() as connection:
        connection.execute(first.values(refused_at=clock.now()))
        found = connection.execute(select(this.request).where(mine)).one_or_none()
    return found is not None


def bank_names(registry: Engine) -> dict[str, str]:
    """Names of banks that hold keys, by code; of several the newest key's."""
    this = api_keys.c
    wanted = select(this.bank_uscc, this.bank).where(this.bank_uscc.is_not(None))
    with registry.connect() as connection:
        rows = connection.execute(wanted.order_by(this.created_at)).all()
    return {row.bank_uscc: row.bank for row in rows}
