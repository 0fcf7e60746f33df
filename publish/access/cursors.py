"""Cursors: opaque, bound to one bank, one question and one release.

A cursor cannot be made, changed or lent: it carries a keyed hash. Not here: what stands
at its place (the routes know).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

MAC_BYTES = 16
LONGEST = 2_000


class CursorError(ValueError):
    """A cursor that is not ours, or not for this bank and question."""


class StaleCursorError(CursorError):
    """A cursor into a release that is no longer served."""


class Cursors:
    """Writes and reads cursors.

    Args:
        secret: of this installation.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, place: Any, question: str, holder: str, release: str) -> str:
        """A cursor to ``place`` (JSON) in the answer to a bank's question."""
        body = json.dumps([release, place], separators=(",", ":")).encode()
        sealed = self._seal(body, question, holder) + body
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, cursor: str, question: str, holder: str, release: str) -> Any:
        """The place a cursor points to.

        Raises:
            CursorError: it is not ours, or for something else.
            StaleCursorError: its release is no longer the current one.
        """
        try:
            padded = cursor[:LONGEST] + "=" * (-len(cursor) % 4)
            whole = base64.b64decode(padded, altchars=b"-_", validate=True)
        except ValueError as error:
            raise CursorError("unreadable") from error
        seal, body = whole[:MAC_BYTES], whole[MAC_BYTES:]
        if not hmac.compare_digest(seal, self._seal(body, question, holder)):
            raise CursorError("not for this question")
        written, place = json.loads(body)
        if written != release:
            raise StaleCursorError(written)
        return place

    def _seal(self, body: bytes, question: str, holder: str) -> bytes:
        whole = b"\0".join((question.encode(), holder.encode(), body))
        return hmac.digest(self._secret, whole, hashlib.sha256)[:MAC_BYTES]
