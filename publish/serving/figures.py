"""What the platform's data look like, for Prometheus: read from the serving release.

Arrivals, quarantine, freshness, grades, and how the last run ended. Everything is read
from the releases' folder at each scrape, so that a replica with nothing but a copy of it
tells the same; the lake is never touched. Not here: requests (``meters``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from publish.release.errors import DamagedFileError
from publish.release.names import (
    AUTHORISED_DB,
    FAILURES,
    LAST_RUN,
    POINTER,
    QUALITY_REPORT,
)
from publish.release.store import Releases
from quality.clock import ZONE, Clock

OUTCOMES = ("accepted", "quarantined", "duplicates")
CURRENT, UNGRADED = "current", "none"
_LETTERS = (
    "SELECT coalesce(letter, ?), count(*) FROM grades WHERE evaluated_on = "
    "(SELECT max(evaluated_on) FROM grades) GROUP BY 1 ORDER BY 1"
)


class Figures(Collector):
    """The figures of one home.

    Args:
        folder: of the releases.
        clock: says how old things are.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._releases, self._clock = Releases(folder), clock

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: what there is depends on the release."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All figures of now; those of a release only where one serves."""
        current = self._current()
        yield from self._run()
        yield self._refused()
        if current is not None and (self._releases.folder / current).is_dir():
            yield from self._release(current)
            yield from self._sources(_json(self._path(current) / QUALITY_REPORT))
            yield from self._grades(self._path(current) / AUTHORISED_DB)

    def _current(self) -> str | None:
        """A damaged pointer names nothing, and fails no scrape: its absence alerts."""
        try:
            return self._releases.current()
        except DamagedFileError:
            return None

    def _path(self, release: str) -> Path:
        return self._releases.folder / release

    def _release(self, release: str) -> Iterator[Metric]:
        manifest = self._releases.manifest(release)
        today = date.fromisoformat(manifest["today"])
        yield _gauge("release_info", "The release that serves.", {
            (release, manifest["policy_id"]): 1.0
        }, "release", "policy")  # fmt: skip
        yield _gauge(
            "release_evaluated_timestamp_seconds",
            "The day the release was evaluated on, its midnight in China.",
            {(): datetime.combine(today, time(), ZONE).timestamp()},
        )
        yield _gauge(
            "release_created_timestamp_seconds",
            "When the release was built.",
            {(): datetime.fromisoformat(manifest["created"]).timestamp()},
        )
        yield _gauge(
            "release_age_days",
            "Days since the day the release was evaluated on.",
            {(): float((self._clock.today() - today).days)},
        )
        rows = {(name,): float(count) for name, count in manifest["counts"].items()}
        yield _gauge("release_rows", "Rows of each table.", rows, "table")

    def _sources(self, report: dict[str, Any]) -> Iterator[Metric]:
        held = report.get("datasets", [])
        rows = {(d["dataset"], o): float(d[o]) for d in held for o in OUTCOMES}
        yield _gauge(
            "source_rows", "Rows received, by what became of them.", rows,
            "dataset", "outcome",
        )  # fmt: skip
        current = {(d["dataset"],): float(d["state"] == CURRENT) for d in held}
        yield _gauge(
            "source_current",
            "Whether a dataset came in its rhythm.",
            current,
            "dataset",
        )
        covered = {
            (d["dataset"],): self._days_since(d["covered_to"])
            for d in held
            if d["covered_to"]
        }
        yield _gauge(
            "source_covered_age_days",
            "Days since the last day that a dataset covers.",
            covered,
            "dataset",
        )

    def _grades(self, path: Path) -> Iterator[Metric]:
        if not path.is_file():  # a replica for the public site alone
            return
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            counts = database.execute(_LETTERS, [UNGRADED]).fetchall()
        letters = {(letter,): float(count) for letter, count in counts}
        yield _gauge("grades", "Enterprises by letter.", letters, "letter")

    def _run(self) -> Iterator[Metric]:
        last = _json(self._releases.folder / LAST_RUN)
        if not last:
            return
        ended = datetime.fromisoformat(last["ended_at"]).timestamp()
        told = (
            ("end_timestamp_seconds", "When the last run ended.", ended),
            ("duration_seconds", "How long the last run took.", last["seconds"]),
            ("success", "Whether the last run ended well.", last["success"]),
            ("missing_sources", "Datasets the last run lacked.", last["missing"]),
        )
        for name, said, value in told:
            yield _gauge(f"last_run_{name}", said, {(): float(value)})

    def _refused(self) -> Metric:
        """Reports of refusals that are newer than the switch to the serving release."""
        pointer = _json(self._releases.folder / POINTER)
        since = datetime.fromisoformat(pointer["switched_at"]) if pointer else None
        built = (_json(p).get("built_at") for p in self._failures())
        newer = sum(
            1
            for at in built
            if at and (since is None or datetime.fromisoformat(at) > since)
        )
        return _gauge(
            "release_refusals",
            "Candidates that gates refused since the serving release.",
            {(): float(newer)},
        )

    def _failures(self) -> list[Path]:
        return [*(self._releases.folder / FAILURES).glob("*.json")]

    def _days_since(self, day: str) -> float:
        return float((self._clock.today() - date.fromisoformat(day)).days)


def _gauge(name: str, said: str, values: Mapping[Any, float], *labels: str) -> Metric:
    made = GaugeMetricFamily(f"creditpark_{name}", said, labels=labels)
    for given, value in values.items():
        made.add_metric(given, value)
    return made


def _json(path: Path) -> dict[str, Any]:
    """Nothing where a file is damaged, too: the serving process tells that elsewhere."""
    try:
        return dict(json.loads(path.read_bytes())) if path.is_file() else {}
    except ValueError:
        return {}
