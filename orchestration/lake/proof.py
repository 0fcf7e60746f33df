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

    def __init__(self, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{place} {what}: {remedy}")


def parsed(body: bytes, place: str, remedy: str) -> Any:
    """What a JSON file holds.

    Args:
        body: its bytes.
        place: where it is, as people are told.
        remedy: what to do about damage.

    Raises:
        DamagedFileError: it is no JSON.
    """
    try:
        return json.loads(body)
    except ValueError as error:
        raise DamagedFileError(place, f"cannot be read ({error})", remedy) from error


@dataclass(frozen=True)
class Proofs:
    """Which files this process has proved, in the state in which it did.

    Attributes:
        came: what happened to them when their hash was taken.
    """

    came: str = "written"
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
            raise DamagedFileError(str(path), "is lost", remedy)
        if sha256 is not None and not self.holds(path, sha256):
            raise DamagedFileError(str(path), self.changed, remedy)

    def holds(self, path: Path, sha256: str) -> bool:
        """Whether a file is there and is what its hash says."""
        if not path.is_file():
            return False
        if self.known.get(path) != _state(path):
            if sha256_of(path) != sha256:
                return False
            self.known[path] = _state(path)
        return True

    @property
    def changed(self) -> str:
        """What is said of a file that differs from its hash."""
        return f"was changed after it was {self.came}"


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
