"""What must hold of a home at any moment a process may be killed.

Reads a copy of a home and gives complaints, each with the file it is about. Not here:
where the copies come from (``watching``).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lake.versions import Version
from publish.release.files import sha256
from publish.release.store import Releases

RELEASE = re.compile(r"\d{8}-[0-9a-f]{10}")
# It reads hundreds of copies; none of them shall be kept in memory.
FORGETFUL = {"memory_limit": "500MB", "enable_external_file_cache": False}
LEDGER = "lake/tables/grade_ledger"


@dataclass
class Disk:
    """Judges copies of one home; what was found whole is not read twice.

    Attributes:
        allowed: the releases that may serve; ``None``: nothing is published.
        lasting: the keys of the ledger of grades that must not get lost.
    """

    allowed: set[str | None]
    lasting: set[tuple[Any, ...]] = field(default_factory=set)
    whole: set[tuple[str, str, int, int]] = field(default_factory=set)
    engine: duckdb.DuckDBPyConnection = field(
        default_factory=lambda: duckdb.connect(config=FORGETFUL)
    )

    def complaints(self, home: Path) -> list[str]:
        """Everything that is wrong in a home."""
        parts = (self._json, self._releases, self._landing, self._records, self._tables,
                 self._ledger, self._databases, self._letters)  # fmt: skip
        return [said for part in parts for said in part(home)]

    def _known(self, how: str, path: Path) -> bool:
        """Whether this very state of a file was judged so before; notes that it is."""
        found = path.stat()
        state = (how, str(path)[-120:], found.st_size, found.st_mtime_ns)
        known = state in self.whole
        self.whole.add(state)
        return known

    def _json(self, home: Path) -> Iterator[str]:
        for path in (*home.glob("releases/*.json"), *home.glob("lake/**/[!.]*.json")):
            if ".partial-" not in str(path) and not self._known("json", path):
                try:
                    json.loads(path.read_text("utf-8"))
                except ValueError as error:
                    yield f"{path.relative_to(home)}: {error}"

    def _releases(self, home: Path) -> Iterator[str]:
        releases = Releases(home / "releases")
        if (current := releases.current()) not in self.allowed:
            yield f"releases/current.json names {current}"
        if current and releases.version(current).removed:
            yield f"{current} serves and is removed in the history"
        for folder in (home / "releases").glob("*"):
            if RELEASE.fullmatch(folder.name) and not self._known(
                "release", folder / "manifest.json"
            ):
                for damage in releases.verify(folder.name):
                    yield f"releases/{folder.name}/{damage}"

    def _landing(self, home: Path) -> Iterator[str]:
        windows: dict[Path, list[tuple[str, str]]] = {}
        for batch in (home / "lake" / "landing").glob("[!.]*/*/[!.]*"):
            manifest = batch / "manifest.json"
            if not manifest.is_file():
                yield f"{batch.relative_to(home)}: a batch without a manifest"
                continue
            held = json.loads(manifest.read_text("utf-8"))
            if held["window"]:
                windows.setdefault(batch.parent, []).append(tuple(held["window"]))
            for number, digest in enumerate(held["sha256"], 1):
                page = batch / f"{number:05}{held['suffix']}"
                if not self._known("page", page) and sha256(page) != digest:
                    yield f"{page.relative_to(home)}: not what its manifest says"
        for dataset, found in windows.items():
            spans = sorted(found)
            for (_, end), (start, _) in pairwise(spans):
                if date.fromisoformat(start) < date.fromisoformat(end):
                    yield f"{dataset.relative_to(home)}: days landed twice ({start})"

    def _records(self, home: Path) -> Iterator[str]:
        for path in (home / "lake" / "records").glob("*/receipts/[!.]*.json"):
            if self._known("receipt", path):
                continue
            receipt, dataset = json.loads(path.read_text("utf-8")), path.parents[1]
            batches = home / "lake" / "landing"
            if not [
                *batches.glob(f"*/{dataset.name}/{receipt['batch']}/manifest.json")
            ]:
                yield f"{path.relative_to(home)}: a receipt of no batch"
            kept = dataset / "accepted" / f"{receipt['batch']}.parquet"
            rows = self._count(kept) if kept.is_file() else 0
            if rows != receipt["accepted"]:
                yield f"{kept.relative_to(home)}: {rows} rows, {receipt['accepted']} said"

    def _tables(self, home: Path) -> Iterator[str]:
        for path in (home / "lake").glob("**/[!.]*.parquet"):
            if ".partial-" not in str(path) and not self._known("rows", path):
                try:
                    self._rows(path)
                except duckdb.Error as error:
                    yield f"{path.relative_to(home)}: {error}"
        for pointer in (home / "lake" / "tables").glob("*/current.json"):
            version = Version.of(json.loads(pointer.read_text("utf-8")))
            if not all((pointer.parent / n).is_file() for n in version.names):
                yield f"{pointer.relative_to(home)} points at nothing"

    def _rows(self, path: Path) -> int:
        """Rows of a Parquet file, every value of which was read."""
        query = "SELECT count(*), bit_xor(hash(t)) FROM read_parquet(?) AS t"
        row = self.engine.execute(query, [str(path)]).fetchone()
        return int(row[0]) if row else 0

    def _count(self, path: Path) -> int:
        row = self.engine.execute(
            "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(path)]
        ).fetchone()
        return int(row[0]) if row else 0

    def _ledger(self, home: Path) -> Iterator[str]:
        keys = ledger(home)
        if len(keys) != len(set(keys)):
            yield f"{LEDGER}: an enterprise twice on one day"
        if lost := self.lasting - set(keys):
            yield f"{LEDGER}: {len(lost)} rows lost"

    def _databases(self, home: Path) -> Iterator[str]:
        for path in (*home.glob("*.db"), *home.glob("dagster/**/*.db")):
            if path.stat().st_size:
                database = sqlite3.connect(path)
                (said,) = database.execute("PRAGMA integrity_check").fetchone()
                database.close()
                if said != "ok":
                    yield f"{path.relative_to(home)}: {said}"

    def _letters(self, home: Path) -> Iterator[str]:
        for path in (home / "letters").glob("[!.]*.pdf"):
            if not path.read_bytes().rstrip().endswith(b"%%EOF"):
                yield f"{path.relative_to(home)}: half a letter"


def ledger(home: Path) -> list[tuple[Any, ...]]:
    """Every row of the ledger of grades, sorted; empty where there is none."""
    pointer = home / LEDGER / "current.json"
    if not pointer.is_file():
        return []
    snapshot = json.loads(pointer.read_text("utf-8"))["snapshot"]
    query = "SELECT uscc, known_on, state, letter FROM read_parquet(?) ORDER BY ALL"
    with duckdb.connect() as engine:
        return engine.execute(query, [str(pointer.parent / snapshot)]).fetchall()


def result(home: Path) -> dict[str, Any]:
    """What a finished run left, so that two homes can be compared."""
    releases = Releases(home / "releases")
    current = releases.current()
    landed = (home / "lake" / "landing").glob("[!.]*/*/[!.]*/manifest.json")
    receipts = (home / "lake" / "records").glob("*/receipts/[!.]*.json")
    return {
        "release": current,
        "content": current and releases.manifest(current)["content_sha256"],
        "history": [v.id for v in releases.history()],
        "ledger": ledger(home),
        "batches": sorted(p.parent.name for p in landed),
        "receipts": sorted(_counts(p) for p in receipts),
        "registry": _registry(home / "registry.db"),
    }


def _counts(receipt: Path) -> str:
    """A receipt without the hashes of its files: rows count, not how they were packed."""
    held = json.loads(receipt.read_text("utf-8"))
    held.pop("sha256", None)
    return json.dumps(held, sort_keys=True)


def _registry(path: Path) -> dict[str, int]:
    """Rows by table."""
    database = sqlite3.connect(path)
    names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    counts = {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in database.execute(names).fetchall()
    }
    database.close()
    return counts
