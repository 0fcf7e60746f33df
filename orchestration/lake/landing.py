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
from orchestration.lake.proof import DamagedFileError, Proofs, parsed
from orchestration.lake.store import Folder, Store
from quality.clock import Clock

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FileLanding:
    """Batches as folders: ``<agency>/<dataset>/<batch>/`` with manifest and pages.

    Attributes:
        folder: of this machine, for what is still arriving.
        clock: stamps what arrives.
        elsewhere: where the batches lie, if not in the folder.
    """

    folder: Path
    clock: Clock
    elsewhere: Store | None = None

    @property
    def store(self) -> Store:
        """Where the batches lie."""
        return self.elsewhere or Folder(self.folder)

    def batches(self, dataset: str) -> Sequence[Batch]:
        """Every batch of a dataset, oldest name first."""
        found = self.store.documents(f"*/{dataset}/[!.]*/{MANIFEST}")
        return [self._read(name, body) for name, body in found]

    def count(self) -> int:
        """How many batches have landed, of whatever source."""
        return len(self.store.names(f"*/*/[!.]*/{MANIFEST}"))

    def prove(self, batch: Batch) -> None:
        """Compare the pages of a batch with its manifest, before they are read.

        Raises:
            DamagedDeliveryError: a page was lost or changed.
        """
        home = f"{batch.agency}/{batch.dataset}/{batch.id}"
        place = self.store.shown(home)
        body = self.store.read(f"{home}/{MANIFEST}")
        if body is None:
            raise DamagedDeliveryError(f"{place} is lost: {_remedy(place)}")
        held = parsed(body, self.store.shown(f"{home}/{MANIFEST}"), _remedy(place))
        proofs = Proofs("received")
        for page, sha256 in zip(batch.pages, held["sha256"], strict=True):
            name = f"{home}/{page.name}"
            try:
                self.store.proved(name, sha256, _remedy(place), proofs)
            except DamagedFileError as error:
                raise DamagedDeliveryError(str(error)) from error

    def origins(self, dataset: str) -> set[str]:
        """The content hashes of what has been landed for a dataset."""
        found = self.store.documents(f"*/{dataset}/[!.]*/{MANIFEST}")
        return {sha256 for _, body in found for sha256 in json.loads(body)["sha256"]}

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
        self.store.write(_note(dataset), atomic.as_json(held))

    def failure(self, dataset: str) -> str | None:
        """Why the last attempt on a dataset failed, if it did."""
        body = self.store.read(_note(dataset))
        if body is None:
            return None
        error: str | None = json.loads(body)["error"]
        return error

    def mark(self, dataset: str) -> str | None:
        """The high-water mark of the batch that landed last."""
        ages = self.store.ages(f"*/{dataset}/[!.]*/{MANIFEST}")
        newest = max(ages.values(), default=None)
        last = [n for n in ages if ages[n] == newest]
        held: list[dict[str, str | None]] = [
            json.loads(self.store.read(name) or b"{}") for name in last
        ]
        found = max(held, key=lambda h: str(h.get("received_at")), default={})
        mark: str | None = found.get("mark")
        return mark

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

    def land(self, arriving: Arrival, pages: Iterable[bytes]) -> Batch | None:
        """Keep a delivery whole or not at all.

        Returns:
            The batch, or ``None`` if the same window with the same bytes is here already.
        """
        home = f"{arriving.agency}/{arriving.dataset}"
        hashes: list[str] = []
        with atomic.staging(self.store.workshop(home)) as partial:
            for number, body in enumerate(pages, 1):
                (partial / f"{number:05}{arriving.suffix}").write_bytes(body)
                hashes.append(hashlib.sha256(body).hexdigest())
            identity = _identity(arriving, hashes)
            if arriving.replays:
                # The same rows may be judged once more after every change of a rule.
                before = self.store.names(f"{home}/[!.]*-r*/{MANIFEST}")
                identity += f"-r{len(before) + 1}"
            target = f"{home}/{identity}"
            if self.store.taken(target, MANIFEST):
                return None
            text = atomic.as_json(self._manifest(arriving, identity, hashes))
            atomic.write_text(partial / MANIFEST, text)
            self.store.keep_folder(target, partial, (MANIFEST,))
        return self._read(f"{target}/{MANIFEST}", text.encode())

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

    def _read(self, name: str, manifest: bytes) -> Batch:
        home = name.removesuffix(f"/{MANIFEST}")
        remedy = _remedy(self.store.shown(home))
        held = parsed(manifest, self.store.shown(name), remedy)
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
                self.store.place(f"{home}/{number:05}{held['suffix']}", sha256)
                for number, sha256 in enumerate(held["sha256"], 1)
            ),
            mark=held.get("mark"),
            replays=held.get("replays"),
        )


def _identity(arriving: Arrival, hashes: list[str]) -> str:
    digest = hashlib.sha256("".join(hashes).encode()).hexdigest()[:10]
    if arriving.window:
        return f"{arriving.window.first:%Y%m%d}-{arriving.window.end:%Y%m%d}-{digest}"
    return f"{arriving.version_at:%Y%m%d}-{digest}"


def _note(dataset: str) -> str:
    return f"attempts/{dataset}.json"


def _remedy(batch: str) -> str:
    return (
        f"put {batch} back from a backup, or delete it and run: its days are asked for "
        "again, and a file in the inbox is taken again"
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
