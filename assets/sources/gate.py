"""Records assets: one step per agency splits what landed and lets GX judge the result.

Not here: the split itself (``records``), the rules (``quality``).
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import dagster as dg
from sqlalchemy import Table

from assets import sql
from assets.setup import Setup
from assets.sources import fresh
from assets.sources.declaration import Dataset, Sources
from assets.sources.lost import lost_deliveries
from assets.sources.modes import FrozenBatchError
from assets.sources.records import Gate
from assets.station import FRESH, RESOURCES, lineage_metadata, owners, schema_metadata
from assets.stores import DamagedDeliveryError, Lake, Receipt
from quality import checks, engine
from quality.contracts import records_of
from quality.contracts.model import facts_of, table_facts
from quality.expectations import frame_query
from quality.verdicts import Counts

STATION, LANDING = "records", "landing"


def records_assets(
    sources: Sources, agency: str, made_by: dict[str, str]
) -> dg.AssetsDefinition:
    """The step that makes every record table of one agency; adds them to ``made_by``.

    Tables the source does not deliver are there too, and empty: what lies above reads
    the same tables whatever a configuration delivers.
    """
    tables = records_of(agency)
    made_by.update({t.name: STATION for t in tables})
    keys = {t.name: dg.AssetKey([STATION, t.name]) for t in tables}

    @dg.multi_asset(
        name=f"records_{agency}",
        specs=[_spec(sources, agency, t) for t in tables],
        check_specs=[
            *(s for t in tables for s in checks.check_specs(keys[t.name], t)),
            *(
                fresh.check_spec(keys[t.name], t)
                for t in tables
                if t.name in sources.agencies[agency].datasets
            ),
        ],
        required_resource_keys=RESOURCES,
        pool=f"{STATION}_{agency}",
    )
    def run(context: dg.AssetExecutionContext) -> Iterator[Any]:
        lake: Lake = context.resources.lake
        setup: Setup = context.resources.setup
        with splitting(lake, setup, tables) as split:
            for table in tables:
                yield _record(context, table, keys[table.name], split[table.name])

    return run


@contextmanager
def splitting(
    lake: Lake, setup: Setup, tables: Sequence[Table]
) -> Iterator[dict[str, Future["Split"]]]:
    """What becomes of every dataset's new batches: a dataset a thread, a thread a core.

    Rows are read and written by DuckDB while the suites, which are Python, judge those of
    another dataset.
    """
    with lake.hands() as hands, ThreadPoolExecutor(len(hands)) as pool:
        free = SimpleQueue[Lake]()
        for hand in hands:
            free.put(hand)

        def work(table: Table) -> Split:
            hand = free.get()
            try:
                return split_new(hand, setup, table)
            finally:
                free.put(hand)

        try:
            yield {table.name: pool.submit(work, table) for table in tables}
        finally:
            pool.shutdown(cancel_futures=True)


def _spec(sources: Sources, agency: str, table: Table) -> dg.AssetSpec:
    facts = table_facts(table)
    delivered = table.name in sources.agencies[agency].datasets
    return dg.AssetSpec(
        [STATION, table.name],
        deps=[[LANDING, agency]] if delivered else [],
        group_name=agency,
        description=f"{facts.zh} {facts.en}. {facts.description} ({facts.source or '—'})",
        owners=owners(agency),
        kinds={"duckdb", "parquet"},
        tags={"agency": agency, "tier": facts.tier.value},
        metadata=schema_metadata(table.name),
        freshness_policy=FRESH if delivered else None,
    )


def _record(
    context: dg.AssetExecutionContext,
    table: Table,
    key: dg.AssetKey,
    split: Future["Split"],
) -> dg.MaterializeResult[Any]:
    lake: Lake = context.resources.lake
    setup: Setup = context.resources.setup
    began = time.monotonic()
    new = split.result()
    for receipt in new.receipts:
        context.log.info(f"{table.name} {receipt.batch}: {receipt}")
    for refused in new.frozen:
        context.log.error(refused)
    dataset = setup.sources.dataset(table.name)
    lost = lost_deliveries(lake, setup, table.name)
    for line in lost:
        context.log.error(line)
    with newest(lake, table, setup) as rows:
        counts = totals(lake, table, dataset, rows.size, frozen=new.frozen, lost=lost)
        found = engine.examine(table, rows, setup.today)
    lake.keep_document(table.name, found.document)
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "dagster/row_count": counts.records,
            "versions": counts.accepted,
            "quarantined": counts.quarantined,
            "duplicates": counts.duplicates,
            "quarantine_percent": share(counts.quarantined, counts.rows_in),
            "new_batches": len(new.receipts),
            "seconds": round(time.monotonic() - began, 3),
            **_lineage(setup, table),
        },
        check_results=[
            *checks.results(key, table, found.verdicts, counts),
            *fresh.results(key, table, lake.landing, setup),
        ],
    )


def share(part: int, whole: int) -> float:
    """Per cent, to two decimals; nothing of nothing is none."""
    return round(100 * part / whole, 2) if whole else 0.0


def _lineage(setup: Setup, table: Table) -> dict[str, Any]:
    """From each column to the field of the agency that the contract names."""
    agency = setup.sources.agency_of(table.name)
    if agency is None:
        return {}
    landed = dg.AssetKey([LANDING, agency])
    deps = {
        c.name: [
            dg.TableColumnDep(landed, f"{table.name}.{facts_of(c).code or c.name}")
        ]
        for c in table.columns
    }
    return lineage_metadata(deps)


@dataclass(frozen=True)
class Split:
    """What a round of splitting brought.

    Attributes:
        receipts: one a batch that was split.
        frozen: why others were refused whole; they are tried again next time.
    """

    receipts: tuple[Receipt, ...] = ()
    frozen: tuple[str, ...] = ()


def split_new(lake: Lake, setup: Setup, table: Table) -> Split:
    """Split every landed batch that has no receipt yet."""
    done = {r.batch for r in lake.records.receipts(table.name)}
    gate = Gate(lake.records, setup.sources, setup.today)
    receipts: list[Receipt] = []
    frozen: list[str] = []
    for batch in lake.landing.batches(table.name):
        if batch.id in done:
            continue
        try:
            lake.landing.prove(batch)
            receipts.append(gate.split(table, batch))
        except (FrozenBatchError, DamagedDeliveryError) as error:
            frozen.append(str(error))
    return Split(tuple(receipts), tuple(frozen))


def totals(
    lake: Lake,
    table: Table,
    dataset: Dataset,
    records: int,
    *,
    frozen: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
) -> Counts:
    """The counts of all batches of a dataset, beside what was declared of them.

    Args:
        lake: where the batches lie.
        table: the contract.
        dataset: what the source declares.
        records: how many newest versions there are.
        frozen: why batches were refused whole.
        lost: what is said of deliveries that are gone.
    """
    receipts = lake.records.receipts(table.name)
    noticed = Counter[str]()
    for receipt in receipts:
        noticed.update(receipt.notices)
    return Counts(
        rows_in=sum(r.rows_in for r in receipts),
        accepted=sum(r.accepted for r in receipts),
        quarantined=sum(r.quarantined for r in receipts),
        duplicates=sum(r.duplicates for r in receipts),
        records=records,
        minimum=dataset.minimum_rows,
        maximum=dataset.maximum_rows,
        mismatches=_mismatches(lake, table, receipts) + lost,
        frozen=frozen,
        notices=noticed,
    )


def _mismatches(
    lake: Lake, table: Table, receipts: Sequence[Receipt]
) -> tuple[str, ...]:
    """Batches that do not hold as many rows as the agency said it sent."""
    rows = {r.batch: r.rows_in for r in receipts}
    declared = {
        b.id: b.declared_rows
        for b in lake.landing.batches(table.name)
        if b.declared_rows is not None and b.id in rows
    }
    found = [
        f"{table.name} batch {batch}: the agency declared {said} rows, {rows[batch]} came"
        for batch, said in declared.items()
        if said != rows[batch]
    ]
    if found:
        total = f"{sum(declared.values())} rows, {sum(rows[b] for b in declared)} came"
        found.append(f"{table.name} in all: declared {total}")
    return tuple(found)


@contextmanager
def newest(lake: Lake, table: Table, setup: Setup) -> Iterator[engine.Rows]:
    """The newest version of every record, found once, while GX judges it."""
    query = frame_query(table, lake.relation(table.name), setup.today)
    with engine.held(lake.records.connect(), sql.spent(query)) as rows:
        yield rows
