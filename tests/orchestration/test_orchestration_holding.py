"""Two runs never share a home; the steps of one run do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.reconstruct import ReconstructableRepository

from orchestration.executors import MODULE
from orchestration.holding import (
    AlreadyRunningError,
    coordinating,
    sole_writer,
    taking_part,
)
from orchestration.instance import open_instance
from orchestration.letters_job import LETTERS
from orchestration.run import ROOT
from orchestration.settings import Settings, environment


def test_a_home_has_one_writer_at_a_time(tmp_path: Path):
    with sole_writer(tmp_path / "home"):
        with (
            pytest.raises(AlreadyRunningError, match="another run is writing to"),
            sole_writer(tmp_path / "home"),
        ):
            pass
        with sole_writer(tmp_path / "another"):
            pass
    with sole_writer(tmp_path / "home"):
        pass


def test_steps_take_part_in_the_run_that_holds_the_home(tmp_path: Path):
    home = tmp_path / "home"
    with coordinating(home, "one"), taking_part(home, "one"), taking_part(home, "one"):
        with (
            pytest.raises(AlreadyRunningError, match="run other does not hold"),
            taking_part(home, "other"),
        ):
            pass
        with pytest.raises(AlreadyRunningError, match="another run"), sole_writer(home):
            pass
    with pytest.raises(AlreadyRunningError, match="run one"), taking_part(home, "one"):
        pass
    with sole_writer(home), coordinating(home, "two"), taking_part(home, "two"):
        pass  # the command holds the home for longer than its run


STEP = """
import sys
from pathlib import Path
from orchestration.holding import coordinating, taking_part
kind = {"run": coordinating, "step": taking_part}[sys.argv[1]]
with kind(Path(sys.argv[2]), "one"):
    print("in", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other(kind: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a home, or takes part in a run, until it is killed."""
    command = [sys.executable, "-c", STEP, kind, str(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "in\n"
        yield process
        process.kill()


def test_no_run_begins_while_a_step_of_a_killed_one_lives(tmp_path: Path):
    with other("run", tmp_path) as run, other("step", tmp_path) as step:
        run.kill()
        run.wait()
        with (
            pytest.raises(AlreadyRunningError, match="a step of a killed run is still"),
            sole_writer(tmp_path),
        ):
            pass
        step.kill()
        step.wait()
        with sole_writer(tmp_path):
            pass
        with (
            pytest.raises(AlreadyRunningError, match="run one does not hold"),
            taking_part(tmp_path, "one"),
        ):
            pass


def test_dagsters_own_run_waits_for_nobody_and_says_who_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = Settings(home=tmp_path, today=date(2026, 11, 23))
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    with open_instance(tmp_path) as instance:
        job = ReconstructableRepository.for_module(MODULE, "defs", str(ROOT))
        letters = job.get_reconstructable_job(LETTERS)
        with sole_writer(tmp_path):
            command = [sys.executable, "-m", "dagster", "job", "execute"]
            command += ["-m", MODULE, "-a", "defs", "-j", LETTERS]
            refused = subprocess.run(
                command, capture_output=True, text=True, check=False
            )
        said = f"AlreadyRunningError: another run is writing to {tmp_path}"
        assert (refused.returncode, said in refused.stderr) == (1, True)
        assert dg.execute_job(letters, instance).success
    with sole_writer(tmp_path):
        pass  # it was let go of
