"""Pulling an agency over HTTP beside the loop a script would write with requests.

The sandbox serves in a process of its own. The loop asks page after page and keeps the
bytes; ours also signs, checks, paces, resumes, hashes, and lands whole or not at all.
Not here: what is made of the rows.
"""

from __future__ import annotations

import multiprocessing
import socket
import time
from pathlib import Path

import requests

from assets.sources import http
from assets.sources.declaration import HttpAgency, load_sources
from assets.sources.pull import pull
from assets.stores import Window
from benchmarks.copies import HISTORY_FROM, TODAY
from benchmarks.declared import Steps
from orchestration.lake.landing import FileLanding
from orchestration.settings import SANDBOX, sandbox_variables
from quality.clock import Clock
from sandbox import credentials
from sandbox.service import serve

AGENCY = "market"


def prepare(name: str, folder: Path, size: int) -> None:
    """Each run has its own sandbox: nothing is shared."""
    del name, folder, size


def steps(name: str, folder: Path, size: int) -> Steps:
    """The loop and ours, against the same server."""
    del name
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    context = multiprocessing.get_context("spawn")
    context.Process(
        target=serve, args=(port, TODAY, 20230324, size), daemon=True
    ).start()
    _wait(port)
    url = f"http://127.0.0.1:{port}"
    given = sandbox_variables(url) | {"CREDITPARK_INBOX": "."}
    sources = load_sources(SANDBOX, given)
    agency = sources.agencies[AGENCY]
    if not isinstance(agency, HttpAgency):
        raise TypeError("the sandbox's market agency speaks HTTP")
    landing = FileLanding(folder / f"landing-{time.time_ns()}", Clock(TODAY))

    def ours() -> None:
        with http.session() as web:
            for dataset in agency.datasets:
                span = Window(HISTORY_FROM, TODAY)
                found = pull(sources, dataset, span, landing, web)
                if found.error:
                    raise RuntimeError(found.error)

    def loop() -> None:
        head = {"Authorization": f"Bearer {credentials.MARKET_TOKEN}"}
        with requests.Session() as web:
            web.headers.update(head)
            for dataset in agency.datasets:
                _pages(web, f"{agency.base_url}/{dataset}", folder / dataset)

    loop()  # the sandbox builds its pages when it is first asked
    return {"plain requests loop": loop, "ours": ours}


def _pages(web: requests.Session, url: str, target: Path) -> None:
    target.mkdir(exist_ok=True)
    seen, number = 0, 0
    while True:
        number += 1
        window = {"updated_from": f"{HISTORY_FROM}", "updated_to": f"{TODAY}"}
        asked = window | {"pageNum": str(number), "pageSize": "500"}
        answer = web.get(url, params=asked, timeout=30)
        answer.raise_for_status()
        found = answer.json()["data"]
        (target / f"{number:05}.json").write_bytes(answer.content)
        seen += len(found["list"])
        if not found["list"] or seen >= int(found["total"]):
            return


def _wait(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the sandbox did not start")
