"""A table whose rows changed a little: written in parts, read as one, never half."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.lake.engine import Engine
from orchestration.lake.proof import DamagedFileError
from orchestration.lake.store import Folder
from orchestration.lake.tables import DifferentColumnsError, Snapshots
from tests.orchestration.test_orchestration_damage import flip

GRADES = "SELECT range AS n, 'old' AS said FROM range(100)"
PARTS = ("run-1.parquet", "run-2.gone.parquet", "run-2.anew.parquet")
FIRST = dict.fromkeys(range(100), "old")


def opened(folder: Path) -> Snapshots:
    """Tables as a new process finds them."""
    return Snapshots(Folder(folder), Engine(folder / "spill"))


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Snapshots]:
    """A table of a hundred rows."""
    made = opened(tmp_path)
    made.write("grades", GRADES, "run-1")
    yield made
    made.engine.close()


def home(tables: Snapshots) -> Path:
    """Where the table lies."""
    return Path(tables.store.shown("grades"))


def rows(tables: Snapshots) -> dict[int, str]:
    found = tables.engine.connection.execute(f"FROM {tables.read('grades')}").fetchall()
    assert len(found) == len(dict(found))
    return dict(found)


def files(tables: Snapshots) -> list[str]:
    return sorted(p.name for p in home(tables).glob("*.parquet"))


def say(tables: Snapshots, run: str, *lost: int, **said: str) -> int:
    """Keys that are gone, and keys with what they say now."""
    held = [*((str(n), "") for n in lost), *((key[1:], s) for key, s in said.items())]
    values = ", ".join(f"({n}::BIGINT, '{s}')" for n, s in held)
    change = f"FROM (VALUES {values}) AS v(n, said)"
    return tables.write_changed(
        "grades", f"SELECT n {change}", f"{change} WHERE said <> ''", run
    )


def test_what_changed_is_written_beside_the_rest(tables: Snapshots):
    assert say(tables, "run-2", 5, _3="new", _200="new") == 100
    known = {n: s for n, s in FIRST.items() if n != 5} | {3: "new", 200: "new"}
    assert rows(tables) == known
    assert say(tables, "run-3", 200, _3="newer", _7="new") == 99
    del known[200]
    assert rows(tables) == known | {3: "newer", 7: "new"}
    assert {"run-1.parquet", "run-3.gone.parquet", "run-3.anew.parquet"} < {
        *files(tables)
    }
    # Another process finds the same.
    other = opened(home(tables).parent)
    assert rows(other) == known | {3: "newer", 7: "new"}
    other.engine.close()


def test_a_table_of_which_much_changed_is_one_file_again(tables: Snapshots):
    tenth = {f"_{n}": "new" for n in range(10)}
    say(tables, "run-2", **tenth)
    assert "run-2.anew.parquet" in files(tables)
    assert say(tables, "run-3", 99) == 99
    assert files(tables) == [
        "run-1.parquet",
        "run-2.anew.parquet",
        "run-2.gone.parquet",
        "run-3.parquet",
    ]
    known = FIRST | dict.fromkeys(range(10), "new")
    del known[99]
    assert rows(tables) == known


def test_a_reader_of_one_file_gets_one(tables: Snapshots):
    say(tables, "run-2", _3="new")
    path = tables.single("grades", "run-2")
    assert path == tables.single("grades", "run-3")
    found = tables.engine.connection.execute(f"FROM '{path}'").fetchall()
    assert dict(found) == rows(tables) == FIRST | {3: "new"}


def test_a_run_killed_before_the_pointer_leaves_the_table_as_it_was(tables: Snapshots):
    pointer = home(tables) / "current.json"
    for run in ("run-2", "run-2"):  # begun again, a run has the same name
        before, known = pointer.read_bytes(), rows(tables)
        say(tables, run, 5, _3=f"new {len(known)}")
        pointer.write_bytes(before)
        assert rows(opened(home(tables).parent)) == known
        say(tables, run, 5, _3=f"new {len(known)}")
    assert rows(tables)[3] == "new 99"
    tables.write("grades", GRADES, "run-1")
    assert files(tables)[0] == "run-1.2.parquet"  # what is pointed at is not replaced
    for number in range(3, 6):
        tables.write("grades", GRADES, f"run-{number}")
    assert files(tables) == [f"run-{number}.parquet" for number in range(3, 6)]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("harm", [flip, Path.unlink])
def test_a_damaged_part_is_named_and_never_read(
    tables: Snapshots, part: str, harm: Callable[[Path], Any]
):
    say(tables, "run-2", 5, _3="new")
    path = home(tables) / part
    harm(path)
    with pytest.raises(DamagedFileError) as told:
        opened(home(tables).parent).read("grades")
    assert str(told.value).startswith(f"{path} ")
    assert "any other table delete, and run: it is made again" in str(told.value)


def test_other_columns_are_refused_and_other_keys_make_it_whole(tables: Snapshots):
    say(tables, "run-2", 5)
    with pytest.raises(DifferentColumnsError, match="grades: the new rows"):
        tables.write_changed("grades", "SELECT 3 AS n", "SELECT 3 AS n", "run-3")
    keys = "SELECT 'old' AS said WHERE false"
    assert (
        tables.write_changed("grades", keys, f"FROM ({GRADES}) LIMIT 0", "run-3") == 99
    )
    assert sorted(rows(tables)) == [n for n in range(100) if n != 5]
