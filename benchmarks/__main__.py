"""Landing to records beside the bare reader, and grading beside a bare group-by.

Run with ``make bench``. Every figure is the median of three, and every figure is given
as a ratio to the baseline above it: absolute seconds differ from machine to machine.
"""

from __future__ import annotations

import json
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
from assets.sources.declaration import HttpAgency, Sources, load_sources
from assets.sources.records import Gate
from assets.stores import Arrival, Batch, Window
from orchestration.lake.lake import LocalLake
from orchestration.settings import POLICY, SANDBOX, sandbox_variables
from quality.clock import Clock
from quality.contracts import market
from sandbox import Sandbox

TODAY = date(2026, 11, 23)
COPIES = 50
PAGE = 1000
RUNS = 3


def main() -> None:
    """Print each scenario beside its baseline."""
    with tempfile.TemporaryDirectory() as folder:
        lake = LocalLake(Path(folder), Clock(TODAY))
        records(lake)
        grading(lake)


def records(lake: LocalLake) -> None:
    """Penalties from landed JSON pages to accepted versions."""
    batch = _landed_penalties(lake)
    gate = Gate(lake.records, _sources("http://localhost"), TODAY)
    pages = [str(p) for p in batch.pages]
    bare = _median(lambda: _bare_read(lake, pages))
    ours = _median(lambda: gate.split(market.penalties, batch))
    click.echo(f"penalties, {batch.declared_rows} rows in {len(pages)} JSON pages")
    _line("bare DuckDB reader of the same pages", bare, bare)
    _line("landing -> parsed, judged, split, written", ours, bare)


def grading(lake: LocalLake) -> None:
    """Indicators and grades for 100,000 made-up enterprises and 1.2 million events."""
    connection = lake.engine.connection
    connection.execute("SET VARIABLE enterprises = 100000; SET VARIABLE events = 12")
    connection.execute(Path(__file__).with_name("ledger.sql").read_text("utf-8"))
    dates = sql.to_sql(evaluations(TODAY, TODAY))
    connection.execute(f"CREATE TABLE evaluations AS {dates}")
    policy = load_policy(POLICY / "zibo-gaoxin-2026.yaml")
    statements = {
        "credit_figures": engine.figures_query(),
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


def _landed_penalties(lake: LocalLake) -> Batch:
    with Sandbox(today=TODAY) as simulated, http.session() as web:
        agency = _sources(simulated.base_url).agencies["market"]
        if not isinstance(agency, HttpAgency):
            raise TypeError("the sandbox's market agency speaks HTTP")
        pages = http.pages(agency, "penalties", Window(date(2023, 1, 1), TODAY), web)
        rows = [r for page in pages for r in json.loads(page.body)["data"]["list"]]
    many = [dict(r, CF_WSH=f"{r['CF_WSH']}-{n}") for n in range(COPIES) for r in rows]
    chunks = [many[i : i + PAGE] for i in range(0, len(many), PAGE)]
    window = Window(date(2023, 1, 1), TODAY)
    arriving = Arrival(
        "market",
        "penalties",
        window,
        datetime.combine(TODAY, time()),
        "benchmark",
        ".json",
        len(many),
    )
    bodies = (
        json.dumps({"data": {"list": c}}, ensure_ascii=False).encode() for c in chunks
    )
    landed = lake.landing.land(arriving, bodies)
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


if __name__ == "__main__":
    main()
