"""Disks that flip bits, lose files, fill up or cannot be written: told, and by name."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.stores import Arrival, DamagedDeliveryError, Receipt, Window
from orchestration.cli import main
from orchestration.instance import InstanceError, open_instance
from orchestration.lake.lake import LocalLake
from orchestration.lake.proof import DamagedFileError
from publish.registry.authorisations import list_authorisations
from publish.registry.engine import RegistryDamagedError, open_registry, sqlite_url
from quality.clock import Clock
from tests.disks import small_disk

CLOCK = Clock(date(2026, 11, 23))
Harm = Callable[[Path], None]


def flip(path: Path) -> None:
    """One bit in the middle, as a disk does it: size and time stay."""
    found, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def lake_at(folder: Path) -> LocalLake:
    """A lake as a new process finds it."""
    return LocalLake(folder, CLOCK, memory_limit="1GB")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lake with a table of 3,000 rows and a split batch."""
    lake = lake_at(tmp_path)
    lake.write("grades", "SELECT range AS n FROM range(3000)", "run-1")
    receipt = Receipt("b1", "penalties", 2, 2, 0, 0)
    lake.records.append(
        "penalties", receipt, "(SELECT 'x' AS record_id)", "(SELECT 1 WHERE false)"
    )
    lake.engine.close()
    return tmp_path


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (flip, "was changed after it was written"),
        (truncate, "was changed after it was written"),
        (Path.unlink, "is lost"),
    ],
)
def test_a_damaged_table_is_never_read(folder: Path, harm: Harm, said: str):
    path = folder / "tables" / "grades" / "run-1.parquet"
    harm(path)
    with pytest.raises(DamagedFileError) as told:
        lake_at(folder).relation("grades")
    assert str(told.value).startswith(f"{path} {said}: ")
    assert "any other table delete, and run: it is made again" in str(told.value)


@pytest.mark.parametrize("harm", [flip, truncate, Path.unlink])
def test_damaged_records_are_split_again_from_landing(folder: Path, harm: Harm):
    records = folder / "records" / "penalties"
    harm(records / "accepted" / "b1.parquet")
    with pytest.raises(DamagedFileError) as told:
        lake_at(folder).records.versions("penalties")
    receipt = records / "receipts" / "b1.json"
    assert f"delete {receipt} and run" in str(told.value)
    receipt.unlink()
    assert lake_at(folder).records.receipts("penalties") == []
    lake_at(folder).records.versions("penalties")


def test_a_pointer_that_is_no_json_is_named(folder: Path):
    pointer = folder / "tables" / "grades" / "current.json"
    pointer.write_text('{"snap')
    with pytest.raises(DamagedFileError, match=r"grades/current\.json cannot be read"):
        lake_at(folder).relation("grades")


def test_a_file_of_before_there_were_hashes_is_read(folder: Path):
    pointer = folder / "tables" / "grades" / "current.json"
    pointer.write_text('{"snapshot": "run-1.parquet"}')
    assert lake_at(folder).relation("grades") == "grades"


@pytest.mark.parametrize("harm", [flip, truncate, Path.unlink])
def test_a_delivery_that_changed_after_it_came_is_not_split(tmp_path: Path, harm: Harm):
    landing = lake_at(tmp_path).landing
    window = Window(date(2026, 11, 22), date(2026, 11, 23))
    arriving = Arrival("market", "penalties", window, CLOCK.now(), "x", ".json")
    batch = landing.land(arriving, [b'{"rows": [1, 2, 3]}'])
    assert batch
    landing.prove(batch)
    harm(batch.pages[0])
    with pytest.raises(DamagedDeliveryError) as told:
        landing.prove(batch)
    assert str(told.value).startswith(str(batch.pages[0]))
    assert f"put {batch.pages[0].parent} back from a backup, or delete it" in str(
        told.value
    )


def test_a_batch_that_was_deleted_is_asked_for_again_and_counted_once(tmp_path: Path):
    landing = lake_at(tmp_path).landing
    window = Window(date(2026, 11, 22), date(2026, 11, 23))
    arriving = Arrival("market", "penalties", window, CLOCK.now(), "x", ".json")
    first = landing.land(arriving, [b"{}"])
    assert first
    assert landing.pending("penalties", window) == []
    for path in (*first.pages[0].parent.iterdir(), first.pages[0].parent):
        path.rmdir() if path.is_dir() else path.unlink()
    assert landing.pending("penalties", window) == [window]
    again = landing.land(arriving, [b"{}"])
    assert again is not None
    # The same name: a receipt that is there already goes on standing for it.
    assert again.id == first.id


@pytest.mark.parametrize("place", [0, 4096])
def test_a_damaged_registry_is_named(tmp_path: Path, place: int):
    path = tmp_path / "registry.db"
    open_registry(sqlite_url(path)).dispose()
    content = path.read_bytes()
    path.write_bytes(content[:place] + b"\xff" * (len(content) - place))
    with pytest.raises(RegistryDamagedError, match="from the last backup") as told:
        list_authorisations(open_registry(sqlite_url(path)))
    assert str(told.value).startswith(f"{path} is damaged")


def test_a_damaged_record_of_runs_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", "")
    with open_instance(tmp_path):
        pass
    index = tmp_path / "dagster" / "history" / "runs" / "index.db"
    index.write_bytes(b"x" * 5000)
    for log in index.parent.glob("index.db-*"):
        log.unlink()
    with pytest.raises(InstanceError, match="move the folder away and run"):
        open_instance(tmp_path)


def test_a_full_disk_and_a_read_only_one_are_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("CREDITPARK_SANDBOX_ENTERPRISES", "2")
    place = tmp_path / "disk"
    given = ["--home", str(place / "home"), "run"]
    with small_disk(place, 200):
        (place / "ballast").write_bytes(b"x" * 150 * 1024)
        full = CliRunner().invoke(main, given)
        assert full.exit_code == 1
        assert "make room or let us write there, then repeat" in full.output
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        barred = CliRunner().invoke(main, given)
        assert barred.exit_code == 1
        assert "Read-only file system" in barred.output
        assert str(place / "home") in barred.output
        assert not (place / "home" / "releases").exists()
