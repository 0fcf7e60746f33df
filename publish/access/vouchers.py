"""Access tokens of the OAuth 2.0 client-credentials grant (RFC 6749, 4.4): short-lived.

A token is a signed statement that a key's secret was proved; the key's standing, address,
limits and authorisations are asked on every call all the same. Not here: keys, routes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from publish.access.keys import Key
from publish.access.refusals import Refused
from publish.access.signing import SignatureError, Signer
from quality.clock import Clock

LIFE = timedelta(minutes=15)
KIND = "at+jwt"  # RFC 9068
AUDIENCE = (
    "urn:creditpark:api:v1"  # whom the token is for: this interface, nothing else
)
REMEMBERED = 10_000  # tokens whose signature was verified


@dataclass(frozen=True)
class Voucher:
    """A proved key with the scopes that were asked for."""

    prefix: str
    scopes: frozenset[str]


class Vouchers:
    """Issues and reads access tokens.

    Args:
        signer: signs them.
        clock: says when they end.
    """

    MARK = "eyJ"  # how every JWS begins and no key does

    def __init__(self, signer: Signer, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock
        self._read: dict[bytes, tuple[Voucher, int]] = {}
        self._kids: list[str] = []

    def issue(self, key: Key, scopes: frozenset[str]) -> str:
        """A token for a key whose secret was proved just now."""
        now = self._clock.now()
        claims = {
            "sub": key.prefix,
            "aud": AUDIENCE,
            "scope": " ".join(sorted(scopes & key.scopes)),
            "iat": _seconds(now),
            "exp": _seconds(now + LIFE),
        }
        return self._signer.sign(json.dumps(claims).encode(), KIND)

    def read(self, text: str) -> Voucher:
        """What a token of ours says.

        Raises:
            Refused: ``key_invalid`` or ``key_expired``.
        """
        signing = self._signer.keys()
        kids = [key.kid for key in signing]
        if kids != self._kids or len(self._read) >= REMEMBERED:
            self._kids, self._read = kids, {}
        digest = hashlib.sha256(text.encode()).digest()
        known = self._read.get(digest)
        if known is None:
            known = self._read[digest] = self._verified(text)
        voucher, ends = known
        if ends <= _seconds(self._clock.now()):
            raise Refused("key_expired")
        return voucher

    def _verified(self, text: str) -> tuple[Voucher, int]:
        """What a token says and when it ends, once its signature proves right."""
        try:
            claims = json.loads(self._signer.verify(text, KIND))
        except (SignatureError, ValueError) as error:
            raise Refused("key_invalid") from error
        if claims.get("aud") != AUDIENCE:
            raise Refused("key_invalid")
        scopes = frozenset(claims["scope"].split())
        return Voucher(claims["sub"], scopes), claims["exp"]


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
