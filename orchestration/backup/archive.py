"""The archive: a compressed tar whose last member lists every other with its SHA-256.

Written and read as a stream, so that its size does not matter; a torn or changed one is
recognised before anything of it is used. Not here: what goes in (``parts``), where it
goes to (``restoring``).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from orchestration.backup.parts import SECRET
from orchestration.lake.atomic import PARTIAL

MANIFEST = "MANIFEST.json"
FORMAT = 1
# Raw deliveries shrink eightfold at the fastest level already.
LEVEL = 1
OURS_ALONE, EVERYBODYS = 0o600, 0o666  # the latter less what the umask takes
BLOCK = 1 << 20


class BackupError(ValueError):
    """A backup cannot be made or used; says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One file of an archive."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What an archive says about itself.

    Attributes:
        made_at: ISO instant.
        software: version that made it.
        edition: the registry's last step; ``None`` where there was no registry.
        rows: rows of the registry by table.
        files: every member but this.
    """

    made_at: str
    software: str
    edition: str | None
    rows: Mapping[str, int]
    files: Mapping[str, Entry]


class Writer:
    """An archive under construction."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, Entry] = {}

    def add(self, name: str, source: IO[bytes]) -> None:
        """Add a file that stands open, as long as it is now.

        Raises:
            BackupError: it became shorter while it was read.
        """
        stat = os.fstat(source.fileno())
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = stat.st_size, stat.st_mtime, OURS_ALONE
        hashing = _Hashing(source)
        try:
            self._tar.addfile(info, hashing)
        except OSError as error:
            if "unexpected end of data" in str(error):
                raise BackupError(f"{name} changed under way: try again") from error
            raise
        self.files[name] = Entry(hashing.hash.hexdigest(), stat.st_size)

    def seal(self, **about: Any) -> Manifest:
        """Add the list of all that was added; nothing may follow."""
        manifest = Manifest(files=self.files, **about)
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False)
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text.encode()), OURS_ALONE
        self._tar.addfile(info, io.BytesIO(text.encode()))
        return manifest


class _Hashing(io.RawIOBase):
    """Reads on, and hashes what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.hash = source, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        block = self._source.read(size)
        self.hash.update(block)
        return block


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """An archive that gets its name once it is whole and on the disk.

    Raises:
        BackupError: the name is taken, or the disk refuses.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: give another name")
    partial = path.with_name(f"{PARTIAL}{os.getpid()}-{path.name}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE)
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=LEVEL) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)  # unlike a rename this never replaces
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def unpack(path: Path, folder: Path | None = None) -> Manifest:
    """Verify an archive, and write its files below a folder if one is given.

    Raises:
        BackupError: it is torn, changed or none of ours; what was written is worthless.
    """
    found: dict[str, Entry] = {}
    manifest = None
    try:
        with tarfile.open(path, "r|gz") as tar:
            for member in tar:
                manifest = _manifest(tar, member, manifest, path)
                if manifest is None:
                    found[member.name] = _extract(tar, member, folder, path)
    except FileNotFoundError as error:
        raise BackupError(f"{path}: there is no such file") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise _damaged(path, str(error)) from error
    if manifest is None:
        raise _damaged(path, "its end is missing")
    if found != manifest.files:
        differing = {n for n, _ in found.items() ^ manifest.files.items()}
        raise _damaged(path, f"checksums differ: {', '.join(sorted(differing)[:5])}")
    return manifest


def _manifest(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    before: Manifest | None,
    path: Path,
) -> Manifest | None:
    """The manifest, if the member is it; it must be the last."""
    if before is not None:
        raise _damaged(path, f"{member.name} follows its end")
    stream = tar.extractfile(member) if member.name == MANIFEST else None
    if stream is None:
        return None
    try:
        held = json.loads(stream.read())
        if held.pop("format") != FORMAT:
            raise BackupError(f"{path} was made by a newer version: upgrade first")
        held["files"] = {n: Entry(**entry) for n, entry in held["files"].items()}
        return Manifest(**held)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise _damaged(path, f"its list cannot be read: {error}") from error


def _extract(
    tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path | None, path: Path
) -> Entry:
    stream = tar.extractfile(member) if member.isfile() else None
    steps = PurePosixPath(member.name).parts
    if stream is None or ".." in steps or steps[:1] == ("/",):
        raise _damaged(path, f"{member.name} is no file of ours")
    if folder is None:
        return _copied(stream, io.BytesIO(), keep=False)
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = OURS_ALONE if member.name.startswith(SECRET) else EVERYBODYS
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        entry = _copied(stream, file, keep=True)
    os.utime(target, (member.mtime, member.mtime))
    return entry


def _copied(source: IO[bytes], target: IO[bytes], *, keep: bool) -> Entry:
    seen, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        seen.update(block)
        size += len(block)
        if keep:
            target.write(block)
    return Entry(seen.hexdigest(), size)


def _damaged(path: Path, why: str) -> BackupError:
    return BackupError(f"{path} is no whole backup ({why}): use another one")
