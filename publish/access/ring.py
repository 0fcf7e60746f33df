"""Recognising a key: its secret once a minute, its standing on every call.

Hashing a secret is slow on purpose, so a token that proved right is remembered for a
short time; whether the key is revoked or expired is asked of the registry every time.
Not here: making keys (``keys``).
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from publish.access.keys import Key, key_of
from publish.access.refusals import Refused
from publish.access.tokens import Token, matches
from publish.registry.tables import api_keys
from quality.clock import Clock

REMEMBER_SECONDS = 60.0
REMEMBERED = 10_000
NOTE_USE_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class KeyRing:
    """The keys of the registry, asked synchronously: call it in a thread.

    Args:
        registry: from ``open_registry``.
        clock: says what has expired.
    """

    def __init__(self, registry: Engine, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._proved: dict[bytes, tuple[str, float]] = {}

    def recognise(self, token: Token) -> Key:
        """The live key that ``token`` opens.

        Raises:
            Refused: ``key_invalid``, ``key_revoked`` or ``key_expired``.
        """
        wanted = select(api_keys).where(api_keys.c.prefix == token.prefix)
        with self._registry.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise Refused("key_invalid")
        key = key_of(row)
        if not self._proves(token, row.secret_hash):
            raise Refused("key_invalid", key=key)
        state = key.state(self._clock.now())
        if state != "live":
            raise Refused(f"key_{state}", key=key)
        self._note_use(key)
        return key

    def remembers(self, token: Token) -> bool:
        """Whether recognising ``token`` will cost no hashing."""
        return self._proved.get(token.digest, ("", 0.0))[1] > time.monotonic()

    def _proves(self, token: Token, stored: str) -> bool:
        digest, now = token.digest, time.monotonic()
        known, until = self._proved.get(digest, ("", 0.0))
        if known == stored and until > now:
            return True
        if not matches(token.secret, stored):
            return False
        if len(self._proved) >= REMEMBERED:
            self._proved = {}
        self._proved[digest] = (stored, now + REMEMBER_SECONDS)
        return True

    def _note_use(self, key: Key) -> None:
        now = self._clock.now()
        if key.last_used_at is not None and now - key.last_used_at < NOTE_USE_EVERY:
            return
        this = api_keys.c.prefix == key.prefix
        try:
            with self._registry.begin() as connection:
                connection.execute(
                    update(api_keys).where(this).values(last_used_at=now)
                )
        except SQLAlchemyError:
            # A note for the office is not worth a bank's failed call.
            log.warning("could not note the use of key %s", key.prefix)
