"""How the source is written: lengths, docstrings, marks, places, dependencies."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.architecture.house import (
    ROOMS,
    ROOT,
    module_name,
    modules,
    name_of,
    public_parts,
    text_of,
    tree_of,
)

LONGEST = 450
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pragma: no cover")
PLACES = re.compile(r"(?<![\w.])/(work|farm|root|home|Users)/")
# A whole dotted name of ours, as in ``quality.rules.kinds``.
REFERENCE = re.compile(rf"``((?:{'|'.join(ROOMS)})(?:\.\w+)+)``")


def repository_files() -> list[str]:
    """What a clone holds and will hold: tracked files and new ones."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [n for n in listed.stdout.split("\0") if n and (ROOT / n).is_file()]


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {name_of(p): len(text_of(p).splitlines()) for p in modules()}
    assert {n: length for n, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_what_belongs_in_it():
    assert [name_of(p) for p in modules() if not ast.get_docstring(tree_of(p))] == []


def test_every_public_part_has_a_docstring():
    bare = [
        f"{name_of(path)}: {name}"
        for path in modules()
        for name, node in public_parts(path)
        if not ast.get_docstring(node)
    ]
    assert bare == []


def test_docstrings_name_only_modules_that_exist():
    known = {module_name(p) for p in modules()}
    texts = {module_name(p): text_of(p) for p in modules()}
    stale = [
        f"{name_of(path)}: {reference}"
        for path in modules()
        for reference in REFERENCE.findall(text_of(path))
        if reference not in known and not _is_part(reference, texts)
        if not (ROOT / reference).is_file() and not reference.endswith(".yaml")
    ]
    assert stale == []


def _is_part(reference: str, texts: dict[str, str]) -> bool:
    """Whether the last word is a name inside the module before it."""
    module, _, word = reference.rpartition(".")
    return word in texts.get(module, "")


def test_nothing_is_left_for_later():
    left = {
        name
        for name in repository_files()
        if name.endswith((".py", ".sql", ".yaml", ".html", ".md", ".toml"))
        and not name.startswith("tests/architecture/")
        and MARKS.search((ROOT / name).read_text("utf-8"))
    }
    assert left == set()


def test_no_file_names_a_place_on_some_machine():
    found = {
        name: hit[0]
        for name in repository_files()
        if not name.startswith("tests/architecture/")
        and (hit := PLACES.search((ROOT / name).read_text("utf-8", "replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "requirements-docs.lock"]
)
def test_locks_are_hashed_and_name_no_index(lock: str):
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.M)
    pins = re.findall(r"^[A-Za-z0-9][^ ]*==.*$", text, re.MULTILINE)
    starts = re.findall(r"^[A-Za-z0-9].*$", text, re.MULTILINE)
    assert pins == starts
    assert all(re.search(r"^    --hash=sha256:", part) for part in _blocks(text))


def _blocks(text: str) -> list[str]:
    """The lines that follow each pin."""
    return re.split(r"^[A-Za-z0-9].*\n", text, flags=re.MULTILINE)[1:]


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    declared = tomllib.loads(text)
    groups = declared["dependency-groups"].values()
    wanted = [*declared["project"]["dependencies"], *(d for g in groups for d in g)]
    assert wanted
    silent = [d for d in wanted if not re.search(rf'"{re.escape(d)}",?\s+# \w', text)]
    assert silent == []


def test_every_dependency_is_pinned():
    """What ``pyproject.toml`` asks for stands in the lock that ``make`` installs."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = {*re.findall(r"^([A-Za-z0-9._-]+)", lock, re.MULTILINE)}
    wanted = declared["project"]["dependencies"]
    assert {re.split(r"[<>=!\[ ]", d)[0] for d in wanted} <= pinned
