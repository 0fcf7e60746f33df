"""The night after: one enterprise in a hundred has new rows, the day is the same.

First a night (not told), then the delivery of the change and a night on top; beside it a
full night of both deliveries in an empty home, which must publish the same to the byte.
Not here: how the product finds whom to grade again (``assets.credit``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import night
from benchmarks.declared import Steps
from benchmarks.meter import Cost
from benchmarks.night_steps import MEMORY, SEED, by_station, fresh

FULL, AGAIN = "a full night of both deliveries", "the night on top of the last"


def prepare(name: str, folder: Path, size: int) -> None:
    """A park, and the same with the change landed too."""
    del name
    delivered, both = folder / "delivered", folder / "both"
    night.deliver(delivered, folder / SEED, size)
    fresh(delivered, both)
    night.deliver_change(both, folder / SEED, size)


def steps(name: str, folder: Path, size: int) -> Steps:
    """The full night, then the night on top."""
    del name, size
    whole, home = fresh(folder / "both", folder / "whole"), folder / "home"
    fresh(folder / "delivered", home)
    night.run(night.settings_of(home, MEMORY))
    _deliver(folder / "both", home)

    def full() -> Mapping[str, Cost]:
        return by_station(night.run(night.settings_of(whole, MEMORY)))

    def again() -> Mapping[str, Cost]:
        found = by_station(night.run(night.settings_of(home, MEMORY)))
        published = {night.content(whole), night.content(home)}
        if len(published) > 1:
            raise night.DifferentNightsError(str(published))
        return found

    return {FULL: full, AGAIN: again}


def _deliver(source: Path, home: Path) -> None:
    """Batches that the home has not, as another night brings them."""
    landed = source / "lake" / "landing"
    for batch in sorted(p.parent for p in landed.glob("*/*/*/manifest.json")):
        target = home / "lake" / "landing" / batch.relative_to(landed)
        if not target.exists():
            fresh(batch, target)
