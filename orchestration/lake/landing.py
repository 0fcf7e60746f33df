"""Landing: raw deliveries, immutable, content-addressed, whole or absent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from assets.stores import Arrival, Batch, DamagedDeliveryError, KeptPage, Window
from orchestration.lake import atomic
from orchestration.lake.arriving import ARRIVING, KeptPages
from orchestration.lake.proof import read_json
from publish.release.files import sha256 as sha256_of
from quality.clock import Clock

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FileLanding:
    """Batches as folders: ``<agency>/<dataset>/<batch>/`` with manifest and pages."""

    folder: Path
    clock: Clock

    def batches(self, dataset: str) -> Sequence[Batch]:
        """Every batch of a dataset, oldest name first."""
        found = self.folder.glob(f"*/{dataset}/[!.]*/{MANIFEST}")
        return [_read(path) for path in sorted(found)]

    def prove(self, batch: Batch) -> None:
        """Compare the pages of a batch with its manifest, before they are read.

        Raises:
            DamagedDeliveryError: a page was lost or changed.
        """
        home = batch.pages[0].parent if batch.pages else None
        held = read_json(home / MANIFEST, _remedy(home))["sha256"] if home else []
        for page, sha256 in zip(batch.pages, held, strict=True):
            if not page.is_file():
                raise DamagedDeliveryError(f"{page} is lost: {_remedy(page.parent)}")
            if sha256_of(page) != sha256:
                raise DamagedDeliveryError(
                    f"{page} was changed after it was received: {_remedy(page.parent)}"
                )

    def origins(self, dataset: str) -> set[str]:
        """The content hashes of what has been landed for a dataset."""
        found = self.folder.glob(f"*/{dataset}/[!.]*/{MANIFEST}")
        return {s for path in found for s in json.loads(path.read_text())["sha256"]}

    def pending(self, dataset: str, span: Window) -> Sequence[Window]:
        """The days of ``span`` that no landed batch covers, in as few windows as can be."""
        covered = sorted(
            (b.window for b in self.batches(dataset) if b.window),
            key=lambda w: w.first,
        )
        return [*_gaps(span, covered)]

    def covered_to(self, dataset: str) -> date | None:
        """The last day that a landed batch covers; for files, the day they are of."""
        ends = [
            b.window.end - timedelta(days=1) if b.window else b.version_at.date()
            for b in self.batches(dataset)
        ]
        return max(ends, default=None)

    def note(self, dataset: str, error: str | None) -> None:
        """Remember how the last attempt on a dataset ended."""
        held = {"error": error, "attempted_at": self.clock.now().isoformat()}
        atomic.write_json(self._note(dataset), held)

    def failure(self, dataset: str) -> str | None:
        """Why the last attempt on a dataset failed, if it did."""
        path = self._note(dataset)
        if not path.is_file():
            return None
        error: str | None = json.loads(path.read_text("utf-8"))["error"]
        return error

    def mark(self, dataset: str) -> str | None:
        """The high-water mark of the batch that landed last."""
        found = self.folder.glob(f"*/{dataset}/[!.]*/{MANIFEST}")
        newest = max(found, key=lambda p: p.stat().st_mtime_ns, default=None)
        return _read(newest).mark if newest else None

    @property
    def _arriving(self) -> KeptPages:
        return KeptPages(self.folder / ARRIVING, self.clock)

    def kept(self, dataset: str, window: Window) -> Sequence[KeptPage]:
        """The whole pages that an interrupted pull of today left, in order."""
        return self._arriving.read(dataset, window)

    def keep(self, dataset: str, window: Window, page: KeptPage, body: bytes) -> None:
        """Keep a whole page until its window has arrived."""
        self._arriving.add(dataset, window, page, body)

    def bodies(self, dataset: str, window: Window) -> Iterable[bytes]:
        """The kept pages of a window, exactly as received, in order."""
        return self._arriving.bodies(dataset, window)

    def forget(self, dataset: str, window: Window) -> None:
        """Drop the kept pages of a window."""
        self._arriving.drop(dataset, window)

    def _note(self, dataset: str) -> Path:
        return self.folder / "attempts" / f"{dataset}.json"

    def land(self, arriving: Arrival, pages: Iterable[bytes]) -> Batch | None:
        """Keep a delivery whole or not at all.

        Returns:
            The batch, or ``None`` if the same window with the same bytes is here already.
        """
        home = self.folder / arriving.agency / arriving.dataset
        hashes: list[str] = []
        with atomic.staging(home) as partial:
            for number, body in enumerate(pages, 1):
                (partial / f"{number:05}{arriving.suffix}").write_bytes(body)
                hashes.append(hashlib.sha256(body).hexdigest())
            identity = _identity(arriving, hashes)
            if arriving.replays:
                # The same rows may be judged once more after every change of a rule.
                identity += f"-r{sum(1 for _ in home.glob('[!.]*-r*')) + 1}"
            target = home / identity
            if target.exists():
                return None
            atomic.write_json(
                partial / MANIFEST, self._manifest(arriving, identity, hashes)
            )
            partial.rename(target)
        return _read(target / MANIFEST)

    def _manifest(
        self, arriving: Arrival, identity: str, hashes: list[str]
    ) -> dict[str, object]:
        window = arriving.window
        return {
            "id": identity,
            "agency": arriving.agency,
            "dataset": arriving.dataset,
            "window": [window.first, window.end] if window else None,
            "version_at": arriving.version_at.isoformat(),
            "received_at": self.clock.now().isoformat(),
            "origin": arriving.origin,
            "declared_rows": arriving.declared_rows,
            "suffix": arriving.suffix,
            "sha256": hashes,
            "mark": arriving.mark(),
            "replays": arriving.replays,
        }


def _identity(arriving: Arrival, hashes: list[str]) -> str:
    digest = hashlib.sha256("".join(hashes).encode()).hexdigest()[:10]
    if arriving.window:
        return f"{arriving.window.first:%Y%m%d}-{arriving.window.end:%Y%m%d}-{digest}"
    return f"{arriving.version_at:%Y%m%d}-{digest}"


def _remedy(batch: Path) -> str:
    return (
        f"put {batch} back from a backup, or delete it and run: its days are asked for "
        "again, and a file in the inbox is taken again"
    )


def _read(path: Path) -> Batch:
    held = read_json(path, _remedy(path.parent))
    window = held["window"]
    return Batch(
        id=held["id"],
        agency=held["agency"],
        dataset=held["dataset"],
        window=Window(*map(date.fromisoformat, window)) if window else None,
        version_at=datetime.fromisoformat(held["version_at"]),
        received_on=datetime.fromisoformat(held["received_at"]).date(),
        origin=held["origin"],
        declared_rows=held["declared_rows"],
        pages=tuple(
            path.parent / f"{n:05}{held['suffix']}"
            for n in range(1, len(held["sha256"]) + 1)
        ),
        mark=held.get("mark"),
        replays=held.get("replays"),
    )


def _gaps(span: Window, covered: Iterable[Window]) -> Iterable[Window]:
    start = span.first
    for window in covered:
        if window.first > start:
            yield Window(start, min(window.first, span.end))
        start = max(start, window.end)
        if start >= span.end:
            return
    if start < span.end:
        yield Window(start, span.end)
