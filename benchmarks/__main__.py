"""Landing to records beside the bare reader, and grading beside a bare group-by.

Landing (JSON pages, one CSV file), the suite of Great Expectations, grading. Run with
``make bench`` or ``python -m benchmarks --rows 10000 --only csv``. Every figure is the
median of three, and is given as a ratio to the baseline above it: absolute seconds differ
from machine to machine.
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from time import perf_counter

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
RUNS = 3
CSV_FIELDS = ("CF_WSH", "CF_SY", "CF_JDRQ", "CF_NR_FK", "CF_XDR_SHXYM", "CF_CFLB")
Row = dict[str, str]


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="Penalties.")
@click.option("--only", multiple=True, help="json, csv, suite or grading; else all.")
def main(rows: int, only: tuple[str, ...]) -> None:
    """Print each scenario beside its baseline."""
    wanted = only or ("json", "csv", "suite", "grading")
    penalties = _penalties(rows) if {"json", "csv", "suite"} & {*wanted} else []
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            lake = LocalLake(Path(folder) / name, Clock(TODAY))
            SCENARIOS[name](lake, penalties)
            lake.engine.close()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            click.echo(f"  peak memory so far {peak} MiB")


def records(lake: LocalLake, penalties: list[Row]) -> None:
    """Penalties from landed JSON pages to accepted versions."""
    batch = _landed_pages(lake, penalties)
    gate = Gate(lake.records, _sources("http://localhost"), TODAY)
    pages = [str(p) for p in batch.pages]
    bare = _median(lambda: _bare_read(lake, pages))
    ours = _median(lambda: gate.split(market.penalties, batch))
    click.echo(f"penalties, {len(penalties)} rows in {len(pages)} JSON pages")
    _line("bare DuckDB reader of the same pages", bare, bare)
    _line("landing -> parsed, judged, split, written", ours, bare)
    click.echo(f"  {int(len(penalties) / ours)} rows a second")


def records_csv(lake: LocalLake, penalties: list[Row]) -> None:
    """The same rows dropped as one CSV file."""
    path = lake.folder.parent / "penalties_20261101_20261107.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*penalties[0]])
        writer.writeheader()
        writer.writerows(penalties)
    agency = FileAgency(
        transport="files", folder=str(path.parent), datasets={"penalties": Dataset()}
    )
    sources = _sources("http://localhost").model_copy(
        update={"agencies": {"market": agency}}
    )
    arriving = _arrival(".csv", window=False)
    batch = lake.landing.land(arriving, [path.read_bytes()])
    if batch is None:
        raise RuntimeError("the benchmark's batch is here already; use a fresh folder")
    gate = Gate(lake.records, sources, TODAY)
    bare = _median(
        lambda: lake.engine.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE bare AS SELECT {', '.join(CSV_FIELDS)} "
            "FROM read_csv(?, all_varchar = true)",
            [str(batch.pages[0])],
        )
    )
    ours = _median(lambda: gate.split(market.penalties, batch))
    click.echo(f"penalties, {len(penalties)} rows in one CSV file")
    _line("bare DuckDB reader of the same file", bare, bare)
    _line("landing -> parsed, judged, split, written", ours, bare)
    click.echo(f"  {int(len(penalties) / ours)} rows a second")


def suite(lake: LocalLake, penalties: list[Row]) -> None:
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


def grading(lake: LocalLake, _: list[Row]) -> None:
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
        "grades": engine.grades_query(policy),
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


def _penalties(rows: int) -> list[Row]:
    """So many penalties: the sandbox's, each copied under numbers of its own."""
    with Sandbox(today=TODAY) as simulated, http.session() as web:
        agency = _sources(simulated.base_url).agencies["market"]
        if not isinstance(agency, HttpAgency):
            raise TypeError("the sandbox's market agency speaks HTTP")
        pages = http.pages(agency, "penalties", Window(date(2023, 1, 1), TODAY), web)
        sent = [r for page in pages for r in json.loads(page.body)["data"]["list"]]
    copies = ((n // len(sent), sent[n % len(sent)]) for n in range(rows))
    return [dict(row, CF_WSH=f"{row['CF_WSH']}-{n}") for n, row in copies]


def _arrival(suffix: str, *, window: bool) -> Arrival:
    return Arrival(
        agency="market",
        dataset="penalties",
        window=Window(date(2023, 1, 1), TODAY) if window else None,
        version_at=datetime.combine(TODAY, time()),
        origin=f"benchmark{suffix}",
        suffix=suffix,
    )


def _landed_pages(lake: LocalLake, penalties: list[Row]) -> Batch:
    chunks = (penalties[i : i + PAGE] for i in range(0, len(penalties), PAGE))
    bodies = (
        json.dumps({"data": {"list": c}}, ensure_ascii=False).encode() for c in chunks
    )
    landed = lake.landing.land(_arrival(".json", window=True), bodies)
    if landed is None:
        raise RuntimeError("the benchmark's batch is here already; use a fresh folder")
    return landed


def _bare_read(lake: LocalLake, pages: list[str]) -> None:
    lake.engine.connection.execute(
        "CREATE OR REPLACE TEMP TABLE bare AS SELECT unnest(data.list, recursive := true) "
        "FROM read_json(?, columns = {data: 'STRUCT(list STRUCT(CF_WSH TEXT, CF_SY TEXT, "
        "CF_JDRQ TEXT, CF_NR_FK TEXT, CF_XDR_SHXYM TEXT, CF_CFLB TEXT)[])'})",
        [pages],
    )


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return statistics.median(times)


def _line(name: str, seconds: float, baseline: float) -> None:
    click.echo(f"  {name:45} {seconds:8.2f} s  {seconds / baseline:6.2f} x")


SCENARIOS = {"json": records, "csv": records_csv, "suite": suite, "grading": grading}


if __name__ == "__main__":
    main()
