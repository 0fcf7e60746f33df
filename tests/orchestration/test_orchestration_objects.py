"""The lake in an object store: the promises of the folder, on a real S3 server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assets.stores import Arrival, DamagedDeliveryError, Receipt, Window
from orchestration.backup.archive import BackupError
from orchestration.backup.making import back_up
from orchestration.backup.restoring import restore
from orchestration.cli import main
from orchestration.lake.lake import LocalLake
from orchestration.lake.objects import Access, LakeUnavailableError, Objects
from orchestration.lake.owner import LakeTakenError
from orchestration.lake.proof import DamagedFileError
from orchestration.places import make_lake
from orchestration.settings import Settings
from quality.clock import Clock
from tests.buckets import Bucket, serving

TODAY = date(2026, 11, 23)
CLOCK = Clock(TODAY)
WINDOW = Window(date(2026, 11, 22), TODAY)
ARRIVING = Arrival("market", "penalties", WINDOW, CLOCK.now(), "x", ".json")
Machine = Callable[[str], LocalLake]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with serving(tmp_path_factory.mktemp("s3")) as made:
        yield made


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """A place of this test's own."""
    return f"lakes/{request.node.name}"


@pytest.fixture
def machine(bucket: Bucket, tmp_path: Path, prefix: str) -> Iterator[Machine]:
    """The same lake, as each of several machines sees it."""
    made: list[LocalLake] = []

    def at(name: str) -> LocalLake:
        folder = tmp_path / name
        store = bucket.store(prefix, folder)
        made.append(LocalLake(folder, CLOCK, memory_limit="1GB", store=store))
        return made[-1]

    yield at
    for lake in made:
        lake.engine.close()


def rows(lake: LocalLake, relation: str) -> list[Any]:
    query = f"SELECT * FROM {relation} ORDER BY ALL"
    return lake.engine.connection.execute(query).fetchall()


def objects(lake: LocalLake) -> Objects:
    assert isinstance(lake.store, Objects)
    return lake.store


def test_what_one_machine_makes_another_reads(machine: Machine):
    one, other = machine("one"), machine("other")
    one.write("grades", "SELECT 1 AS n", "run-1")
    assert rows(other, other.relation("grades")) == [(1,)]
    one.write("grades", "SELECT 2 AS n", "run-2")
    assert rows(other, other.relation("grades")) == [(2,)]
    one.keep_document("grades", {"n": 1})
    assert [*other.documents()] == [{"n": 1}]
    one.keep_document("grades", {"n": 2})
    assert [*other.documents()] == [{"n": 2}]
    receipt = Receipt("b1", rows_in=2, accepted=1, quarantined=0, duplicates=1)
    one.records.append(
        "penalties", receipt, "(SELECT 'x' AS record_key)", "(SELECT 1 WHERE false)"
    )
    assert [*other.records.receipts("penalties")] == [receipt]
    found = f"(SELECT record_key FROM {other.records.versions('penalties')})"
    assert rows(other, found) == [("x",)]
    assert rows(other, other.records.quarantine("penalties")) == []


def test_a_lake_is_kept_for_one_home(machine: Machine):
    one, other = machine("one"), machine("other")
    one.claim()
    one.claim()
    with pytest.raises(
        LakeTakenError, match=r"^CREDITPARK_LAKE: s3://park/.*owner\.json"
    ):
        other.claim()
    objects(one).remove("owner.json")  # the first is gone for good
    other.claim()
    with pytest.raises(LakeTakenError, match="kept for another home"):
        one.claim()


def test_three_snapshots_stay_and_the_cache_may_go(machine: Machine):
    lake = machine("one")
    for number in range(5):
        lake.write("grades", f"SELECT {number} AS n", f"run-{number}")
    kept = lake.store.names("tables/grades/*")
    assert len(kept) == 4  # three snapshots and the pointer
    assert "tables/grades/run-4.parquet" in kept
    shutil.rmtree(lake.folder / "cache")
    assert rows(lake, lake.relation("grades")) == [(4,)]
    assert lake.sweep() == 0


