"""Everything the four agencies know by the end of one day.

Built once per (seed, size, day) and never changed afterwards: servers, file drops and
tests share it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sandbox.enterprises import population
from sandbox.ledger import Ledger, Record, window
from sandbox.planting import Planted, plant
from sandbox.streams import record_all

SEED = 20230324
ENTERPRISES = 500


class Universe:
    """The agencies' records, broken ones among them.

    Args:
        seed: the same seed gives the same enterprises and events.
        size: enterprises registered by the end of 2026.
        until: the last day that is known; an earlier day knows a prefix of this.
    """

    def __init__(self, seed: int, size: int, until: date) -> None:
        self.until = until
        self.enterprises = population(seed, size, until)
        ledger = Ledger(until)
        record_all(ledger, self.enterprises)
        ledger.sort()
        self.planted: list[Planted] = plant(ledger, seed)
        self.tables = ledger.tables

    def versions(
        self, dataset: str, start: date | None = None, stop: date | None = None
    ) -> list[Record]:
        """The versions of a dataset written from ``start`` on and before ``stop``."""
        return window(self.tables[dataset], start, stop)


@lru_cache(maxsize=2)
def universe(seed: int, size: int, until: date) -> Universe:
    """The universe of that seed, size and day; the latest two are kept."""
    return Universe(seed, size, until)
