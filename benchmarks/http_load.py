"""A load generator that costs little: kept connections, bytes made beforehand.

A client library takes more processor time per request than the server it measures. Not
here: what is asked (``api``).
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

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


def request(path: str, headers: dict[str, str]) -> bytes:
    """The bytes of a GET request on a kept connection."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: */*"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def ask(port: int, requests: list[bytes], processes: Iterable[int]) -> Told:
    """Send every request once over 64 connections.

    Raises:
        RuntimeError: an answer was not 200.
    """
    pids = list(processes)
    before, began = _spent(pids), perf_counter()
    waits = asyncio.run(_asked(port, requests))
    seconds = perf_counter() - began
    each = (_spent(pids) - before) / len(requests) * 1e6
    shares = statistics.quantiles(waits, n=100)
    half, most = shares[49] * 1000, shares[98] * 1000
    return Told(len(requests) / seconds, half, most, each)


async def _asked(port: int, requests: list[bytes]) -> list[float]:
    waits: list[float] = []
    waiting = iter(requests)
    callers = (_caller(port, waiting, waits) for _ in range(CONNECTIONS))
    await asyncio.gather(*callers)
    return waits


async def _caller(port: int, waiting: Iterable[bytes], waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for one in waiting:
        began = perf_counter()
        writer.write(one)
        head = await reader.readuntil(HEAD_ENDS)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        lower = head.lower()
        at = lower.index(LENGTH) + len(LENGTH)
        await reader.readexactly(int(lower[at : lower.index(b"\r", at)]))
        waits.append(perf_counter() - began)
    writer.close()


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
