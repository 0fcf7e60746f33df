"""Landing assets: one step per agency, daily partitions on change windows.

A dataset that cannot be pulled is materialised with what is here and a failing check; its
windows stay open. It is not skipped: skipping would stop every table below, and the
other agencies' data must flow. Not here: what the rows mean (``gate``).
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import dagster as dg

from assets.setup import Setup
from assets.sources import http
from assets.sources.declaration import Sources
from assets.sources.pull import Pulled, pull
from assets.station import FRESH, RESOURCES, owners
from assets.stores import Lake, Window
from quality.contracts import AGENCIES, metadata
from quality.contracts.model import table_facts

STATION = "landing"
ARRIVED = "arrived"


def landing_assets(
    sources: Sources, agency: str, days: dg.DailyPartitionsDefinition
) -> dg.AssetsDefinition:
    """The asset ``landing/<agency>``: every dataset of one agency.

    One asset an agency, not one a dataset: Dagster writes an event for every day of every
    asset, and the first run has four years of days. Files come when they come: no days.
    """
    datasets = [*sources.agencies[agency].datasets]
    key = dg.AssetKey([STATION, agency])
    dated = sources.agencies[agency].dated

    @dg.asset(
        key=key,
        group_name=agency,
        description=f"{AGENCIES[agency][0]}原始报文，原样保存 Raw deliveries, as received.",
        owners=owners(agency),
        kinds={sources.agencies[agency].transport},
        tags={"agency": agency, "source": sources.name},
        check_specs=[_check(key, name) for name in datasets],
        partitions_def=days if dated else None,
        backfill_policy=dg.BackfillPolicy.single_run() if dated else None,
        required_resource_keys=RESOURCES,
        op_tags={"agency": agency},
        pool=f"{STATION}_{agency}",
        freshness_policy=FRESH if dated else None,
    )
    def landing(context: dg.AssetExecutionContext) -> Iterator[Any]:
        setup: Setup = context.resources.setup
        span = _span(context) if dated else Window(setup.today, setup.today)
        began = time.monotonic()
        found = [*_pull_all(context, datasets, span)]
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "dagster/row_count": sum(f.rows for f in found),
                "new_batches": sum(f.batches for f in found),
                "seconds": round(time.monotonic() - began, 3),
                "datasets": dg.MetadataValue.md(_table(found)),
            },
            check_results=[_result(key, f) for f in found],
        )

    return landing


def _check(key: dg.AssetKey, name: str) -> dg.AssetCheckSpec:
    facts = table_facts(metadata.tables[name])
    return dg.AssetCheckSpec(
        f"{ARRIVED}_{name}",
        asset=key,
        description=f"{facts.zh}：应到日期均已到数 Every day asked for has arrived.",
    )


def _table(found: Sequence[Pulled]) -> str:
    lines = (
        f"| {f.dataset} | {f.batches} | {f.rows} | {f.error or ''} |" for f in found
    )
    return "\n".join(
        ["| dataset | batches | rows | error |", "|---|---|---|---|", *lines]
    )


def _pull_all(
    context: dg.AssetExecutionContext, datasets: Sequence[str], span: Window
) -> Iterator[Pulled]:
    setup: Setup = context.resources.setup
    lake: Lake = context.resources.lake
    agency = setup.sources.agency_of(datasets[0]) if datasets else None
    declared = setup.sources.agencies.get(agency or "")
    pace = getattr(declared, "requests_per_second", None)
    # Two at a time: agencies are slow to answer, and most allow no more.
    with http.session(per_second=pace) as web, ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(pull, setup.sources, name, span, lake.landing, web)
            for name in datasets
        ]
        for job in jobs:
            found = job.result()
            lake.landing.note(found.dataset, found.error)
            if found.error:
                context.log.error(f"{found.dataset}: {found.error}")
            yield found


def _span(context: dg.AssetExecutionContext) -> Window:
    keys = context.partition_key_range
    first, last = date.fromisoformat(keys.start), date.fromisoformat(keys.end)
    return Window(first, last + timedelta(days=1))


def _result(key: dg.AssetKey, found: Pulled) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=f"{ARRIVED}_{found.dataset}",
        passed=found.error is None,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "new_batches": found.batches,
            "rows_received": found.rows,
            "error": found.error or "",
        },
    )
