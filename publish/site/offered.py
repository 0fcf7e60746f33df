"""What a release offers for download today.

Whatever release it is, what is offered is without rows whose publicity is over or that
were withdrawn since (``publish.serving.editions``). Not here: sending files
(``pages.downloads``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publish.release.names import EXPORTS, FORMATS, SUMS
from publish.serving.editions import EditionError, manifest_of

LATEST = "/data/latest"
RELEASES = "/data/releases"
PATIENCE = 3.0  # seconds that a page waits for the files of the day
PAPERS = (
    "public.db",
    "datapackage.json",
    "catalog.jsonld",
    "quality_report.json",
    "diff.json",
    "changes.jsonl",
    "LICENSE.txt",
    "CITATION.cff",
    SUMS,
)


@dataclass(frozen=True)
class File:
    """One file on offer.

    Attributes:
        path: relative to the release, the only name it can be asked by.
        size: bytes.
        sha256: ``None`` for the checksum list itself.
        release_id: the release it belongs to.
    """

    path: str
    size: int
    sha256: str | None
    release_id: str

    @property
    def extension(self) -> str:
        """Its format."""
        return self.path.rpartition(".")[2]

    @property
    def address(self) -> str:
        """Where the newest file of that name is, whatever release it comes from."""
        return f"{LATEST}/{self.path}"

    @property
    def permanent(self) -> str:
        """Where this very file is."""
        return f"{RELEASES}/{self.release_id}/{self.path}"


@dataclass(frozen=True)
class Offer:
    """The files of one release as they are today.

    Attributes:
        release_id: whose.
        folder: where they lie.
        files: by path; empty while the files of the day are being made.
        ready: whether they are there.
        pruned: rows missing since it was built, by table; empty if none.
    """

    release_id: str
    folder: Path
    files: Mapping[str, File] = field(default_factory=dict)
    ready: bool = True
    pruned: Mapping[str, Any] = field(default_factory=dict)

    def of_table(self, table: str) -> list[File]:
        """A table's files, one per format."""
        return self._some(f"{EXPORTS}/{table}.{extension}" for extension in FORMATS)

    @property
    def papers(self) -> list[File]:
        """The files that speak of the whole release."""
        return self._some(PAPERS)

    def _some(self, paths: Any) -> list[File]:
        return [self.files[path] for path in paths if path in self.files]


async def offer_of(
    datasette: Any, release_id: str, patience: float | None = None
) -> Offer:
    """What a release offers today.

    Args:
        datasette: the application.
        release_id: one that is there.
        patience: seconds after which an offer that is not ready is answered instead.

    Raises:
        EditionError: the files of the day could not be made.
    """
    try:
        folder = await asyncio.wait_for(datasette.editions.of(release_id), patience)
    except TimeoutError:
        return Offer(release_id, Path(), ready=False)
    return await asyncio.to_thread(_offer, release_id, folder)


async def offer_or_none(datasette: Any, release_id: str) -> Offer:
    """As ``offer_of``, for pages: not ready rather than late or failed."""
    try:
        return await offer_of(datasette, release_id, PATIENCE)
    except EditionError:
        return Offer(release_id, Path(), ready=False)


def _offer(release_id: str, folder: Path) -> Offer:
    manifest = manifest_of(folder)
    files = {
        item["path"]: File(item["path"], item["bytes"], item["sha256"], release_id)
        for item in manifest["files"]
        if item["tier"] == "public"
    }
    sums = folder / SUMS
    if sums.is_file():
        files[SUMS] = File(SUMS, sums.stat().st_size, None, release_id)
    pruned = manifest.get("pruned") or {}
    return Offer(release_id, folder, files, pruned=pruned)
