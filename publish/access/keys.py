"""Keys: made, listed, revoked, and recognised on every call.

Not here: how a secret is hashed (``tokens``), how often a key may ask (``limits``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from publish.access import tokens
from publish.registry.tables import api_keys
from quality.clock import ZONE, Clock
from quality.identifiers import is_uscc

DEFAULT_REQUESTS_PER_MINUTE = 600


class Scope(StrEnum):
    """What a key may read."""

    FACTS = "facts"  # public facts of an enterprise
    CREDIT = (
        "credit"  # score, grade and explanation, with the enterprise's authorisation
    )


class KeyRequestError(ValueError):
    """A key cannot be made or revoked as asked."""


@dataclass(frozen=True)
class Key:
    """One key as the registry knows it; nothing in it is secret.

    Attributes:
        prefix: names the key.
        bank: who holds it.
        expires_at: the first instant at which it is refused.
    """

    prefix: str
    bank: str
    bank_uscc: str | None
    scopes: frozenset[str]
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def state(self, now: datetime) -> str:
        """``live``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "live"


@dataclass(frozen=True)
class IssuedKey:
    """A new key with its token, which cannot be shown again."""

    key: Key
    token: tokens.Token


def create_key(
    registry: Engine,
    clock: Clock,
    *,
    bank: str,
    scopes: Iterable[str],
    expires_on: date | None = None,
    bank_uscc: str | None = None,
    requests_per_minute: int = DEFAULT_REQUESTS_PER_MINUTE,
) -> IssuedKey:
    """Make a key.

    Args:
        registry: from ``open_registry``.
        clock: says what is already past.
        bank: the holder's name.
        scopes: of ``Scope``, at least one.
        expires_on: the last day it is good; ``None`` for no end.
        bank_uscc: the holder's USCC.
        requests_per_minute: its limit.

    Raises:
        KeyRequestError: what was wrong with the request and what to write.
    """
    wanted = _scopes(scopes)
    _require(bool(bank.strip()), "name the bank that will hold the key")
    _require(requests_per_minute > 0, "allow at least one request a minute")
    _require(
        expires_on is None or expires_on >= clock.today(),
        f"expiry {expires_on} is past: give a day from {clock.today()} on",
    )
    _require(
        bank_uscc is None or is_uscc(bank_uscc),
        f"{bank_uscc} is no unified social credit code: compare it with the licence",
    )
    token = tokens.new_token()
    values = {
        "prefix": token.prefix,
        "secret_hash": tokens.hash_secret(token.secret),
        "bank": bank.strip(),
        "bank_uscc": bank_uscc,
        "scopes": " ".join(wanted),
        "requests_per_minute": requests_per_minute,
        "created_at": clock.now(),
        "expires_at": _end_of(expires_on),
    }
    with registry.begin() as connection:
        connection.execute(insert(api_keys).values(values))
    return IssuedKey(find_key(registry, token.prefix), token)


def list_keys(registry: Engine) -> list[Key]:
    """Every key, oldest first, revoked ones included."""
    order = (api_keys.c.created_at, api_keys.c.prefix)
    with registry.connect() as connection:
        return [
            key_of(r) for r in connection.execute(select(api_keys).order_by(*order))
        ]


def find_key(registry: Engine, prefix: str) -> Key:
    """One key by its prefix.

    Raises:
        KeyRequestError: there is none.
    """
    wanted = select(api_keys).where(api_keys.c.prefix == prefix)
    with registry.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        raise KeyRequestError(f"no key {prefix!r}: see `creditpark key list`")
    return key_of(row)


def revoke_key(registry: Engine, clock: Clock, prefix: str) -> Key:
    """Refuse a key from now on; revoking twice keeps the first instant.

    Raises:
        KeyRequestError: there is no such key.
    """
    live = (api_keys.c.prefix == prefix) & api_keys.c.revoked_at.is_(None)
    with registry.begin() as connection:
        connection.execute(update(api_keys).where(live).values(revoked_at=clock.now()))
    return find_key(registry, prefix)


def key_of(row: Row[Any]) -> Key:
    """A key from its row, without the hash."""
    values = {c: v for c, v in row._mapping.items() if c != "secret_hash"}
    return Key(**{**values, "scopes": frozenset(values["scopes"].split())})


def _scopes(scopes: Iterable[str]) -> list[str]:
    wanted, known = sorted(set(scopes)), [s.value for s in Scope]
    unknown = [s for s in wanted if s not in known]
    _require(bool(wanted) and not unknown, f"scopes are {', '.join(known)}: {unknown}")
    return wanted


def _end_of(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def _require(sound: bool, advice: str) -> None:
    if not sound:
        raise KeyRequestError(advice)
