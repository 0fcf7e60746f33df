"""The sandbox as a service of its own, which knows nothing of the other rooms."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
import requests

import sandbox as package
from sandbox import Sandbox, credentials
from sandbox.headers import HEADERS
from sandbox.service import NotStartedError

ROOM = Path(package.__file__).parent
OURS = {"orchestration", "assets", "publish", "quality", "tests"}


def imported(path: Path) -> set[str]:
    """First parts of everything a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def test_the_sandbox_imports_nothing_of_ours():
    modules = [*ROOM.rglob("*.py")]
    assert len(modules) > 30
    assert {p.name: imported(p) & OURS for p in modules if imported(p) & OURS} == {}


def test_a_sandbox_that_is_not_started_has_no_address():
    with pytest.raises(NotStartedError, match="start"):
        _ = Sandbox(today=date(2023, 1, 5)).base_url


def test_the_module_serves_until_it_is_interrupted(tmp_path: Path):
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--today", "2023-02-01"]
    command += ["--enterprises", "20", "--drop", str(tmp_path / "drop")]
    environment = os.environ | {"PYTHONPATH": str(ROOM.parent)}
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    ) as process:
        try:
            address = _address(process)
            url = f"{address}/labour/openapi/social_contributions"
            key = {"X-Api-Key": credentials.LABOUR_KEY}
            answer = requests.get(url, headers=key, timeout=20)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()  # or a failed test would wait for it for ever
    assert answer.json()["count"] > 0
    assert len([*(tmp_path / "drop").iterdir()]) == len(HEADERS)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        line = process.stderr.readline()
        if " at http://" in line:
            return line.split(" at ")[1].split()[0]
    raise AssertionError("the sandbox never told its address")
