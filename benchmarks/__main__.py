"""Landing to records beside the bare reader, and grading beside a bare group-by.

Landing (JSON pages, one CSV file), the suite of Great Expectations, grading;
building a release, serving it, the bank interface (``release``, ``serving``, ``api``
beside this). Run with
``make bench`` or ``python -m benchmarks --rows 10000 --only csv``. Every figure is
processor time (on a shared machine the clock on the wall says little), the median of three
below a million rows, and is given as a ratio to the baseline above it: absolute seconds
differ from machine to machine.
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from time import process_time

import click

from assets import sql
from assets.credit import engine
from assets.credit.loading import load_policy
from assets.reference import evaluations
from assets.sources import http
from assets.sources.declaration import (
    Dataset,
    FileAgency,
    HttpAgency,
    Sources,
    load_sources,
)
from assets.sources.records import Gate
from assets.stores import Arrival, Batch, Window
from benchmarks import api, release, serving
from orchestration.lake.lake import LocalLake
from orchestration.settings import POLICY, SANDBOX, sandbox_variables
from quality import engine as engine_of_quality
from quality.clock import Clock
from quality.contracts import market
from quality.expectations import frame_query
from quality.rules import Parsed, rules_of
from quality.rules.model import UNPARSED
from sandbox import Sandbox

TODAY = date(2026, 11, 23)
PAGE = 1000
MILLION = 1_000_000
MEMORY = "1GB"  # what DuckDB may hold before it spills; the rest is Python and its own
Row = dict[str, str]


@dataclass(frozen=True)
class Penalties:
    """So many penalties: the sandbox's, each copied under numbers of its own.

    Made anew whenever they are read, so that memory never holds them all.
    """

    sent: list[Row]
    rows: int

    def __iter__(self) -> Iterator[Row]:
        """One row after the other."""
        for n in range(self.rows):
            row = self.sent[n % len(self.sent)]
            yield dict(
                row, CF_WSH=f"{row['CF_WSH']}-{n}", CF_SY=f"{row['CF_SY']}（{n}）"
            )


PUBLISHED = {"release": release.main, "serving": serving.main, "api": api.run}
NAMES = ("json", "csv", "suite", "grading", *PUBLISHED)


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="Penalties.")
@click.option("--only", multiple=True, help=f"{', '.join(NAMES)}; else all.")
@click.option("--enterprises", default=30_000, show_default=True, help="In a release.")
def main(rows: int, only: tuple[str, ...], enterprises: int) -> None:
    """Print each scenario beside its baseline."""
    for name in (n for n in PUBLISHED if n in (only or NAMES)):
        PUBLISHED[name](enterprises)
    wanted = [n for n in SCENARIOS if n in (only or NAMES)]
    penalties = _penalties(rows if {"json", "csv", "suite"} & {*wanted} else 0)
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            lake = LocalLake(Path(folder) / name, Clock(TODAY), MEMORY)
            SCENARIOS[name](lake, penalties)
            lake.engine.close()


def records(lake: LocalLake, penalties: Penalties) -> None:
    """Penalties from landed JSON pages to accepted versions."""
    batch = _landed_pages(lake, penalties)
    gate = Gate(lake.records, _sources("http://localhost"), TODAY)
    fields = ", ".join(f'"{name}" TEXT' for name in penalties.sent[0])
    read = (
        "SELECT unnest(data.list, recursive := true) FROM read_json(?, "
        f"columns = {{data: 'STRUCT(list STRUCT({fields})[])'}})"
    )
    _beside(lake, gate, batch, penalties.rows, read)


def records_csv(lake: LocalLake, penalties: Penalties) -> None:
    """The same rows dropped as one CSV file."""
    path = lake.folder.parent / "penalties_20261101_20261107.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*penalties.sent[0]])
        writer.writeheader()
        writer.writerows(penalties)
    declared = {"penalties": Dataset(columns={"updated_at": "SJC"})}
    agency = FileAgency(transport="files", folder=str(path.parent), datasets=declared)
    sources = _sources("http://localhost").model_copy(
        update={"agencies": {"market": agency}}
    )
    batch = _landed(lake, _arrival(".csv", window=False), [path.read_bytes()])
    gate = Gate(lake.records, sources, TODAY)
    read = "SELECT * FROM read_csv(?, all_varchar = true)"
    _beside(lake, gate, batch, penalties.rows, read)


def _beside(lake: LocalLake, gate: Gate, batch: Batch, rows: int, read: str) -> None:
    """The gate's work on a batch beside a bare reading of all its fields."""
    runs = _runs(rows)
    receipts = []
    ours = _median(lambda: receipts.append(gate.split(market.penalties, batch)), runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pages = [str(p) for p in batch.pages]
    bare = _median(
        lambda: lake.engine.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE bare AS {read}", [pages]
        ),
        runs,
    )
    kept = receipts[-1]
    click.echo(
        f"penalties, {rows} rows in {len(pages)} {batch.pages[0].suffix} file(s): "
        f"{kept.accepted} accepted, {kept.quarantined} quarantined, "
        f"{kept.duplicates} duplicates"
    )
    _line("bare DuckDB reader of the same files", bare, bare)
    _line("landing -> parsed, judged, split, written", ours, bare)
    click.echo(
        f"  {int(rows / ours)} rows a second of processor time, bare {int(rows / bare)}; "
        f"peak memory {peak} MiB"
    )


