"""The whole night, station by station, by the product's own run.

Deliveries lie in landing (``copies``); then records, suites, files, grades, measures and
release are made by ``orchestration.run`` as on any night, one evaluation date, and what
each asset cost is noted. Not here: pulling over HTTP (``pulling``).
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import dagster as dg

from benchmarks.copies import TODAY, Copies, sources_file
from benchmarks.meter import Cost, Meter
from orchestration.lake.landing import FileLanding
from orchestration.run import execute
from orchestration.settings import Settings
from publish.release.store import Releases
from quality.clock import Clock

ONE_DATE = date(2026, 11, 1)  # no month end before today: one evaluation date


class NightFailedError(RuntimeError):
    """A station failed; no time is worth telling."""


class DifferentNightsError(RuntimeError):
    """Two nights that should publish the same did not."""


def settings_of(
    home: Path, memory: str | None = None, history_from: date = ONE_DATE
) -> Settings:
    """The settings of a night in a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    return Settings(
        home=home,
        today=TODAY,
        sources=sources_file(home, history_from),
        memory_limit=memory,
        sandbox_url="http://127.0.0.1:9",  # nothing is due: nobody is asked
    )


def landing_of(home: Path) -> FileLanding:
    """Where the deliveries of a home lie."""
    return FileLanding(home / "lake" / "landing", Clock(TODAY))


def deliver(home: Path, seed: Path, enterprises: int) -> tuple[int, int]:
    """Land a park of about so many enterprises; gives enterprises and rows."""
    copies = Copies(seed)
    number = max(1, round(enterprises / len(copies.codes)))
    (home / "inbox").mkdir(parents=True, exist_ok=True)
    return number * len(copies.codes), copies.write(landing_of(home), range(number))


def deliver_change(home: Path, seed: Path, enterprises: int) -> int:
    """Land one more delivery in which one enterprise of a hundred has new rows."""
    copies = Copies(seed)
    wanted = enterprises / 100 / len(copies.codes)
    number = max(1, round(wanted))
    return copies.write(
        landing_of(home), range(number), salt=1, part=min(1, wanted), common=False
    )


@dataclass
class Profile:
    """What each asset cost, in the order in which they were made."""

    costs: list[tuple[str, Cost]] = field(default_factory=list)
    meter: Meter = field(default_factory=Meter)

    def watch(self, key: dg.AssetKey) -> None:
        """An asset has been made."""
        self.costs.append((key.to_user_string(), self.meter.read()))

    def announce(self, totals: Counter[str]) -> None:
        """The run begins."""
        self.costs.append(("start", self.meter.read()))
        del totals


def run(settings: Settings) -> Profile:
    """One night.

    Raises:
        NightFailedError: a station failed.
    """
    profile = Profile()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = execute(settings, profile.watch, profile.announce)
    profile.costs.append(("end", profile.meter.read()))
    if not outcome.success:
        raise NightFailedError(str(outcome.failures))
    return profile


def content(home: Path) -> str:
    """The hash of what a night published."""
    releases = Releases(home / "releases")
    current = releases.current()
    if current is None:
        raise NightFailedError("no release")
    return str(releases.manifest(current)["content_sha256"])
