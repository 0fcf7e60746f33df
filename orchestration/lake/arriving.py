"""Whole pages of windows that are still arriving, so that a cut pull goes on from there.

They are no batch and nobody reads them but the pull. Not here: batches (``landing``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assets.stores import KeptPage, Window
from orchestration.lake import atomic
from quality.clock import Clock

ARRIVING = ".arriving"


@dataclass(frozen=True)
class KeptPages:
    """``<dataset>/<window>/00001.page`` and ``00001.json``, which says what follows.

    The note is written last: a page without one is not there. Pages of another day are
    dropped, since the agency's data have moved on.
    """

    folder: Path
    clock: Clock

    def read(self, dataset: str, window: Window) -> Sequence[KeptPage]:
        """The pages of today, in order."""
        notes = [json.loads(p.read_text("utf-8")) for p in self._notes(dataset, window)]
        today = self.clock.today().isoformat()
        if any(note.pop("kept_on") != today for note in notes):
            self.drop(dataset, window)
            return []
        return [KeptPage(**note) for note in notes]

    def bodies(self, dataset: str, window: Window) -> Iterator[bytes]:
        """Their bytes."""
        for note in self._notes(dataset, window):
            yield note.with_suffix(".page").read_bytes()

    def add(self, dataset: str, window: Window, page: KeptPage, body: bytes) -> None:
        """Keep the next page."""
        home = self._home(dataset, window)
        home.mkdir(parents=True, exist_ok=True)
        number = len(self._notes(dataset, window)) + 1
        (home / f"{number:05}.page").write_bytes(body)
        note = asdict(page) | {"kept_on": self.clock.today().isoformat()}
        atomic.write_json(home / f"{number:05}.json", note)

    def drop(self, dataset: str, window: Window) -> None:
        """Remove every page of a window."""
        shutil.rmtree(self._home(dataset, window), ignore_errors=True)

    def _home(self, dataset: str, window: Window) -> Path:
        return self.folder / dataset / f"{window.first:%Y%m%d}-{window.end:%Y%m%d}"

    def _notes(self, dataset: str, window: Window) -> list[Path]:
        return sorted(self._home(dataset, window).glob("[!.]*.json"))