def suite(lake: LocalLake, penalties: Penalties) -> None:
    """The GX suite of penalties beside the same predicates in plain DuckDB."""
    batch = _landed_pages(lake, penalties)
    gate = Gate(lake.records, _sources("http://localhost"), TODAY)
    gate.split(market.penalties, batch)
    connection = lake.engine.connection
    name = market.penalties.name
    latest = sql.to_sql(frame_query(market.penalties, lake.records.latest(name), TODAY))
    predicates = ", ".join(
        f"count_if({sql.to_sql(rule.predicate(TODAY))})"
        for rule in rules_of(market.penalties)
        if not isinstance(rule, Parsed)
    )
    held = (
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT *, CAST([] AS TEXT[]) AS {UNPARSED} "
        f"FROM {name}"
    )
    connection.execute(held)
    bare = _median(
        lambda: connection.execute(f"SELECT {predicates} FROM held").fetchall()
    )
    frame = connection.sql(latest).df()
    engine_of_quality.examine(market.penalties, frame, TODAY)  # the import is paid once
    ours = _median(lambda: engine_of_quality.examine(market.penalties, frame, TODAY))
    columns = len(frame.columns)
    click.echo(f"GX suite, {len(frame)} rows of {columns} columns")
    _line("the same predicates in plain DuckDB", bare, bare)
    _line("Great Expectations, every violating row named", ours, bare)


def grading(lake: LocalLake, _: Penalties) -> None:
    """Indicators and grades for 100,000 made-up enterprises and 1.2 million events."""
    connection = lake.engine.connection
    connection.execute("SET VARIABLE enterprises = 100000; SET VARIABLE events = 12")
    connection.execute(Path(__file__).with_name("ledger.sql").read_text("utf-8"))
    dates = sql.to_sql(evaluations(TODAY, TODAY))
    connection.execute(f"CREATE TABLE evaluations AS {dates}")
    policy = load_policy(POLICY / "zibo-gaoxin-2026.yaml")
    statements = {
        "credit_figures": engine.figures_query(),
        "industry_benchmarks": engine.benchmarks_query(),
        "credit_indicators": engine.indicators_query(policy),
        "computed_grades": engine.grades_query(policy),
    }

    def grade() -> None:
        for name, query in statements.items():
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS {sql.to_sql(query)}")

    counted = "SELECT uscc, count(*) FROM credit_events GROUP BY uscc"
    bare = _median(lambda: connection.execute(counted).fetchall())
    ours = _median(grade)
    click.echo("grading, 100,000 enterprises, 1,200,000 events, one date")
    _line("bare GROUP BY uscc", bare, bare)
    _line("figures, indicators, grades", ours, bare)


def _sources(url: str) -> Sources:
    variables = sandbox_variables(url) | {"CREDITPARK_INBOX": "."}
    return load_sources(SANDBOX, variables)


def _penalties(rows: int) -> Penalties:
    with Sandbox(today=TODAY) as simulated, http.session() as web:
        agency = _sources(simulated.base_url).agencies["market"]
        if not isinstance(agency, HttpAgency):
            raise TypeError("the sandbox's market agency speaks HTTP")
        pages = http.pages(agency, "penalties", Window(date(2023, 1, 1), TODAY), web)
        sent = [r for page in pages for r in json.loads(page.body)["data"]["list"]]
    return Penalties(sent, rows)


def _arrival(suffix: str, *, window: bool) -> Arrival:
    return Arrival(
        agency="market",
        dataset="penalties",
        window=Window(date(2023, 1, 1), TODAY) if window else None,
        version_at=datetime.combine(TODAY, time()),
        origin=f"benchmark{suffix}",
        suffix=suffix,
    )


def _landed_pages(lake: LocalLake, penalties: Penalties) -> Batch:
    rows = iter(penalties)
    chunks = iter(lambda: [*islice(rows, PAGE)], [])
    bodies = (
        json.dumps({"data": {"list": c}}, ensure_ascii=False).encode() for c in chunks
    )
    return _landed(lake, _arrival(".json", window=True), bodies)


def _landed(lake: LocalLake, arriving: Arrival, bodies: Iterable[bytes]) -> Batch:
    landed = lake.landing.land(arriving, bodies)
    if landed is None:
        raise RuntimeError("the benchmark's batch is here already; use a fresh folder")
    return landed


def _runs(rows: int) -> int:
    return 1 if rows >= MILLION else 3


def _median(work: Callable[[], object], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        start = process_time()
        work()
        times.append(process_time() - start)
    return statistics.median(times)


def _line(name: str, seconds: float, baseline: float) -> None:
    click.echo(f"  {name:45} {seconds:8.2f} s  {seconds / baseline:6.2f} x")


SCENARIOS = {"json": records, "csv": records_csv, "suite": suite, "grading": grading}


if __name__ == "__main__":
    main()
