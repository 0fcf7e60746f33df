"""A build killed at any step leaves the old release serving and nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from publish.release.model import Release
from publish.release.store import Releases
from tests.release.invented import Park, small_park
from tests.release.killed_build import changed

ROOT = Path(__file__).parents[2]


def killed(folder: Path, step: str, percent: int = 0) -> int:
    """Run the next day's build in a process that dies at ``step``; its exit code."""
    words = (str(folder), step, str(percent))
    command = [sys.executable, "-m", "tests.release.killed_build", *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


@pytest.mark.parametrize(
    ("step", "percent"),
    [("databases", 0), ("carried", 100), ("moved", 100), ("recorded", 0)],
)
def test_killed_before_the_switch_the_old_release_serves(
    served: Park, step: str, percent: int, first: Release
):
    assert killed(served.folder, step, percent) == -signal.SIGKILL
    releases = Releases(served.folder)
    assert releases.current() == first.id
    assert releases.verify(first.id) == ()
    finished = changed(served).build()
    assert (finished.switched, finished.diff.previous) == (True, first.id)
    assert releases.verify(finished.id) == ()
    assert [v.id for v in releases.list()] == [first.id, finished.id]
    assert folders(served.folder) == {first.id, finished.id}


def test_killed_after_the_switch_the_new_release_serves(served: Park, first: Release):
    assert killed(served.folder, "switched") == -signal.SIGKILL
    releases = Releases(served.folder)
    assert releases.current() not in {None, first.id}
    again = changed(small_park(served.folder)).build()
    assert (again.id, again.unchanged) == (releases.current(), True)
    assert folders(served.folder) == {first.id, again.id}


def test_killed_while_it_replaces_a_release_that_did_not_serve(
    served: Park, first: Release
):
    killed(served.folder, "moved")
    killed(served.folder, "replaced")
    assert Releases(served.folder).current() == first.id
    finished = changed(served).build()
    assert folders(served.folder) == {first.id, finished.id}


def folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}
