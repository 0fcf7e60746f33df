"""Dagster's job that sends letters between the nightly runs, and when.

Not here: sending (``assets.cases.letters``). No postponed annotations: Dagster reads
the schedule's signature.
"""

from typing import Any

import dagster as dg

from assets.cases import queries
from assets.cases.letters import DELIVERIES
from assets.setup import Setup
from publish.notices.outbox import due_deliveries
from quality.clock import ZONE

LETTERS = "letters"
CRON = "*/15 * * * *"


def letters_job(executor: dg.ExecutorDefinition) -> Any:
    """The job that sends what is due."""
    return dg.define_asset_job(
        LETTERS,
        selection=dg.AssetSelection.assets(DELIVERIES),
        description="告知书发送 Sends what waits, and tries again what did not leave.",
        executor_def=executor,
    )


def letters_schedule(setup: Setup) -> dg.ScheduleDefinition:
    """Every quarter of an hour, where something is due."""

    @dg.schedule(
        job_name=LETTERS,
        cron_schedule=CRON,
        execution_timezone=str(ZONE),
        name=f"{LETTERS}_schedule",
        description="每15分钟发送到期的告知书 Sends letters that are due.",
    )
    def letters(
        _: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        with queries.registry_of(setup) as registry:
            due = due_deliveries(registry, setup.clock, setup.senders)
        return dg.RunRequest() if due else dg.SkipReason("no letter is due")

    return letters
