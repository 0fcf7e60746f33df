"""How answers leave the process: what belongs together goes out in one write.

The server writes an answer's head and body one after the other. A process killed
between the two leaves half an answer, which a proxy may neither take back nor ask
elsewhere; joined, the operating system has the answer whole or not at all (up to the
room of the socket's buffer). It saves a system call for each answer as well.
Not here: what is answered.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class JoinedWrites:
    """A transport that writes what one turn of the event loop wrote, at once.

    Args:
        transport: the connection's own; all but writing and closing is left to it.
        loop: the event loop it belongs to.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Whatever is not about writing is the connection's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold ``data`` until this turn of the event loop ends."""
        if not self._held:
            self._loop.call_soon(self._leave)
        self._held.append(data)

    def close(self) -> None:
        """Close once all that is held has left."""
        self._leave()
        self._transport.close()

    def _leave(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.writelines(held)


class WholeAnswers(HttpToolsProtocol):
    """The server's protocol over joined writes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A visitor has come."""
        joined = JoinedWrites(transport, self.loop)
        super().connection_made(cast(asyncio.Transport, joined))
