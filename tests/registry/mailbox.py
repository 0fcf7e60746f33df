"""A mail server and a web server that letters and webhooks are sent to in tests."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

# Path, headers and body to a status; none (0) hangs up without an answer.
Take = Callable[[str, Mapping[str, str], bytes], int]


@contextmanager
def taking_posts(take: Take) -> Iterator[int]:
    """A web server whose every POST is given to ``take``; gives its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = take(self.path, self.headers, body)
            if status:
                self.send_response(status)
                self.end_headers()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Silently."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Mailbox(threading.Thread):
    """The smallest mail server: accepts one message, or refuses the receiver."""

    def __init__(self, *, refuse: bool) -> None:
        super().__init__(daemon=True)
        self.refuse, self.lines = refuse, list[str]()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]

    def run(self) -> None:
        peer, _ = self.listening.accept()
        with peer, peer.makefile("rwb") as stream, self.listening:

            def say(line: str) -> None:
                stream.write(f"{line}\r\n".encode())
                stream.flush()

            say("220 here")
            data = False
            for raw in stream:
                line = raw.decode().rstrip("\r\n")
                if data:
                    self.lines.append(line)
                    data = line != "."
                    if not data:
                        say("250 taken")
                elif line.upper().startswith("RCPT") and self.refuse:
                    say("550 nobody")
                elif line.upper() == "DATA":
                    data = True
                    say("354 go on")
                elif line.upper() == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 yes")
