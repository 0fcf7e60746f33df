"""How often: one token bucket per holder, exact in integer nanoseconds.

Kept in the process: N worker processes allow N times as much. Not here: who the holder
is (``keys``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60_000_000_000
SECOND = 1_000_000_000
REMEMBERED = 10_000


@dataclass(frozen=True)
class Allowance:
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


class Limiter:
    """A bucket per name that holds one minute's requests and refills evenly.

    It stores one instant per name: when the bucket would be full again (GCRA).

    Args:
        now: monotonic nanoseconds.
    """

    def __init__(self, now: Callable[[], int] = time.monotonic_ns) -> None:
        self._now = now
        self._full_at: dict[str, int] = {}

    def take(self, name: str, per_minute: int) -> Allowance:
        """Use one request of ``name``, if it has one left."""
        return self._ask(name, per_minute, cost=1)

    def peek(self, name: str, per_minute: int) -> Allowance:
        """What ``take`` would say, using nothing."""
        return self._ask(name, per_minute, cost=0)

    def _ask(self, name: str, per_minute: int, cost: int) -> Allowance:
        now, each = self._now(), MINUTE // per_minute
        missing = max(self._full_at.get(name, now) - now, 0)
        room = each * per_minute - missing
        allowed = room >= each
        if allowed and cost:
            missing, room = missing + each, room - each
            self._remember(name, now, now + missing)
        return Allowance(
            allowed,
            per_minute,
            remaining=room // each,
            reset_after=_seconds(missing),
            retry_after=0 if allowed else _seconds(each - room),
        )

    def _remember(self, name: str, now: int, full_at: int) -> None:
        if len(self._full_at) >= REMEMBERED and name not in self._full_at:
            self._full_at = {n: at for n, at in self._full_at.items() if at > now}
        self._full_at[name] = full_at


def _seconds(nanoseconds: int) -> int:
    """Rounded up, so that waiting that long is always enough."""
    return -(-nanoseconds // SECOND)
