"""How a request proves who we are, and how what proves it stays out of every text.

Four ways to sign; keys are never logged, and a text from outside is redacted before it
is kept. Not here: sending (``fetching``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from assets.sources.declaration import (
    Agency,
    BearerAuth,
    DatabaseAgency,
    HeaderKeyAuth,
    HmacAuth,
    HttpAgency,
)

HIDDEN = "***"
Digest = Callable[[bytes, bytes], str]


def hmac_sha256(key: bytes, text: bytes) -> str:
    """HMAC with SHA-256, hexadecimal."""
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def hmac_sm3(key: bytes, text: bytes) -> str:
    """HMAC with SM3 (GB/T 32905-2016, GB/T 15852.2), hexadecimal."""
    made = HMAC(key, hashes.SM3())
    made.update(text)
    return made.finalize().hex()


DIGESTS: dict[str, Digest] = {"hmac-sha256": hmac_sha256, "hmac-sm3": hmac_sm3}


def signed(agency: HttpAgency, url: str, query: Mapping[str, Any]) -> dict[str, str]:
    """The headers that prove who asks for ``url`` with ``query``."""
    auth = agency.auth
    if isinstance(auth, BearerAuth):
        return {"Authorization": f"Bearer {auth.token}"}
    if isinstance(auth, HeaderKeyAuth):
        return {auth.header: auth.key}
    if isinstance(auth, HmacAuth):
        return _hmac(auth, url, query)
    return {}


def _hmac(auth: HmacAuth, url: str, query: Mapping[str, Any]) -> dict[str, str]:
    # Signatures are checked against the agency's real clock, never our evaluation date.
    stamp, nonce = str(int(time.time())), secrets.token_hex(16)
    parts = ("GET", urlsplit(url).path, urlencode(sorted(query.items())), stamp, nonce)
    digest = DIGESTS[auth.kind]
    return {
        "X-App-Id": auth.app_id,
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": digest(auth.secret.encode(), "\n".join(parts).encode()),
    }


def secrets_of(agency: Agency) -> tuple[str, ...]:
    """What must never stand in a log: keys, tokens, the password of a database."""
    if isinstance(agency, DatabaseAgency):
        return tuple(filter(None, (agency.password,)))
    if not isinstance(agency, HttpAgency):
        return ()
    auth = agency.auth
    held = (getattr(auth, name, None) for name in ("token", "key", "secret"))
    return tuple(filter(None, held))


def redacted(text: str, hidden: Iterable[str]) -> str:
    """The text without the secrets, which an agency may have echoed back."""
    for secret in hidden:
        text = text.replace(secret, HIDDEN)
    return text
