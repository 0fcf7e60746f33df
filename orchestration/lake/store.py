"""Where the files of the lake lie: a folder, or objects elsewhere (``objects``).

Names are relative and joined by ``/``. Whatever the place, a file appears under its name
whole or not at all. Not here: what the files hold (``landing``, ``records``, ``tables``).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestration.lake import atomic
from orchestration.lake.proof import Proofs


class Store(Protocol):
    """A place for files; patterns are those of ``glob``, and leave out dots by ``[!.]``."""

    def below(self, name: str) -> Store:
        """The place below a name."""
        ...

    def shown(self, name: str) -> str:
        """Where a file is, as people are told."""
        ...

    def names(self, pattern: str) -> list[str]:
        """Names in order."""
        ...

    def ages(self, pattern: str) -> dict[str, int]:
        """When each file was written, in nanoseconds; stores tell whole seconds."""
        ...

    def documents(self, pattern: str) -> list[tuple[str, bytes]]:
        """Small files by name, in order."""
        ...

    def read(self, name: str) -> bytes | None:
        """A small file; ``None`` where there is none."""
        ...

    def write(self, name: str, text: str) -> None:
        """Replace a small file at once."""
        ...

    def workshop(self, name: str = "") -> Path:
        """A folder of this machine for what will be kept below a name, while it is made."""
        ...

    def keep(self, name: str, made: Path) -> Path:
        """Give a finished file its name; gives where it can be read from now on."""
        ...

    def keep_folder(self, name: str, made: Path, last: Collection[str]) -> None:
        """Give a finished folder its name; files called ``last`` say that it is whole."""
        ...

    def taken(self, name: str, last: str) -> bool:
        """Whether a folder is there already."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing at all is there."""
        ...

    def place(self, name: str, sha256: str | None) -> Path:
        """Where a file can be read once it is proved."""
        ...

    def proved(
        self, name: str, sha256: str | None, remedy: str, proofs: Proofs
    ) -> Path:
        """Where a file can be read, after comparing it with its hash.

        Raises:
            DamagedFileError: it is lost, or differs.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        ...

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every finished file in order of names; each can be read until the next."""
        ...

    def sweep(self) -> int:
        """Remove what killed processes left half-written; gives how many were removed."""
        ...


@dataclass(frozen=True)
class Folder:
    """Files of a folder."""

    folder: Path

    def below(self, name: str) -> Folder:
        """The folder of that name."""
        return Folder(self.folder / name)

    def shown(self, name: str) -> str:
        """Its path."""
        return str(self.folder / name)

    def names(self, pattern: str) -> list[str]:
        """Names in order."""
        found = sorted(self.folder.glob(pattern))
        return [path.relative_to(self.folder).as_posix() for path in found]

    def ages(self, pattern: str) -> dict[str, int]:
        """When each was written."""
        return {n: (self.folder / n).stat().st_mtime_ns for n in self.names(pattern)}

    def documents(self, pattern: str) -> list[tuple[str, bytes]]:
        """Small files by name."""
        return [(n, (self.folder / n).read_bytes()) for n in self.names(pattern)]

    def read(self, name: str) -> bytes | None:
        """A small file."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def write(self, name: str, text: str) -> None:
        """Replace a small file."""
        atomic.write_text(self.folder / name, text)

    def workshop(self, name: str = "") -> Path:
        """Beside the others, so that a rename gives the name."""
        return self.folder / name

    def keep(self, name: str, made: Path) -> Path:
        """Rename."""
        return made.replace(self.folder / name)

    def keep_folder(self, name: str, made: Path, last: Collection[str]) -> None:  # noqa: ARG002
        """Rename; a folder comes whole."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            target.rmdir()  # fails unless it is empty
        shutil.move(made, target)

    def taken(self, name: str, last: str) -> bool:  # noqa: ARG002
        """Whether there is a folder of that name."""
        return (self.folder / name).exists()

    def is_empty(self) -> bool:
        """Whether the folder holds nothing, or is not there."""
        return next(self.folder.glob("*"), None) is None

    def place(self, name: str, sha256: str | None) -> Path:  # noqa: ARG002
        """Its path."""
        return self.folder / name

    def proved(
        self, name: str, sha256: str | None, remedy: str, proofs: Proofs
    ) -> Path:
        """Its path."""
        path = self.folder / name
        proofs.prove(path, sha256, remedy)
        return path

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self.folder / name).unlink(missing_ok=True)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file; a leading dot is what somebody is still writing, or a lock."""
        for path in sorted(self.folder.rglob("*")):
            below = path.relative_to(self.folder)
            if path.is_file() and not any(p.startswith(".") for p in below.parts):
                yield below.as_posix(), path

    def sweep(self) -> int:
        """Remove half-written files."""
        return atomic.sweep(self.folder)


def partial(store: Store, name: str) -> Path:
    """Where a file is made that will be kept under a name; its folder is there."""
    folder, _, last = name.rpartition("/")
    home = store.workshop(folder)
    home.mkdir(parents=True, exist_ok=True)
    return atomic.partial_of(home / last)
