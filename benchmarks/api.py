"""The bank API beside a bare Starlette and sqlite3 endpoint on the same machine.

``python -m benchmarks.api [--enterprises N] [--workers N]``: looks up one enterprise at
64 connections, with its audit row on disk before the answer leaves. Requests a second,
p99 and ratios; batches of a thousand; several processes on one port.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import click
import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from publish.access import audit
from publish.api import facts, mock
from publish.registry.engine import open_registry, sqlite_url
from publish.serving.server import serve
from publish.serving.workers import bound
from quality.clock import Clock
from quality.identifiers.uscc import check_character

CONNECTIONS = 64
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def code_of(number: int) -> str:
    """A sound code of an invented enterprise."""
    body = f"{number:08d}"
    total = sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True))
    rest = 11 - total % 11
    digit = {10: "X", 11: "0"}.get(rest, str(rest))
    plain = f"91370303{body}{digit}"
    return plain + check_character(plain)


def world(home: Path, enterprises: int) -> list[str]:
    """The mock release with so many more enterprises, each with two licences."""
    clock = Clock()
    registry = open_registry(sqlite_url(home / "registry.db"))
    mock.furnish(home, registry, clock)
    registry.dispose()
    codes = [code_of(n) for n in range(1, enterprises + 1)]
    path = home / "releases" / mock.RELEASE / "public.db"
    with sqlite3.connect(path) as connection:
        _copy(connection, "enterprises", [{"uscc": c} for c in codes], mock.CLEAN)
        licences = [{"uscc": c, "record_id": f"{c}-{n}"} for c in codes for n in (1, 2)]
        _copy(connection, "licences", licences, mock.CLEAN)
    return codes


def _copy(
    connection: sqlite3.Connection, table: str, rows: list[dict[str, str]], like: str
) -> None:
    names = [r[1] for r in connection.execute(f"PRAGMA table_info({table})")]
    sql = f"SELECT * FROM {table} WHERE uscc = ? LIMIT 1"
    first = connection.execute(sql, (like,)).fetchone()
    whole = [
        tuple({**dict(zip(names, first, strict=True)), **r}.values()) for r in rows
    ]
    marks = ", ".join("?" for _ in names)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", whole)


def bare(path: Path) -> Starlette:
    """The same answer from the same file: no key, no limit, no receipt, no audit."""
    connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    connection.create_function("today", 0, lambda: "2026-01-01")

    async def show(request: Request) -> Response:
        found = facts.read(connection, request.path_params["uscc"])
        body = json.dumps(found.document() if found else {}, ensure_ascii=False)
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/api/v1/enterprises/{uscc}", show)])


def _bare(path: Path, port: int) -> None:
    uvicorn.run(bare(path), port=port, log_level="error", access_log=False)


def _ours(home: Path, port: int, workers: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the log of requests
    url = sqlite_url(home / "registry.db")
    serve(home, Clock(), host="127.0.0.1", port=port, registry_url=url, workers=workers)


@contextmanager
def served(work: Callable[..., None], *words: Any) -> Iterator[str]:
    """A process that serves; ends with the block."""
    port = words[1]
    process = multiprocessing.get_context("spawn").Process(target=work, args=words)
    process.start()
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{url}/api/v1/status", timeout=1)
                break
            except httpx.HTTPError:
                sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.join()


async def load(
    url: str, codes: list[str], requests: int, **headers: str
) -> list[float]:
    """Seconds that each request took, at 64 connections."""
    spent: list[float] = []
    waiting = iter((codes * (requests // len(codes) + 1))[:requests])
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:

        async def caller() -> None:
            for code in waiting:
                began = perf_counter()
                path = f"{url}/api/v1/enterprises/{code}"
                answer = await client.get(path, headers=headers)
                answer.raise_for_status()
                spent.append(perf_counter() - began)

        await asyncio.gather(*(caller() for _ in range(CONNECTIONS)))
    return spent


def measured(
    title: str, url: str, codes: list[str], requests: int, base: float, **headers: str
) -> float:
    """Print requests a second, p99 and the ratio to a baseline; the requests a second."""
    asyncio.run(load(url, codes, 200, **headers))
    began = perf_counter()
    spent = asyncio.run(load(url, codes, requests, **headers))
    rate = requests / (perf_counter() - began)
    p99 = statistics.quantiles(spent, n=100)[98] * 1000
    told = f"{rate:8.0f}/s  p99 {p99:6.1f} ms"
    click.echo(f"  {title:<52} {told}  {rate / base if base else 1:5.2f}")
    return rate


def _batches(url: str, codes: list[str], **headers: str) -> None:
    body = {"usccs": (codes * 1000)[:1000]}
    with httpx.Client(timeout=60) as client:
        began = perf_counter()
        for _ in range(5):
            where = f"{url}/api/v1/enterprises:batch"
            answer = client.post(where, json=body, headers=headers)
            answer.raise_for_status()
    rate = 5000 / (perf_counter() - began)
    click.echo(
        f"  {'batches of 1,000, audit rows included':<52} {rate:8.0f} enterprises/s"
    )


@click.command()
@click.option("--enterprises", default=5_000, show_default=True, help="In the release.")
@click.option("--requests", default=2_000, show_default=True, help="Of each scenario.")
@click.option("--workers", default=2, show_default=True, help="Processes, at the end.")
def main(enterprises: int, requests: int, workers: int) -> None:
    """Print each scenario beside the bare endpoint."""
    key = {"Authorization": f"Bearer {mock.TOKEN.text}"}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        codes = world(home, enterprises)
        path = home / "releases" / mock.RELEASE / "public.db"
        ports = [_free() for _ in range(3)]
        click.echo(f"one look-up, {enterprises} enterprises, {CONNECTIONS} connections")
        with served(_bare, path, ports[0]) as url:
            base = measured("bare Starlette + sqlite3", url, codes, requests, 0)
        with served(_ours, home, ports[1], 1) as url:
            title = "key, limit, receipt, durable audit"
            measured(title, url, codes, requests, base, **key)
            _batches(url, codes, **key)
        with served(_ours, home, ports[2], workers) as url:
            title = f"the same in {workers} processes on one port"
            measured(title, url, codes, requests, base, **key)
        count, broken = audit.verify(open_registry(sqlite_url(home / "registry.db")))
        click.echo(f"  {count} audit rows, {len(broken)} faults in the chain")


def _free() -> int:
    with bound("127.0.0.1", 0) as listening:
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    main()
