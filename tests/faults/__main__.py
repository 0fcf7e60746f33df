"""``make faults``: kill the command at hundreds of seeded points and look at what is left.

A first run into an empty home, and the next day's run over a served release, each watched:
at every point the process stands still, its home is copied, and the copy must be sound.
Of the copies some are run to their end, and must end where an undisturbed run ends. Then
one home is killed for good several times in a row. Takes up to an hour.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.disk import Disk, ledger, result
from tests.faults.watching import ROOT, Plan, Point, watch

TODAY, TOMORROW = "2026-11-23", "2026-11-24"
SHARE = 0.1
COMMAND = "from orchestration.cli import main; main(['run'])"


@dataclass
class Faults:
    """One go.

    Attributes:
        work: where homes lie.
        chance: seeded.
        points: by kind of place, over all watched runs.
        wrong: every complaint, with the point it belongs to.
    """

    work: Path
    seed: int
    size: int
    points: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def environment(self, today: str) -> dict[str, str]:
        return {
            "CREDITPARK_TODAY": today,
            "CREDITPARK_SANDBOX_ENTERPRISES": str(self.size),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "GX_ANALYTICS_ENABLED": "false",
        }

    def judge(self, where: str, complaints: list[str]) -> None:
        """Tell what is wrong, as soon as it is found."""
        for line in complaints:
            self.wrong.append(f"{where}: {line}")
            print(f"WRONG {self.wrong[-1]}", flush=True)

    def run(self, home: Path, today: str) -> dict[str, Any]:
        """Run to the end; gives what it left."""
        given = os.environ | self.environment(today) | {"CREDITPARK_HOME": str(home)}
        with (home.parent / f"{home.name}.log").open("ab") as log:
            done = subprocess.run(
                [sys.executable, "-c", COMMAND],
                check=False, cwd=ROOT, env=given, stdout=log, stderr=log,
            )  # fmt: skip
        if done.returncode:
            self.judge(home.name, [f"exit {done.returncode}"])
        return result(home)

    def watched(
        self, name: str, start: Path | None, today: str, disk: Disk, restarts: int
    ) -> tuple[Path, list[Path]]:
        """Look at every point of a run; gives its home and copies to go on from."""
        home, kept = self.work / name, list[tuple[float, Path]]()
        home.mkdir() if start is None else shutil.copytree(start, home)
        chance = random.Random(self.seed)  # noqa: S311

        def look(point: Point) -> bool:
            number = self.points.total()
            copy, order = self.work / f"{name}-{number:04}", chance.random()
            # Dagster's large history is needed where it is written, and to go on.
            whole = order < SHARE or point.kind.startswith("dagster")
            light = ("docs",) if whole else ("docs", "dagster")
            shutil.copytree(home, copy, ignore=shutil.ignore_patterns(*light))
            self.judge(f"{name} before {point}", disk.complaints(copy))
            self.points[_place(point)] += 1
            kept.append((order if whole else 1, copy))
            kept.sort()
            for _, away in kept[restarts:]:
                shutil.rmtree(away, ignore_errors=True)
            del kept[restarts:]
            return False

        plan = Plan(self.seed, share=0.1, moments=2)
        code = watch(home, plan, look, self.environment(today))
        if code:
            self.judge(name, [f"exit {code}"])
        return home, sorted(copy for order, copy in kept if order < 1)

    def compare(self, name: str, found: dict[str, Any], truth: dict[str, Any]) -> None:
        """Every part in which a result differs from the undisturbed run."""
        for part, value in truth.items():
            if found[part] != value:
                self.judge(name, [f"another {part} than undisturbed"])

    def killed(self, home: Path, today: str, disk: Disk, times: int) -> list[Point]:
        """Kill one home for good, again and again, ever later."""
        died: list[Point] = []
        chance = random.Random(self.seed + 1)  # noqa: S311
        for number in range(times):
            wait = int(40 + 700 * number / times + chance.random() * 40)
            left = [wait]

            def look(point: Point, left: list[int] = left) -> bool:
                left[0] -= 1
                if left[0] == 0:
                    died.append(point)
                return left[0] == 0

            plan = Plan(self.seed + number, share=1, moments=0)
            code = watch(home, plan, look, self.environment(today))
            self.judge(f"kill {number} at {died[-1:]}", disk.complaints(home))
            if code == 0:
                break
        return died


def _place(point: Point) -> str:
    if point.kind == "moment":
        return "a random moment"
    _, _, kind = point.kind.partition(" ")
    return f"{kind.split('/')[0]} {'/'.join(kind.split('/')[1:2])}".strip()


def main() -> int:
    """Do it all and tell; exit 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--enterprises", type=int, default=30)
    parser.add_argument("--restarts", type=int, default=4, help="of each of both runs")
    parser.add_argument("--kills", type=int, default=6)
    given = parser.parse_args()
    shared = Path("/dev/shm")  # noqa: S108 - copies by the hundred need no disk
    began, place = time.monotonic(), shared if shared.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="faults-", dir=place) as folder:
        go = Faults(Path(folder), given.seed, given.enterprises)
        _go(go, given.restarts, given.kills)
    print(f"{time.monotonic() - began:.0f} seconds")
    return 1 if go.wrong else 0


def _go(go: Faults, restarts: int, kills: int) -> None:
    first = go.work / "undisturbed"
    truth = go.run(first, TODAY)
    second = Path(shutil.copytree(first, go.work / "next-day"))
    after = go.run(second, TOMORROW)
    kept = {tuple(row) for row in ledger(first)}
    lived = 0
    for name, start, today, expected, disk in (
        ("first", None, TODAY, truth, Disk({None, truth["release"]})),
        (
            "next",
            first,
            TOMORROW,
            after,
            Disk({truth["release"], after["release"]}, kept),
        ),
    ):
        home, copies = go.watched(name, start, today, disk, restarts)
        go.compare(name, result(home), expected)
        for copy in copies:
            go.compare(copy.name, go.run(copy, today), expected)
            shutil.rmtree(copy)
            lived += 1
    home = Path(shutil.copytree(first, go.work / "killed"))
    disk = Disk({truth["release"], after["release"]}, kept)
    died = go.killed(home, TOMORROW, disk, kills)
    go.compare("killed", go.run(home, TOMORROW), after)
    _tell(go, lived, died, after)


def _tell(go: Faults, lived: int, died: list[Point], after: dict[str, Any]) -> None:
    for place, number in sorted(go.points.items()):
        print(f"{number:6}  {place}")
    print(f"{go.points.total():6}  points, the home looked at and sound at each")
    print(
        f"{lived:6}  of them run to their end: release, ledger, batches as undisturbed"
    )
    print(f"{len(died):6}  kills in one home, one after the other; then as undisturbed")
    print(f"release {after['release']}, {after['content']}")
    print(f"{len(go.wrong):6}  complaints")


if __name__ == "__main__":
    sys.exit(main())
