"""The loopback server: HTTP/1.1 with kept connections, one thread for each."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.universe import Universe
from sandbox.web.agency import Agency
from sandbox.web.breakage import BREAKS
from sandbox.web.certificate import self_signed
from sandbox.web.labour import Labour
from sandbox.web.market import Market
from sandbox.web.messages import Answer, Request
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
        if mischief.of_server == "certificate":
            context = self_signed()
            # Hands are shaken by each connection's thread, not by the one that accepts.
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        scheme = "https" if self.mischief.of_server == "certificate" else "http"
        return f"{scheme}://{HOST}:{self.server_address[1]}"

    def server_activate(self) -> None:
        """Listen; with the fault ``refused`` the port is taken and answers nobody."""
        if self.mischief.of_server != "refused":
            super().server_activate()

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        """Answer until shut down."""
        if self.mischief.of_server == "refused":
            return
        super().serve_forever(poll_interval)

    def shutdown(self) -> None:
        """Stop answering."""
        if self.mischief.of_server != "refused":
            super().shutdown()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up, or would not shake hands, is no news."""
        log.debug("%s: %s", client_address, request)

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
            return
        answer = agency.answer(self._request(parts.path, parts.query))
        spoil = BREAKS.get(fault or "")
        if spoil and answer.status == HTTPStatus.OK:
            spoil(self, _body(answer))
        else:
            self._send(answer)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The clock of the machine; an hour ahead where the fault says so."""
        skewed = "clock_skew" in self.server.mischief.faults.values()
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(int(now + 3600 * skewed))

    def _request(self, path: str, query: str) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        origin = f"http://{headers.get('host', self.server.base_url[7:])}"
        return Request(path, pairs, headers, origin)

    def _send(self, answer: Answer) -> None:
        body = _body(answer)
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Sandbox", "invented-data")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log where the house logs."""
        log.debug(format, *args)


def _body(answer: Answer) -> bytes:
    return json.dumps(answer.body, ensure_ascii=False).encode()
