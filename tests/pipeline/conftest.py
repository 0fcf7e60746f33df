"""The real main job on a small sandbox, run as seldom as can be.

Runs are made once a session and are not written to again; a test that wants to go on
from one goes on from a copy of its home.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from orchestration.lake.lake import LocalLake
from orchestration.main_job import run_main_job
from orchestration.places import make_lake
from orchestration.settings import PREFIX, Settings, load_settings
from publish.release.store import Releases
from sandbox import Sandbox

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
EARLIER = date(2026, 9, 15)  # between then and TODAY some grades move
SIZE = 60
PATIENCE = 120  # seconds after which a subprocess is given up


SOURCES = """
name: three
history_from: 2026-10-01
membership: {{by: address, pattern: 高新}}
agencies:
  market:
    transport: files
    folder: {folder}
    datasets: {{registrations: {{}}}}
"""
HEADER = "UNISCID,ENTNAME,ESTDATE,REGSTATE_CN,DOM"
LINES = [
    "91370303MA3C00003D,淄博甲公司（虚构）,2016-05-03,存续,高新区某路",
    "91370303MA3C000118,淄博乙公司（虚构）,2017年6月1日,存续,高新区某路",
    "91370303MA3C0002X0,淄博丙公司（虚构）,20180701,存续,张店区某路",
]


@dataclass(frozen=True)
class Run:
    """One run of the main job: its exit code, its summary, and where it wrote."""

    code: int
    report: dict[str, Any]
    settings: Settings

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def releases(self) -> Releases:
        return Releases(self.settings.releases)

    @property
    def content(self) -> str:
        """The content hash of the serving release."""
        current = self.releases.current()
        assert current is not None
        return str(self.releases.manifest(current)["content_sha256"])

    @cached_property
    def lake(self) -> LocalLake:
        return make_lake(self.settings)

    @property
    def datasets(self) -> dict[str, dict[str, Any]]:
        return {row["dataset"]: row for row in self.report["datasets"]}

    def rows(self, relation: str, columns: str = "*", where: str = "true") -> list[Any]:
        """Rows of a lake's relation, sorted."""
        query = f"SELECT {columns} FROM {relation} WHERE {where} ORDER BY ALL"
        return self.lake.engine.connection.execute(query).fetchall()

    def table(self, name: str, columns: str = "*", where: str = "true") -> list[Any]:
        """Rows of a record or derived table."""
        return self.rows(self.lake.relation(name), columns, where)


def run_job(home: Path, today: date, **changes: Any) -> Run:
    """Run the main job here and now, as the environment says."""
    given = {"home": home, "today": today, "sandbox_enterprises": SIZE} | changes
    settings = load_settings({f"{PREFIX}{n.upper()}": str(v) for n, v in given.items()})
    out = io.StringIO()
    with redirect_stdout(out):
        code = run_main_job(settings, Console(), as_json=True)
    return Run(code, json.loads(out.getvalue()), settings)


def three_enterprises(folder: Path) -> Path:
    """Put a register of three invented enterprises there; gives the sources file."""
    inbox = folder / "inbox"
    inbox.mkdir()
    text = "\n".join([HEADER, *LINES])
    (inbox / "registrations_20261001.csv").write_text(text, "utf-8")
    sources = folder / "sources.yaml"
    sources.write_text(SOURCES.format(folder=inbox), "utf-8")
    return sources


def run_and_kill(
    home: Path, today: date, reached: Callable[[], bool], seed: int, **more: str
) -> None:
    """Start the command, and kill it a random while after ``reached`` holds."""
    environment = (
        os.environ
        | more
        | {
            "CREDITPARK_HOME": str(home),
            "CREDITPARK_TODAY": today.isoformat(),
            "CREDITPARK_SANDBOX_ENTERPRISES": str(SIZE),
        }
    )
    command = str(Path(sys.executable).with_name("creditpark"))
    with (home.parent / "killed.log").open("ab") as log:
        child = subprocess.Popen(
            [command, "run"], env=environment, stdout=log, stderr=log
        )
        try:
            give_up = time.monotonic() + PATIENCE
            while not reached() and time.monotonic() < give_up:
                assert child.poll() is None, "it ended before it could be killed"
                time.sleep(0.02)
            time.sleep(random.Random(seed).random() / 2)  # noqa: S311
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    assert child.returncode == -signal.SIGKILL


def copied(run: Run, folder: Path) -> Path:
    """A copy of a run's home."""
    return Path(shutil.copytree(run.home, folder / "home"))


@pytest.fixture(scope="session", autouse=True)
def environment() -> Iterator[None]:
    """Runs name their Dagster home in the environment; give it back as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")
        patch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
        patch.setenv("GX_ANALYTICS_ENABLED", "false")
        patch.setenv("DAGSTER_EVENT_BATCH_SIZE", "2000")
        yield


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The first run, on 23 November 2026."""
    return run_job(tmp_path_factory.mktemp("base") / "home", TODAY)


@pytest.fixture(scope="session")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A first run in September, when one agency is down and a page is cut in half."""
    home = tmp_path_factory.mktemp("outage") / "home"
    faults = {"labour": "down", "tax/tax_arrears": "truncate"}
    with Sandbox(today=EARLIER, enterprises=SIZE, faults=faults) as sandbox:
        sandbox.drop(home / "inbox")
        return run_job(home, EARLIER, sandbox_url=sandbox.base_url)


@pytest.fixture(scope="session")
def repaired(outage: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run after the outage, two months later, when all agencies answer."""
    home = copied(outage, tmp_path_factory.mktemp("repaired"))
    return run_job(home, TODAY)
