"""Keys: made, listed, revoked, and recognised on every call.

Not here: how a secret is hashed (``tokens``), how often a key may ask (``limits``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from publish.access import tokens
from publish.access.networks import Network, NetworkError, networks, within
from publish.registry.tables import api_keys
from publish.registry.work import alone, once_more
from quality.clock import ZONE, Clock
from quality.identifiers import is_uscc

DEFAULT_REQUESTS_PER_MINUTE = 600
DEFAULT_REQUESTS_PER_DAY = 200_000
LONGEST_OVERLAP = timedelta(days=90)


class Scope(StrEnum):
    """What a key may do."""

    FACTS = "facts"  # public facts, matching, verification, changes, products
    CREDIT = "credit"  # what an enterprise authorised: credit, report, financials
    SCREEN = "screen"  # portfolios
    NOTIFY = "notify"  # webhooks
    FEEDBACK = "feedback"  # applications, grants, defaults
    OFFICE = "office"  # the pages for government offices; no bank's


class KeyRequestError(ValueError):
    """A key cannot be made or revoked as asked."""


@dataclass(frozen=True)
class Key:
    """One key as the registry knows it; nothing in it is secret.

    Attributes:
        prefix: names the key.
        bank: who holds it.
        holder: names the bank to the registry; all its keys share it.
        networks: where it may be used from; anywhere if empty.
        expires_at: the first instant at which it is refused.
        replaced_by: the prefix of the key that follows it.
    """

    prefix: str
    bank: str
    bank_uscc: str | None
    holder: str
    scopes: frozenset[str]
    networks: tuple[Network, ...]
    requests_per_minute: int
    requests_per_day: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    replaced_by: str | None

    def opens_from(self, address: str) -> bool:
        """Whether it may be used from an address."""
        return not self.networks or within(address, self.networks)

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
    networks_allowed: Iterable[str] = (),
    requests_per_minute: int = DEFAULT_REQUESTS_PER_MINUTE,
    requests_per_day: int = DEFAULT_REQUESTS_PER_DAY,
    token: tokens.Token | None = None,
) -> IssuedKey:
    """Make a key.

    Args:
        registry: from ``open_registry``.
        clock: says what is already past.
        bank: the holder's name.
        scopes: of ``Scope``, at least one.
        expires_on: the last day it is good; ``None`` for no end.
        bank_uscc: the holder's USCC; authorisations name banks by it.
        networks_allowed: where it may be used from, CIDR; anywhere if empty.
        requests_per_minute: its limit.
        requests_per_day: its quota.
        token: the secret, where it must be known beforehand (mock mode).

    Raises:
        KeyRequestError: what was wrong with the request and what to write.
    """
    wanted = _scopes(scopes)
    _require(bool(bank.strip()), "name the bank that will hold the key")
    limits = min(requests_per_minute, requests_per_day)
    _require(limits > 0, "allow at least one request a minute and a day")
    _require(
        expires_on is None or expires_on >= clock.today(),
        f"expiry {expires_on} is past: give a day from {clock.today()} on",
    )
    _require(
        bank_uscc is None or is_uscc(bank_uscc),
        f"{bank_uscc} is no unified social credit code: compare it with the licence",
    )
    token = token or tokens.new_token()
    values = {
        "bank": bank.strip(),
        "bank_uscc": bank_uscc,
        "holder": bank_uscc or f"key {token.prefix}",
        "scopes": " ".join(wanted),
        "networks": _networks(networks_allowed),
        "requests_per_minute": requests_per_minute,
        "requests_per_day": requests_per_day,
        "expires_at": _end_of(expires_on),
    }
    return _issue(registry, clock, token, values)


def rotate_key(
    registry: Engine, clock: Clock, prefix: str, overlap: timedelta
) -> IssuedKey:
    """A successor with the same rights; the old key stays good for the overlap.

    Args:
        registry: from ``open_registry``.
        clock: says which instant it is.
        prefix: the key to replace, live.
        overlap: how long both are good, at most ``LONGEST_OVERLAP``.

    Raises:
        KeyRequestError: there is no such live key, or the overlap is out of bounds.
    """
    _require(
        timedelta() <= overlap <= LONGEST_OVERLAP,
        f"the overlap is 0 to {LONGEST_OVERLAP.days} days",
    )
    token = tokens.new_token()
    own = _own(clock, token)
    _succeed(registry, prefix, overlap, own)
    return IssuedKey(find_key(registry, token.prefix), token)


@once_more
def _succeed(
    registry: Engine, prefix: str, overlap: timedelta, own: dict[str, Any]
) -> None:
    """Both keys in one transaction: of two who rotate at once, one is refused."""
    now: datetime = own["created_at"]
    with alone(registry, f"key {prefix}") as connection:
        row = _row(connection, prefix)
        old = _key(row)
        state = old.state(now)
        _require(state == "live", f"key {prefix} is {state}: create a new one")
        _require(
            old.replaced_by is None, f"key {prefix} was replaced by {old.replaced_by}"
        )
        same = ("bank", "bank_uscc", "holder", "scopes", "networks", "expires_at")
        limits = ("requests_per_minute", "requests_per_day")
        rights = {n: row[n] for n in (*same, *limits)}
        connection.execute(insert(api_keys).values({**rights, **own}))
        ends = min(now + overlap, old.expires_at or now + overlap)
        values = {"expires_at": ends, "replaced_by": own["prefix"]}
        this = api_keys.c.prefix == prefix
        connection.execute(update(api_keys).where(this).values(values))


@once_more
def _issue(
    registry: Engine, clock: Clock, token: tokens.Token, values: dict[str, Any]
) -> IssuedKey:
    own = _own(clock, token)
    with registry.begin() as connection:
        connection.execute(insert(api_keys).values({**values, **own}))
    return IssuedKey(find_key(registry, token.prefix), token)


def _own(clock: Clock, token: tokens.Token) -> dict[str, Any]:
    """What no other key has; hashing is slow, and done before any transaction."""
    return {
        "prefix": token.prefix,
        "created_at": clock.now(),
        "secret_hash": tokens.hash_secret(token.secret),
    }


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
    with registry.connect() as connection:
        return _key(_row(connection, prefix))


def _row(connection: Connection, prefix: str) -> dict[str, Any]:
    wanted = select(api_keys).where(api_keys.c.prefix == prefix)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise KeyRequestError(f"no key {prefix!r}: see `creditpark key list`")
    return dict(row._mapping)


@once_more
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
    return _key(dict(row._mapping))


def _key(row: dict[str, Any]) -> Key:
    values = {c: v for c, v in row.items() if c != "secret_hash"}
    scopes = frozenset(values["scopes"].split())
    return Key(
        **{**values, "scopes": scopes, "networks": networks(values["networks"].split())}
    )


def _networks(written: Iterable[str]) -> str:
    try:
        return " ".join(str(n) for n in networks(written))
    except NetworkError as error:
        raise KeyRequestError(str(error)) from error


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
