"""One build under way, and what its databases turned out to hold.

Not here: the steps (``build``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from publish.release.delta import Delta
from publish.release.errors import GateFailure, ReleaseRefusedError
from publish.release.files import write_json
from publish.release.model import Limits, ReleaseInfo
from publish.release.names import AUTHORISED_DB, FAILURES, PUBLIC_DB
from publish.release.store import Releases

Checkpoint = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """Where from, where to, what for.

    Attributes:
        staging: the folder that becomes the release.
        scratch: a folder for what no release holds.
        checkpoint: told the name of every step done.
    """

    connection: duckdb.DuckDBPyConnection
    relations: Mapping[str, str]
    info: ReleaseInfo
    limits: Limits
    releases: Releases
    staging: Path
    scratch: Path
    checkpoint: Checkpoint

    @property
    def public(self) -> Path:
        """The public database in the making."""
        return self.staging / PUBLIC_DB

    @property
    def authorised(self) -> Path:
        """The authorised database in the making."""
        return self.staging / AUTHORISED_DB

    def refusal(self, failures: tuple[GateFailure, ...]) -> ReleaseRefusedError:
        """Write the failure report; returns the error that carries it."""
        report = self._report()
        document = {
            "built_at": self.info.built_at.isoformat(),
            "today": self.info.today.isoformat(),
            "serving": self.releases.current(),
            "failures": [asdict(failure) for failure in failures],
        }
        write_json(report, document)
        return ReleaseRefusedError(failures, report)

    def _report(self) -> Path:
        folder = self.releases.folder / FAILURES
        folder.mkdir(exist_ok=True)
        stem, number = f"{self.info.built_at:%Y%m%dT%H%M%S}", 1
        report = folder / f"{stem}.json"
        while report.exists():
            number += 1
            report = folder / f"{stem}-{number}.json"
        return report


@dataclass(frozen=True)
class Content:
    """What the staged databases hold.

    Attributes:
        id: the release's permanent name, from its day and content.
        sha256: hash of all content.
        counts: rows by contract table name.
        hashes: content hash by contract table name.
        same: contract table names whose rows are all as they were in the last release.
        deltas: of databases that were made from those of the last release, by file
            name, the rows that differ.
    """

    id: str
    sha256: str
    counts: Mapping[str, int]
    hashes: Mapping[str, str]
    same: frozenset[str] = frozenset()
    deltas: Mapping[str, Delta] = field(default_factory=dict)

    def facts(self, info: ReleaseInfo) -> dict[str, Any]:
        """Identity, dates and policy, as every paper of the release states them."""
        return {
            "id": self.id,
            "today": info.today.isoformat(),
            "known_at": info.known_at.isoformat(),
            "created": info.built_at.isoformat(),
            "policy_id": info.policy_id,
            "policy_sha256": info.policy_sha256,
            "content_sha256": self.sha256,
        }
