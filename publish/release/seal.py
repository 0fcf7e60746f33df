"""The papers of a finished release: quality report, manifest and checksums.

Not here: the files they speak of.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from publish.release.exports import export_path
from publish.release.files import digest
from publish.release.layout import ALL, PUBLIC, Served
from publish.release.model import Diff, ReleaseInfo
from publish.release.names import CHANGES, CLOSED, FORMATS, PUBLIC_DB, SUMS
from quality.contracts.model import Tier
from quality.contracts.publication import TIME_LIMIT

_COUNTERS = ("rows_in", "accepted", "quarantined", "duplicates")


def quality_report(path: Path, gates: Iterable[str]) -> dict[str, Any]:
    """Deliveries per dataset, and the gates that the release passed.

    ``conserved`` tells whether every row received was accepted, quarantined or known.
    """
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        rows = [dict(r) for r in db.execute("SELECT * FROM sources ORDER BY dataset")]
    totals = {counter: sum(r[counter] for r in rows) for counter in _COUNTERS}
    return {
        "totals": {**totals, "conserved": _conserved(totals)},
        "datasets": [{**row, "conserved": _conserved(row)} for row in rows],
        "gates_passed": list(gates),
    }


def _conserved(row: Mapping[str, Any]) -> bool:
    kept = row["accepted"] + row["quarantined"] + row["duplicates"]
    return bool(row["rows_in"] == kept)


def diff_document(release_id: str, diff: Diff) -> dict[str, Any]:
    """The public part of a diff: counts, and keys of public rows; no grades."""
    return {
        "release": release_id,
        "previous": diff.previous,
        "tables": {name: asdict(table) for name, table in diff.tables.items()},
        "grades_moved": diff.moves_total,
        "letters_moved": diff.letters_moved,
    }


def expiries(path: Path) -> dict[str, str | None]:
    """The earliest end of publicity per served table, ``None`` where nothing ends."""
    with closing(sqlite3.connect(path)) as db:
        return {t.name: _expiry(db, t) for t in PUBLIC}


def _expiry(db: sqlite3.Connection, table: Served) -> str | None:
    if not table.has(TIME_LIMIT):
        return None
    row = db.execute(f"SELECT min({TIME_LIMIT}) FROM {table.name}").fetchone()
    found: str | None = row[0]
    return found


def manifest(
    facts: Mapping[str, Any],
    info: ReleaseInfo,
    counts: Mapping[str, int],
    hashes: Mapping[str, str],
    folder: Path,
) -> dict[str, Any]:
    """Everything needed to serve a release: identity, tables, files, expiry.

    A file may be offered from today until its ``expires_on`` only, and only if its tier
    is public.
    """
    ends = expiries(folder / PUBLIC_DB)
    return {
        **facts,
        "sources": dict(info.sources),
        "counts": dict(counts),
        "tables": {
            t.contract: {
                "name": t.name,
                "rows": counts[t.contract],
                "content_sha256": hashes.get(t.contract),
                "expires_on": ends.get(t.name) if t in PUBLIC else None,
            }
            for t in ALL
        },
        "files": _files(folder, ends),
    }


def _files(folder: Path, ends: Mapping[str, str | None]) -> list[dict[str, Any]]:
    expires = _file_expiries(ends)
    return [
        {
            "path": name,
            "bytes": path.stat().st_size,
            "sha256": digest(path),
            "tier": Tier.AUTHORISED if closed(name) else Tier.PUBLIC,
            "expires_on": expires.get(name),
        }
        for name, path in contents(folder)
    ]


def closed(name: str) -> bool:
    """Whether a file of a release, by its relative name, is never offered."""
    return name.partition("/")[0] in CLOSED


def _file_expiries(ends: Mapping[str, str | None]) -> dict[str, str | None]:
    first = min((end for end in ends.values() if end), default=None)
    whole: dict[str, str | None] = {PUBLIC_DB: first, CHANGES: first}
    single = {export_path(t, f): ends[t.name] for t in PUBLIC for f in FORMATS}
    return {**whole, **single}


def contents(folder: Path) -> list[tuple[str, Path]]:
    """The files of a release by relative name, in name order."""
    found = ((p.relative_to(folder).as_posix(), p) for p in folder.rglob("*"))
    return sorted((name, path) for name, path in found if path.is_file())


def checksums(folder: Path) -> str:
    """Write ``SHA256SUMS`` over every file, in the form ``sha256sum -c`` reads.

    Returns:
        The SHA-256 of that file, the seal kept in the history.
    """
    lines = [f"{digest(path)}  {name}\n" for name, path in contents(folder)]
    (folder / SUMS).write_text("".join(lines), "utf-8")
    return digest(folder / SUMS)
