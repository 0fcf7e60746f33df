"""Standings seen lately: whom a process may read ahead for.

What is remembered decides nothing. It only lets an answer be prepared before the desk is
asked, so that limit, authorisation and audit row need one transaction and not two; the
desk looks at all of them again, and a key or authorisation that ended meanwhile gets
nothing. Not here: that decision (``visits``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from publish.access.admission import Need
from publish.access.keys import Key
from publish.access.limits import Allowance

REMEMBER_SECONDS = 60.0
KEYS, NEEDS = 10_000, 10_000  # remembered at most, needs by key


@dataclass
class Lately:
    """One key's last standing."""

    key: Key
    allowance: Allowance
    until: float
    granted: dict[Need, float] = field(default_factory=dict)


class Recent:
    """Standings by prefix, in this process."""

    def __init__(self) -> None:
        self._seen: dict[str, Lately] = {}

    def note(self, key: Key, allowance: Allowance, granted: Iterable[Need]) -> None:
        """A key was let in, and these needs were authorised."""
        until = time.monotonic() + REMEMBER_SECONDS
        if len(self._seen) >= KEYS:
            self._seen = {}
        before = self._seen.get(key.prefix)
        needs = before.granted if before and len(before.granted) < NEEDS else {}
        needs.update(dict.fromkeys(granted, until))
        self._seen[key.prefix] = Lately(key, allowance, until, needs)

    def forget(self, prefix: str) -> None:
        """A key was refused."""
        self._seen.pop(prefix, None)

    def find(self, prefix: str, needs: tuple[Need, ...]) -> Lately | None:
        """The standing, if it was good lately for all of these needs."""
        found, now = self._seen.get(prefix), time.monotonic()
        if found is None or found.until < now:
            return None
        good = all(found.granted.get(need, 0.0) >= now for need in needs)
        return found if good else None
