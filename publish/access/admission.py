"""Admission: the standing of keys, their limits and authorisations, for many at once.

Runs at the desk, in one transaction over every request that waits, so that limits are
exact whatever the number of processes, and a revocation acts on the next call. Not here:
proving a secret (``ring``), the order in which refusals are told (``door``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    Text,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from publish.access import limits
from publish.access.keys import Key, key_of
from publish.access.limits import Allowance
from publish.access.prepared import Prepared
from publish.registry.bank_tables import quotas
from publish.registry.columns import Instant
from publish.registry.tables import api_keys, authorisations
from quality.clock import Clock

REMEMBERED = 10_000
NOTE_USE_EVERY = timedelta(minutes=1)
MOST_CODES = 512  # in one statement
_NOTHING: dict[str, str] = {}
# Authorisation by item, by bank and enterprise.
Held = dict[tuple[str, str], dict[str, str]]
_NOWS = ("granted_by", "expires_after", "revoked_after")


class Need(NamedTuple):
    """An item of an enterprise that must be authorised."""

    uscc: str
    item: str


class Knock(NamedTuple):
    """One request at the door.

    Attributes:
        prefix: names its key.
        proved: the stored hash that its secret was proved against, or ``None`` where the
            secret need not be proved again (a signed access token).
        needs: the items it will read.
        cost: 1, or 0 where the request was counted already.
    """

    prefix: str
    proved: str | None
    needs: tuple[Need, ...] = ()
    cost: int = 1


class Standing(NamedTuple):
    """What the registry says to a knock.

    Attributes:
        key: ``None`` where there is none of that prefix.
        secret_hash: what a secret must be proved against.
        proved: whether the knock's secret was proved against that very hash.
        state: of the key: ``live``, ``expired`` or ``revoked``.
        allowance: of the minute, where a proved live key asked.
        day_left: whether its daily quota had room.
        granted: authorisation id by need; a need without one is missing.
    """

    key: Key | None
    secret_hash: str = ""
    proved: bool = False
    state: str = ""
    allowance: Allowance | None = None
    day_left: bool = True
    granted: tuple[tuple[Need, str], ...] = ()


class Admissions:
    """Answers knocks from the registry.

    Args:
        clock: says what has expired.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys = _Keys()

    def __call__(
        self, connection: Connection, knocks: Sequence[Knock]
    ) -> list[Standing]:
        """One standing for each knock; takes one request of each live, proved key."""
        now = self._clock.now()
        keys = {p: self._keys.find(connection, p) for p in {k.prefix for k in knocks}}
        counted = _Counting(connection, self._clock.today())
        counted.load(sorted(prefix for prefix, key in keys.items() if key))
        found = [self._standing(k, keys.get(k.prefix), now, counted) for k in knocks]
        counted.store()
        _note_use(connection, [s.key for s in found if s.key and s.allowance], now)
        granted = _granted(connection, knocks, found, now)
        return [
            _with(standing, granted, k)
            for standing, k in zip(found, knocks, strict=True)
        ]

    def _standing(
        self,
        knock: Knock,
        row: tuple[Key, str] | None,
        now: datetime,
        counted: _Counting,
    ) -> Standing:
        if row is None:
            return Standing(None)
        key, stored = row
        proved = knock.proved is None or knock.proved == stored
        state = key.state(now)
        if not proved or state != "live":
            return Standing(key, stored, proved, state)
        allowance, day_left = counted.take(key, knock.cost)
        return Standing(key, stored, proved, state, allowance, day_left)


def _with(standing: Standing, held: Held, knock: Knock) -> Standing:
    if not knock.needs or standing.key is None or standing.allowance is None:
        return standing
    bank = standing.key.bank_uscc or ""
    mine = [
        (need, made)
        for need in knock.needs
        if (made := held.get((bank, need.uscc), _NOTHING).get(need.item))
    ]
    return standing._replace(granted=tuple(mine))


_THIS: BindParameter[str] = bindparam("this", type_=Text())
_QUOTA = Prepared(select(quotas).where(quotas.c.name == _THIS).with_for_update())
_UPDATE = Prepared(
    update(quotas)
    .where(quotas.c.name == _THIS)
    .values({n: bindparam(n) for n in ("full_at", "day", "used")})
)
_KEY = Prepared(select(api_keys).where(api_keys.c.prefix == _THIS))


