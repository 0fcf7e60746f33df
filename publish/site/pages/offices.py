"""The pages for the offices (government tier): how agencies deliver, what checks found.

Shown to whoever holds an office key, and kept by no cache. The pipeline writes what they
say, in both languages; they are in no release, so that nothing that is published can hold
them. Not here: what they say (``assets.sources.pages``), keys (``publish.access``).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from http import HTTPStatus
from typing import Any

from datasette import Response
from markupsafe import Markup

from publish.access.keys import Scope
from publish.access.office_keys import holds
from publish.release.names import LAKE, OFFICE_PAGES, office_page
from publish.site.visit import Visit, visit_of

FIRST = "/office/scorecards.html"
# Wrong keys from one address: each costs us a slow hash.
TRIES_PER_MINUTE = 30
HEADERS = {
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "vary": "Authorization, Cookie",
    "x-robots-tag": "noindex",
}
ASKED = {"www-authenticate": 'Basic realm="offices", charset="UTF-8"'}


async def office(datasette: Any, request: Any) -> Response:  # noqa: ARG001
    """``/office``."""
    return Response.redirect(FIRST)


async def office_shown(datasette: Any, request: Any) -> Response:
    """``/office/{name}.html``."""
    v = await visit_of(datasette, request)
    client = (request.scope.get("client") or ("unknown", 0))[0]
    key = _key(request.headers.get("authorization", ""))
    if not key:
        return _told(v, HTTPStatus.UNAUTHORIZED, "office.key", ASKED)
    tries = datasette.limiter.take(f"office {client}", TRIES_PER_MINUTE)
    if not tries.allowed:
        status = HTTPStatus.TOO_MANY_REQUESTS
        return _told(v, status, "office.busy", tries.headers())
    asked = (datasette.registry, datasette.clock, key, client)
    if not await asyncio.to_thread(holds, *asked, scope=Scope.OFFICE):
        return _told(v, HTTPStatus.UNAUTHORIZED, "office.wrong_key", ASKED)
    name = v.part("name")
    path = datasette.home / LAKE / OFFICE_PAGES / office_page(name, v.language)
    if not path.is_file():
        return _told(v, HTTPStatus.NOT_FOUND, "office.nothing", {})
    text = await asyncio.to_thread(path.read_text, "utf-8")
    # The pipeline escapes what it writes.
    fragment = Markup(text)  # noqa: S704
    return _closed(v.page("office.html", name=name, fragment=fragment))


def _key(header: str) -> str:
    """The key in the header: a browser sends it as the password."""
    kind, _, sent = header.partition(" ")
    if kind.lower() == "bearer":
        return sent.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(sent, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _told(v: Visit, status: int, message: str, more: dict[str, str]) -> Response:
    page = v.page(
        "notice.html",
        status=int(status),
        heading=v.say("office.title"),
        message=v.say(message),
        code=int(status),
    )
    page.headers.update(more)
    return _closed(page)


def _closed(page: Response) -> Response:
    page.headers.update(HEADERS)
    return page
