"""The outermost layer: request id, security headers, HEAD, one log line a request.

The log names method, path, status and time; never a query string, a header or a body.
Not here: what is answered.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import dataclass
from functools import lru_cache

from publish.access.unguessable import digits
from publish.serving.asgi import (
    App,
    Headers,
    Message,
    Receive,
    Scope,
    Send,
    asked,
    pairs,
    respond,
)
from publish.serving.logs import REQUEST, Own
from publish.serving.meters import METHODS, SEEN, Meters, Seen

log = logging.getLogger(__name__)

REQUEST_ID = "request_id"
_OWN = {method: Own(method) for method in METHODS}
_LOGGED = ("method", "path", "status", "milliseconds", REQUEST_ID)
_CALLERS_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

# Datasette's own table pages need inline styles; no page may run inline scripts.
SECURITY = pairs(
    {
        "content-security-policy": (
            "default-src 'self'; img-src 'self' data:; "
            "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        ),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        # Repaired and expired records must not live on in search engines.
        "x-robots-tag": "noarchive",
    }.items()
)


@dataclass
class Outcome:
    """What became of one request."""

    status: int = 0


class Envelope:
    """Wraps every request and answer.

    Args:
        app: the next layer.
        meters: count what is answered.
    """

    def __init__(self, app: App, meters: Meters) -> None:
        self._app, self._meters = app, meters
        self._done: list[tuple[str, Scope, int, float]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            self._note()
            return
        began, outcome, method = time.perf_counter(), Outcome(), scope["method"]
        inner = {**scope, REQUEST_ID: _request_id(scope), SEEN: Seen()}
        if method == "HEAD":
            inner["method"] = "GET"
        try:
            await self._answer(inner, receive, _sealed(method, inner, send, outcome))
        finally:
            if not self._done:
                asyncio.get_running_loop().call_soon(self._note)
            spent = time.perf_counter() - began
            self._done.append((method, inner, outcome.status, spent))

    def _note(self) -> None:
        """Count and log what was answered since; many at a time cost half as much."""
        done, self._done = self._done, []
        for method, inner, status, spent in done:
            self._meters.count(method, inner, status, spent)
            _log(method, inner, status, round(spent * 1000))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:
            log.exception("request %s failed", scope[REQUEST_ID])
            text = f"500 服务出错 Internal error. {scope[REQUEST_ID]}\n"
            await respond(send, 500, text, "text/plain; charset=utf-8")


def _log(method: str, scope: Scope, status: int, milliseconds: int) -> None:
    told = _OWN.get(method, method)
    line = (told, scope["path"], status, milliseconds, scope[REQUEST_ID])
    extra = {REQUEST: dict(zip(_LOGGED, line, strict=True))}
    log.info("%s %s %d %d ms %s", *line, extra=extra)


def _request_id(scope: Scope) -> str:
    given = asked(scope, "x-request-id")
    return given if given and _CALLERS_ID.fullmatch(given) else Own(digits(24))


def _sealed(method: str, inner: Scope, send: Send, outcome: Outcome) -> Send:
    """``send`` that completes headers and drops the body of an answer to HEAD."""
    mine = (b"x-request-id", inner[REQUEST_ID].encode())

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            if outcome.status:
                raise RuntimeError("the answer had already begun when it failed")
            outcome.status = message["status"]
            given = message.get("headers", ())
            missing = _missing(tuple([k for k, _ in given]))
            message = {**message, "headers": [*given, *missing, mine]}
        elif method == "HEAD":
            message = {**message, "body": b""}
        await send(message)

    return sealed


@lru_cache(maxsize=256)
def _missing(given: tuple[bytes, ...]) -> Headers:
    """The security headers that an answer with headers of these names has not."""
    names = {name.lower() for name in given}
    return [h for h in SECURITY if h[0] not in names]
