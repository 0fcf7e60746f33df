"""How the last run ended: a small file beside the releases, for those who watch.

The command writes it for its own runs; for those of Dagster's daemon two sensors do. Not
here: who reads it (``publish.serving.figures``), telling people (``alerts``).
"""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from orchestration.lake import atomic
from orchestration.location import NIGHTLY
from orchestration.places import make_lake, make_setup
from orchestration.run import OURS
from orchestration.settings import Settings
from publish.release.names import LAST_RUN
from publish.release.store import Releases
from quality.clock import ZONE

ENDS = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)


def remember(
    settings: Settings,
    ended_at: datetime,
    seconds: float,
    *,
    success: bool,
    missing: int,
) -> None:
    """Put the file in place of the one of the run before."""
    told = {
        "ended_at": ended_at.isoformat(),
        "seconds": round(seconds, 3),
        "success": success,
        "missing": missing,
        "release": Releases(settings.releases).current(),
    }
    atomic.write_json(settings.releases / LAST_RUN, told)


def last_run_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """One for each way in which a nightly run of the daemon ends."""
    return [_sensor(settings, status) for status in ENDS]


def _sensor(settings: Settings, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name=f"remember_{status.value.lower()}",
        run_status=status,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="记录上次运行的结果 Keeps how the last nightly run ended.",
    )
    def ended(context: dg.RunStatusSensorContext) -> None:
        run = context.dagster_run
        record = context.instance.get_run_record_by_id(run.run_id)
        theirs = run.job_name == NIGHTLY and not OURS.items() <= run.tags.items()
        if theirs and record and record.start_time and record.end_time:
            remember(
                settings,
                datetime.fromtimestamp(record.end_time, ZONE),
                record.end_time - record.start_time,
                success=status is dg.DagsterRunStatus.SUCCESS,
                missing=_missing(settings),
            )

    return ended


def _missing(settings: Settings) -> int:
    """Datasets whose last pull failed."""
    agencies = make_setup(settings).sources.agencies.values()
    landing = make_lake(settings).landing
    names = [name for agency in agencies for name in agency.datasets]
    return sum(landing.failure(name) is not None for name in names)
