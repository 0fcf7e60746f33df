"""The same night with a fraction of the memory: it spills to disk, and publishes the same.

Not here: the night itself (``night``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import night, night_steps
from benchmarks.declared import Steps
from benchmarks.meter import Cost
from benchmarks.night_steps import MEMORY, by_station, fresh

ROOMY, TIGHT = "the night, as usual", "the night, an eighth of the memory"
PART = 8
prepare = night_steps.prepare


def steps(name: str, folder: Path, size: int) -> Steps:
    """The night as usual, then with less memory for the engine."""
    del name, size
    published: set[str] = set()

    def at(limit: str) -> Callable[[], Mapping[str, Cost]]:
        def work() -> Mapping[str, Cost]:
            home = fresh(folder / "delivered", folder / "home")
            found = by_station(night.run(night.settings_of(home, limit)))
            published.add(night.content(home))
            shutil.rmtree(home)
            if len(published) > 1:
                raise night.DifferentNightsError(str(published))
            return found

        return work

    return {ROOMY: at(MEMORY), TIGHT: at(part_of(MEMORY))}


def part_of(limit: str) -> str:
    """An eighth of a limit in gigabytes, as ``500MB`` of ``4GB``."""
    return f"{int(float(limit.removesuffix('GB')) * 1000) // PART}MB"
