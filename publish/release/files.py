"""Small things done to files and folders, durably.

Not here: what is written.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publish.release.errors import DamagedFileError, ReleaseBusyError
from publish.release.names import LOCK


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest(path: Path) -> str:
    """``sha256`` of a file that only this process writes, read once per version."""
    stat = path.stat()
    # Linked under another name it is the same file: what it is called plays no part.
    its = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    if its not in _READ:
        _READ[its] = sha256(path)
    return _READ[its]


_READ: dict[tuple[int, ...], str] = {}


def forget() -> None:
    """Read every file anew from here: a disk may have lost what it held."""
    _READ.clear()


def digest_all(folder: Path) -> None:
    """Read every file of a folder now, on all processors, so that ``digest`` knows it."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    largest_first = sorted(paths, key=lambda path: -path.stat().st_size)
    with ThreadPoolExecutor(os.cpu_count()) as beside:
        list(beside.map(digest, largest_first))


def read_json(path: Path, remedy: str) -> Any:
    """What ``write_json`` wrote; the remedy is told where it is no JSON any more.

    Raises:
        DamagedFileError: names the file, and the remedy.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DamagedFileError(path, error, remedy) from error


def write_json(path: Path, value: Any) -> None:
    """Readable JSON, keys as given, Chinese as Chinese."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", "utf-8")


def replace_json(path: Path, value: Any) -> None:
    """Put new JSON in place of the old in one step that survives a power cut."""
    fresh = path.with_name(f".{path.name}.new")
    write_json(fresh, value)
    sync(fresh)
    os.replace(fresh, path)  # noqa: PTH105 - the name everyone knows for this step
    sync(path.parent)


def linked(source: Path, target: Path) -> None:
    """One file under two names; a copy where the system cannot. Neither is written."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def sync(path: Path) -> None:
    """Force a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Force everything below a folder, and the folder itself, to the disk."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


@contextmanager
def exclusively(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process dies.

    Raises:
        ReleaseBusyError: another process holds it.
    """
    with (folder / LOCK).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise ReleaseBusyError(folder) from taken
        yield
