"""The loopback server: HTTP/1.1 with kept connections, one thread for each."""

from __future__ import annotations

import json
import logging
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.universe import Universe
from sandbox.web.agency import Agency
from sandbox.web.labour import Labour
from sandbox.web.market import Market
from sandbox.web.messages import Answer, Refusal, Request
from sandbox.web.mischief import Mischief
from sandbox.web.tax import Tax

log = logging.getLogger(__name__)

HOST = "127.0.0.1"


class AgencyServer(ThreadingHTTPServer):
    """Serves the three agencies under ``/market``, ``/tax`` and ``/labour``.

    Args:
        port: 0 takes any free port.
    """

    daemon_threads = False  # closing the server waits for its connections
    request_queue_size = 64

    def __init__(self, port: int, universe: Universe, mischief: Mischief) -> None:
        self.mischief = mischief
        self.agencies: dict[str, Agency] = {
            kind.name: kind(universe, mischief) for kind in (Market, Tax, Labour)
        }
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"http://{HOST}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that it can be ended with the server."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """End kept connections, which would otherwise wait for their clients."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "CreditParkSandbox"
    sys_version = ""
    disable_nagle_algorithm = True  # or every page waits for a delayed acknowledgement
    wbufsize = -1
    server: AgencyServer

    def do_GET(self) -> None:
        """Answer one request, or misbehave as told."""
        parts = urlsplit(self.path)
        agency = self.server.agencies.get(parts.path.lstrip("/").split("/")[0])
        if agency is None:
            self._send(Answer(404, {"message": f"没有该接口：{parts.path}"}))
            return
        resource = parts.path.removeprefix(agency.root)
        fault = self.server.mischief.kind(agency.name, resource)
        if fault == "down":
            self.close_connection = True
        elif fault == "500":
            self._send(agency.refuse(Refusal(500, "系统繁忙，请稍后再试")))
        else:
            answer = agency.answer(self._request(parts.path, parts.query))
            self._send(answer, whole=fault != "truncate" or answer.status != 200)

    def _request(self, path: str, query: str) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        origin = f"http://{headers.get('host', self.server.base_url[7:])}"
        return Request(path, pairs, headers, origin)

    def _send(self, answer: Answer, *, whole: bool = True) -> None:
        """Send an answer; one that is not whole breaks off in the middle."""
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Sandbox", "invented-data")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if whole else body[: len(body) // 2])
        self.close_connection = self.close_connection or not whole

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log where the house logs."""
        log.debug(format, *args)
