"""Proving that files of the lake are still what was written.

A disk that flips a bit inside a compressed page gives other values without a word; so the
hash of every file is kept beside it, and compared before the file is read. What this
process wrote, or proved already, is not read again for it. Not here: releases
(``publish.release.store``), what to do about damage (``docs/faults.md``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publish.release.files import sha256 as sha256_of


class DamagedFileError(ValueError):
    """A file is not what was written; the message names it and what to do."""

    def __init__(self, path: Path, what: str, remedy: str) -> None:
        super().__init__(f"{path} {what}: {remedy}")
        self.path = path


def read_json(path: Path, remedy: str) -> Any:
    """What a JSON file holds.

    Raises:
        DamagedFileError: it is no JSON.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DamagedFileError(path, f"cannot be read ({error})", remedy) from error


@dataclass(frozen=True)
class Proofs:
    """Which files this process has proved, in the state in which it did."""

    known: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def written(self, path: Path) -> str:
        """Believe a file that this process has just written; gives its hash."""
        self.known[path] = _state(path)
        return sha256_of(path)

    def prove(self, path: Path, sha256: str | None, remedy: str) -> None:
        """Compare a file with its hash, once.

        Args:
            path: the file.
            sha256: as kept; ``None`` where an older version wrote no hash.
            remedy: what to do if it differs.

        Raises:
            DamagedFileError: it is lost, or differs.
        """
        if not path.is_file():
            raise DamagedFileError(path, "is lost", remedy)
        if sha256 is None or self.known.get(path) == _state(path):
            return
        if sha256_of(path) != sha256:
            raise DamagedFileError(path, "was changed after it was written", remedy)
        self.known[path] = _state(path)


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
