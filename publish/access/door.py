"""The door of the bank interface: key, address, limit, scope, authorisation, every time.

Not here: routes and answers (``publish.api``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from publish.access.admission import Knock, Need, Standing
from publish.access.desk import Desk
from publish.access.keys import Key
from publish.access.limits import Allowance, Limiter
from publish.access.refusals import Refused
from publish.access.ring import KeyRing
from publish.access.tokens import Token, parse_token
from publish.access.vouchers import Vouchers

# Wrong secrets for one key from one address: each costs us a slow hash.
WRONG_PER_MINUTE = 20
ADMIT = "admit"


@dataclass(frozen=True)
class Admission:
    """Who was let in, what is left of the limit, and what allowed it.

    Attributes:
        granted: the authorisation that covers each need.
    """

    key: Key
    allowance: Allowance
    granted: tuple[tuple[Need, str], ...] = ()

    def require(self, needs: tuple[Need, ...]) -> None:
        """Every need has its authorisation.

        Raises:
            Refused: ``authorisation_missing``, for the first that has none.
        """
        held = {need for need, _ in self.granted}
        for need in needs:
            if need not in held:
                raise Refused(
                    "authorisation_missing",
                    key=self.key,
                    item=need.item,
                    uscc=need.uscc,
                    allowance=self.allowance,
                )


class Door:
    """Lets a request in or says why not.

    Args:
        desk: answers knocks (``admission``).
        ring: remembers proved secrets.
        vouchers: recognises access tokens.
        limiter: counts wrong secrets by address and prefix.
    """

    def __init__(
        self, desk: Desk, ring: KeyRing, vouchers: Vouchers, limiter: Limiter
    ) -> None:
        self._desk = desk
        self._ring = ring
        self._vouchers = vouchers
        self._limiter = limiter

    async def admit(
        self,
        authorization: str | None,
        scope: str,
        address: str,
        needs: tuple[Need, ...] = (),
    ) -> Admission:
        """Let the holder of ``authorization`` in.

        Args:
            authorization: the header's value, ``Bearer cpk_…`` or an access token.
            scope: what the route needs.
            address: where the request came from.
            needs: the items it will read, told apart by ``Admission.require``.

        Raises:
            Refused: with a stable code.
        """
        given = _bearer(authorization)
        scopes: frozenset[str] | None = None
        if given.startswith(Vouchers.MARK):
            voucher = self._vouchers.read(given)
            scopes = voucher.scopes
            standing = await self._ask(Knock(voucher.prefix, None, needs))
        else:
            standing = await self._with_secret(_token(given), address, needs)
        return _admission(standing, scope, address, scopes)

    async def prove(self, token: Token, address: str) -> Key:
        """The live key whose secret was sent, for an access token; counts as a request.

        Raises:
            Refused: as ``admit``.
        """
        standing = await self._with_secret(token, address, ())
        return _admission(standing, None, address, None).key

    async def again(self, key: Key, needs: tuple[Need, ...]) -> Admission:
        """A second look at the authorisations, for a request that was counted.

        Raises:
            Refused: the key was withdrawn meanwhile.
        """
        standing = await self._ask(Knock(key.prefix, None, needs, cost=0))
        if standing.key is None or standing.allowance is None:
            raise Refused(f"key_{standing.state or 'invalid'}", key=key)
        return Admission(standing.key, standing.allowance, standing.granted)

    async def _ask(self, knock: Knock) -> Standing:
        standing: Standing = await self._desk.ask(ADMIT, knock)
        return standing

    async def _with_secret(
        self, token: Token, address: str, needs: tuple[Need, ...]
    ) -> Standing:
        standing = await self._ask(Knock(token.prefix, self._ring.proved(token), needs))
        if standing.key is None or standing.proved:
            return standing
        await self._prove(token, standing, address)
        return await self._ask(Knock(token.prefix, standing.secret_hash, needs))

    async def _prove(self, token: Token, standing: Standing, address: str) -> None:
        suspect = f"wrong {address} {token.prefix}"
        tries = self._limiter.peek(suspect, WRONG_PER_MINUTE)
        if not tries.allowed:
            raise Refused("rate_limited", allowance=tries)
        right = await asyncio.to_thread(self._ring.prove, token, standing.secret_hash)
        if not right:
            self._limiter.take(suspect, WRONG_PER_MINUTE)
            raise Refused("key_invalid", key=standing.key)


def _admission(
    standing: Standing, scope: str | None, address: str, scopes: frozenset[str] | None
) -> Admission:
    key, allowance = standing.key, standing.allowance
    if key is None or not standing.proved:
        raise Refused("key_invalid")
    if allowance is None:
        raise Refused(f"key_{standing.state}", key=key)
    if not key.opens_from(address):
        raise Refused("address_refused", key=key)
    if not standing.day_left:
        raise Refused("quota_exhausted", key=key, allowance=allowance)
    if not allowance.allowed:
        raise Refused("rate_limited", key=key, allowance=allowance)
    held = key.scopes if scopes is None else key.scopes & scopes
    if scope is not None and scope not in held:
        raise Refused("scope_missing", key=key, scope=scope, allowance=allowance)
    return Admission(key, allowance, standing.granted)


def _bearer(authorization: str | None) -> str:
    scheme, _, credentials = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Refused("key_missing")
    return credentials.strip()


def _token(given: str) -> Token:
    token = parse_token(given)
    if token is None:
        raise Refused("key_invalid")
    return token
