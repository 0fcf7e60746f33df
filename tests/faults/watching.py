"""Running the command under watch, with a look at the disk wherever it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Point:
    """Where the process stood.

    Attributes:
        number: how many durable operations were done before.
        kind: the operation and the kind of file it was about to touch.
        path: the file, below the home; empty for random moments.
    """

    number: int
    kind: str
    path: str


@dataclass(frozen=True)
class Plan:
    """How closely to look; see ``watched.Points``."""

    seed: int
    share: float
    moments: float


# Told of each point while the process stands; whether it shall be killed there.
Look = Callable[[Point], bool]


def watch(home: Path, plan: Plan, look: Look, environment: Mapping[str, str]) -> int:
    """Run ``creditpark run`` under watch; gives its exit code, -9 where it was killed."""
    (reading, tell), (go, letting) = os.pipe(), os.pipe()
    drawn = [str(plan.seed), str(plan.share), str(plan.moments)]
    command = [sys.executable, "-m", "tests.faults.watched"]
    with (home.parent / f"{home.name}.log").open("ab") as log:
        child = subprocess.Popen(
            [*command, str(home), str(tell), str(go), *drawn],
            cwd=ROOT,
            env=os.environ | {"CREDITPARK_HOME": str(home)} | environment,
            pass_fds=[tell, go],
            stdout=log,
            stderr=log,
        )
    os.close(tell)
    os.close(go)
    try:
        with os.fdopen(reading, encoding="utf-8") as told:
            for line in told:
                os.waitpid(child.pid, os.WUNTRACED)  # until it really stands
                killed = look(Point(**json.loads(line)))
                child.send_signal(signal.SIGKILL if killed else signal.SIGCONT)
                if not killed:
                    os.write(letting, b"g")
        return child.wait()
    finally:
        child.kill()
        child.wait()
        os.close(letting)
