"""A load generator that costs little: kept connections, bytes made beforehand.

A client library takes more processor time per request than the server it measures. Not
here: what is asked (``api``).
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import uvicorn

CONNECTIONS = 64
HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length: "
TICKS = 100  # a second, in /proc/<pid>/stat


@dataclass(frozen=True)
class Told:
    """What a run showed.

    Attributes:
        rate: requests a second.
        half: milliseconds within which half of the answers came; ``most`` 99 of 100.
        spent: microseconds of processor time of the server's processes per request.
    """

    rate: float
    half: float
    most: float
    spent: float


def request(path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request on a kept connection: GET, or POST where it has a body."""
    method = "POST" if body else "GET"
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept: */*"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(
    port: int,
    requests: list[bytes],
    processes: Iterable[int],
    connections: int = CONNECTIONS,
) -> Told:
    """Send every request once over so many connections.

    Raises:
        RuntimeError: an answer was not 200.
    """
    pids = list(processes)
    before, began = _spent(pids), perf_counter()
    factory = uvicorn.Config("").get_loop_factory()  # as fast as the server's own
    with asyncio.Runner(loop_factory=factory) as runner:
        waits = runner.run(_asked(port, requests, connections))
    seconds = perf_counter() - began
    each = (_spent(pids) - before) / len(requests) * 1e6
    shares = statistics.quantiles(waits, n=100)
    half, most = shares[49] * 1000, shares[98] * 1000
    return Told(len(requests) / seconds, half, most, each)


async def _asked(port: int, requests: list[bytes], connections: int) -> list[float]:
    waits: list[float] = []
    waiting = iter(requests)
    loop = asyncio.get_running_loop()
    callers = [
        _Caller(waiting, waits, loop.create_future()) for _ in range(connections)
    ]
    for caller in callers:
        await loop.create_connection(lambda c=caller: c, "127.0.0.1", port)
    await asyncio.gather(*(c.done for c in callers))
    return waits


class _Caller(asyncio.Protocol):
    """One kept connection that asks the next request as soon as it was answered."""

    def __init__(
        self, waiting: Iterator[bytes], waits: list[float], done: asyncio.Future[None]
    ) -> None:
        self._waiting, self._waits, self.done = waiting, waits, done
        self._transport: Any = None
        self._got, self._missing, self._began = b"", 0, 0.0

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        self._next()

    def _next(self) -> None:
        one = next(self._waiting, None)
        if one is None:
            self._transport.close()
            return
        self._began = perf_counter()
        self._transport.write(one)

    def data_received(self, data: bytes) -> None:
        """Count what is missing of an answer; ask anew once nothing is."""
        try:
            self._take(data)
        except (RuntimeError, ValueError) as error:
            self.done.set_exception(error)
            self._transport.abort()

    def _take(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._got += data
            if HEAD_ENDS not in self._got:
                return
            self._missing, self._got = _missing(self._got), b""
        if not self._missing:
            self._waits.append(perf_counter() - self._began)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """The server went away, or we are done."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


def _missing(got: bytes) -> int:
    """Bytes of an answer's body that have not come yet."""
    head, _, body = got.partition(HEAD_ENDS)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    _, _, told = head.lower().partition(LENGTH)
    return int(told.partition(b"\r")[0]) - len(body)


def _spent(pids: list[int]) -> float:
    """Processor seconds of these processes so far."""
    return sum(sum(_ticks(pid)) / TICKS for pid in pids)


def _ticks(pid: int) -> tuple[int, int]:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def family(pid: int) -> list[int]:
    """A process and its children, on Linux; none elsewhere."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        return []
    return [pid, *(int(child) for child in children.read_text().split())]
