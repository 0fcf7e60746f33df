"""The lake's promise: readers see the old state or the new one, never a half."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.stores import Receipt
from orchestration.lake import atomic
from orchestration.lake.lake import LocalLake
from orchestration.lake.tables import MissingTableError
from quality.clock import Clock
from quality.contracts import metadata


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[LocalLake]:
    made = LocalLake(tmp_path / "lake", Clock(date(2026, 11, 23)), memory_limit="1GB")
    yield made
    made.engine.close()


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_text_is_replaced_at_once(tmp_path: Path):
    path = tmp_path / "deep" / "a.json"
    atomic.write_json(path, {"名": date(2026, 1, 2)})
    atomic.write_json(path, {"名": 2})
    assert json.loads(path.read_text("utf-8")) == {"名": 2}
    assert names(path.parent) == ["a.json"]


def test_a_staging_folder_is_moved_or_gone(tmp_path: Path):
    with atomic.staging(tmp_path) as partial:
        (partial / "a").write_text("1")
        partial.rename(tmp_path / "whole")
    with suppress(RuntimeError), atomic.staging(tmp_path) as partial:
        (partial / "a").write_text("1")
        raise RuntimeError
    assert names(tmp_path) == ["whole"]


def test_leftovers_of_killed_processes_are_swept_and_nothing_else(tmp_path: Path):
    (tmp_path / "tables" / ".partial-7-staging" / "deep").mkdir(parents=True)
    (tmp_path / "tables" / ".partial-8-a.parquet").write_text("torn")
    (tmp_path / "tables" / "a.parquet").write_text("whole")
    assert atomic.sweep(tmp_path) == 2
    assert names(tmp_path / "tables") == ["a.parquet"]
    assert atomic.sweep(tmp_path / "absent") == 0


def test_a_derived_table_is_read_as_it_was_last_made(lake: LocalLake):
    assert lake.write("grades", "SELECT 1 AS n UNION ALL SELECT 2", "run-1") == 2
    assert lake.write("grades", "SELECT 3 AS n", "run-2") == 1
    query = f"SELECT n FROM {lake.relation('grades')}"
    assert lake.engine.connection.execute(query).fetchall() == [(3,)]


def test_a_table_that_fails_to_be_made_stays_as_it_was(lake: LocalLake):
    lake.write("grades", "SELECT 1 AS n", "run-1")
    with pytest.raises(duckdb.CatalogException, match=r"does not exist"):
        lake.write("grades", "SELECT * FROM nowhere", "run-2")
    query = f"SELECT n FROM {lake.relation('grades')}"
    assert lake.engine.connection.execute(query).fetchall() == [(1,)]


def test_a_table_may_be_made_from_itself(lake: LocalLake):
    lake.write("grades", "SELECT 1 AS n", "run-1")
    lake.relation("grades")
    lake.write("grades", "SELECT n + 1 AS n FROM grades", "run-2")
    query = f"SELECT n FROM {lake.relation('grades')}"
    assert lake.engine.connection.execute(query).fetchall() == [(2,)]


def test_a_few_snapshots_are_kept(lake: LocalLake):
    for number in range(5):
        lake.write("grades", f"SELECT {number} AS n", f"run-{number}")
    kept = names(lake.folder / "tables" / "grades")
    assert len(kept) == 4  # three snapshots and the pointer
    assert "run-4.parquet" in kept


def test_a_table_nobody_made_says_what_to_do(lake: LocalLake):
    with pytest.raises(MissingTableError) as caught:
        lake.relation("grades")
    assert str(caught.value) == "grades has not been made; run `creditpark run`"
    assert not lake.tables.has("grades")


def test_records_that_never_came_are_empty_and_typed(lake: LocalLake):
    query = f"SELECT decided_on + 1, fine_fen // 2 FROM {lake.relation('penalties')}"
    assert lake.engine.connection.execute(query).fetchall() == []


def test_quality_documents_are_kept_by_table(lake: LocalLake):
    lake.keep_document("b", {"n": 1})
    lake.keep_document("a", {"n": 2})
    lake.keep_document("b", {"n": 3})
    assert lake.documents() == [{"n": 2}, {"n": 3}]


def test_a_folder_with_an_apostrophe_is_a_folder(tmp_path: Path):
    lake = LocalLake(tmp_path / "it's", Clock(date(2026, 11, 23)))
    assert lake.write("grades", "SELECT 1 AS n", "run-1") == 1
    lake.engine.close()


def test_batches_of_an_older_edition_lack_what_came_since(lake: LocalLake):
    """After an upgrade a column that no batch has yet is empty, not missing."""
    lake.engine.connection.execute(
        "CREATE TEMP TABLE old AS SELECT 'GX-1' AS plan_no, 'k' AS record_key,"
        " 'h' AS content_hash, 'b' AS batch_id, 1::BIGINT AS row_number,"
        " DATE '2026-11-22' AS received_on"
    )
    lake.engine.connection.execute("CREATE TEMP TABLE none AS FROM old WHERE false")
    receipt = Receipt("b", rows_in=1, accepted=1, quarantined=0, duplicates=0)
    lake.records.append("inspection_plans", receipt, "old", "none")
    plans = lake.records.latest("inspection_plans")
    held = f"SELECT plan_no, population_sha256 FROM {plans}"
    assert lake.engine.connection.execute(held).fetchall() == [("GX-1", None)]
    described = lake.engine.connection.execute(f"DESCRIBE {plans}").fetchall()
    columns = {c.name for c in metadata.tables["inspection_plans"].columns}
    assert columns <= {name for name, *_ in described}


# More than 80 MB to sort, in an order that no row was made in.
LEDGER = (
    "SELECT r AS event_id, md5(CAST(r AS TEXT)) AS uscc, "
    "repeat(md5(CAST(r * 7 AS TEXT)), 2) AS title "
    "FROM range(300_000) AS t(r) ORDER BY uscc"
)


def sorted_ledger(folder: Path, memory_limit: str | None) -> tuple[int, Any]:
    """Bytes spilled while the ledger was written, and its rows in their order."""
    lake = LocalLake(folder, Clock(date(2026, 11, 23)), memory_limit)
    connection = lake.engine.connection
    connection.execute("PRAGMA enable_profiling = 'no_output'")
    connection.execute(
        'PRAGMA custom_profiling_settings = \'{"SYSTEM_PEAK_TEMP_DIR_SIZE": "true"}\''
    )
    path = folder / "ledger.parquet"
    lake.engine.write_parquet(LEDGER, path)
    told = json.loads(connection.get_profiling_information(format="json"))
    rows = connection.execute(
        "SELECT count(*), sum(hash(file_row_number, event_id, uscc, title)) "
        f"FROM read_parquet('{path}', file_row_number = true)"
    ).fetchone()
    lake.engine.close()
    return told["system_peak_temp_dir_size"], rows


def test_a_small_memory_limit_spills_to_disk_and_changes_no_row(tmp_path: Path):
    spilled, rows = sorted_ledger(tmp_path / "small", "80MB")
    kept, same = sorted_ledger(tmp_path / "large", "1GB")
    assert (spilled > 10_000_000, kept) == (True, 0)
    assert rows == same
    assert rows[0] == 300_000
    assert [*(tmp_path / "small" / "spill").iterdir()] == []


def test_hands_read_the_same_records_and_keep_what_each_prepares_apart(lake: LocalLake):
    lake.engine.connection.execute("SET threads = 2")
    lake.write("kept", "SELECT 7 AS seven", "r1")
    with lake.hands() as hands:
        assert len(hands) == 2
        for number, hand in enumerate(hands):
            made = f"CREATE TEMP TABLE arriving AS SELECT {number} AS n"
            hand.engine.connection.execute(made)
        found = [
            hand.engine.connection.execute(
                f"SELECT n, seven, parse_uscc('a-1') FROM arriving, {hand.relation('kept')}"
            ).fetchall()
            for hand in hands
        ]
    assert found == [[(0, 7, "A1")], [(1, 7, "A1")]]
    threads = lake.engine.connection.execute("SELECT current_setting('threads')")
    assert threads.fetchone() == (2,)
