"""The few ASGI types and answers that the layers share.

Not here: any layer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


def asked(scope: Scope, name: str) -> str:
    """A request header's value, empty where absent; ``name`` in lower case."""
    wanted = _name(name)  # ASGI has the names of requests in lower case already
    found = [v for k, v in scope.get("headers", ()) if k == wanted]
    return b", ".join(found).decode("latin-1") if found else ""


def told(headers: Iterable[tuple[bytes, bytes]], name: str) -> list[str]:
    """Every value of a response header; ``name`` in lower case."""
    wanted = name.encode("latin-1")
    return [v.decode("latin-1") for k, v in headers if k.lower() == wanted]


def without(headers: Iterable[tuple[bytes, bytes]], *names: str) -> Headers:
    """The headers without those named, in lower case."""
    unwanted = {n.encode("latin-1") for n in names}
    return [(k, v) for k, v in headers if k.lower() not in unwanted]


def pairs(headers: Iterable[tuple[str, str]]) -> Headers:
    """Headers as ASGI wants them."""
    return [(_name(k), v.encode("latin-1")) for k, v in headers]


@lru_cache(maxsize=256)
def _name(text: str) -> bytes:
    """A header's name; there are few."""
    return text.lower().encode("latin-1")


async def respond(
    send: Send, status: int, body: str, content_type: str, **headers: str
) -> None:
    """Send a whole small answer; ``retry_after`` becomes ``retry-after``."""
    data = body.encode()
    given = [(k.replace("_", "-"), v) for k, v in headers.items()]
    fixed = [("content-type", content_type), ("content-length", str(len(data)))]
    start = {"type": "http.response.start", "status": status}
    await send({**start, "headers": pairs([*fixed, *given])})
    await send({"type": "http.response.body", "body": data})
