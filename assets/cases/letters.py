"""Letters in the run: what is due goes into the outbox, what waits leaves.

Not here: what is due (``due_notices.sql``), how a letter is claimed, sent and tried
again (``publish.notices.outbox``), how often (``orchestration``).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from assets.cases import queries
from assets.setup import Setup
from assets.station import RESOURCES, owners
from assets.stores import Lake
from publish.notices.outbox import Delivery, list_deliveries, queue, send_all
from quality.contracts import cases

GUIDANCE = "guidance"
DELIVERIES = dg.AssetKey([GUIDANCE, "deliveries"])
CHECK = "everything_left"
SHOWN = 100
TROUBLED = ("failed", "unknown", "sending")
TABLE = dg.TableSchema(
    [
        dg.TableColumn(n)
        for n in ("letter", "channel", "state", "tries", "next_at", "error")
    ]
)


def outbox_asset() -> dg.AssetsDefinition:
    """The step after the release that makes the letters due."""

    @dg.asset(
        key=[GUIDANCE, "outbox"],
        deps=[["release", "current"], [GUIDANCE, "due_notices"]],
        group_name=GUIDANCE,
        description="告知书入发件箱：每事只告知一次 Letters due, each told once.",
        owners=owners(None),
        kinds={"sqlalchemy"},
        required_resource_keys=RESOURCES,
        pool="letters",
    )
    def outbox(context: dg.AssetExecutionContext) -> Iterator[Any]:
        made = make_letters(context.resources.lake, context.resources.setup)
        shown = dg.MetadataValue.json(made[:SHOWN])
        told: dict[str, Any] = {"dagster/row_count": len(made), "letters": shown}
        yield dg.MaterializeResult(metadata=told)

    return outbox


def deliveries_asset() -> dg.AssetsDefinition:
    """The step that sends what is due; what did not leave is a warning, no failure."""

    @dg.asset(
        key=DELIVERIES,
        deps=[[GUIDANCE, "outbox"]],
        group_name=GUIDANCE,
        description="告知书发送：到期即发，失败按间隔重试 Letters leave, at most once.",
        owners=owners(None),
        kinds={"sqlalchemy"},
        required_resource_keys={"setup"},
        pool="letters",
        check_specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=DELIVERIES,
                description="无发送失败或存疑 Nothing is stuck.",
            )
        ],
    )
    def deliveries(context: dg.AssetExecutionContext) -> Iterator[Any]:
        tried, troubled = send_letters(context.resources.setup)
        table: Any = dg.MetadataValue.table([*map(_record, troubled)], TABLE)
        states = Counter(d.state for d in tried)
        told = {f"{state}": states[state] for state in ("sent", "failed", "unknown")}
        yield dg.MaterializeResult(metadata={"dagster/row_count": len(tried), **told})
        yield dg.AssetCheckResult(
            check_name=CHECK,
            asset_key=DELIVERIES,
            passed=not troubled,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"stuck": table},
        )

    return deliveries


def make_letters(lake: Lake, setup: Setup) -> list[str]:
    """Put the letters due today into the outbox; gives those that are new."""
    names = [*cases.due_notices.columns.keys()]
    table, listed = lake.relation("due_notices"), ", ".join(names)
    rows = lake.records.connect().execute(
        f"SELECT {listed} FROM {table} ORDER BY uscc, notice_kind, subject"
    )
    due = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    with queries.registry_of(setup) as registry:
        return queue(registry, setup.clock, due)


def send_letters(setup: Setup) -> tuple[Sequence[Delivery], Sequence[Delivery]]:
    """Send what is due; gives what was tried, and everything that is stuck."""
    with queries.registry_of(setup) as registry:
        given = (registry, setup.clock, setup.senders)
        tried = send_all(*given, invented=setup.invented)
        return tried, list_deliveries(registry, states=TROUBLED)


def _record(found: Delivery) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "letter": found.notice_id,
            "channel": found.channel,
            "state": found.state,
            "tries": found.tries,
            "next_at": f"{found.next_at or ''}",
            "error": found.error or "",
        }
    )
