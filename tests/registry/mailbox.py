"""A mail server for tests."""

from __future__ import annotations

import socket
import threading


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
