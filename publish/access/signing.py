"""Signing keys: made at the first start, rotated by the office, kept for verification.

One file a key in one folder that every serving process shares; the newest signs, all of
them verify, so that what was signed years ago can still be proved. ES256 (RFC 7518) or
Ed25519 (RFC 9864); why not SM2 is told in docs/api.md. Not here: what is signed.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey

from quality.clock import Clock

SECRET_FILE = "secret"  # noqa: S105  a file's name
SECRET_BYTES = 32


class Algorithm(StrEnum):
    """How we sign."""

    ES256 = "ES256"
    ED25519 = "Ed25519"


class SignatureError(ValueError):
    """What was to be verified is not ours, or was changed."""


@dataclass(frozen=True)
class SigningKey:
    """One key pair.

    Attributes:
        kid: names it in ``/.well-known/jwks.json`` and in every signature.
        created_at: the newest signs.
    """

    kid: str
    algorithm: Algorithm
    created_at: datetime
    pair: ECKey | OKPKey


class Signer:
    """The keys of one folder; follows rotations while it runs.

    Args:
        folder: shared by all serving processes, readable by them alone.
        clock: dates new keys.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp: int | None = None
        self._keys: list[SigningKey] = []

    def keys(self) -> list[SigningKey]:
        """Every key, the one that signs first.

        The first call of a fresh folder makes one.
        """
        with self._lock:
            if self._stamp is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._folder.stat().st_mtime_ns != self._stamp:
                self._load()
            return self._keys

    def _load(self) -> None:
        if not any(self._folder.glob("*.jwk")):
            _write_first(self._folder, self._clock)
        self._stamp = self._folder.stat().st_mtime_ns
        found = [_read(path) for path in self._folder.glob("*.jwk")]
        self._keys = sorted(found, key=lambda k: (k.created_at, k.kid), reverse=True)

    def sign(self, payload: bytes, kind: str) -> str:
        """A compact JWS (RFC 7515).

        Args:
            payload: what is signed.
            kind: the header's ``typ``, so that one signature cannot pass for another.
        """
        key = self.keys()[0]
        header = {"alg": key.algorithm.value, "kid": key.kid, "typ": kind}
        return jws.serialize_compact(
            header, payload, key.pair, algorithms=[key.algorithm.value]
        )

    def verify(self, compact: str, kind: str) -> bytes:
        """The payload of a JWS of ours.

        Raises:
            SignatureError: it is not, or of another kind.
        """
        known = KeySet([k.pair for k in self.keys()])
        try:
            found = jws.deserialize_compact(
                compact, known, algorithms=[a.value for a in Algorithm]
            )
        except (JoseError, ValueError) as error:
            raise SignatureError("no signature of ours") from error
        if found.headers().get("typ") != kind:
            raise SignatureError(f"not a signature of kind {kind}")
        return bytes(found.payload)

    def public(self) -> dict[str, Any]:
        """The JSON Web Key Set (RFC 7517): every public key."""
        return {"keys": [k.pair.as_dict(private=False) for k in self.keys()]}

    def secret(self) -> bytes:
        """A secret of this installation, for what only we read again."""
        self.keys()
        path = self._folder / SECRET_FILE
        if not path.exists():
            _place(path, secrets.token_bytes(SECRET_BYTES))
        return path.read_bytes()


def rotate(
    folder: Path, clock: Clock, algorithm: Algorithm = Algorithm.ES256
) -> SigningKey:
    """Make the key that signs from now on; the older ones go on verifying."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kid = f"{clock.today():%Y%m%d}-{secrets.token_hex(4)}"
    path = folder / f"{kid}.jwk"
    _place(path, _document(kid, algorithm, clock))
    return _read(path)


def list_signing_keys(folder: Path, clock: Clock) -> list[SigningKey]:
    """Every key of a folder, the one that signs first; what it lacks is made.

    So that replicas which may only read the folder find all they need.
    """
    signer = Signer(folder, clock)
    signer.secret()
    return signer.keys()


def _write_first(folder: Path, clock: Clock) -> None:
    """Whichever process comes first makes it: the name is the same for all."""
    _place(
        folder / "first.jwk", _document(secrets.token_hex(6), Algorithm.ES256, clock)
    )


def _document(kid: str, algorithm: Algorithm, clock: Clock) -> bytes:
    about: Any = {"kid": kid, "use": "sig", "alg": algorithm.value}
    pair: ECKey | OKPKey
    if algorithm is Algorithm.ES256:
        pair = ECKey.generate_key("P-256", about, private=True)
    else:
        pair = OKPKey.generate_key("Ed25519", about, private=True)
    whole = {"created_at": clock.now().isoformat(), "key": pair.as_dict(private=True)}
    return json.dumps(whole).encode()


def _read(path: Path) -> SigningKey:
    whole = json.loads(path.read_bytes())
    written = whole["key"]
    kind = ECKey if written["kty"] == "EC" else OKPKey
    return SigningKey(
        written["kid"],
        Algorithm(written["alg"]),
        datetime.fromisoformat(whole["created_at"]),
        kind.import_key(written),
    )


def _place(path: Path, content: bytes) -> None:
    """Put a file there whole, unless another process was faster."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        return
    finally:
        Path(name).unlink()
