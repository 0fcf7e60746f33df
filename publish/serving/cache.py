"""The page cache: finished public pages, each kept for one release and one day.

A page is kept only if nothing about the visitor but the language cookie could have
shaped it: no credentials, no other cookie, no ``Set-Cookie``, no ``Vary`` beyond what
the key holds. A page that must never be kept answers ``Vary: *``. A new release or a
new day asks under a new key, so that nothing stale is ever found.
Not here: the bank interface, which is never cached.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
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
from publish.serving.compress import accepts_gzip
from publish.serving.mount import Mount

MOST_BYTES = 64_000_000
LARGEST_PAGE = 1_000_000
LONGEST_QUERY = 1_000
NOT_PAGES = ("/api/", "/-/", "/static")
KEYED = {"cookie", "authorization", "accept-encoding"}

Key = tuple[Any, ...]


@dataclass
class Page:
    """A finished answer."""

    start: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    @property
    def headers(self) -> Headers:
        """Its headers."""
        return list(self.start.get("headers", ()))

    @property
    def etag(self) -> str:
        """Its entity tag."""
        return next(iter(told(self.headers, "etag")), "")


class Shelf:
    """Pages by key, the least recently used dropped first.

    Args:
        most_bytes: of bodies, together.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._most = most_bytes
        self.bytes = 0

    def __len__(self) -> int:
        """How many pages are kept."""
        return len(self._pages)

    def find(self, key: Key) -> Page | None:
        """The page under ``key``, if it is kept."""
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def keep(self, key: Key, page: Page) -> None:
        """Keep a page and drop the oldest until all fit."""
        self._forget(key)
        self._pages[key] = page
        self.bytes += len(page.body)
        while self.bytes > self._most:
            self._forget(next(iter(self._pages)))

    def _forget(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        self.bytes -= len(page.body) if page else 0


class PageCache:
    """Answers public pages from memory where it can.

    Args:
        app: the next layer.
        mount: says which release and which day a request sees.
        cookie: name of the language cookie.
        shelf: where pages are kept.
        edition: a number that changes when pages do without a new release.
    """

    def __init__(
        self,
        app: App,
        mount: Mount,
        cookie: str,
        shelf: Shelf,
        *,
        edition: Callable[[], int] = lambda: 0,
    ) -> None:
        self._edition = edition
        self._app = app
        self._mount = mount
        self._cookie = cookie
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        page = self._shelf.find(key)
        if page is None:
            page = await self._make(key, scope, receive, send)
        if page is not None:
            await _send(page, scope, send)

    async def _make(
        self, key: Key, scope: Scope, receive: Receive, send: Send
    ) -> Page | None:
        """The page, kept if it may be; ``None`` where it was too large to hold back."""
        recorder = _Recorder(send)
        await self._app(scope, receive, recorder)
        if recorder.released:
            return None
        page = recorder.page
        if _may_be_kept(page, with_cookie=bool(asked(scope, "cookie"))):
            page = _tagged(page)
            if self._key(scope) == key:  # the day may have turned meanwhile
                self._shelf.keep(key, page)
        return page

    def _key(self, scope: Scope) -> Key | None:
        release = self._mount.seen()
        if release is None or not _is_page(scope):
            return None
        language = _only_cookie(scope, self._cookie)
        if language is None:
            return None
        place = (scope.get("scheme"), asked(scope, "host"), _raw_path(scope))
        wish = (scope.get("query_string", b""), language, accepts_gzip(scope))
        seen = (release.generation, release.today(), self._edition())
        return (*seen, *place, *wish)


class _Recorder:
    """Holds an answer back until it is whole, or lets it go when it grows too large."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.page = Page()
        self.released = False

    async def __call__(self, message: Message) -> None:
        if self.released:
            await self._send(message)
        elif message["type"] == "http.response.start":
            self.page.start = dict(message)
        else:
            self.page.body += message.get("body", b"")
            if len(self.page.body) > LARGEST_PAGE:
                await self._release(more=bool(message.get("more_body")))

    async def _release(self, *, more: bool) -> None:
        self.released = True
        await self._send(self.page.start)
        body = {"type": "http.response.body", "body": self.page.body}
        await self._send({**body, "more_body": more})
        self.page = Page()


async def _send(page: Page, scope: Scope, send: Send) -> None:
    if page.etag and page.etag in asked(scope, "if-none-match"):
        headers = without(page.headers, "content-length", "content-encoding")
        await send({**page.start, "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send(page.start)
    await send({"type": "http.response.body", "body": page.body})


def _is_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and not scope["path"].startswith(NOT_PAGES)
        and len(scope.get("query_string", b"")) <= LONGEST_QUERY
        and not asked(scope, "authorization")
        and not asked(scope, "range")
    )


def _only_cookie(scope: Scope, name: str) -> str | None:
    """The value of the cookie, empty if there is none; ``None`` if there are others."""
    try:
        cookies = SimpleCookie(asked(scope, "cookie").replace(", ", "; "))
    except CookieError:
        return None
    if set(cookies) - {name}:
        return None
    return cookies[name].value if name in cookies else ""


def _raw_path(scope: Scope) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw


def _may_be_kept(page: Page, *, with_cookie: bool) -> bool:
    headers = page.headers
    varies = ",".join(told(headers, "vary")).lower().split(",")
    # With any cookie Datasette itself writes no-store, so that it says nothing then.
    forbidden = not with_cookie and "no-store" in ",".join(
        told(headers, "cache-control")
    )
    return (
        page.start.get("status") == HTTPStatus.OK
        and not forbidden
        and not told(headers, "set-cookie")
        and {v.strip() for v in varies} - {""} <= KEYED
    )


def _tagged(page: Page) -> Page:
    """The page with a length, a tag, and leave to be asked for again, not reused."""
    kept = without(page.headers, "cache-control", "content-length")
    if not page.etag:
        digest = hashlib.sha256(page.body).hexdigest()[:32]
        kept.append((b"etag", f'W/"{digest}"'.encode()))
    kept.append((b"cache-control", b"no-cache"))
    kept.append((b"content-length", str(len(page.body)).encode()))
    return Page({**page.start, "headers": kept}, page.body)
