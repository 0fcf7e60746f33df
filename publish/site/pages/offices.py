"""The pages for the offices (government tier): how agencies deliver, what checks found.

Shown to whoever holds an office key, and kept by no cache. The pipeline writes the pages;
they are in no release, so that nothing that is published can hold them. Not here: what
they say (``assets.sources.pages``), keys (``publish.access``).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any

from datasette import Response

from publish.access.keys import Scope
from publish.access.office_keys import holds
from publish.release.names import LAKE, OFFICE_PAGES

FIRST = "/office/scorecards.html"
# Wrong keys from one address: each costs us a slow hash.
TRIES_PER_MINUTE = 30
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "vary": "Authorization",
    "x-robots-tag": "noindex",
}
HTML = "text/html; charset=utf-8"
ASKED = {"www-authenticate": 'Basic realm="offices", charset="UTF-8"'}


async def office(datasette: Any, request: Any) -> Response:  # noqa: ARG001
    """``/office``."""
    return Response.redirect(FIRST)


async def office_page(datasette: Any, request: Any) -> Response:
    """``/office/{name}.html``."""
    return await _shown(datasette, request, request.url_vars["name"])


async def _shown(datasette: Any, request: Any, name: str) -> Response:
    client = (request.scope.get("client") or ("unknown", 0))[0]
    key = _key(request.headers.get("authorization", ""))
    if not key:
        return _told(401, "请用办公密钥登录（用户名任意，密码填密钥）", ASKED)
    tries = datasette.limiter.take(f"office {client}", TRIES_PER_MINUTE)
    if not tries.allowed:
        return _told(429, "尝试过于频繁，请稍后再试", tries.headers())
    asked = (datasette.registry, datasette.clock, key, client)
    if not await asyncio.to_thread(holds, *asked, scope=Scope.OFFICE):
        return _told(401, "密钥不正确、已失效或不是办公密钥", ASKED)
    path = datasette.home / LAKE / OFFICE_PAGES / f"{name}.html"
    if not path.is_file():
        return _told(404, "还没有数据质量结果：先运行 creditpark run", {})
    body = await asyncio.to_thread(path.read_text, "utf-8")
    return Response(body, headers=dict(HEADERS), content_type=HTML)


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


def _told(status: int, text: str, more: dict[str, str]) -> Response:
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        f"<title>政务数据质量</title><p>{text}</p></html>\n"
    )
    headers = HEADERS | more
    return Response(page, status=status, headers=headers, content_type=HTML)
