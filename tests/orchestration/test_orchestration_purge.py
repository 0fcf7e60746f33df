"""The monthly purge waits until the office has decided how long things are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg

from orchestration import purge_job
from orchestration.places import make_setup
from orchestration.settings import Settings
from publish.registry.engine import open_registry
from publish.registry.retention import retentions


def test_the_schedule_is_off_and_says_what_the_office_has_to_decide():
    schedule = purge_job.purge_schedule(retentions())
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    told = schedule.evaluate_tick(dg.build_schedule_context())
    assert told.run_requests in ([], None)
    assert told.skip_message
    assert "papers, addresses, contacts, portfolios" in told.skip_message
    assert "publish/registry/policy/retention.csv" in told.skip_message


def test_decided_periods_let_it_run(tmp_path: Path):
    decided = [replace(kept, certainty="M") for kept in retentions()]
    told = purge_job.purge_schedule(decided).evaluate_tick(dg.build_schedule_context())
    assert told.run_requests is not None
    assert len(told.run_requests) == 1
    settings = Settings(home=tmp_path, today=date(2026, 11, 23))
    open_registry(settings.registry).dispose()
    result = purge_job.purge_job().execute_in_process(
        resources={"setup": make_setup(settings)}
    )
    assert result.success
    (event,) = result.get_step_success_events()
    assert event.step_key == "purge_registry"
