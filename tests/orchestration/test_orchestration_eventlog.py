"""The event log keeps its databases open, and loses nothing by it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.eventlog import KEPT
from orchestration.instance import open_instance

KILLED = """
import os, signal, sys
from pathlib import Path
import dagster as dg
from orchestration.instance import open_instance

@dg.asset
def first() -> None: ...

@dg.asset(deps=[first])
def second() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

with open_instance(Path(sys.argv[1])) as instance:
    dg.materialize([first, second], instance=instance)
"""


@dg.asset
def made() -> dg.MaterializeResult[None]:
    """One row."""
    return dg.MaterializeResult(metadata={"dagster/row_count": 1})


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")


def open_files(folder: Path) -> set[str]:
    """Databases below a folder that this process holds open."""
    found = [p.readlink() for p in Path("/proc/self/fd").iterdir() if p.is_symlink()]
    return {p.name for p in found if p.is_relative_to(folder) and ".db" in p.name}


def test_many_runs_leave_few_databases_open_and_none_after_the_end(tmp_path: Path):
    with open_instance(tmp_path) as instance:
        runs = [
            dg.materialize([made], instance=instance).run_id for _ in range(KEPT + 3)
        ]
        logs = tmp_path / "dagster" / "history" / "runs"
        kept = {name.partition(".db")[0] for name in open_files(logs)}
        assert kept <= {"index", *runs}
        assert len(kept) <= KEPT
        found = instance.fetch_materializations(made.key, limit=100).records
        assert {record.run_id for record in found} == set(runs)
    assert not open_files(logs)


def test_dagster_itself_reads_what_a_killed_process_wrote(tmp_path: Path):
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    stock = SqliteEventLogStorage(str(tmp_path / "dagster" / "history" / "runs"))
    (run,) = stock.get_all_run_ids()
    events = [e.dagster_event for e in stock.get_logs_for_run(run) if e.dagster_event]
    made = [
        str(e.asset_key.path[0]) if e.asset_key else ""
        for e in events
        if e.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION
    ]
    assert made == ["first"]
    assert events[-1].event_type is dg.DagsterEventType.STEP_START
    stock.dispose()
