"""What a release offers for download, read from its manifest.

A file holding rows whose publicity ended is never handed out whole: text files are
offered without those rows, others are withdrawn until the next release. Not here:
sending them (``pages.downloads``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from publish.site.facts import Facts

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
EXPORTS = "exports/"
FORMATS = ("csv", "jsonl", "parquet")
CLEANABLE = frozenset({"csv", "jsonl"})
PAPERS = (
    "public.db",
    "datapackage.json",
    "catalog.jsonld",
    "quality_report.json",
    "diff.json",
    "changes.jsonl",
    SUMS,
)


@dataclass(frozen=True)
class File:
    """One file on offer.

    Attributes:
        path: relative to the release, the only name it can be asked by.
        size: bytes of the stored file.
        sha256: of the stored file; ``None`` for the checksum list itself.
        expired: whether it holds rows that may not be shown today.
    """

    path: str
    size: int
    sha256: str | None
    expired: bool

    @property
    def extension(self) -> str:
        """Its format."""
        return self.path.rpartition(".")[2]

    @property
    def cleaned(self) -> bool:
        """Whether expired rows are left out while it is sent."""
        return (
            self.expired
            and self.path.startswith(EXPORTS)
            and self.extension in CLEANABLE
        )

    @property
    def withdrawn(self) -> bool:
        """Whether it cannot be offered today at all."""
        return self.expired and not self.cleaned

    @property
    def address(self) -> str:
        """Where it is downloaded."""
        return f"/data/files/{self.path}"


def files_of(facts: Facts) -> dict[str, File]:
    """Every public file of the release by path."""
    folder = facts.release.folder
    found = {
        item["path"]: File(
            item["path"],
            item["bytes"],
            item["sha256"],
            expired=bool(item["expires_on"] and item["expires_on"] < facts.today),
        )
        for item in _manifest(folder)["files"]
        if item["tier"] == "public"
    }
    sums = folder / SUMS
    if sums.is_file():
        found[SUMS] = File(SUMS, sums.stat().st_size, None, expired=False)
    return found


def of_table(files: dict[str, File], table: str) -> list[File]:
    """A table's files, one per format."""
    paths = [f"{EXPORTS}{table}.{extension}" for extension in FORMATS]
    return [files[path] for path in paths if path in files]


def papers(files: dict[str, File]) -> list[File]:
    """The files that speak of the whole release."""
    return [files[path] for path in PAPERS if path in files]


@lru_cache(maxsize=4)
def _manifest(folder: Path) -> dict[str, Any]:
    """Releases never change, so that one reading each is enough."""
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return found
