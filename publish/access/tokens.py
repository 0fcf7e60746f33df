"""Secrets of keys: made, hashed with scrypt, compared in constant time.

Not here: what a key may do (``keys``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass

MARK = "cpk_"
_PREFIX_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that reads like another
_PREFIX_LENGTH = 10
_SECRET_BYTES = 32
_TOKEN = re.compile(
    rf"{MARK}([{_PREFIX_LETTERS}]{{{_PREFIX_LENGTH}}})\.([\w-]{{43}})", re.ASCII
)

# OWASP's floor for scrypt is n=2^17 for chosen passwords; ours hold 256 random bits.
_N, _R, _P = 2**14, 8, 1
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class Token:
    """A key as its holder sends it, in two parts."""

    prefix: str
    secret: str

    def __repr__(self) -> str:
        """Without the secret, wherever it may be printed."""
        return f"Token({self.prefix})"

    @property
    def text(self) -> str:
        """``cpk_<prefix>.<secret>``; shown once, when the key is made."""
        return f"{MARK}{self.prefix}.{self.secret}"

    @property
    def digest(self) -> bytes:
        """SHA-256 of the whole, by which a verified key is remembered."""
        return hashlib.sha256(self.text.encode()).digest()


def new_token() -> Token:
    """A fresh key with 256 random bits."""
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _ in range(_PREFIX_LENGTH))
    return Token(prefix, secrets.token_urlsafe(_SECRET_BYTES))


def parse_token(text: str) -> Token | None:
    """The token that ``text`` is, if it has the form of one."""
    found = _TOKEN.fullmatch(text)
    return Token(found[1], found[2]) if found else None


def hash_secret(secret: str) -> str:
    """``scrypt$n$r$p$salt$hash`` with a fresh salt; takes some 40 ms on purpose."""
    salt = os.urandom(16)
    digest = _scrypt(secret, salt, _N, _R, _P)
    return "$".join(("scrypt", str(_N), str(_R), str(_P), _text(salt), _text(digest)))


def matches(secret: str, stored: str) -> bool:
    """Whether ``secret`` is the one that was hashed; constant time."""
    _, n, r, p, salt, digest = stored.split("$")
    made = _scrypt(secret, _bytes(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, _bytes(digest))


def _scrypt(secret: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        secret.encode(),
        salt=salt,
        n=n,
        r=r,
        p=p,
        maxmem=256 * n * r,
        dklen=_DIGEST_BYTES,
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value)
