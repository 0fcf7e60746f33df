"""The cases station: effects before the files, guidance and notices after them.

Not here: the statements (``queries``), letters (``letters``).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets import sql
from assets.cases import queries
from assets.setup import Setup
from assets.station import RESOURCES, Statement, owners, statement, station
from assets.stores import Lake
from publish.cases.carrying_out import CarriedOut, carry_out
from publish.release.store import Releases
from quality.contracts import park, service

STATION, GUIDANCE = "cases", "guidance"

EFFECTS = [
    Statement("case_effects", queries.case_effects, ()),
    statement(
        "case_voids",
        sql.load(queries.PACKAGE, "case_voids"),
        "停止使用的记录 Records that cases keep from counting.",
    ),
    Statement(
        "all_commitments",
        queries.all_commitments,
        (park.commitments.name,),
        "全部信用承诺 Commitments delivered and registered.",
    ),
    Statement(
        "all_warning_reviews",
        queries.all_warning_reviews,
        (service.warning_reviews.name,),
        "全部预警处置 Handling of warnings, delivered and registered.",
    ),
    Statement(
        "all_honour_objections",
        queries.all_honour_objections,
        (service.honour_objections.name,),
        "全部名录异议 Objections to candidates, delivered and registered.",
    ),
]
NOTICES = [
    statement(
        "policy_notices", queries.policy_notices(), "提醒提前天数 How long before."
    ),
    Statement(
        "repair_guidance",
        queries.repair_guidance,
        sql.inputs(sql.load(queries.PACKAGE, "repair_guidance")),
    ),
    Statement(
        "due_notices",
        queries.due_notices,
        sql.inputs(sql.load(queries.PACKAGE, "due_notices")),
    ),
]


def effects_assets(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """What cases mean for records; adds its tables to ``made_by``."""
    made_by.update({s.table: STATION for s in EFFECTS})
    return station(STATION, EFFECTS, made_by)


def guidance_assets(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """What enterprises may do and are told; adds its tables to ``made_by``."""
    made_by.update({s.table: GUIDANCE for s in NOTICES})
    return station(GUIDANCE, NOTICES, made_by)


def carried_out_asset() -> dg.AssetsDefinition:
    """The step after the release that closes what it carried out."""

    @dg.asset(
        key=[STATION, "carried_out"],
        deps=[["release", "current"], [STATION, "case_effects"]],
        group_name=STATION,
        description="修复办结：核对发布版中已无该记录，写墓碑，办结 Closes repairs.",
        owners=owners(None),
        kinds={"sqlalchemy"},
        required_resource_keys=RESOURCES,
        pool=STATION,
    )
    def carried_out(context: dg.AssetExecutionContext) -> Iterator[Any]:
        done = close_repairs(context.resources.lake, context.resources.setup)
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(done),
                "cases": dg.MetadataValue.json([d.case_id for d in done]),
            }
        )

    return carried_out


def close_repairs(lake: Lake, setup: Setup) -> list[CarriedOut]:
    """Close the repairs that the serving release carried out.

    Raises:
        StillShownError: the release names a record that was taken off.
    """
    releases = Releases(setup.releases)
    current = releases.current()
    if current is None:
        return []
    table = lake.relation("case_effects")
    rows = lake.records.connect().execute(
        f"SELECT record_id FROM {table} WHERE effect = 'repaired'"
    )
    taken_off = {record_id for (record_id,) in rows.fetchall()}
    with queries.registry_of(setup) as registry:
        return carry_out(registry, setup.clock, releases.path(current), taken_off)
