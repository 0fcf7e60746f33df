"""Finding, verifying and switching finished releases.

Plain files and JSON only: the serving process imports this module, so it stays free of
DuckDB. Not here: making a release (``build``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from publish.release.errors import (
    Damage,
    DamagedFileError,
    DamagedReleaseError,
    UnknownReleaseError,
)
from publish.release.files import exclusively, read_json, replace_json, sha256
from publish.release.names import DIFF, MANIFEST, MOVES, POINTER, SUMS, VERSIONS

_ID = re.compile(r"\d{8}-[0-9a-f]{10}")
CHOOSE = "its release can no longer be told from others: let another serve, or run"
REMEMBER = (
    "put it back from a copy of the folder (creditpark backup --releases); without one, "
    "move it away and run: what serves goes on, older releases are no longer listed"
)


@dataclass(frozen=True)
class Version:
    """One line of the history of releases.

    Attributes:
        created: ISO instant of the build.
        today: ISO evaluation date.
        previous: the release it followed, ``None`` for the first.
        counts: rows by contract table name.
        seal: SHA-256 of its ``SHA256SUMS``.
        pruned: what was taken out since, ``on`` which day and how many rows by table.
        removed: ``on`` which day its files went, and ``why``.
    """

    id: str
    created: str
    today: str
    previous: str | None
    content_sha256: str
    counts: Mapping[str, int]
    seal: str
    pruned: Mapping[str, Any] | None = None
    removed: Mapping[str, Any] | None = None


class Releases:
    """The releases below one folder.

    Attributes:
        folder: ``releases`` of the platform's home.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> str | None:
        """The release that serves, or ``None`` before the first.

        Raises:
            DamagedFileError: the pointer names none.
        """
        pointer = self.folder / POINTER
        if not pointer.is_file():
            return None
        found = read_json(pointer, self._repoint())
        named = found.get("release") if isinstance(found, dict) else None
        if not isinstance(named, str) or not _ID.fullmatch(named):
            raise DamagedFileError(pointer, "it names no release", self._repoint())
        return named

    def path(self, release_id: str) -> Path:
        """The folder of a release.

        Raises:
            UnknownReleaseError: there is none of that id.
        """
        folder = self.folder / release_id
        if not _ID.fullmatch(release_id) or not (folder / MANIFEST).is_file():
            raise UnknownReleaseError(release_id, self.folder)
        return folder

    def manifest(self, release_id: str) -> dict[str, Any]:
        """What the release says about itself."""
        return dict(read_json(self.path(release_id) / MANIFEST, CHOOSE))

    def diff(self, release_id: str) -> dict[str, Any]:
        """Counts and keys of what it changed; whose grade moved is in ``moves``."""
        return dict(read_json(self.path(release_id) / DIFF, CHOOSE))

    def moves(self, release_id: str) -> Iterator[dict[str, Any]]:
        """Whose grade it moved and why, changed letters first. Authorised."""
        with (self.path(release_id) / MOVES).open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def list(self) -> tuple[Version, ...]:
        """The releases that are still there, oldest first."""
        return tuple(v for v in self.history() if self._there(v.id))

    def version(self, release_id: str) -> Version:
        """One line of the history, also of a release whose files are gone.

        Raises:
            UnknownReleaseError: the history has no such line.
        """
        for version in self.history():
            if version.id == release_id:
                return version
        raise UnknownReleaseError(release_id, self.folder)

    def verify(
        self, release_id: str, digest: Callable[[Path], str] = sha256
    ) -> tuple[Damage, ...]:
        """What differs from the checksums; empty if the release is whole.

        Args:
            release_id: which.
            digest: reads a file; whoever reads the files again remembers what it found.

        Raises:
            UnknownReleaseError: there is none of that id.
        """
        folder = self.path(release_id)
        if not (folder / SUMS).is_file():
            return (Damage(SUMS, "missing"),)
        sealed = {v.id: v.seal for v in self.history()}.get(release_id)
        if sealed not in {None, sha256(folder / SUMS)}:
            return (Damage(SUMS, "differs from the seal in the history"),)
        return tuple(sorted(_damages(folder, digest), key=lambda d: d.path))

    def rollback(self, release_id: str, at: datetime) -> None:
        """Let an older release serve again, from the instant ``at``.

        Raises:
            UnknownReleaseError: there is none of that id.
            DamagedReleaseError: its files differ from its checksums.
            ReleaseBusyError: a build is under way.
        """
        self.path(release_id)
        with exclusively(self.folder):
            if damages := self.verify(release_id):
                raise DamagedReleaseError(release_id, damages)
            self.switch(release_id, at)

    def switch(self, release_id: str, at: datetime) -> None:
        """Replace the pointer in one step; the caller holds the folder's lock."""
        value = {"release": release_id, "switched_at": at.isoformat()}
        replace_json(self.folder / POINTER, value)

    def record(self, version: Version) -> None:
        """Append to the history; a release built again takes the last place."""
        kept = [asdict(v) for v in self.history() if v.id != version.id]
        replace_json(self.folder / VERSIONS, [*kept, asdict(version)])

    def amend(self, version: Version) -> None:
        """Put a line of the history in place of the one of the same id."""
        kept = [version if v.id == version.id else v for v in self.history()]
        replace_json(self.folder / VERSIONS, [asdict(v) for v in kept])

    def history(self) -> tuple[Version, ...]:
        """Every release there ever was, oldest first, also where files are gone."""
        path = self.folder / VERSIONS
        if not path.is_file():
            return ()
        return tuple(Version(**entry) for entry in read_json(path, REMEMBER))

    def _repoint(self) -> str:
        """How to name a serving release again: the newest that there is."""
        newest = max((v.id for v in self.list()), default="ID")
        return (
            f"nothing else is lost: `creditpark release rollback {newest}` writes it anew; "
            "until then what is mounted serves on"
        )

    def _there(self, release_id: str) -> bool:
        return (self.folder / release_id / MANIFEST).is_file()


def _damages(folder: Path, digest: Callable[[Path], str]) -> Iterator[Damage]:
    sums = _read_sums(folder / SUMS)
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.name != SUMS
    }
    for name in sorted(sums.keys() | present.keys()):
        if name not in present:
            yield Damage(name, "missing")
        elif name not in sums:
            yield Damage(name, "not part of the release")
        elif digest(present[name]) != sums[name]:
            yield Damage(name, "content differs from its checksum")


def _read_sums(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
