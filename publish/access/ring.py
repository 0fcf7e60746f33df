"""Remembering which secrets proved right, so that hashing is paid once a minute.

Hashing a secret is slow on purpose. What is remembered is a digest of the whole token
beside the stored hash it proved right against: a key whose hash changed must prove its
secret anew, and its standing is asked of the registry on every call. Not here: making
keys (``keys``).
"""

from __future__ import annotations

import time

from publish.access.tokens import Token, matches

REMEMBER_SECONDS = 60.0
REMEMBERED = 10_000


class KeyRing:
    """Tokens that proved right, in this process."""

    def __init__(self) -> None:
        self._proved: dict[bytes, tuple[str, float]] = {}

    def proved(self, token: Token) -> str:
        """The hash that ``token`` proved right against lately; empty if none."""
        known, until = self._proved.get(token.digest, ("", 0.0))
        return known if until > time.monotonic() else ""

    def prove(self, token: Token, stored: str) -> bool:
        """Whether a token's secret is the one that was hashed; slow, run in a thread."""
        if not matches(token.secret, stored):
            return False
        if len(self._proved) >= REMEMBERED:
            self._proved = {}
        self._proved[token.digest] = (stored, time.monotonic() + REMEMBER_SECONDS)
        return True
