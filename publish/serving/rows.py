"""The short road for the row of a table as JSON, word for word what Datasette answers.

Programs ask for one row after the other, and Datasette spends ten times the look-up on
permissions that are the same for everybody; keeping and packing a thousand bytes costs
more than making them. Whatever is not the plain question for one existing row goes on to
Datasette. Not here: the bank interface.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from http import HTTPStatus
from time import perf_counter
from typing import Any

from publish.release import terms
from publish.serving.asgi import App, Receive, Scope, Send, asked
from publish.serving.guard import quoted
from publish.serving.mount import Mount
from publish.serving.release import META, PUBLIC, PUBLISHED

_PLACE = f"/{PUBLIC}/"
_ROW = re.compile(rf"/{PUBLIC}/(?P<table>[a-z_]+)/(?P<key>[A-Za-z0-9_-]+)\.json")
_SHAPES = {
    b"": "arrays",
    b"_shape=arrays": "arrays",
    b"_shape=objects": "objects",
    b"_shape=object": "object",
    b"_shape=array": "array",
}
TIMED = ("arrays", "objects")
_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"content-type", b"application/json; charset=utf-8"),
    (b"vary", b"Cookie, Authorization, Accept-Encoding"),
    (b"cache-control", b"no-cache"),
]
Around = tuple[str, str, str]
_TABLES = frozenset({*PUBLISHED, *META})


class Rows:
    """Answers for single rows, and passes on everything else.

    Args:
        app: what else is served.
        mount: the releases.
    """

    def __init__(self, app: App, mount: Mount) -> None:
        self._app, self._mount = app, mount

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        answer = None
        if scope["type"] == "http" and scope["path"].startswith(_PLACE):
            answer = await self._answer(scope)
        if answer is None:
            await self._app(scope, receive, send)
        else:
            await _send(*answer, scope, send)

    async def _answer(self, scope: Scope) -> tuple[bytes, bytes] | None:
        """The answer and what it rests on; ``None`` where Datasette finds its own."""
        shape = _SHAPES.get(scope.get("query_string", b""))
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        found = _ROW.fullmatch(raw.decode("latin-1"))
        release = self._mount.seen()
        personal = asked(scope, "cookie") or asked(scope, "authorization")
        if not (found and shape and release) or personal or scope["method"] != "GET":
            return None
        table, key = found["table"], found["key"]
        keys = await release.public.keys_of(table) if table in _TABLES else []
        if len(keys) != 1:
            return None
        began = perf_counter()
        rows = await release.public.ask(_statement(table, keys[0]), {"key": key})
        spent = (perf_counter() - began) * 1000
        if not rows:
            return None
        content = json.dumps(_shaped(rows, shape, keys))
        if shape not in TIMED:
            return content.encode(), content.encode()
        # How long it took makes no other answer of it.
        around = _around(table, (*rows[0],), keys[0])
        body = _document(around, key, content, spent)
        return body.encode(), f"{shape}{content}".encode()


async def _send(body: bytes, content: bytes, scope: Scope, send: Send) -> None:
    """The answer under its content's tag, or that the visitor has it already."""
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = [*_HEADERS, (b"etag", tag.encode())]
    known = tag in asked(scope, "if-none-match")
    status = HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK
    if not known:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known else body})


def _document(around: Around, key: str, rows: str, spent: float) -> str:
    """All that Datasette 0.65 tells of a row, in its order, its rows being JSON already.

    The key is letters, digits, ``_`` and ``-``, which JSON writes as they are.
    """
    head, keys, tail = around
    timed = f'["{key}"], "units": {{}}, "query_ms": {spent!r}, '
    return f"{head}{rows}{keys}{timed}{tail}"


@lru_cache(maxsize=64)
def _around(table: str, columns: tuple[str, ...], named: str) -> Around:
    """What stands before, between and after a row and its key."""
    head = json.dumps({"database": PUBLIC, "table": table})[:-1] + ', "rows": '
    told = json.dumps({"columns": columns, "primary_keys": [named]})[1:-1]
    tail = json.dumps({"license": terms.NAME, "license_url": terms.ADDRESS})[1:]
    return head, f', {told}, "primary_key_values": ', tail


def _shaped(rows: list[dict[str, Any]], shape: str, keys: list[str]) -> Any:
    if shape == "object":
        return {str(rows[0][keys[0]]): rows[0]}
    if shape == "arrays":
        return [[*row.values()] for row in rows]
    return rows


@lru_cache(maxsize=64)
def _statement(table: str, named: str) -> str:
    return f"SELECT * FROM {quoted(table)} WHERE {quoted(named)} = :key"
