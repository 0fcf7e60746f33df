"""The door of the bank interface: key, address, limit, scope, authorisation, every time.

Not here: routes and answers (``publish.api``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from publish.access.admission import Knock, Need, Standing
from publish.access.desk import Desk
from publish.access.keys import Key
from publish.access.letting_in import Admission, admission
from publish.access.limits import Limiter
from publish.access.recent import Recent
from publish.access.refusals import Refused
from publish.access.ring import KeyRing
from publish.access.tokens import Token, parse_token
from publish.access.visits import Visit
from publish.access.vouchers import Vouchers

# Wrong secrets for one key from one address: each costs us a slow hash.
WRONG_PER_MINUTE = 20
ADMIT, VISIT = "admit", "visit"


@dataclass(frozen=True)
class Expected:
    """A request that will be let in unless something changed just now.

    Attributes:
        knock: what the desk will be asked.
        admission: as it was the last time, without what was granted.
    """

    knock: Knock
    admission: Admission


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
        self._recent = Recent()
        self._proving: dict[tuple[bytes, str], asyncio.Task[bool]] = {}

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
        if given.startswith(Vouchers.MARK):
            voucher = self._vouchers.read(given)
            standing = await self._ask(Knock(voucher.prefix, None, needs))
            return admission(standing, scope, address, voucher.scopes)
        token = _token(given)
        standing = await self._with_secret(token, address, needs)
        found = admission(standing, scope, address)
        self._recent.note(found.key, found.allowance, [n for n, _ in found.granted])
        return found

    def expected(
        self,
        authorization: str | None,
        scope: str,
        address: str,
        needs: tuple[Need, ...],
    ) -> Expected | None:
        """What ``admit`` will say, if the same was let in lately by this process.

        ``None`` says nothing. Whoever reads ahead on it must ``visit`` before answering.
        """
        _, _, credentials = (authorization or "").partition(" ")
        token = parse_token(credentials)
        proved = self._ring.proved(token) if token else ""
        lately = self._recent.find(token.prefix, needs) if token and proved else None
        if token is None or lately is None:
            return None
        key = lately.key
        if scope not in key.scopes or not key.opens_from(address):
            return None
        knock = Knock(token.prefix, proved, needs)
        return Expected(knock, Admission(key, lately.allowance))

    async def visit(self, visit: Visit) -> Admission:
        """Let in a request whose answer is prepared, and write it down.

        Raises:
            Refused: nothing was written.
        """
        try:
            found: Admission = await self._desk.ask(VISIT, visit)
        except Refused:
            self._recent.forget(visit.knock.prefix)
            raise
        granted = [need for need, _ in found.granted]
        self._recent.note(found.key, found.allowance, granted)
        return found

    async def prove(self, token: Token, address: str) -> Key:
        """The live key whose secret was sent, for an access token; counts as a request.

        Raises:
            Refused: as ``admit``.
        """
        standing = await self._with_secret(token, address, ())
        return admission(standing, None, address).key

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

    async def _proved(self, token: Token, stored: str) -> bool:
        """Whether the secret is right; requests that ask together wait for one proof."""
        this = (token.digest, stored)
        task = self._proving.get(this)
        if task is None:
            proof = asyncio.to_thread(self._ring.prove, token, stored)
            task = self._proving[this] = asyncio.ensure_future(proof)
            task.add_done_callback(lambda _: self._proving.pop(this, None))
        return await asyncio.shield(task)

    async def _prove(self, token: Token, standing: Standing, address: str) -> None:
        suspect = f"wrong {address} {token.prefix}"
        tries = self._limiter.peek(suspect, WRONG_PER_MINUTE)
        if not tries.allowed:
            raise Refused("rate_limited", allowance=tries)
        if not await self._proved(token, standing.secret_hash):
            self._limiter.take(suspect, WRONG_PER_MINUTE)
            raise Refused("key_invalid", key=standing.key)


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