def test_a_change_is_put_beside_the_rest(machine: Machine):
    one, other = machine("one"), machine("other")
    one.write("grades", "SELECT range AS n FROM range(100)", "run-1")
    keys, made = "SELECT 3::BIGINT AS n", "SELECT 300::BIGINT AS n"
    assert one.write_changed("grades", keys, made, "run-2") == 100
    known = [n for n in range(100) if n != 3]
    assert rows(other, other.relation("grades")) == [(n,) for n in (*known, 300)]
    assert len(one.store.names("tables/grades/*")) == 4  # with the pointer
    objects(one).remove("tables/grades/run-2.anew.parquet")
    with pytest.raises(DamagedFileError, match=r"grades/run-2\.anew\.parquet is lost"):
        machine("fresh").relation("grades")


def test_a_table_that_fails_to_be_made_stays_as_it_was(machine: Machine):
    lake = machine("one")
    assert not lake.has("grades")
    lake.write("grades", "SELECT 1 AS n", "run-1")
    # What a run leaves that is killed before the pointer.
    torn = lake.folder / "torn"
    torn.write_bytes(b"PAR1")
    lake.store.keep("tables/grades/run-2.parquet", torn)
    assert rows(lake, lake.relation("grades")) == [(1,)]
    lake.write("grades", "SELECT 2 AS n", "run-2")
    assert rows(lake, lake.relation("grades")) == [(2,)]


def test_a_delivery_is_there_whole_or_not_at_all(machine: Machine):
    one, other = (
        replace(machine(name).landing, clock=Clock()) for name in ("one", "other")
    )
    killed = machine("killed")
    (killed.folder / "half").mkdir(parents=True)
    (killed.folder / "half" / "00001.json").write_bytes(b"[1]")
    first = one.land(ARRIVING, [b"[1]", b"[2]"])
    assert first
    # Killed after a page: the manifest, which comes last, never came.
    later = replace(ARRIVING, window=Window(TODAY, date(2026, 11, 24)))
    half = "landing/market/penalties/20261123-20261124-0123456789"
    killed.store.keep_folder(half, killed.folder / "half", ("manifest.json",))
    (seen,) = other.batches("penalties")
    assert (seen.id, seen.window, other.count()) == (first.id, WINDOW, 1)
    other.prove(seen)
    assert [page.read_bytes() for page in seen.pages] == [b"[1]", b"[2]"]
    assert other.land(ARRIVING, [b"[1]", b"[2]"]) is None
    assert other.land(replace(later, mark=lambda: "7"), [b"[1]"])
    assert [b.window for b in one.batches("penalties")] == [WINDOW, later.window]
    assert one.mark("penalties") == "7"  # though put within one second of the other
    assert len(one.origins("penalties")) == 2
    one.note("penalties", "down")
    assert other.failure("penalties") == "down"
    assert other.failure("permits") is None
    assert [*machine("one").landing.batches("nothing")] == []


