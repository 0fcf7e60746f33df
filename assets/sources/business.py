"""The asset ``quality/business``: suites across tables and against earlier loads.

Not here: what is expected (``quality.business``) and rules of one row (``gate``).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets.station import RESOURCES, owners
from assets.stores import Lake
from quality import business, engine
from quality.contracts import metadata
from quality.contracts.model import table_facts
from quality.engine import Examination

KEY, DRIFT = dg.AssetKey(["quality", "business"]), "drift"


def examinations(lake: Lake) -> Iterator[Examination]:
    """What the business suites found, table by table, and how codes drifted."""
    connection = lake.records.connect()
    for relation in {*business.BUSINESS, "registrations", "name_changes", "tenancies"}:
        lake.relation(relation)
    for name, text in business.LOOKUPS.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")
    for name in business.BUSINESS:
        with engine.held(connection, business.frame_sql(name, name)) as rows:
            found = engine.examine_suite(f"{name}.business", business.suite(name), rows)
        yield found
    for name in business.LOOKUPS:
        connection.execute(f"DROP TABLE {name}")
    distances = _distances(lake)
    with engine.held(connection, business.drift_frame_sql(distances)) as rows:
        found = engine.examine_suite(DRIFT, business.drift_suite(distances), rows)
    yield found


def _distances(lake: Lake) -> dict[tuple[str, str], int | None]:
    found: dict[tuple[str, str], int | None] = {}
    for name in business.drifting():
        text = business.drift_sql(name, lake.records.versions(name))
        row = lake.records.connect().execute(text).fetchone() or ()
        columns = business.coded_columns(name)
        found |= {(name, c): d for c, d in zip(columns, row[1:], strict=True)}
    return found


def business_asset(made_by: Mapping[str, str]) -> dg.AssetsDefinition:
    """The asset, with one warning check a table."""
    above = [["records", n] for n, station in made_by.items() if station == "records"]
    specs = [
        dg.AssetCheckSpec(
            name,
            asset=KEY,
            description=f"{table_facts(metadata.tables[name]).zh}：跨表规则 Across tables.",
        )
        for name in business.BUSINESS
    ]
    specs.append(
        dg.AssetCheckSpec(
            DRIFT,
            asset=KEY,
            description="各数据集代码分布较以往各批的变化 How codes drifted between loads.",
        )
    )

    @dg.asset(
        key=KEY,
        deps=above,
        group_name="records",
        description="跨表一致性与分布漂移校验 Business suites: across tables, drift.",
        owners=owners(None),
        kinds={"greatexpectations"},
        check_specs=specs,
        required_resource_keys=RESOURCES,
        pool="business",
    )
    def run(context: dg.AssetExecutionContext) -> Iterator[Any]:
        lake: Lake = context.resources.lake
        found = [*examinations(lake)]
        for one in found:
            lake.keep_document(one.table, one.document)
        yield dg.MaterializeResult(
            asset_key=KEY,
            metadata={"suites": len(found)},
            check_results=[_result(one) for one in found],
        )

    return run


def _result(found: Examination) -> dg.AssetCheckResult:
    failed = [v for v in found.verdicts if not v.success]
    return dg.AssetCheckResult(
        asset_key=KEY,
        check_name=found.table.removesuffix(".business"),
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(v.message.zh for v in failed) or None,
        metadata={"expectations": len(found.verdicts), "failed": len(failed)},
    )
