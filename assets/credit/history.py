"""Month-end history: what we held of every month end, and from which day on.

A Dagster asset partitioned by month; any span of months is one run. Not here: grading
(``definitions``) and grades of any other day (``orchestration.asof``).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import dagster as dg
from sqlglot import exp

from assets import sql
from assets.reference import month_ends
from assets.setup import Setup
from assets.station import RESOURCES, owners, schema_metadata
from assets.stores import Lake
from quality.contracts import credit, metadata
from quality.contracts.model import engine_type, table_facts

TABLE = "grade_history"
KEY = dg.AssetKey(["credit", TABLE])


def history_query(first: date, last: date, today: date) -> exp.Query:
    """``grade_history`` with the grades of the month ends between two days."""
    return sql.bind(
        sql.load("assets.credit", TABLE), first=first, last=last, today=today
    )


def empty_query() -> exp.Query:
    """``grade_history`` before anything was graded."""
    columns = [
        exp.cast(exp.null(), engine_type(c)).as_(c.name)
        for c in credit.grade_history.columns
    ]
    return exp.select(*columns).where(exp.false())


def history_asset(months: dg.MonthlyPartitionsDefinition) -> dg.AssetsDefinition:
    """The history as an asset; a span of months is one run."""

    @dg.asset(
        key=KEY,
        deps=[dg.AssetKey(["credit", "grades"])],
        partitions_def=months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name="credit",
        required_resource_keys=RESOURCES,
        pool="credit",
        owners=owners(None),
        kinds={"duckdb", "sql"},
        description="月末等级历史 Month-end grades as known then and as known now.",
        tags={"tier": table_facts(metadata.tables[TABLE]).tier.value},
        metadata=schema_metadata(TABLE),
    )
    def grade_history(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[Any]]:
        keys = context.partition_key_range
        first = date.fromisoformat(keys.start)
        last = month_end(date.fromisoformat(keys.end))
        rows = remember(
            context.resources.lake,
            context.resources.setup,
            (first, last),
            context.run.run_id,
        )
        yield dg.MaterializeResult(
            asset_key=KEY,
            metadata={"dagster/row_count": rows, "months": str((first, last))},
        )

    return grade_history


def remember(lake: Lake, setup: Setup, span: tuple[date, date], run: str) -> int:
    """Add the grades of the month ends of a span; gives the rows of the history."""
    if not lake.has(TABLE):
        lake.write(TABLE, sql.to_sql(empty_query()), f"{run}-empty")
    for name in ("grades", TABLE):
        lake.relation(name)
    query = history_query(span[0], span[1], setup.today)
    return lake.write(TABLE, sql.to_sql(query), run)


def remember_ends(lake: Lake, setup: Setup, run: str) -> int:
    """Add what we hold of every month end that is over; gives the rows of the history.

    Part of every run, so that what is published is what was known on that day.
    """
    ends = month_ends(setup.sources.history_from, setup.today - timedelta(days=1))
    span = (ends[0], ends[-1]) if ends else (setup.today, setup.today)
    return remember(lake, setup, span, run)


def month_end(day: date) -> date:
    """The last day of a month."""
    return month_ends(day, day + timedelta(days=31))[0]
