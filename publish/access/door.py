"""The door of the bank interface: key, address, limit, scope, authorisation, every time.

Not here: routes and answers (``publish.api``).
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

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


class Expected(NamedTuple):
    """A request that will be let in unless something changed just now.

    Attributes:
        knock: what the desk will be asked.
        admission: as it was the last time, without what was granted.
        scopes: what an access token narrows the key to.
    """

    knock: Knock
    admission: Admission
    scopes: frozenset[str] | None


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
            found = admission(standing, scope, address, voucher.scopes)
            self._recent.note(found.key, found.allowance)
            return found
        token = _token(given)
        standing = await self._with_secret(token, address, needs)
        found = admission(standing, scope, address)
        self._recent.note(found.key, found.allowance)
        return found

    def expected(
        self,
        authorization: str | None,
        scope: str,
        address: str,
        needs: tuple[Need, ...],
    ) -> Expected | None:
        """What ``admit`` will say, if this process let the same key in lately.

        ``None`` says nothing. Nothing leaves on it without a ``visit``.
        """
        _, _, given = (authorization or "").partition(" ")
        knock, scopes = self._known(given, needs)
        lately = self._recent.find(knock.prefix) if knock else None
        if knock is None or lately is None:
            return None
        key = lately.key
        held = key.scopes if scopes is None else key.scopes & scopes
        if scope not in held or not key.opens_from(address):
            return None
        return Expected(knock, Admission(key, lately.allowance), scopes)

    def _known(
        self, given: str, needs: tuple[Need, ...]
    ) -> tuple[Knock | None, frozenset[str] | None]:
        """The knock of a secret that was proved lately, or of a sound access token."""
        if given.startswith(Vouchers.MARK):
            try:
                voucher = self._vouchers.read(given)
            except Refused:
                return None, None
            return Knock(voucher.prefix, None, needs), voucher.scopes
        token = parse_token(given)
        proved = self._ring.proved(token) if token else ""
        if token is None or not proved:
            return None, None
        return Knock(token.prefix, proved, needs), None

    async def visit(self, visit: Visit) -> Admission:
        """Let in a request and write it down at once.

        Raises:
            Refused: nothing was written.
        """
        try:
            found: Admission = await self._desk.ask(VISIT, visit)
        except Refused:
            self._recent.forget(visit.knock.prefix)
            raise
        self._recent.note(found.key, found.allowance)
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
