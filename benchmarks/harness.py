"""Scenarios run in child processes, as often as declared; what they cost, as one document.

Baseline and ours follow each other in every run, so that both meet the same machine: the
ratio of a run is told, never the ratio of two medians. Not here: what is run
(``declared``), how it is shown (``report``).
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from benchmarks.child import PREPARE
from benchmarks.declared import Scenario
from quality.clock import Clock

RESULTS = Path(__file__).parents[1] / "docs" / "benchmarks" / "results"
LIBRARIES = (
    "duckdb",
    "dagster",
    "great_expectations",
    "pandas",
    "datasette",
    "sqlalchemy",
)
FIGURES = ("seconds", "processor", "peak", "written")
Document = dict[str, Any]


class ScenarioFailedError(RuntimeError):
    """A child ended badly; the end of what it said is in the message."""


def run(scenario: Scenario, size: int, runs: int, command: str) -> Document:
    """All runs of one scenario at one size."""
    with tempfile.TemporaryDirectory(prefix="creditpark-bench-") as place:
        folder = Path(place)
        if not scenario.printed:
            _child(scenario, size, folder, PREPARE)
        found = []
        for number in range(runs):
            found.append(_child(scenario, size, folder))
            click.echo(
                f"  {scenario.name} {size:,}: run {number + 1} of {runs}", err=True
            )
    return {
        "scenario": scenario.name,
        "size": size,
        "runs": runs,
        "machine": machine(),
        "command": command,
        "steps": {step: _step(scenario, found, step) for step in found[0]["steps"]},
        "child_peak": max(f["child_peak"] for f in found),
    }


def keep(document: Document, folder: Path = RESULTS) -> Path:
    """Write a result; the one of the same scenario and size before it is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document['scenario']}-{document['size']}.json"
    text = json.dumps(document, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", "utf-8")
    return path


def machine() -> Document:
    """Where and with what it ran."""
    return {
        "day": Clock().today().isoformat(),
        "processors": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(_pages() / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": __import__("sqlite3").sqlite_version,
        "versions": {name: version(name) for name in LIBRARIES},
        "busy": round(os.getloadavg()[0], 1),
    }


def _child(scenario: Scenario, size: int, folder: Path, *words: str) -> Document:
    command = [sys.executable, "-m", "benchmarks.child"]
    command += [scenario.name, str(size), str(folder), *words]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=out, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said.seek(0)
        if process.returncode:
            raise ScenarioFailedError(f"{scenario.name} {size}: {said.read()[-2000:]}")
        lines = out.read().strip().splitlines()
    steps = {} if PREPARE in words else json.loads(lines[-1])
    # The system's own figure knows nothing of peaks that a meter has made it forget.
    peaks = [used.ru_maxrss / 1024, *(step["peak"] for step in steps.values())]
    return {"steps": steps, "child_peak": round(max(peaks))}


def _step(scenario: Scenario, found: list[Document], step: str) -> Document:
    """Least, middle and most of every figure, and of the ratio to the baseline."""
    costs = [f["steps"][step] for f in found]
    told: Document = {name: _three(c[name] for c in costs) for name in FIGURES}
    baselines = [f["steps"].get(scenario.baseline) for f in found]
    if all(baselines):
        pairs = [*zip(costs, baselines, strict=True)]
        for name in FIGURES[:2]:
            told[f"{name}_ratio"] = _three(
                c[name] / max(b[name], 0.001) for c, b in pairs
            )
    if "text" in costs[-1]:
        told["text"] = costs[-1]["text"]
    if all("parts" in c for c in costs):
        names = [*costs[0]["parts"]]
        told["parts"] = {n: _part(c["parts"].get(n) for c in costs) for n in names}
    return told


def _part(costs: Iterable[Document | None]) -> Document:
    found = [c for c in costs if c]
    return {name: statistics.median(c[name] for c in found) for name in FIGURES}


def _three(values: Iterable[float]) -> list[float]:
    found = sorted(values)
    return [round(v, 3) for v in (found[0], statistics.median(found), found[-1])]


def _processor() -> str:
    return next(_lines("/proc/cpuinfo", "model name"), platform.processor())


def _pages() -> int:
    return int(next(_lines("/proc/meminfo", "MemTotal"), "0").split()[0]) * 1024


def _lines(path: str, key: str) -> Iterator[str]:
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError:
        return
    yield from (ln.partition(":")[2].strip() for ln in lines if ln.startswith(key))
