"""What a piece of work costs: seconds, processor time, peak memory, bytes.

Linux tells a process what it wrote and lets it forget its peak of memory; elsewhere both
stay nought. Not here: which work is measured (``declared``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

PROC = Path("/proc/self")
MIB = 2**20


@dataclass(frozen=True)
class Cost:
    """Of one piece of work.

    Attributes:
        seconds: by the clock on the wall.
        processor: seconds of all threads and of children that have ended.
        peak: the most memory the process held meanwhile, in MiB.
        written: bytes handed to the system to write.
        read: bytes asked of the system.
    """

    seconds: float
    processor: float
    peak: float
    written: int
    read: int

    def document(self) -> dict[str, Any]:
        """Plain values for JSON, times to the millisecond."""
        return {
            k: round(v, 3) if isinstance(v, float) else v
            for k, v in asdict(self).items()
        }


class Meter:
    """Costs since the meter was made, or since it was last read."""

    def __init__(self) -> None:
        self._start()

    def read(self) -> Cost:
        """The cost so far; counts anew from here."""
        written, asked = _moved()
        cost = Cost(
            perf_counter() - self._began,
            _processor() - self._used,
            _peak(),
            written - self._written,
            asked - self._asked,
        )
        self._start()
        return cost

    def _start(self) -> None:
        _forget_peak()
        self._written, self._asked = _moved()
        self._used, self._began = _processor(), perf_counter()


def measured(work: Callable[[], object]) -> Cost:
    """The cost of a call."""
    meter = Meter()
    work()
    return meter.read()


def _processor() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _moved() -> tuple[int, int]:
    told = _told("io")
    return told.get("wchar", 0), told.get("rchar", 0)


def _peak() -> float:
    return _told("status").get("VmHWM", 0) / 1024


def _forget_peak() -> None:
    with suppress(OSError):  # the peak is then of the whole life of the process
        (PROC / "clear_refs").write_text("5")


def _told(name: str) -> dict[str, int]:
    try:
        lines = (PROC / name).read_text("ascii", "replace").splitlines()
    except OSError:
        return {}
    found = (line.split(":", 1) for line in lines if ":" in line)
    words = {key: value.split() for key, value in found}
    return {k: int(v[0]) for k, v in words.items() if v and v[0].isdecimal()}
