"""Dagster's job that purges the registry, and its schedule, which waits for the office.

Not here: what is purged after how long (``publish.registry.retention``). No postponed
annotations: Dagster reads the schedule's signature.
"""

from collections.abc import Iterable, Sequence

import dagster as dg

from assets.cases.queries import registry_of
from assets.setup import Setup
from publish.cases.machines import under_way
from publish.registry.retention import Retention, purge
from quality.clock import ZONE

PURGE = "purge"
CRON = "0 3 1 * *"
PROPOSED = "D"  # our own proposal, which nobody decided


def undecided(periods: Iterable[Retention]) -> list[str]:
    """The subjects whose period the office has not decided."""
    return [kept.subject for kept in periods if kept.certainty == PROPOSED]


def purge_job() -> dg.JobDefinition:
    """The job; by hand it runs whenever it is told to."""

    @dg.op(name="purge_registry", required_resource_keys={"setup"}, pool=PURGE)
    def purge_registry(context: dg.OpExecutionContext) -> None:
        setup: Setup = context.resources.setup
        with registry_of(setup) as registry:
            done = purge(registry, setup.clock, under_way())
        for gone in done:
            context.log.info(f"{gone.subject} before {gone.before}: {gone.rows} rows")
        context.add_output_metadata({gone.subject: gone.rows for gone in done})

    @dg.job(
        name=PURGE,
        executor_def=dg.in_process_executor,
        tags={"creditpark/job": PURGE},
        description="到期个人信息清除 Deletes what is kept past the office's periods.",
    )
    def job() -> None:
        purge_registry()

    return job


def purge_schedule(periods: Sequence[Retention]) -> dg.ScheduleDefinition:
    """Monthly; off until it is switched on, and idle until the periods are decided."""

    @dg.schedule(
        job_name=PURGE,
        cron_schedule=CRON,
        execution_timezone=str(ZONE),
        name=f"{PURGE}_schedule",
        description="每月1日清除；期限未经信用办确认前不执行 Monthly, once decided.",
    )
    def monthly(_: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if waiting := undecided(periods):
            return dg.SkipReason(
                f"the office has not decided how long {', '.join(waiting)} are kept: set "
                "days and certainty in publish/registry/policy/retention.csv"
            )
        return dg.RunRequest()

    return monthly
