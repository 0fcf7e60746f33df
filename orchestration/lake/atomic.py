"""Writing so that a killed process leaves either the old state or the new one."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PARTIAL = ".partial-"


def partial_of(path: Path) -> Path:
    """Beside a file, where it is made; another process or thread makes it elsewhere."""
    hand = f"{os.getpid()}.{threading.get_native_id()}"
    return path.with_name(f"{PARTIAL}{hand}-{path.name}")


def write_text(path: Path, text: str) -> None:
    """Replace a file at once; readers see the old or the new text, never a part."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(path)
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file at once."""
    write_text(path, as_json(value))


def as_json(value: Any) -> str:
    """A value as the lake's documents hold it."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


@contextmanager
def staging(home: Path, name: str = "staging") -> Iterator[Path]:
    """A folder to build in; move it to its name inside the block, or it is removed."""
    partial = home / f"{PARTIAL}{os.getpid()}-{name}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def sweep(folder: Path) -> int:
    """Remove what killed processes left half-written; gives how many were removed."""
    left = list(folder.rglob(f"{PARTIAL}*")) if folder.is_dir() else []
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)
