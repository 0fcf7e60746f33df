"""How every dataset stands: what arrived, what was refused, how fresh it is.

The public sees the state, never an error's text: that is for the operator.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import dagster as dg
from sqlalchemy import Table

from assets import sql
from assets.reference import rows_query
from assets.setup import Setup
from assets.station import RESOURCES, owners
from assets.stores import Lake
from quality.contracts import AGENCIES, metadata
from quality.contracts.model import table_facts

TABLE = "source_status"
COLUMNS = {
    "dataset": "TEXT",
    "label_zh": "TEXT",
    "label_en": "TEXT",
    "agency": "TEXT",
    "covered_to": "DATE",
    "last_delivery_on": "DATE",
    "state": "TEXT",
    "message": "TEXT",
    "rows_in": "BIGINT",
    "accepted": "BIGINT",
    "quarantined": "BIGINT",
    "duplicates": "BIGINT",
}
# How many days without news are still timely, by the contract's rhythm.
PATIENCE = {"P1D": 3, "P1M": 45, "P3M": 120, "P1Y": 400}
MESSAGES = {
    "current": "按时到数",
    "late": "数据未按时到达，页面显示最近一次数据",
    "failed": "最近一次接收失败，系统将自动重试；页面显示最近一次数据",
    "waiting": "尚未收到数据",
}


def status_rows(lake: Lake, setup: Setup) -> list[Sequence[sql.Value]]:
    """One row per dataset of the source configuration, in its order."""
    return [
        _row(lake, setup, agency, name)
        for agency, declared in setup.sources.agencies.items()
        for name in declared.datasets
    ]


def _row(lake: Lake, setup: Setup, agency: str, name: str) -> Sequence[sql.Value]:
    facts = table_facts(metadata.tables[name])
    receipts = lake.records.receipts(name)
    covered = lake.landing.covered_to(name)
    last = max((b.received_on for b in lake.landing.batches(name)), default=None)
    state = dataset_state(lake, setup, name, covered)
    return (
        name,
        facts.zh,
        facts.en,
        AGENCIES[agency][0],
        covered,
        last,
        state,
        MESSAGES[state],
        sum(r.rows_in for r in receipts),
        sum(r.accepted for r in receipts),
        sum(r.quarantined for r in receipts),
        sum(r.duplicates for r in receipts),
    )


def dataset_state(lake: Lake, setup: Setup, name: str, covered: date | None) -> str:
    """How timely a dataset is: ``failed``, ``waiting``, ``current`` or ``late``."""
    if lake.landing.failure(name):
        return "failed"
    if covered is None:
        return "waiting"
    timely = (setup.today - covered).days <= patience(metadata.tables[name])
    return "current" if timely else "late"


def patience(table: Table) -> int:
    """How many days a dataset may be without news, by its contract's rhythm."""
    return PATIENCE[table_facts(table).frequency or "P1Y"]


def status_asset(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """The asset ``records/source_status``."""
    above = [["records", n] for n, station in made_by.items() if station == "records"]
    made_by[TABLE] = "records"

    @dg.asset(
        key=["records", TABLE],
        deps=above,
        group_name="records",
        description="各数据集到数、质量与时效 How every dataset stands.",
        owners=owners(None),
        kinds={"duckdb"},
        required_resource_keys=RESOURCES,
        pool=TABLE,
    )
    def source_status(context: dg.AssetExecutionContext) -> Iterator[Any]:
        lake: Lake = context.resources.lake
        query = rows_query(COLUMNS, status_rows(lake, context.resources.setup))
        rows = lake.write(TABLE, sql.to_sql(query), context.run.run_id)
        yield dg.MaterializeResult(metadata={"dagster/row_count": rows})

    return source_status
