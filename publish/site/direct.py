"""The short road: the site's own pages without Datasette's router in between.

Signing a form token and asking every plugin who the visitor is costs more than most of
our pages, and none of them needs either. Whatever is not here (forms of enterprises,
table pages) goes on to Datasette, which knows all routes too. Not here: the pages.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

from datasette.utils.asgi import Request

from publish.serving.asgi import App, Message, Receive, Scope, Send, asked, without
from publish.site.failing import error_page
from publish.site.routes import View

FORMS = "/my"
VARY = (b"vary", b"Cookie, Authorization")
PRIVATE = (b"cache-control", b"private, no-store")


class Direct:
    """Answers GET requests for pages itself, and passes on everything else.

    Args:
        app: what else is served.
        datasette: the application whose release the pages show.
        routes: patterns of raw paths and their views.
    """

    def __init__(
        self, app: App, datasette: Any, routes: Iterable[tuple[str, View]]
    ) -> None:
        self._app, self._datasette = app, datasette
        self._routes = [
            (
                re.compile(pattern),
                view,
                "datasette" in inspect.signature(view).parameters,
            )
            for pattern, view in routes
            if not pattern.startswith(f"^{FORMS}")
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "http" and scope["method"] == "GET":
            path = _raw(scope)
            for pattern, view, whole in self._routes:
                if found := pattern.match(path):
                    asked_for = {**scope, "url_route": {"kwargs": found.groupdict()}}
                    request = Request(asked_for, receive)
                    given = (self._datasette, request) if whole else (request,)
                    await self._answer(view, given, request, _private(scope, send))
                    return
        await self._app(scope, receive, send)

    async def _answer(
        self, view: View, given: tuple[Any, ...], request: Any, send: Send
    ) -> None:
        try:
            response = await view(*given)
        except Exception as error:
            response = await error_page(self._datasette, request, error)
        await response.asgi_send(send)


def _raw(scope: Scope) -> str:
    """The path as it was sent: ``%2F`` is no slash."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


def _private(scope: Scope, send: Send) -> Send:
    """``send`` that tells shared caches what may depend on the visitor."""
    personal = bool(asked(scope, "cookie") or asked(scope, "authorization"))

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            if not any(k.lower() == b"vary" for k, _ in headers):
                headers.append(VARY)
            if personal or any(k.lower() == b"set-cookie" for k, _ in headers):
                headers = [*without(headers, "cache-control"), PRIVATE]
            message = {**message, "headers": headers}
        await send(message)

    return told
