"""Steps on a real Celery worker, and what is said where one cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.definitions.reconstruct import ReconstructableRepository

from orchestration.executors import (
    CELERY,
    MODULE,
    ExecutorUnavailableError,
    Steps,
    executor,
)
from orchestration.holding import sole_writer
from orchestration.instance import open_instance
from orchestration.places import make_lake
from orchestration.run import NIGHTLY, ROOT
from orchestration.settings import Settings, environment

TODAY, PATIENCE = date(2026, 11, 23), 60


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "CREDITPARK_CELERY must name the file"),
        ("", "no execution.config to be read"),
        ("execution: {config: [", "no execution.config to be read"),
    ],
)
def test_celery_without_its_file_is_refused(
    tmp_path: Path, text: str | None, said: str
):
    path = tmp_path / "celery.yaml"
    if text is not None:
        path.write_text(text)
    steps = Steps(CELERY, None if text is None else path)
    with pytest.raises(ExecutorUnavailableError, match=said):
        executor(steps, tmp_path)


def configuration(folder: Path) -> Path:
    """A broker and a store of results that are folders: no server is needed."""
    (folder / "queue").mkdir()
    (folder / "results").mkdir()
    queue = str(folder / "queue")
    config = {
        "broker": "filesystem://",
        "backend": f"file://{folder / 'results'}",
        "config_source": {
            "broker_transport_options": {
                "data_folder_in": queue,
                "data_folder_out": queue,
                "control_folder": queue,
            },
            "worker_max_tasks_per_child": 1,
        },
    }
    path = folder / "celery.yaml"
    path.write_text(yaml.safe_dump({"execution": {"config": config}}))
    return path


def _await(process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while " ready." not in (said := log.read_text()):
        assert process.poll() is None, said
        assert time.monotonic() < give_up, said
        time.sleep(0.1)


@contextmanager
def worker(file: Path, log: Path) -> Iterator[None]:
    """``dagster-celery worker start``, as its operators do."""
    beside = Path(sys.executable).parent  # it calls ``celery`` by its name
    command = [str(beside / "dagster-celery"), "worker", "start"]
    command += ["-A", "dagster_celery.app", "-y", str(file)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--", "--concurrency", "1"],
            stdout=out,
            stderr=out,
            start_new_session=True,
            env=os.environ | {"PATH": f"{beside}:{os.environ['PATH']}"},
        )
        try:
            _await(process, log)
            yield
        finally:
            os.killpg(process.pid, 9)
            process.wait()


def test_steps_of_a_run_are_computed_by_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = configuration(tmp_path)
    settings = Settings(
        home=tmp_path / "home", today=TODAY, executor=CELERY, celery=file
    )
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    with open_instance(settings.home) as instance, worker(file, tmp_path / "log"):
        located = ReconstructableRepository.for_module(MODULE, "defs", str(ROOT))
        graph = located.get_definition().asset_graph
        step = graph.get(dg.AssetKey(["reference", "codes"])).execution_set_asset_keys
        nightly = located.get_reconstructable_job(NIGHTLY)
        done = dg.execute_job(nightly, instance, asset_selection=[*step])
        said = [e.message for e in done.all_events if e.message]
    assert done.success, (tmp_path / "log").read_text()
    assert any("in celery worker" in text for text in said)
    assert make_lake(settings).has("codes")
    with sole_writer(settings.home):
        pass  # it was let go of
