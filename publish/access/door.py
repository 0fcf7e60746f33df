"""The door of the bank interface: key, limit, scope, in this order, on every call.

Not here: routes and answers (``publish.api``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from publish.access.keys import Key
from publish.access.limits import Allowance, Limiter
from publish.access.refusals import Refused
from publish.access.ring import KeyRing
from publish.access.tokens import Token, parse_token

# Wrong secrets for one key from one address: each costs us a slow hash.
WRONG_PER_MINUTE = 20


@dataclass(frozen=True)
class Admission:
    """Who was let in, and what is left of the limit."""

    key: Key
    allowance: Allowance


class Door:
    """Lets a request in or says why not.

    Args:
        ring: recognises keys.
        limiter: counts requests by key, and wrong secrets by address and prefix.
    """

    def __init__(self, ring: KeyRing, limiter: Limiter) -> None:
        self._ring = ring
        self._limiter = limiter

    async def admit(
        self, authorization: str | None, scope: str, address: str
    ) -> Admission:
        """Let the holder of ``authorization`` in.

        Args:
            authorization: the header's value, ``Bearer cpk_…``.
            scope: what the route needs.
            address: where the request came from.

        Raises:
            Refused: with a stable code.
        """
        token = _bearer(authorization)
        key = await self._recognise(token, address)
        allowance = self._limiter.take(f"key {key.prefix}", key.requests_per_minute)
        if not allowance.allowed:
            raise Refused("rate_limited", key=key, allowance=allowance)
        if scope not in key.scopes:
            raise Refused("scope_missing", key=key, scope=scope, allowance=allowance)
        return Admission(key, allowance)

    async def _recognise(self, token: Token, address: str) -> Key:
        suspect = f"wrong {address} {token.prefix}"
        if not self._ring.remembers(token):
            tries = self._limiter.peek(suspect, WRONG_PER_MINUTE)
            if not tries.allowed:
                raise Refused("rate_limited", allowance=tries)
        try:
            return await asyncio.to_thread(self._ring.recognise, token)
        except Refused as refused:
            if refused.code == "key_invalid" and refused.key is not None:
                self._limiter.take(suspect, WRONG_PER_MINUTE)
            raise


def _bearer(authorization: str | None) -> Token:
    scheme, _, credentials = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Refused("key_missing")
    token = parse_token(credentials.strip())
    if token is None:
        raise Refused("key_invalid")
    return token
