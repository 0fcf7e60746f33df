"""How often: one token bucket per holder, exact in integer nanoseconds (GCRA).

One instant per holder says when its bucket would be full again. Not here: where that
instant is kept (``admission`` keeps it in the registry, for all processes alike), who the
holder is (``keys``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

MINUTE = 60_000_000_000
SECOND = 1_000_000_000
REMEMBERED = 10_000


class Allowance(NamedTuple):
    """What a holder has left after one request.

    Attributes:
        allowed: whether this request may pass.
        limit: requests per minute.
        remaining: requests that would pass right now.
        reset_after: seconds until the whole minute's worth is there again.
        retry_after: seconds until one request would pass; 0 if one would.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_after: int
    retry_after: int

    def headers(self) -> dict[str, str]:
        """``RateLimit-*`` and, where refused, ``Retry-After``."""
        told = {
            "RateLimit-Policy": f"{self.limit};w=60",
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_after),
        }
        if not self.allowed:
            told["Retry-After"] = str(self.retry_after)
        return told


def take(
    full_at: int, now: int, per_minute: int, cost: int = 1
) -> tuple[Allowance, int]:
    """Use ``cost`` requests of a bucket that holds a minute's and refills evenly.

    Args:
        full_at: when the bucket would be full again, nanoseconds.
        now: on the same clock.
        per_minute: what it holds.
        cost: 1, or 0 to ask without taking.

    Returns:
        What is left, and the bucket's new ``full_at``.
    """
    each = MINUTE // per_minute
    missing = min(max(full_at - now, 0), each * per_minute)
    room = each * per_minute - missing
    allowed = room >= each
    if allowed and cost:
        missing, room = missing + each, room - each
    told = Allowance(
        allowed,
        per_minute,
        remaining=room // each,
        reset_after=_seconds(missing),
        retry_after=0 if allowed else _seconds(each - room),
    )
    return told, now + missing


class Limiter:
    """Buckets by name, kept in this process: for what needs no exactness across several.

    Args:
        now: monotonic nanoseconds.
    """

    def __init__(self, now: Callable[[], int] = time.monotonic_ns) -> None:
        self._now = now
        self._full_at: dict[str, int] = {}

    def take(self, name: str, per_minute: int) -> Allowance:
        """Use one request of ``name``, if it has one left."""
        now = self._now()
        told, full_at = take(self._full_at.get(name, now), now, per_minute)
        if told.allowed:
            self._remember(name, now, full_at)
        return told

    def peek(self, name: str, per_minute: int) -> Allowance:
        """What ``take`` would say, using nothing."""
        now = self._now()
        return take(self._full_at.get(name, now), now, per_minute, cost=0)[0]

    def _remember(self, name: str, now: int, full_at: int) -> None:
        if len(self._full_at) >= REMEMBERED and name not in self._full_at:
            self._full_at = {n: at for n, at in self._full_at.items() if at > now}
        self._full_at[name] = full_at


def _seconds(nanoseconds: int) -> int:
    """Rounded up, so that waiting that long is always enough."""
    return -(-nanoseconds // SECOND)
