"""Landing to records beside a bare reader, and the suite beside the bare predicates.

Penalties of the sandbox, copied under numbers of their own: as JSON pages and as one CSV
file. Not here: other datasets (``copies``), a whole night (``night``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

from assets import sql
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
from benchmarks.declared import Steps
from orchestration.lake.lake import LocalLake
from orchestration.settings import SANDBOX, sandbox_variables
from quality import engine as engine_of_quality
from quality.clock import Clock
from quality.contracts import market
from quality.expectations import frame_query
from quality.rules import Parsed, rules_of
from quality.rules.model import UNPARSED
from sandbox import Sandbox

TODAY = date(2026, 11, 23)
PAGE = 1000
MEMORY = "1GB"  # what DuckDB may hold before it spills; the rest is Python and its own
BARE, OURS = "bare DuckDB reader", "parsed, judged, split, written"
PLAIN, SUITE = "the same predicates in DuckDB", "Great Expectations, every row named"
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


def prepare(name: str, folder: Path, size: int) -> None:
    """Land the penalties once for all runs."""
    penalties, lake = _penalties(size), _lake(folder)
    if name == "csv":
        path = folder / "penalties_20261101_20261107.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, [*penalties.sent[0]])
            writer.writeheader()
            writer.writerows(penalties)
        _landed(lake, _arrival(".csv", window=False), [path.read_bytes()])
        return
    _landed_pages(lake, penalties)
    if name == "suite":
        Gate(lake.records, _sources("http://localhost"), TODAY).split(
            market.penalties, _batch(lake)
        )


def steps(name: str, folder: Path, size: int) -> Steps:  # noqa: ARG001
    """The bare reader and ours; or the bare predicates and Great Expectations."""
    lake = _lake(folder)
    if name == "suite":
        return _suite(lake)
    batch, connection = _batch(lake), lake.engine.connection
    pages = [str(p) for p in batch.pages]
    spoken = _spoken(name, folder)

    def bare() -> None:
        read = _reader(name, batch)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE bare AS {read}", [pages])
        connection.execute("DROP TABLE bare")

    def ours() -> None:
        with lake.hands() as (hand, *_):  # as a night does: one dataset a core
            gate = Gate(hand.records, spoken, TODAY)
            found = gate.split(market.penalties, batch)
        if not found.balanced or not found.accepted:
            raise RuntimeError(f"the split lost rows: {found}")

    return {BARE: bare, OURS: ours}


def _reader(name: str, batch: Batch) -> str:
    if name == "csv":
        return "SELECT * FROM read_csv(?, all_varchar = true)"
    (first,) = json.loads(batch.pages[0].read_bytes())["data"]["list"][:1]
    fields = ", ".join(f'"{field}" TEXT' for field in first)
    return (
        "SELECT unnest(data.list, recursive := true) FROM read_json(?, "
        f"columns = {{data: 'STRUCT(list STRUCT({fields})[])'}})"
    )


def _spoken(name: str, folder: Path) -> Sources:
    """How the batch is read: the market's pages, or its rows as a file."""
    sources = _sources("http://localhost")
    if name != "csv":
        return sources
    declared = {"penalties": Dataset(columns={"updated_at": "SJC"})}
    agency = FileAgency(transport="files", folder=str(folder), datasets=declared)
    return sources.model_copy(update={"agencies": {"market": agency}})


def _suite(lake: LocalLake) -> Steps:
    connection, name = lake.engine.connection, market.penalties.name
    latest = sql.to_sql(frame_query(market.penalties, lake.records.latest(name), TODAY))
    predicates = ", ".join(
        f"count_if({sql.to_sql(rule.predicate(TODAY))})"
        for rule in rules_of(market.penalties)
        if not isinstance(rule, Parsed)
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT *, CAST([] AS TEXT[]) AS {UNPARSED} "
        f"FROM {name}"
    )
    first = f"SELECT * FROM ({latest}) LIMIT 1"
    with engine_of_quality.held(connection, first) as rows:  # import paid once
        engine_of_quality.examine(market.penalties, rows, TODAY)

    def bare() -> None:
        connection.execute(f"SELECT {predicates} FROM held").fetchall()

    def ours() -> None:
        with engine_of_quality.held(connection, latest) as rows:
            engine_of_quality.examine(market.penalties, rows, TODAY)

    return {PLAIN: bare, SUITE: ours}


def _lake(folder: Path) -> LocalLake:
    return LocalLake(folder / "lake", Clock(TODAY), MEMORY)


def _batch(lake: LocalLake) -> Batch:
    return lake.landing.batches(market.penalties.name)[0]


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
