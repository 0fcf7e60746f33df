"""The house keeps its floors: who may import whom, and what stays out of where."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.house import (
    FLOORS,
    ROOT,
    imported,
    imported_at_once,
    module_name,
    modules,
    name_of,
    room_of,
    text_of,
    top,
    tree_of,
)

HEAVY = ("dagster", "great_expectations", "pandas", "duckdb", "reportlab", "pypinyin")
# Outside the settings the process environment is touched only where Dagster, or a child
# process of ours, takes its configuration from nowhere else.
ENVIRONMENT = {
    "orchestration/settings.py": "reads CREDITPARK_*",
    "orchestration/instance.py": "names DAGSTER_HOME to Dagster",
    "orchestration/eventlog.py": "sets the size of Dagster's event batches",
    "publish/serving/meters.py": "names to prometheus-client where processes meet",
    "orchestration/run.py": "hands settings on to the processes of steps",
    "orchestration/console.py": "hands the environment on to `dagster dev`",
}
VARIABLES = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
# What the serving process, and the release builder beside it, may know of quality.
QUALITY_FOR_PUBLISH = (
    *("contracts", "clock", "identifiers", "personal"),
    "working_days",
)


def users(package: str) -> set[str]:
    """The files that import a package."""
    return {name_of(p) for p in modules() if package in map(top, imported(p))}


def test_imports_run_down_only():
    for path in modules():
        floor = FLOORS.get(room_of(path), 0)
        up = [m for m in imported(path) if FLOORS.get(top(m), -1) > floor]
        assert not up, f"{name_of(path)} imports up: {up}"


def test_the_sandbox_imports_nothing_of_ours():
    for path in modules():
        if room_of(path) == "sandbox":
            assert not {*map(top, imported(path))} & {*FLOORS}, name_of(path)


def test_the_sandbox_and_the_house_meet_in_orchestration_only():
    meeting = {m.split("/")[0] for m in users("sandbox")} - {"sandbox"}
    assert meeting <= {"orchestration"}


def test_no_module_imports_itself_round_a_corner():
    known = {module_name(path): path for path in modules()}
    graph = {
        # A module that names a sister names their package on the way.
        name: {m for m in imported_at_once(p) & {*known} if not name.startswith(m)}
        for name, p in known.items()
    }
    order = [*TopologicalSorter(graph).static_order()]  # raises on a cycle
    assert len(order) == len(known)


def test_publish_uses_the_light_parts_of_quality_only():
    allowed = tuple(f"quality.{part}" for part in QUALITY_FOR_PUBLISH)
    for path in modules():
        if room_of(path) == "publish":
            used = {m for m in imported(path) if m.startswith("quality.")}
            heavy = {m for m in used if not m.startswith(allowed)}
            assert not heavy, f"{name_of(path)}: {heavy}"


@pytest.mark.parametrize(
    ("package", "room"),
    [
        ("great_expectations", "quality/engine/"),
        ("datasette", "publish/"),
        ("requests", "assets/sources/"),
        ("openpyxl", "assets/sources/"),
        ("fsspec", "orchestration/lake/"),
        ("click", "orchestration/"),
        ("rich", "orchestration/"),
    ],
)
def test_a_library_lives_in_one_room(package: str, room: str):
    found = {u for u in users(package) if not u.startswith("sandbox/")}
    # The generator of the dictionary is a command of its own.
    found -= {"quality/contracts/documents.py"}
    assert found
    assert {u for u in found if not u.startswith(room)} == set()


def test_only_settings_reads_the_environment():
    assert {name_of(p) for p in modules() if _uses(p, "os", VARIABLES)} <= {
        *ENVIRONMENT
    }


def _uses(path: Path, module: str, names: set[str]) -> bool:
    spelled = {f"{module}.{name}" for name in names}
    return bool(imported(path) & spelled) or any(
        isinstance(node, ast.Attribute) and ast.unparse(node) in spelled
        for node in ast.walk(tree_of(path))
    )


def test_only_the_clock_says_what_day_it_is():
    """The location asks the machine's day as well: Dagster counts partitions by it."""
    asked = {
        name_of(path)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"date.today", "datetime.now", "datetime.today", "datetime.utcnow"}
    }
    assert asked <= {"quality/clock.py", "orchestration/location.py"}


def test_only_the_command_line_prints():
    printing = {
        name_of(path)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    }
    assert printing == set()


@pytest.mark.parametrize("module", ["publish.serving.server", "orchestration.cli"])
def test_serving_and_help_start_without_anything_heavy(
    module: str, loaded: Callable[[str], set[str]]
):
    assert loaded(module) & {*HEAVY} == set()


@pytest.fixture
def loaded() -> Callable[[str], set[str]]:
    """What a fresh process has loaded, at the top level, after importing a module."""

    def find(module: str) -> set[str]:
        code = f"import sys, {module}; print(*{{m.split('.')[0] for m in sys.modules}})"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        return {*done.stdout.split()}

    return find


def test_every_statement_is_loaded_by_somebody():
    """No ``.sql`` lies about unused: each is named in its room, or is a table's own."""
    python = "\n".join(text_of(p) for p in modules())
    for path in (ROOT / "assets").rglob("*.sql"):
        named = f'"{path.stem}"' in python or f'"{path.name}"' in python
        assert named or path.parent.name == "publication", name_of(path)
