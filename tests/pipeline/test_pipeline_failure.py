"""A run that fails says why, keeps the old release, and is made good by the next."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from assets.sources.lost import lost_deliveries
from orchestration.errors import BUSY
from orchestration.instance import open_instance
from orchestration.main_job import run_main_job
from orchestration.places import make_lake, make_setup
from orchestration.settings import POLICY, environment
from publish.release.store import Releases
from tests.pipeline.conftest import (
    PATIENCE,
    TODAY,
    TOMORROW,
    Run,
    run_job,
    three_enterprises,
)
from tests.serving.world import wait_until

SHIPPED = POLICY / "zibo-gaoxin-2026.yaml"
Go = Callable[..., Run]
COMMAND = [str(Path(sys.executable).with_name("creditpark")), "run"]


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """Run on a register of three invented enterprises."""
    folder = tmp_path_factory.mktemp("three")
    sources = three_enterprises(folder)
    return lambda today=TODAY, **changes: run_job(
        folder / "home", today, sources=sources, **changes
    )


@pytest.fixture(scope="module")
def first(go: Go) -> Run:
    return go()


@pytest.fixture(scope="module")
def failed(first: Run, go: Go, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The next day's run, with a policy that somebody edited badly."""
    policy = tmp_path_factory.mktemp("policy") / "policy.yaml"
    text = SHIPPED.read_text("utf-8").replace("flag: 10", "flag: ten", 1)
    policy.write_text(text, "utf-8")
    assert first.code == 0
    return go(TOMORROW, policy=policy)


def test_a_register_alone_becomes_a_release_without_grades(first: Run):
    assert first.code == 0
    assert first.report["totals"] == {
        "rows_in": 3,
        "accepted": 3,
        "quarantined": 0,
        "duplicates": 0,
    }
    assert first.report["graded"] == {"未评": 2}  # two of them are in the park
    assert first.report["published"]["enterprises"] == 3


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text().split()]


def kill_a_step(process: subprocess.Popen[bytes]) -> None:
    """Kill the process of a step, below the server that forks them."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        assert process.poll() is None, "it ended before a step was killed"
        for below in children(process.pid):
            for step in children(below):
                with suppress(ProcessLookupError):  # it has just ended
                    os.kill(step, signal.SIGKILL)
                    return
        time.sleep(0.02)
    raise AssertionError("no step began")


def test_steps_in_processes_of_their_own_give_the_same_release(
    first: Run, tmp_path: Path
):
    """Also after one was killed; and meanwhile nobody else may run."""
    settings = first.settings.model_copy(
        update={"home": tmp_path / "home", "executor": "multiprocess"}
    )
    log, releases = tmp_path / "log", Releases(settings.releases)

    def started() -> subprocess.Popen[bytes]:
        given = os.environ | environment(settings)
        with log.open("wb") as out:
            return subprocess.Popen(COMMAND, env=given, stdout=out, stderr=out)

    run = started()
    wait_until(lambda: any(map(children, children(run.pid))))
    assert run_main_job(settings, Console(quiet=True), as_json=False) == BUSY
    kill_a_step(run)
    assert run.wait(PATIENCE) == 1
    assert "the process of this step was killed" in log.read_text("utf-8")
    assert "DEBUG" not in log.read_text("utf-8")
    assert releases.current() is None
    assert started().wait(PATIENCE) == 0, log.read_text("utf-8")
    manifest = releases.manifest(releases.current() or "")
    assert manifest["content_sha256"] == first.content
    assert len([*settings.lake_folder.glob("landing/*/*/*/manifest.json")]) == 1


def test_a_failed_run_is_exit_one_and_names_the_mistake(failed: Run):
    assert failed.code == 1
    assert failed.report["success"] is False
    told = " ".join(failed.report["failures"].values())
    assert "PolicyError" in told
    assert "policy.yaml:" in told
    assert told.endswith(
        "indicators.0.rules.0.flag: points are a number with at most three decimals "
        "(here: ten)"
    )


def test_after_a_failed_run_the_old_release_serves(first: Run, failed: Run):
    assert failed.releases.current() == first.report["release"]
    assert failed.report["release"] == first.report["release"]
    assert failed.releases.verify(first.report["release"]) == ()


def test_the_next_good_run_publishes(first: Run, failed: Run, go: Go):
    mended = go(TOMORROW)
    assert failed.code == 1
    assert (mended.code, mended.report["failures"]) == (0, {})
    assert mended.report["release"].startswith("20261124-")
    assert mended.report["previous_release"] == first.report["release"]
    assert mended.report["new_batches"] == 0


@pytest.fixture(scope="module")
def bad_day(failed: Run, go: Go) -> Run:
    """A file nobody can read came, and somebody deleted a delivery from landing."""
    inbox = Path(failed.home).parent / "inbox"
    (inbox / "registrations_20261001.csv").unlink()
    (inbox / "registrations_20261002.csv").write_bytes("企业名称".encode("gb18030"))
    (batch,) = failed.lake.landing.batches("registrations")
    shutil.move(batch.pages[0].parent, Path(failed.home).parent / "backup")
    return go(TOMORROW)


def test_an_unreadable_file_is_missing_data_and_stops_nothing(bad_day: Run):
    assert (bad_day.code, bad_day.report["failures"]) == (3, {})
    assert bad_day.report["missing"] == ["registrations"]
    assert bad_day.report["success"] is True
    assert bad_day.report["totals"]["accepted"] == 3
    assert bad_day.lake.landing.failure("registrations") == (
        "registrations_20261002.csv: not utf-8-sig (byte 0); "
        "declare the encoding of this dataset"
    )


def test_a_lost_delivery_is_told_with_what_to_do_and_changes_nothing(
    first: Run, bad_day: Run
):
    (line,) = bad_day.report["lost"]
    assert line.startswith("lake/landing/market/registrations/20261001-")
    assert (
        "with the 3 rows as they were sent; the 3 accepted of them still count" in line
    )
    assert "delete lake/records/registrations and run" in line
    assert bad_day.report["published"] == first.report["published"]
    with open_instance(bad_day.home) as instance:
        (check,) = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(
                dg.AssetKey(["records", "registrations"]), "reconciliation"
            ),
            limit=1,
        )
    assert check.status.value == "FAILED"
    assert check.event
    assert line in str(check.event.dagster_event)


def test_put_back_or_sent_again_it_is_whole_again(bad_day: Run, go: Go):
    folder = Path(bad_day.home).parent
    lake, inbox = folder / "home" / "lake", folder / "inbox"
    (name,) = [line.split()[0].rpartition("/")[2] for line in bad_day.report["lost"]]
    home = lake / "landing" / "market" / "registrations" / name
    shutil.copytree(folder / "backup", home)
    setup = make_setup(bad_day.settings)
    assert lost_deliveries(make_lake(bad_day.settings), setup, "registrations") == ()
    # Without a backup: the agency sends the file again, and everything is split anew.
    shutil.rmtree(home)
    shutil.rmtree(lake / "records" / "registrations")
    (inbox / "registrations_20261002.csv").unlink()
    (sent,) = (folder / "backup").glob("00001.*")
    shutil.copy(sent, inbox / "registrations_20261001.csv")
    again = go(TOMORROW)
    assert (again.code, again.report["lost"]) == (0, [])
    assert again.content == bad_day.content
