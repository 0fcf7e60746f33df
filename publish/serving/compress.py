"""Compression: gzip for text, once per answer that the page cache then keeps.

Not here: prebuilt downloads, which are sent as they lie on disk.
"""

from __future__ import annotations

import gzip
import zlib
from http import HTTPStatus
from typing import Any

from publish.serving.asgi import (
    App,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    asked,
    told,
    without,
)

SMALLEST = 500  # bytes below which gzip costs more than it saves
LARGEST = 4_000_000  # bytes above which it would hold up other visitors
LEVEL = 5
GZIP_FORMAT = 31
TEXT = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def accepts_gzip(scope: Scope) -> bool:
    """Whether the visitor takes gzip."""
    offers = asked(scope, "accept-encoding")
    for offer in offers.lower().split(",") if offers else ():
        coding, _, weight = offer.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def worth_packing(body: bytes, kind: str) -> bool:
    """Whether a whole answer of a content type gains by gzip."""
    return SMALLEST <= len(body) <= LARGEST and kind.startswith(TEXT)


def packed(body: bytes) -> bytes:
    """A whole answer in gzip; it tells no time, so that the same packs to the same."""
    return gzip.compress(body, LEVEL, mtime=0)


class Gzip:
    """Compresses text answers of visitors who take gzip.

    Args:
        app: the next layer.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = accepts_gzip(scope)
        await self._app(scope, receive, _Answer(send, wanted=wanted))


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, *, wanted: bool) -> None:
        self._send = send
        self._wanted = wanted
        self._start: dict[str, Any] | None = None
        self._packer: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = dict(message)
            return
        body = message.get("body", b"")
        more = bool(message.get("more_body"))
        if self._start is not None:
            await self._begin(self._start, body, more=more)
        if self._packer is not None:
            body = self._packer.compress(body)
            body += self._packer.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
        await self._send({**message, "body": body})

    async def _begin(self, start: dict[str, Any], body: bytes, *, more: bool) -> None:
        headers: Headers = list(start.get("headers", ()))
        if _text(headers):
            headers = _vary(headers)
            good = start["status"] == HTTPStatus.OK
            if self._wanted and good and _worth(headers, body, more=more):
                self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_FORMAT)
                headers = without(headers, "content-length")
                headers.append((b"content-encoding", b"gzip"))
        self._start = None
        await self._send({**start, "headers": headers})


def _text(headers: Headers) -> bool:
    kinds = told(headers, "content-type")
    return bool(kinds) and kinds[0].startswith(TEXT)


def _worth(headers: Headers, body: bytes, *, more: bool) -> bool:
    if told(headers, "content-encoding"):
        return False
    declared = told(headers, "content-length")
    size = int(declared[0]) if declared else (LARGEST if more else len(body))
    return SMALLEST <= size <= LARGEST


def _vary(headers: Headers) -> Headers:
    known = ", ".join(told(headers, "vary"))
    if "*" in known or "accept-encoding" in known.lower():
        return headers
    line = f"{known}, Accept-Encoding" if known else "Accept-Encoding"
    return [*without(headers, "vary"), (b"vary", line.encode("latin-1"))]