class _Keys:
    """Keys as they were read: a row that has not changed is not read out again."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[tuple[object, ...], tuple[Key, str]]] = {}

    def find(self, connection: Connection, prefix: str) -> tuple[Key, str] | None:
        """The key of that prefix with its hash, as it stands now."""
        raw = _KEY.run(connection, {"this": prefix}).one_or_none()
        if raw is None:
            return None
        seen, known = self._read.get(prefix, ((), None))
        if known is not None and seen == tuple(raw):
            return known
        row = connection.execute(
            select(api_keys).where(api_keys.c.prefix == prefix)
        ).one()
        if len(self._read) >= REMEMBERED:
            self._read = {}
        found = (key_of(row), row.secret_hash)
        self._read[prefix] = (tuple(raw), found)
        return found


class _Counting:
    """The quotas of this transaction's keys: read once, written once."""

    def __init__(self, connection: Connection, today: date) -> None:
        self._connection = connection
        self._today = today
        self._now = time.time_ns()
        self._known: dict[str, tuple[int, int]] = {}
        self._stored: set[str] = set()
        self._touched: set[str] = set()

    def load(self, prefixes: list[str]) -> None:
        """Read and lock, in the order of names: two processes cannot wait in a ring."""
        today = self._today.isoformat()
        for prefix in prefixes:
            for row in _QUOTA.run(self._connection, {"this": prefix}):
                used = row.used if str(row.day) == today else 0
                self._known[row.name] = (row.full_at, used)
                self._stored.add(row.name)

    def take(self, key: Key, cost: int) -> tuple[Allowance, bool]:
        """Use one request of a key, if both its minute and its day have one left."""
        full_at, used = self._known.get(key.prefix, (self._now, 0))
        day_left = used + cost <= key.requests_per_day
        paid = cost if day_left else 0
        told, full_at = limits.take(full_at, self._now, key.requests_per_minute, paid)
        if told.allowed and paid:
            self._known[key.prefix] = (full_at, used + 1)
            self._touched.add(key.prefix)
        return told, day_left

    def store(self) -> None:
        """Write what changed."""
        values = [
            {"this": name, "full_at": full_at, "day": self._today, "used": used}
            for name, (full_at, used) in sorted(self._known.items())
            if name in self._touched
        ]
        old = [v for v in values if v["this"] in self._stored]
        new = [v for v in values if v["this"] not in self._stored]
        if old:
            _UPDATE.run(self._connection, *old)
        if new:
            rows = [
                {"name": v["this"], **{c: v[c] for c in ("full_at", "day", "used")}}
                for v in new
            ]
            self._connection.execute(insert(quotas), rows)


def _note_use(connection: Connection, used: list[Key], now: datetime) -> None:
    """The last use of a key, to the minute."""
    stale = {
        k.prefix
        for k in used
        if k.last_used_at is None or now - k.last_used_at >= NOTE_USE_EVERY
    }
    if stale:
        these = api_keys.c.prefix.in_(sorted(stale))
        connection.execute(update(api_keys).where(these).values(last_used_at=now))


def _granted(
    connection: Connection,
    knocks: Sequence[Knock],
    found: list[Standing],
    now: datetime,
) -> Held:
    """The longest live authorisation of each item, by bank and enterprise."""
    asked: dict[str, set[str]] = {}
    for knock, standing in zip(knocks, found, strict=True):
        if knock.needs and standing.key is not None and standing.allowance is not None:
            usccs = asked.setdefault(standing.key.bank_uscc or "", set())
            usccs.update([need.uscc for need in knock.needs])
    held: Held = {}
    for bank in sorted(asked):
        for made, uscc, items in _live(connection, bank, sorted(asked[bank]), now):
            mine = held.setdefault((bank, uscc), {})
            mine.update(dict.fromkeys(items.split(), made))
    return held


def _live(
    connection: Connection, bank: str, usccs: list[str], now: datetime
) -> Iterator[tuple[Any, ...]]:
    """``(id, uscc, items)`` of what holds now: the later it ends, the later it comes."""
    for start in range(0, len(usccs), MOST_CODES):
        portion = usccs[start : start + MOST_CODES]
        size = 1 << (len(portion) - 1).bit_length()
        given = [*portion, *[portion[-1]] * (size - len(portion))]
        codes = {f"code{n}": code for n, code in enumerate(given)}
        values = {"this": bank, **dict.fromkeys(_NOWS, now), **codes}
        for row in _authorised(size).run(connection, values):
            yield tuple(row)


@cache
def _authorised(size: int) -> Prepared:
    """The statement for so many codes: a power of two, so that there are few of them."""
    this = authorisations.c
    granted, expires, revoked = (bindparam(n, type_=Instant()) for n in _NOWS)
    codes: list[BindParameter[str]] = [
        bindparam(f"code{n}", type_=Text()) for n in range(size)
    ]
    wanted = select(this.id, this.uscc, this["items"]).where(
        this.uscc.in_(codes),
        this.bank_uscc == _THIS,
        this.granted_at <= granted,
        this.expires_at > expires,
        or_(this.revoked_at.is_(None), this.revoked_at > revoked),
    )
    return Prepared(wanted.order_by(this.expires_at, this.id))
