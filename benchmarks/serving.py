"""Requests a second of the site beside stock Datasette and a bare SQLite endpoint.

``python -m benchmarks.serving [ENTERPRISES]``; 10,000 unless told. Each server is a
process of its own and is asked by eight clients on kept connections, first for pages that
nobody asked for before, then for the same page again and again. The baselines serve the
same data: (a) stock Datasette's table and row pages, (b) Starlette with one sqlite3
look-up per request, answering as many bytes as ours. Beside the rates stands the processor
time of the server for one answer, which other work on the machine does not change; the
ratios at the end are of that.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click
import duckdb

from benchmarks import publication

CLIENTS, SECONDS = 8, 4.0
STOCK_PAGE = "(a) stock Datasette, table page"
BARE_ROW = "(b) bare Starlette, JSON row"
OURS = """
import sys; from pathlib import Path
from publish.registry.engine import sqlite_url
from publish.serving.app import create_app
from publish.serving.server import configured
from quality.clock import Clock; from datetime import date
clock = Clock(date(2026, 11, 23))
home = Path(sys.argv[1])
app = create_app(home, clock, registry_url=sqlite_url(home / "registry.db"))
configured(app, "127.0.0.1", int(sys.argv[2])).run()
"""
BARE = """
import json, sqlite3, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
db = sqlite3.connect(f"file:{sys.argv[1]}?immutable=1", uri=True)
db.row_factory = sqlite3.Row
async def row(request):
    asked = request.path_params
    sql = "SELECT * FROM enterprises WHERE uscc = ?"
    found = dict(db.execute(sql, (asked["uscc"],)).fetchone())
    body = json.dumps(found, ensure_ascii=False).encode().ljust(asked["size"])
    return Response(body, media_type="application/json")
app = Starlette(routes=[Route("/{size:int}/{uscc}", row)])
uvicorn.run(app, port=int(sys.argv[2]), access_log=False, log_level="error")
"""


@dataclass(frozen=True)
class Told:
    """What some seconds of asking showed; latencies and processor time in milliseconds."""

    rate: float
    half: float
    most: float
    spent: float
    size: int


def main(enterprises: int) -> None:
    """Print a table of rates and latencies."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        with duckdb.connect() as connection:
            made = publication.relations(connection, enterprises)
            release = publication.build(connection, made, home / "releases")
        file = str(release.folder / "public.db")
        codes = [f"91370303MA{n:08d}" for n in range(enterprises)]
        asked: dict[str, Told] = {}
        with served([sys.executable, "-c", OURS, str(home)]) as server:
            fresh = iter(codes)
            asked["credit file, each another"] = ask(server, (f"/e/{c}" for c in fresh))
            asked["credit file, the same again"] = ask(
                server, itertools.repeat(f"/e/{codes[0]}")
            )
            words = (f"/search?q=科技{n}" for n in itertools.count())
            asked["search, each another"] = ask(server, words)
            pages = (
                f"/lists/penalties?page={n % 20 + 1}&x={n}" for n in itertools.count()
            )
            asked["list page, each another"] = ask(server, pages)
            rows = (
                f"/public/enterprises/{c}.json?_shape=object" for c in reversed(codes)
            )
            asked["JSON row, each another"] = ask(server, rows)
            same = f"/public/enterprises/{codes[0]}.json"
            asked["JSON row, the same again"] = ask(server, itertools.repeat(same))
        stock = [
            sys.executable,
            "-m",
            "datasette",
            "serve",
            "--immutable",
            file,
            "--port",
        ]
        with served(stock) as server:
            tables = (f"/public/penalties?_size=50&x={n}" for n in itertools.count())
            asked[STOCK_PAGE] = ask(server, tables)
            rows = (f"/public/enterprises/{c}.json" for c in codes)
            asked["(a) stock Datasette, JSON row"] = ask(server, rows)
        size = asked["JSON row, each another"].size
        with served([sys.executable, "-c", BARE, file]) as server:
            asked[BARE_ROW] = ask(server, (f"/{size}/{c}" for c in codes))
    click.echo(f"serving {enterprises:,} enterprises, {CLIENTS} clients")
    for name, told in asked.items():
        figures = (
            f"{told.rate:9,.0f} /s  p50 {told.half:7.1f} ms  p99 {told.most:7.1f} ms"
            f"  CPU {told.spent:7.3f} ms"
        )
        click.echo(f"  {name:36}{figures}  {told.size:8,} B")
    row, page = asked["JSON row, each another"], asked["list page, each another"]
    bare, table = asked[BARE_ROW], asked[STOCK_PAGE]
    click.echo(f"  JSON row: {bare.spent / row.spent:.2f} of (b), by processor time")
    click.echo(f"  list page: {table.spent / page.spent:.2f} times (a)'s table page")


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def spent(self) -> float:
        """Seconds of processor time so far; 0 where the system does not tell."""
        try:
            told = Path(f"/proc/{self.pid}/stat").read_text("ascii")
        except OSError:
            return 0.0
        fields = told.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(command: list[str]) -> Iterator[Server]:
    """A server on a free port, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*command, str(port)], stdout=quiet, stderr=quiet)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def ask(server: Server, paths: Iterator[str]) -> Told:
    """Ask for some seconds."""
    return asyncio.run(_ask(server, paths))


async def _ask(server: Server, paths: Iterator[str]) -> Told:
    times: list[float] = []
    sizes: list[int] = []
    until = perf_counter() + SECONDS
    before = server.spent()
    clients = (_client(server.port, paths, until, times, sizes) for _ in range(CLIENTS))
    began = perf_counter()
    await asyncio.gather(*clients)
    spent = perf_counter() - began
    times.sort()
    half, most = times[len(times) // 2], times[len(times) * 99 // 100]
    used = (server.spent() - before) / len(times)
    return Told(*(len(times) / spent, half * 1000, most * 1000, used * 1000), sizes[-1])


async def _client(
    port: int, paths: Iterator[str], until: float, times: list[float], sizes: list[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for path in paths:
        start = perf_counter()
        if start > until:
            break
        encoded = path.encode("ascii", "ignore") if path.isascii() else _quoted(path)
        writer.write(b"GET " + encoded + b" HTTP/1.1\r\nHost: bench\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head[:40]!r}")
        size = await _body(reader, head.lower())
        times.append(perf_counter() - start)
        sizes.append(size)
    writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> int:
    """Read an answer to its end; how many bytes it was."""
    if b"transfer-encoding: chunked" not in head:
        size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(size)
        return size
    size = 0
    while portion := int(await reader.readline(), 16):
        await reader.readexactly(portion + 2)
        size += portion
    await reader.readline()
    return size


def _quoted(path: str) -> bytes:
    return "".join(
        c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode()) for c in path
    ).encode()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
