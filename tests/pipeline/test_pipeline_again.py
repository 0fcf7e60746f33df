"""The same day again, the next day, and a run that is killed on the way."""

from __future__ import annotations

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from assets.stores import Window
from orchestration.instance import open_instance
from publish.release.store import Releases
from sandbox.ledger import AGENCY_OF
from tests.faults.disk import Disk, ledger
from tests.faults.watching import Plan, Point, watch
from tests.pipeline.conftest import (
    SIZE,
    TODAY,
    TOMORROW,
    Run,
    copied,
    run_and_kill,
    run_job,
)


@pytest.fixture(scope="module")
def again(base: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same day once more."""
    return run_job(copied(base, tmp_path_factory.mktemp("again")), TODAY)


def test_the_same_day_again_changes_nothing_and_says_so(base: Run, again: Run):
    assert again.code == 0
    assert again.report["unchanged"] is True
    assert again.report["new_batches"] == 0
    assert again.report["release"] == base.report["release"]
    assert again.report["moves"] == []
    same = ("datasets", "reasons", "graded", "published", "totals")
    assert {k: again.report[k] for k in same} == {k: base.report[k] for k in same}
    assert len(again.releases.list()) == 1


def test_a_copied_home_leaves_the_original_alone(base: Run, again: Run):
    for run, runs in ((base, 2), (again, 4)):
        with open_instance(run.home) as instance:
            ids = {found.run_id for found in instance.get_runs()}
        assert len(ids) == runs
        logs = run.home / "dagster" / "history" / "runs"
        assert {p.stem for p in logs.glob("*.db")} - {"index"} == ids


@dataclass(frozen=True)
class Halfway:
    """A home in which the next day's run was killed when it had graded.

    Before, it stood still at seeded points, where its home was looked at: what lay there
    is what a kill at that point would have left. ``make faults`` looks more closely.
    """

    home: Path
    points: list[Point]
    complaints: list[str]


@pytest.fixture(scope="module")
def halfway(base: Run, tmp_path_factory: pytest.TempPathFactory) -> Halfway:
    home = copied(base, tmp_path_factory.mktemp("tomorrow"))
    grades = home / "lake" / "tables" / "grades"
    before = len([*grades.glob("*.parquet")])
    found = Halfway(home, [], [])
    disk = Disk({base.releases.current()}, {*ledger(home)})

    def look(point: Point) -> bool:
        found.points.append(point)
        copy = home.with_name("copy")
        shutil.copytree(home, copy, ignore=shutil.ignore_patterns("docs", "dagster"))
        found.complaints.extend(f"{point}: {c}" for c in disk.complaints(copy))
        shutil.rmtree(copy)
        return len([*grades.glob("[!.]*.parquet")]) > before

    environment = {
        "CREDITPARK_TODAY": TOMORROW.isoformat(),
        "CREDITPARK_SANDBOX_ENTERPRISES": str(SIZE),
    }
    code = watch(home, Plan(seed=1, share=0.02, moments=2), look, environment)
    assert code == -signal.SIGKILL
    return found


def test_wherever_a_run_is_killed_nothing_half_written_bears_a_name(halfway: Halfway):
    assert halfway.complaints == []
    stations = {p.path.rpartition("/")[0] for p in halfway.points}
    for place in ("lake/landing", "lake/records", "lake/tables"):
        assert any(s.startswith(place) for s in stations), place


def test_what_a_kill_could_break_would_be_seen(base: Run, tmp_path: Path):
    """The complaints of the test above are not silent by mistake."""
    home = copied(base, tmp_path)
    (snapshot,) = (home / "lake" / "tables" / "grades").glob("*.parquet")
    snapshot.write_bytes(snapshot.read_bytes()[:-100])
    page = min((home / "lake" / "landing").glob("[!.]*/penalties/[!.]*/00001.*"))
    page.write_bytes(page.read_bytes() + b" ")
    file = home / "releases" / str(base.releases.current()) / "public.db"
    file.write_bytes(file.read_bytes()[:-4096])
    said = Disk({None}, {("x", TODAY, "graded", "A")}).complaints(home)
    for word in (
        "names",
        "public.db",
        "not what its manifest",
        "grades/",
        "1 rows lost",
    ):
        assert any(word in line for line in said), (word, said)


def test_a_killed_run_leaves_the_old_release_serving(base: Run, halfway: Halfway):
    releases = Releases(halfway.home / "releases")
    assert releases.current() == base.report["release"]
    assert releases.verify(base.report["release"]) == ()


@pytest.fixture(scope="module")
def tomorrow(halfway: Halfway) -> Run:
    """The next day, after the killed attempt."""
    return run_job(halfway.home, TOMORROW)


def test_the_next_day_pulls_only_that_day(base: Run, tomorrow: Run):
    assert tomorrow.code == 0
    assert tomorrow.report["pulled_span"] == "2026-11-23..2026-11-24"
    for dataset, agency in AGENCY_OF.items():
        old = {b.id for b in base.lake.landing.batches(dataset)}
        (new,) = [b for b in tomorrow.lake.landing.batches(dataset) if b.id not in old]
        if agency == "park":
            assert new.origin.startswith(f"{dataset}_20261123_20261123.")
        else:
            assert new.window == Window(TODAY, TOMORROW)


def test_nothing_is_doubled_or_lost_over_a_killed_run(base: Run, tomorrow: Run):
    for name, row in tomorrow.datasets.items():
        kept = row["accepted"] + row["quarantined"] + row["duplicates"]
        assert row["rows_in"] == kept, name
        assert row["rows_in"] >= base.datasets[name]["rows_in"], name
        receipts = tomorrow.lake.records.receipts(name)
        assert len(receipts) == 2, name
        assert all(r.balanced for r in receipts)
        versions = tomorrow.lake.records.versions(name)
        accepted = tomorrow.rows(versions, "record_key, content_hash, updated_at")
        assert len(accepted) == len(set(accepted)) == row["accepted"], name


def test_the_new_release_follows_the_old_and_tells_the_difference(
    base: Run, tomorrow: Run
):
    report = tomorrow.report
    assert report["release"].startswith("20261124-")
    assert report["previous_release"] == base.report["release"]
    diff = tomorrow.releases.diff(report["release"])
    assert diff["previous"] == base.report["release"]
    moves = [*tomorrow.releases.moves(report["release"])]
    assert len(moves) == diff["grades_moved"] > 0
    for move in moves:
        before, after = move["before"], move["after"]
        assert before["evaluated_on"] == "2026-11-23"
        assert after["evaluated_on"] == "2026-11-24"
        moved = sum(
            (r["points_after"] or 0) - (r["points_before"] or 0) for r in move["rules"]
        )
        assert moved == (after["score_points"] or 0) - (before["score_points"] or 0)


def test_a_killed_run_is_closed_in_dagster_too(tomorrow: Run):
    with open_instance(tomorrow.home) as instance:
        states = sorted(run.status.value for run in instance.get_runs())
    assert "STARTED" not in states
    # Each run that completes is followed by one that keeps the month ends.
    assert states.count(dg.DagsterRunStatus.SUCCESS.value) == 4


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A fresh home whose first run is killed twice, and then completes."""
    home = tmp_path_factory.mktemp("fresh") / "home"
    home.mkdir()

    def landed() -> bool:
        return any((home / "lake" / "landing").glob("*/*/[!.]*/manifest.json"))

    def split() -> bool:
        return any((home / "lake" / "records").glob("*/receipts/[!.]*.json"))

    run_and_kill(home, TODAY, landed, seed=2)
    assert Releases(home / "releases").current() is None
    run_and_kill(home, TODAY, split, seed=3)
    assert Releases(home / "releases").current() is None
    return run_job(home, TODAY)


def test_a_fresh_home_gives_the_same_release_however_often_it_was_killed(
    base: Run, fresh: Run
):
    assert fresh.code == 0
    assert fresh.report["release"] == base.report["release"]
    assert fresh.content == base.content
    same = ("reasons", "graded", "published", "totals")
    assert {k: fresh.report[k] for k in same} == {k: base.report[k] for k in same}
    for name, row in fresh.datasets.items():
        kept = row["accepted"] + row["quarantined"] + row["duplicates"]
        assert row["rows_in"] == kept == base.datasets[name]["rows_in"], name
    assert [*fresh.home.rglob(".partial-*")] == []
