"""The house keeps its floors: who may import whom, and what stays out of where."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.sources.declaration import load_sources
from orchestration.settings import SANDBOX, sandbox_variables
from quality.contracts import tables_of

ROOT = Path(__file__).parents[2]
FLOORS = {"quality": 1, "publish": 2, "assets": 3, "orchestration": 4}
ROOMS = [*FLOORS, "sandbox"]
LONGEST = 450
# The process environment is Dagster's only configuration channel for these three.
ENVIRONMENT = {
    "orchestration/settings.py",
    "orchestration/instance.py",
    "orchestration/eventlog.py",
    "orchestration/console.py",
}


def modules() -> list[Path]:
    return sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def top(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_run_down_only(path: Path):
    room = path.relative_to(ROOT).parts[0]
    floor = FLOORS.get(room, 0)
    up = [m for m in imported(path) if FLOORS.get(top(m), -1) > floor]
    assert not up, f"{name_of(path)} imports up: {up}"


def test_the_sandbox_and_the_house_meet_in_orchestration_only():
    meeting = {
        name_of(p).split("/")[0]
        for p in modules()
        if p.relative_to(ROOT).parts[0] != "sandbox"
        and "sandbox" in map(top, imported(p))
    }
    assert meeting <= {"orchestration"}


def test_great_expectations_lives_in_one_room():
    users = {
        name_of(p) for p in modules() if "great_expectations" in map(top, imported(p))
    }
    assert users
    assert all(u.startswith("quality/engine/") for u in users)


def test_only_publish_knows_datasette():
    users = {name_of(p) for p in modules() if "datasette" in map(top, imported(p))}
    assert users
    assert all(u.startswith("publish/") for u in users)


def test_only_settings_reads_the_environment():
    readers = {
        name_of(p)
        for p in modules()
        if re.search(r"\bos\.(environ|getenv)\b", p.read_text("utf-8"))
    }
    assert readers <= ENVIRONMENT


def test_the_serving_process_stays_light():
    heavy = "{'dagster', 'great_expectations', 'pandas', 'duckdb'}"
    code = (
        f"import sys, publish.serving.server; print(sorted({heavy} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert found.stdout.strip() == "[]"


def test_no_file_is_longer_than_a_reader_can_hold():
    long = {
        name_of(p): lines
        for p in modules()
        if (lines := len(p.read_text("utf-8").splitlines())) > LONGEST
    }
    assert not long


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_hashed_and_name_no_index(lock: str):
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    pins = re.findall(r"^\S+==\S+.*\\$", text, re.MULTILINE)
    assert len(pins) == len(
        re.findall(r"^[a-z0-9]", text, re.MULTILINE | re.IGNORECASE)
    )
    assert text.count("--hash=sha256:") >= len(pins)


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.findall(r'^  "[a-z][^"]*[<>=][^"]*",?(.*)$', text, re.MULTILINE)
    assert listed
    assert all("#" in rest for rest in listed)


def test_the_sandbox_delivers_every_dataset_there_is_a_contract_for():
    places = sandbox_variables("http://127.0.0.1") | {"CREDITPARK_INBOX": "."}
    declared = load_sources(SANDBOX, places)
    delivered = {d for agency in declared.agencies.values() for d in agency.datasets}
    assert delivered == {t.name for t in tables_of("records")}
