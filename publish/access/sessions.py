"""Sessions of enterprises: kept here, so that they end here, whoever holds a copy.

A browser is given a random text, of which the registry knows the hash. A session ends when
it is left, when nothing was asked for a while, when its day is over, when its key ends or
is replaced, or when newer ones take its place. Not here: cookies (``publish.site.my``).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from publish.access.enterprise_keys import EnterpriseKey, still_live
from publish.cases import policy
from publish.registry.case_tables import enterprise_sessions
from publish.registry.work import once_more
from quality.clock import Clock

SKEW = timedelta(minutes=1)  # between the clocks of two replicas
NOTED_EVERY = timedelta(minutes=1)  # that one is used is written no oftener
_this = enterprise_sessions.c


@dataclass(frozen=True)
class Session:
    """One browser that is logged in.

    Attributes:
        id: names it; not what the browser holds.
        seen_at: when it last asked for anything, to the minute.
    """

    id: str
    prefix: str
    uscc: str
    began_at: datetime
    seen_at: datetime


def longest() -> timedelta:
    """How long a session lasts however much it is used."""
    return timedelta(hours=policy.office()["session_hours"])


@once_more
def begin(registry: Engine, clock: Clock, key: EnterpriseKey) -> str:
    """A new session of whoever proved the key; gives what the browser keeps."""
    text, now = secrets.token_urlsafe(32), clock.now()
    row = {"prefix": key.prefix, "uscc": key.uscc, "began_at": now, "seen_at": now}
    with registry.begin() as connection:
        over = (_this.uscc == key.uscc) & ~_standing(now)
        connection.execute(delete(enterprise_sessions).where(over))
        connection.execute(insert(enterprise_sessions).values(id=_hashed(text), **row))
        _end_the_oldest(connection, key.uscc)
    return text


def resume(
    registry: Engine, clock: Clock, text: str
) -> tuple[EnterpriseKey, Session] | None:
    """Whose session the text is, while both it and its key are good; notes its use."""
    now = clock.now()
    wanted = select(enterprise_sessions).where(
        _this.id == _hashed(text), _standing(now)
    )
    with registry.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    session = Session(**row._mapping)
    if now - session.seen_at >= NOTED_EVERY:
        _note(registry, session, now)
    key = still_live(registry, clock, session.prefix)
    return (key, session) if key else None


def standing(registry: Engine, clock: Clock, uscc: str) -> list[Session]:
    """The sessions of an enterprise that are good now, newest first."""
    wanted = select(enterprise_sessions).where(
        _this.uscc == uscc, _standing(clock.now())
    )
    with registry.connect() as connection:
        rows = connection.execute(wanted.order_by(_this.began_at.desc())).all()
    return [Session(**row._mapping) for row in rows]


@once_more
def end(registry: Engine, session: Session) -> None:
    """End one; every copy of its cookie ends with it."""
    with registry.begin() as connection:
        connection.execute(delete(enterprise_sessions).where(_this.id == session.id))


@once_more
def end_others(registry: Engine, session: Session) -> int:
    """End all of the enterprise but this one; gives how many."""
    others = (_this.uscc == session.uscc) & (_this.id != session.id)
    with registry.begin() as connection:
        return int(
            connection.execute(delete(enterprise_sessions).where(others)).rowcount
        )


@once_more
def _note(registry: Engine, session: Session, now: datetime) -> None:
    used = update(enterprise_sessions).where(_this.id == session.id).values(seen_at=now)
    with registry.begin() as connection:
        connection.execute(used)


def _standing(now: datetime) -> ColumnElement[bool]:
    idle = timedelta(minutes=policy.office()["session_idle_minutes"])
    began = _this.began_at.between(now - longest(), now + SKEW)
    return began & (_this.seen_at > now - idle)


def _end_the_oldest(connection: Connection, uscc: str) -> None:
    """No enterprise is logged in oftener than the office allows."""
    newest = (
        select(_this.id)
        .where(_this.uscc == uscc)
        .order_by(_this.began_at.desc(), _this.seen_at.desc())
        .limit(policy.office()["sessions_most"])
    )
    kept = connection.execute(newest).scalars().all()
    surplus = (_this.uscc == uscc) & _this.id.not_in(kept)
    connection.execute(delete(enterprise_sessions).where(surplus))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