@pytest.mark.parametrize("harm", ["flipped", "lost"])
def test_a_damaged_object_is_never_read(machine: Machine, harm: str):
    lake = machine("one")
    lake.write("grades", "SELECT range AS n FROM range(3000)", "run-1")
    batch = lake.landing.land(ARRIVING, [b'{"rows": [1, 2, 3]}'])
    assert batch
    (page,) = lake.store.names("landing/market/penalties/*/00001.json")
    store = objects(lake)
    for name in (page, "tables/grades/run-1.parquet"):
        content = bytearray(store.read(name) or b"")
        content[len(content) // 2] ^= 1
        if harm == "lost":
            store.remove(name)
        else:
            store.fs.pipe_file(f"{store.root}/{name}", bytes(content))
    fresh = machine("fresh")
    said = "is lost" if harm == "lost" else "was changed after it was"
    for _ in range(2):  # what was refused is not in the cache either
        with pytest.raises(DamagedFileError, match=said) as told:
            fresh.relation("grades")
        assert str(told.value).startswith(fresh.store.shown("tables/grades/run-1"))
        with pytest.raises(DamagedDeliveryError, match=said) as refused:
            fresh.landing.prove(batch)
        assert str(refused.value).startswith(f"s3://park/{store.root[5:]}/landing/")


def test_a_damaged_cache_is_fetched_again(machine: Machine):
    machine("one").write("grades", "SELECT 1 AS n", "run-1")
    machine("two").tables.single("grades", "").write_bytes(b"PAR1")
    lake = machine("two")
    assert rows(lake, lake.relation("grades")) == [(1,)]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"key": "AKIAWRONG"}, "CREDITPARK_LAKE_KEY and CREDITPARK_LAKE_SECRET"),
        ({"secret": "wrong-secret"}, "CREDITPARK_LAKE_KEY and CREDITPARK_LAKE_SECRET"),
        ({"url": "s3://elsewhere/x"}, "CREDITPARK_LAKE: s3://elsewhere/x"),
        ({"endpoint": "http://127.0.0.1:9"}, "CREDITPARK_LAKE_ENDPOINT"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret(
    bucket: Bucket, tmp_path: Path, change: dict[str, str], named: str
):
    access = replace(bucket.store("x", tmp_path).access, **change)
    store = Objects.of(access, tmp_path)
    (tmp_path / "made").write_text("x")
    asked = (
        lambda: store.names("a/*"),
        lambda: store.keep("a", tmp_path / "made"),
        store.is_empty,
    )
    # A store that is away is asked several times, which takes a while.
    for ask in asked[:1] if "endpoint" in change else asked:
        with pytest.raises(LakeUnavailableError) as told:
            ask()
        assert str(told.value).startswith(named)
        assert str(access.secret) not in str(told.value)


def test_a_kind_of_store_that_nobody_knows_is_named(tmp_path: Path):
    with pytest.raises(LakeUnavailableError, match=r"CREDITPARK_LAKE: .*nothing"):
        Objects.of(Access("nothing://x/y"), tmp_path)


def test_the_command_says_in_one_line_that_the_keys_are_refused(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    given = bucket.environment("x") | {"CREDITPARK_LAKE_SECRET": "wrong-secret"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_HOME", "")
    done = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "run"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: CREDITPARK_LAKE_KEY and CREDITPARK_LAKE_SEC")
    assert "wrong-secret" not in done.output
    assert done.output.count("\n") <= 3


def test_a_backup_leads_into_a_store_and_out_of_it(
    bucket: Bucket, tmp_path: Path, prefix: str
):
    def at(name: str, **more: Any) -> Settings:
        return Settings(home=tmp_path / name, today=TODAY, **more)

    first, last = at("first"), at("last")
    there = at("there", **bucket.settings(prefix))
    lake = make_lake(first)
    lake.landing.land(ARRIVING, [b"[1]", b"[2]"])
    lake.write("grade_ledger", "SELECT range AS n FROM range(100)", "run-1")
    gone, none = "SELECT 3::BIGINT AS n", "SELECT 3::BIGINT AS n WHERE false"
    lake.write_changed("grade_ledger", gone, none, "run-2")  # in parts
    back_up(first, tmp_path / "a")
    restore(there, tmp_path / "a")
    assert not (there.home / "lake" / "landing").exists()
    lake = make_lake(there)
    held = [(n,) for n in range(100) if n != 3]
    assert rows(lake, lake.relation("grade_ledger")) == held
    with pytest.raises(BackupError, match=f"s3://park/{prefix} is not empty"):
        restore(at("again", **bucket.settings(prefix)), tmp_path / "a")
    back_up(there, tmp_path / "b")
    restore(last, tmp_path / "b")
    for name in ("landing", "tables"):
        both = [
            {n: p.read_bytes() for n, p in make_lake(s).store.below(name).files()}
            for s in (first, last)
        ]
        assert both[0] == both[1]
