"""Cookies behind TLS bear the prefix ``__Host-``: only this host can have set them.

A browser takes such a cookie from an encrypted answer of the very host alone, so that no
neighbour below the same domain can plant one. Without TLS, as on a laptop, browsers take
none with a prefix, and names stay plain. Not here: what cookies hold.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

from publish.serving.asgi import App, Message, Receive, Scope, Send

PREFIX = "__Host-"
Headers = list[tuple[bytes, bytes]]


class HostCookies:
    """Puts the prefix on where answers leave by TLS and takes it off where they come."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope.get("scheme") != "https":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _leaving(message["headers"])}
            await send(message)

        inner = {**scope, "headers": _coming(scope["headers"])}
        await self._app(inner, receive, sent)


def _coming(headers: Any) -> Headers:
    """Ours without their prefix; what has none was set by somebody else."""
    kept: Headers = []
    for name, value in headers:
        if name != b"cookie":
            kept.append((name, value))
            continue
        pairs = (pair.strip() for pair in value.decode("latin-1").split(";"))
        ours = [p.removeprefix(PREFIX) for p in pairs if p.startswith(PREFIX)]
        if ours:
            kept.append((name, "; ".join(ours).encode("latin-1")))
    return kept


def _leaving(headers: Any) -> Headers:
    return [
        (name, _ours(value) if name.lower() == b"set-cookie" else value)
        for name, value in headers
    ]


def _ours(header: bytes) -> bytes:
    """A ``Set-Cookie`` as the prefix asks: secure, for the whole host, for no other."""
    parsed = SimpleCookie(header.decode("latin-1"))
    told = SimpleCookie()
    for name, morsel in parsed.items():
        told[PREFIX + name] = morsel.value
        told[PREFIX + name].update(morsel)
        told[PREFIX + name].update({"path": "/", "domain": ""})
        told[PREFIX + name]["secure"] = True
    return told.output(header="", sep="").strip().encode("latin-1")
