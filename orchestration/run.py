"""The main run: one Dagster job in this process, watched station by station.

Not here: printing (``summary``) and the command line (``cli``).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg
from dagster import DagsterEventType
from dagster._core.definitions.reconstruct import ReconstructableRepository

from assets.credit.history import KEY as HISTORY
from assets.reference import month_ends
from assets.setup import Setup
from assets.stores import Window
from orchestration.errors import reason
from orchestration.executors import IN_PROCESS, MODULE, listening
from orchestration.holding import sole_writer
from orchestration.instance import open_instance
from orchestration.location import MONTH_ENDS, NIGHTLY, build_definitions
from orchestration.pending import RANGE_END, RANGE_START, pending_span
from orchestration.places import make_lake, make_setup
from orchestration.settings import Settings, environment

STATIONS = (
    "landing",
    "records",
    "quality",
    "cases",
    "reference",
    "files",
    "guidance",
    "credit",
    "measures",
    "publication",
    "release",
)
ROOT = Path(__file__).parents[1]
OURS = {"creditpark/launched_by": "command"}
ASSET_MADE = DagsterEventType.ASSET_MATERIALIZATION
# Dagster keeps every event; the terminal shows progress bars instead.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        success: whether every step ended well.
        failures: step -> the error an operator reads.
        span: the days asked for.
        swept: half-written leftovers of killed runs that were removed first.
    """

    success: bool
    failures: Mapping[str, str]
    span: Window
    swept: int
    run_id: str


Watch = Callable[[dg.AssetKey], None]


def totals(definitions: dg.Definitions) -> Counter[str]:
    """How many assets each station has."""
    graph = definitions.resolve_asset_graph()
    keys = graph.materializable_asset_keys - {HISTORY}
    return Counter(key.path[0] for key in keys)


def execute(
    settings: Settings, watch: Watch, announce: Callable[[Counter[str]], None]
) -> Outcome:
    """Run everything that is due today.

    Args:
        settings: where and when.
        watch: told every asset when it is made.
        announce: told before how many assets each station has.
    """
    setup, lake = make_setup(settings), make_lake(settings)
    with (
        sole_writer(settings.home),
        open_instance(settings.home, settings.dagster_url) as instance,
    ):
        close_killed_runs(instance)
        lake.claim()
        swept = lake.sweep()
        definitions = build_definitions(setup, lake)
        announce(totals(definitions))
        span = pending_span(setup.sources, lake.landing, setup.today)
        tags, told = _tags(span) | OURS, _Teller(watch)
        result: dg.ExecuteInProcessResult | dg.JobExecutionResult
        if settings.executor == IN_PROCESS:
            result = _here(definitions, instance, tags, told)
        else:
            result = _beside(settings, instance, tags, told)
        if result.success:
            remember_month_ends(definitions, instance, setup)
        failures = {
            e.step_key or "run": reason(e)
            for e in result.all_events
            if e.event_type is DagsterEventType.STEP_FAILURE
        }
        return Outcome(result.success, failures, span, swept, result.run_id)


def _here(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    tags: Mapping[str, str],
    told: _Teller,
) -> dg.ExecuteInProcessResult:
    """The nightly job in this process."""
    run_id = str(uuid4())
    instance.add_event_listener(run_id, lambda entry: told(entry.dagster_event))
    return definitions.resolve_job_def(NIGHTLY).execute_in_process(
        instance=instance,
        run_id=run_id,
        raise_on_error=False,
        tags=dict(tags),
        run_config=QUIET,
    )


def _beside(
    settings: Settings,
    instance: dg.DagsterInstance,
    tags: Mapping[str, str],
    told: _Teller,
) -> dg.JobExecutionResult:
    """The nightly job with steps in other processes, coordinated by this one."""
    # They load the code location themselves, so they need the same settings.
    os.environ.update(environment(settings))
    located = ReconstructableRepository.for_module(MODULE, "defs", str(ROOT))
    job = located.get_reconstructable_job(NIGHTLY)
    with listening(told):
        return dg.execute_job(job, instance, run_config=QUIET, tags=tags)


def remember_month_ends(
    definitions: dg.Definitions, instance: dg.DagsterInstance, setup: Setup
) -> bool:
    """Add what we hold of every month end to the history, in one run."""
    ends = month_ends(setup.sources.history_from, setup.today - timedelta(days=1))
    if not ends:
        return True
    first, last = (day.replace(day=1).isoformat() for day in (ends[0], ends[-1]))
    job = definitions.resolve_job_def(MONTH_ENDS)
    tags = {RANGE_START: first, RANGE_END: last} | OURS
    made = job.execute_in_process(
        instance=instance, raise_on_error=False, tags=tags, run_config=QUIET
    )
    return bool(made.success)


def close_killed_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs of this command that a killed process left open; gives how many.

    The caller holds the home's lock, so none of them can still be running. Left open,
    they would fill the queue's only place for ever.
    """
    unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], tags=OURS)
    left = instance.get_runs(filters=unfinished)
    for run in left:
        instance.report_run_failed(
            run, "The process was killed; a later run took over."
        )
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(left)


def _tags(span: Window) -> dict[str, str]:
    last: date = span.end - timedelta(days=1)
    return {RANGE_START: span.first.isoformat(), RANGE_END: last.isoformat()}


class _Teller:
    """Tells of every asset once, however many days of it were made."""

    def __init__(self, watch: Watch) -> None:
        self.watch, self.told = watch, set[dg.AssetKey]()

    def __call__(self, event: dg.DagsterEvent | None) -> None:
        if event is None or event.event_type is not ASSET_MADE:
            return
        if event.asset_key and event.asset_key not in self.told:
            self.told.add(event.asset_key)
            self.watch(event.asset_key)
