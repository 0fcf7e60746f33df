"""Answers that break on the wire: cut, reset, dripped, misencoded, too large, elsewhere.

Each takes the answer that was due and sends something else, or not all of it. Not here:
which resource has which fault (``mischief``) and sound answers (``server``).
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

HUGE = 10 * 1024**3  # bytes announced by ``huge``
DRIP_SECONDS = 0.05  # between two bytes of ``drip``
RETRY_AFTER = 1  # seconds, of ``429``
ELSEWHERE = "http://elsewhere.invalid/"  # never resolves (RFC 2606)
_NOTHING = b"\x00" * 65536

Break = Callable[[BaseHTTPRequestHandler, bytes], None]


def _head(handler: BaseHTTPRequestHandler, size: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json; charset=utf-8")
    handler.send_header("Content-Length", str(size))
    handler.end_headers()
    handler.wfile.flush()


def truncate(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Half the body, then the end."""
    _head(handler, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Half the body, then a reset connection."""
    _head(handler, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    # Linger of no time: closing sends RST instead of FIN.
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A byte at a time, until the client has had enough."""
    _head(handler, len(body))
    handler.close_connection = True
    with suppress(OSError):
        for place in range(len(body)):
            handler.wfile.write(body[place : place + 1])
            handler.wfile.flush()
            time.sleep(DRIP_SECONDS)


def half_json(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A body that ends in the middle and says that this is all."""
    half = body[: len(body) // 2]
    _head(handler, len(half))
    handler.wfile.write(half)


def encoding(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """GB18030 that calls itself UTF-8."""
    wrong = body.decode().encode("gb18030")
    _head(handler, len(wrong))
    handler.wfile.write(wrong)


def huge(handler: BaseHTTPRequestHandler, body: bytes) -> None:  # noqa: ARG001
    """Ten gigabytes, sent for as long as anybody reads."""
    _head(handler, HUGE)
    _pour(handler, HUGE)


def endless(handler: BaseHTTPRequestHandler, body: bytes) -> None:  # noqa: ARG001
    """As much again, of unannounced length."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    _pour(handler, HUGE)


def redirect(handler: BaseHTTPRequestHandler, body: bytes) -> None:  # noqa: ARG001
    """Leads to another host."""
    _refuse(handler, 302, {"Location": ELSEWHERE})


def busy(handler: BaseHTTPRequestHandler, body: bytes) -> None:  # noqa: ARG001
    """429, with the seconds to wait."""
    _refuse(handler, 429, {"Retry-After": str(RETRY_AFTER)})


def _refuse(handler: BaseHTTPRequestHandler, status: int, headers: Any) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def _pour(handler: BaseHTTPRequestHandler, size: int) -> None:
    handler.close_connection = True
    with suppress(OSError):
        for _ in range(size // len(_NOTHING)):
            handler.wfile.write(_NOTHING)


BREAKS: dict[str, Break] = {
    "truncate": truncate,
    "reset": reset,
    "drip": drip,
    "half_json": half_json,
    "encoding": encoding,
    "huge": huge,
    "endless": endless,
    "redirect": redirect,
    "429": busy,
}
