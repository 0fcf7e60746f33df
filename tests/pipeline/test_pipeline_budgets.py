"""What a night may cost, counted: no clock is read, so a busy machine changes nothing.

Rows that operators hand on, the expressions they work out, statements, calls of our own
functions, bytes written: of the fixed sandbox, on one thread. ``budgets.yaml`` says how
many there were when somebody last looked; a fifth more fails. After a change that is worth
its cost, the failure prints the figure to write.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import pytest
import yaml

from assets import sql
from assets.cases.definitions import NOTICES
from assets.credit.definitions import credit_statements
from assets.files.definitions import TABLES
from assets.measures.definitions import measures_statements
from assets.publication.definitions import publication_statements
from assets.sources.records import Gate
from assets.station import Statement
from orchestration.lake.lake import LocalLake
from orchestration.places import make_setup
from quality.contracts import metadata
from tests.pipeline.conftest import Run

ROOT = Path(__file__).parents[2]
BUDGETS = yaml.safe_load(Path(__file__).with_name("budgets.yaml").read_text("utf-8"))
LOSS = 1.2  # of the budget; figures are the same in every run, a quarter more fails
STATIONS: dict[str, Sequence[Statement]] = {
    "files": TABLES,
    "guidance": NOTICES,
    "credit": credit_statements(),
    "measures": measures_statements(),
    "publication": publication_statements(),
}
LONGEST = 20_000  # characters; what is longer holds the data themselves
DATASETS = ("penalties", "social_contributions", "fee_payments", "commitments")


@pytest.fixture
def alone(base: Run) -> Iterator[LocalLake]:
    """The first run's lake, on one thread."""
    base.lake.engine.connection.execute("SET threads = 1")
    yield base.lake
    base.lake.engine.connection.execute("RESET threads")


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_moves_no_more_rows_than_it_did(
    base: Run, alone: LocalLake, station: str
):
    setup, spent = make_setup(base.settings), Counter[str]()
    for item in STATIONS[station]:
        query = item.build(setup)
        for name in sql.inputs(query):
            alone.relation(name)
        explained = f"EXPLAIN (ANALYZE, FORMAT json) {sql.to_sql(query)}"
        row = alone.engine.connection.execute(explained).fetchone()
        assert row is not None
        spent += cost(json.loads(row[1]))
    assert over(station, spent) == {}


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_delivery_is_split_with_no_more_work_than_it_was(
    base: Run, dataset: str, tmp_path: Path
):
    setup, spent = make_setup(base.settings), Counter[str]()
    lake = LocalLake(tmp_path, base.settings.clock)
    counted = Counting(lake.engine.connection, spent)
    lake.engine.connection.execute("SET threads = 1")
    lake.engine.connection.execute("PRAGMA enable_profiling = 'no_output'")
    gate = Gate(Connected(lake, counted), setup.sources, setup.today)
    (batch,) = base.lake.landing.batches(dataset)
    gate.split(metadata.tables[dataset], batch)  # what is made once is made
    spent.clear()
    with calls(spent):
        receipt = gate.split(metadata.tables[dataset], batch)
    files = (lake.folder / "records").rglob("*.parquet")
    spent["bytes"] = sum(p.stat().st_size for p in files)
    assert receipt.balanced
    assert over(dataset, spent) == {}


def test_a_quarter_more_of_anything_is_over_its_budget():
    for name, budget in BUDGETS.items():
        assert over(name, Counter(budget)) == {}
        for what, figure in budget.items():
            worse = Counter(budget | {what: figure * 5 // 4})
            assert [*over(name, worse)] == [what]


def over(name: str, spent: Counter[str]) -> dict[str, str]:
    """What exceeds its budget, each with both figures."""
    budget = BUDGETS.get(name, {})
    return {
        what: f"{figure}, budget {budget.get(what)}"
        for what, figure in spent.items()
        if figure > LOSS * budget.get(what, 0)
    }


def cost(plan: dict[str, Any]) -> Counter[str]:
    """Rows handed on by the operators of a plan, and expressions by rows."""
    rows = plan.get("operator_cardinality", 0)
    spent = Counter(rows=rows, expressions=rows * written(plan.get("extra_info", {})))
    for child in plan.get("children", []):
        spent += cost(child)
    return spent


def written(told: dict[str, Any]) -> int:
    """How long the expressions of an operator are; a block of rows in one is not."""
    texts = (str(told.get(name, "")) for name in ("Projections", "Expression"))
    return sum(min(len(text), LONGEST) for text in texts)


class Counting:
    """A connection that counts statements and the rows they moved."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, spent: Counter[str]
    ) -> None:
        self.connection, self.spent = connection, spent

    def execute(self, *given: Any) -> Any:
        found = self.connection.execute(*given)
        told = json.loads(self.connection.get_profiling_information(format="json"))
        self.spent["statements"] += 1
        self.spent += cost(told)
        return found


class Connected:
    """A lake's records, reached by a counting connection."""

    def __init__(self, lake: LocalLake, connection: Counting) -> None:
        self.lake, self.connection = lake, connection

    def connect(self) -> Any:
        return self.connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lake.records, name)


class calls:  # noqa: N801
    """Counts the calls of our own Python functions inside the block."""

    def __init__(self, spent: Counter[str]) -> None:
        self.spent, self.ours = spent, 0

    def __enter__(self) -> None:
        sys.setprofile(self._seen)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self.spent["calls"] = self.ours

    def _seen(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(f"{ROOT}/assets"):
            self.ours += 1
