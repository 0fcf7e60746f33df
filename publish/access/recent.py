"""Keys let in lately: for whom a process may do everything in one transaction.

What is remembered decides nothing. It only lets limit, authorisations and audit row go
through the desk at once and not one after the other; the desk looks at all of them again,
and a key that ended meanwhile gets nothing. Not here: that decision (``visits``).
"""

from __future__ import annotations

import time
from typing import NamedTuple

from publish.access.keys import Key
from publish.access.limits import Allowance

REMEMBER_SECONDS = 60.0
KEYS = 10_000  # remembered at most


class Lately(NamedTuple):
    """One key's last standing."""

    key: Key
    allowance: Allowance
    until: float


class Recent:
    """Standings by prefix, in this process."""

    def __init__(self) -> None:
        self._seen: dict[str, Lately] = {}

    def note(self, key: Key, allowance: Allowance) -> None:
        """A key was let in."""
        if len(self._seen) >= KEYS:
            self._seen = {}
        until = time.monotonic() + REMEMBER_SECONDS
        self._seen[key.prefix] = Lately(key, allowance, until)

    def forget(self, prefix: str) -> None:
        """A key was refused."""
        self._seen.pop(prefix, None)

    def find(self, prefix: str) -> Lately | None:
        """The standing, if it was good lately."""
        found = self._seen.get(prefix)
        return found if found and found.until >= time.monotonic() else None
