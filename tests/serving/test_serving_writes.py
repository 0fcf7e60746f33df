"""An answer's head and body leave in one write, so that a kill leaves no half."""

from __future__ import annotations

import socket
import threading
import time

from publish.serving.asgi import App, Receive, Scope, Send
from publish.serving.server import configured
from tests.serving.processes import free_port

HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"4")],
}


async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Holds the process up between head and body, as a busy machine may."""
    await send(HEAD)
    time.sleep(0.3)  # the process itself stands still
    await send({"type": "http.response.body", "body": b"whol", "more_body": False})


async def streamed(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Sends its body in three parts, each when it is asked for."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one", b"two", b""):
        await send(
            {"type": "http.response.body", "body": part, "more_body": bool(part)}
        )


def first_part(app: App, request: bytes, *, whole: bool = False) -> bytes:
    """What a visitor holds after the first piece, or after all, has arrived."""
    port = free_port()
    server = configured(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        with socket.create_connection(("127.0.0.1", port), 9) as visitor:
            visitor.sendall(request)
            got = visitor.recv(65536)
            while whole and (more := visitor.recv(65536)):
                got += more
            return got
    finally:
        server.should_exit = True
        thread.join()


def test_head_and_body_arrive_together() -> None:
    got = first_part(slow, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert got.endswith(b"\r\n\r\nwhol")


def test_a_closed_connection_has_received_all_of_a_streamed_answer() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    got = first_part(streamed, request, whole=True)
    assert got.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


def test_what_is_no_request_is_answered_before_the_connection_ends() -> None:
    got = first_part(streamed, b"nonsense\r\n\r\n", whole=True)
    assert got.startswith(b"HTTP/1.1 400 Bad Request\r\n")
