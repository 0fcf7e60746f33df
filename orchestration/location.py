"""The code location: assets, main job and schedule, built from the settings.

Not here: what an asset does (``assets``) or where its bytes lie (``orchestration.lake``).
"""

import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

import dagster as dg

from assets.cases.definitions import (
    carried_out_asset,
    effects_assets,
    guidance_assets,
)
from assets.cases.letters import deliveries_asset, outbox_asset
from assets.credit.definitions import credit_assets
from assets.credit.history import KEY as HISTORY
from assets.credit.history import history_asset
from assets.files.definitions import files_assets
from assets.measures.definitions import measures_assets
from assets.publication.definitions import publication_assets
from assets.setup import Setup
from assets.sources.business import business_asset
from assets.sources.declaration import Sources
from assets.sources.gate import records_assets
from assets.sources.landing import landing_assets
from assets.sources.quality_pages import data_docs_asset
from assets.sources.scorecards import scorecards_asset
from assets.sources.status import status_asset
from orchestration.automation import following
from orchestration.comparison_job import comparison_job
from orchestration.executors import Steps, executor
from orchestration.holding import taking_part
from orchestration.lake.lake import LocalLake
from orchestration.letters_job import letters_job, letters_schedule
from orchestration.pending import pending_tags
from orchestration.purge_job import purge_job, purge_schedule
from publish.registry.retention import retentions
from quality.clock import ZONE, Clock

NIGHTLY = "nightly"
MONTH_ENDS = "month_ends"
# A night that fails is tried again from where it failed, by Dagster's daemon.
NIGHTLY_TAGS = {
    "creditpark/job": NIGHTLY,
    "dagster/max_retries": "2",
    "dagster/retry_strategy": "FROM_FAILURE",
}
NIGHTLY_CRON = "30 0 * * *"


def partitions(first_day: str, clock: Clock) -> dg.DailyPartitionsDefinition:
    """Days of change windows, up to yesterday of our clock."""
    # Dagster counts days by the machine; a clock set ahead needs the days between.
    ahead = (clock.today() - datetime.now(ZONE).date()).days
    return dg.DailyPartitionsDefinition(
        start_date=first_day, timezone=str(ZONE), end_offset=max(ahead, 0)
    )


def months(first_day: date, clock: Clock) -> dg.MonthlyPartitionsDefinition:
    """Months of the grade history, up to the last one that is over by our clock."""
    today, machine = clock.today(), datetime.now(ZONE).date()
    ahead = (today.year - machine.year) * 12 + today.month - machine.month
    return dg.MonthlyPartitionsDefinition(
        start_date=first_day.replace(day=1).isoformat(),
        timezone=str(ZONE),
        end_offset=ahead,
    )


def all_assets(
    setup: Setup, days: dg.DailyPartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """Every step, from landing to release."""
    agencies = [*setup.sources.agencies]
    made_by: dict[str, str] = {}
    with warnings.catch_warnings():
        # Dagster documents single-run backfills and still calls them beta.
        warnings.simplefilter("ignore", dg.BetaWarning)
        landed = [landing_assets(setup.sources, a, days) for a in agencies]
    return [
        *landed,
        *(records_assets(setup.sources, a, made_by) for a in agencies),
        business_asset(made_by),
        data_docs_asset(made_by),
        status_asset(made_by),
        scorecards_asset(made_by),
        effects_assets(made_by),
        *files_assets(made_by),
        credit_assets(made_by),
        # Below credit: a downgrade is told the day it is found.
        guidance_assets(made_by),
        _history(setup),
        measures_assets(made_by),
        *publication_assets(made_by),
        carried_out_asset(),
        outbox_asset(),
        deliveries_asset(),
    ]


def _history(setup: Setup) -> dg.AssetsDefinition:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return history_asset(months(setup.sources.history_from, setup.clock))


def build_definitions(
    setup: Setup,
    lake: LocalLake,
    home: Path | None = None,
    steps: Steps | None = None,
) -> dg.Definitions:
    """The code location for one setup.

    Args:
        setup: what every asset is given.
        lake: where tables lie.
        home: is held by each run, so that there is one writer; ``None`` where the
            caller holds it.
        steps: the executor of the nightly run; small jobs stay in their process.
    """
    own = executor(Steps(), home)
    beside = executor(steps, home) if steps else own
    days = partitions(setup.sources.history_from.isoformat(), setup.clock)
    job = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all() - dg.AssetSelection.assets(HISTORY),
        description="主流程：四部门到数、校验、归档、评价、措施、发布 The main job.",
        tags=NIGHTLY_TAGS,
        executor_def=beside,
    )
    monthly = dg.define_asset_job(
        MONTH_ENDS,
        selection=dg.AssetSelection.assets(HISTORY),
        description="月末等级历史 Month ends of the grade history, any span in one run.",
        tags={"creditpark/job": MONTH_ENDS},
        executor_def=own,
    )
    return dg.Definitions(
        assets=following(all_assets(setup, days), setup),
        jobs=[job, monthly, letters_job(own), comparison_job(own), purge_job()],
        schedules=[
            _schedule(setup.sources, lake, setup.clock),
            letters_schedule(setup),
            purge_schedule(retentions()),
        ],
        resources={"lake": _held(lake, home), "setup": setup},
        executor=beside,
    )


def _held(lake: LocalLake, home: Path | None) -> dg.ResourceDefinition:
    @dg.resource(description="数据湖 The lake, with one run at a time.")
    def held(context: dg.InitResourceContext) -> Iterator[LocalLake]:
        with taking_part(home, str(context.run_id)) if home else nullcontext():
            lake.claim()
            yield lake

    return held


def _schedule(sources: Sources, lake: LocalLake, clock: Clock) -> dg.ScheduleDefinition:
    @dg.schedule(
        job_name=NIGHTLY,
        cron_schedule=NIGHTLY_CRON,
        execution_timezone=str(ZONE),
        name=f"{NIGHTLY}_schedule",
        description="每日0:30拉取所有缺少的日期 Pulls every day that is missing.",
    )
    def nightly(_: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        tags = pending_tags(sources, lake.landing, clock.today())
        return dg.RunRequest(tags=tags, run_key=None)

    return nightly
