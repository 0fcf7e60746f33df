"""How the last run ended is kept for runs of the daemon as for those of the command."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.last_run import last_run_sensors
from orchestration.location import NIGHTLY
from orchestration.places import make_lake
from orchestration.run import OURS
from orchestration.settings import Settings
from publish.release.names import LAST_RUN


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", today=date(2026, 11, 23))
    landing = make_lake(made).landing
    landing.note("penalties", "not reachable")
    landing.note("permits", None)
    return made


def told(
    settings: Settings, *, name: str = NIGHTLY, fails: bool, tags: dict[str, str]
) -> Any:
    """What the sensors keep of one run of a job."""

    @dg.op
    def work() -> None:
        if fails:
            raise dg.Failure("no")

    @dg.job(name=name)
    def job() -> None:
        work()

    sensors = last_run_sensors(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance, raise_on_error=False, tags=tags
        )
        kind = (
            dg.DagsterEventType.RUN_FAILURE
            if fails
            else dg.DagsterEventType.RUN_SUCCESS
        )
        (event,) = [e for e in result.all_events if e.event_type is kind]
        context = dg.build_run_status_sensor_context(
            sensor_name=sensors[fails].name,
            dagster_event=event,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        sensors[fails](context)
    path = settings.releases / LAST_RUN
    return json.loads(path.read_text()) if path.is_file() else None


@pytest.mark.parametrize("fails", [False, True])
def test_a_nightly_run_of_the_daemon_is_kept(settings: Settings, fails: bool):
    kept = told(settings, fails=fails, tags={})
    assert (kept["success"], kept["missing"], kept["release"]) == (not fails, 1, None)
    assert kept["seconds"] >= 0
    assert kept["ended_at"].endswith("+08:00")


def test_other_jobs_and_runs_of_the_command_are_not(settings: Settings):
    assert told(settings, name="compare", fails=False, tags={}) is None
    assert told(settings, fails=False, tags=OURS) is None
