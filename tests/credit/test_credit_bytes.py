"""The same records, policy and dates give the same bytes, in whatever process and order."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.credit.loading import load_policy
from assets.stores import Receipt
from orchestration.lake.engine import Engine
from orchestration.lake.records import LINEAGE, ParquetRecords
from orchestration.lake.store import Folder
from quality.contracts import park
from quality.contracts.model import engine_type
from tests.credit.ledger import SHIPPED, TODAY, Park
from tests.credit.parks import town

ROOT = Path(__file__).parents[2]
SIZE = 40
DATES = (TODAY, date(2026, 3, 31))
TABLES = (
    "credit_figures",
    "industry_benchmarks",
    "credit_indicators",
    "computed_grades",
    "explanations",
    "evidence",
)
DATASET = park.site_visits


def digests(threads: int, *, reverse: bool) -> dict[str, str]:
    """SHA-256 of the canonical CSV of every table the engine makes."""
    with duckdb.connect(config={"threads": threads}) as connection:
        made = town(Park(connection), SIZE)
        if reverse:
            for rows in made.rows.values():
                rows.reverse()
        made.graded(load_policy(SHIPPED), *(DATES[::-1] if reverse else DATES))
        return {name: _digest(connection, name) for name in TABLES}


def _digest(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    found = connection.execute(f"SELECT * FROM {name} ORDER BY ALL")
    text = json.dumps(
        [[c[:2] for c in found.description], found.fetchall()], default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()


def elsewhere(seed: str, threads: int, *, reverse: bool) -> dict[str, str]:
    """The same in a process of its own."""
    code = (
        "import json; from tests.credit.test_credit_bytes import digests; "
        f"print(json.dumps(digests({threads}, reverse={reverse})))"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_two_processes_give_the_same_bytes():
    one = elsewhere("1", 1, reverse=False)
    assert one == elsewhere("2", 4, reverse=True)
    assert [*one] == [*TABLES]
    assert len({*one.values()}) == len(TABLES)


def version(key: int, day: int, words: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(c.name for c in DATASET.columns)
    at = datetime.fromisoformat("2026-01-01") + timedelta(days=day)
    content = hashlib.md5(words.encode()).hexdigest()  # noqa: S324  no secret
    lineage = {"record_key": f"k{key}", "content_hash": content, "row_number": 1}
    lineage |= {"received_on": TODAY, "batch_id": "", "closes": None}
    return row | lineage | {"updated_at": at, "topic": words}


VERSIONS = st.lists(
    st.builds(version, st.integers(0, 4), st.integers(0, 3), st.sampled_from("abc")),
    min_size=1,
    max_size=14,
)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=VERSIONS, parts=st.integers(2, 5), seed=st.integers(0, 99))
def test_how_records_are_split_into_batches_changes_nothing(
    tmp_path: Path, rows: list[dict[str, Any]], parts: int, seed: int
):
    dice = Random(seed)  # noqa: S311  a reproducible order, no secret
    shuffled = sorted(rows, key=lambda _: dice.random())
    split = [shuffled[n::parts] for n in range(parts)]
    whole = newest(tmp_path / f"whole{len(list(tmp_path.iterdir()))}", [rows])
    assert newest(tmp_path / f"split{len(list(tmp_path.iterdir()))}", split) == whole


def newest(folder: Path, batches: list[list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """The newest version of every record, without where it came from."""
    engine = Engine(folder / "spill")
    records = ParquetRecords(Folder(folder), engine)
    columns = {c.name: engine_type(c) for c in DATASET.columns} | LINEAGE
    listed = ", ".join(f'"{c}" {t}' for c, t in columns.items())
    for number, rows in enumerate(batches):
        engine.connection.execute(f"CREATE OR REPLACE TABLE arriving ({listed})")
        for row in rows:
            values = [row[c] for c in columns]
            marks = ", ".join("?" * len(values))
            engine.connection.execute(f"INSERT INTO arriving VALUES ({marks})", values)
        engine.connection.execute(
            "CREATE OR REPLACE TABLE nothing AS FROM arriving WHERE false"
        )
        receipt = Receipt(f"b{number}", len(rows), len(rows), 0, 0)
        records.append(DATASET.name, receipt, "arriving", "nothing")
    found: list[tuple[Any, ...]] = engine.connection.execute(
        "SELECT record_key, content_hash, updated_at, topic "
        f"FROM {records.latest(DATASET.name)} ORDER BY ALL"
    ).fetchall()
    engine.close()
    return found
