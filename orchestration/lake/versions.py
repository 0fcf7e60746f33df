"""What a table's pointer names: one file, or a file with a change beside it.

A change is two small files: keys whose rows in the first file hold no more, and the rows
that stand for them now. Read together they are one table, and a few rows that changed are
written without the rest. Not here: files and their proof (``tables``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.lake.engine import quoted

MOST_CHANGED = 10  # percent of the first file; above it a table is written whole


@dataclass(frozen=True)
class File:
    """A file beside the pointer; the hash is ``None`` where an older version kept none."""

    name: str
    sha256: str | None


@dataclass(frozen=True)
class Version:
    """A table as it stands.

    Attributes:
        files: its rows; or the rows of before, keys that are gone, rows made anew.
        before: the files of the versions before, the newest first.
    """

    files: tuple[File, ...]
    before: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, pointer: Mapping[str, Any]) -> Version:
        """What a pointer says."""
        whole = {"name": pointer.get("snapshot"), "sha256": pointer.get("sha256")}
        files = [File(**file) for file in pointer.get("parts", [whole])]
        return cls(tuple(files), tuple(map(tuple, pointer.get("before", ()))))

    @classmethod
    def after(cls, old: Version | None, files: Sequence[File], kept: int) -> Version:
        """The version of these files; it and those before make ``kept`` in all."""
        before = (old.names, *old.before) if old else ()
        return cls(tuple(files), before[: kept - 1])

    def pointer(self) -> dict[str, Any]:
        """As it is kept; software that knows no parts finds no ``snapshot`` there."""
        if len(self.files) > 1:
            return {"parts": [*map(asdict, self.files)], "before": self.before}
        (file,) = self.files
        return {"snapshot": file.name, "sha256": file.sha256, "before": self.before}

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names."""
        return tuple(file.name for file in self.files)

    @property
    def named(self) -> set[str]:
        """Every file that must stay: of this version and of those before."""
        return {*self.names}.union(*self.before)


def rows_of(paths: Sequence[Path]) -> str:
    """A query for the rows of a version's files."""
    first, *change = paths
    if not change:
        return f"SELECT * FROM {_read(first)}"
    gone, anew = change
    # NATURAL: by the columns of the keys, whichever they are.
    kept = f"SELECT * FROM {_read(first)} AS f NATURAL ANTI JOIN {_read(gone)} AS g"
    return f"{kept} UNION ALL SELECT * FROM {_read(anew)}"


def lost_of(first: Path, gone: Path) -> str:
    """The rows of the first file that hold no more."""
    found = f"{_read(first)} AS f NATURAL SEMI JOIN {_read(gone)} AS g"
    return f"(SELECT 1 FROM {found})"


def change_of(change: Sequence[Path], keys: str, rows: str) -> tuple[str, str]:
    """Queries for all keys that are gone and for all rows anew, after one more change.

    Args:
        change: the two files that hold them so far; none where the table is one file.
        keys: a query for the keys whose rows change now.
        rows: a query for the rows that stand for them.
    """
    if not change:
        return f"SELECT DISTINCT * FROM ({keys})", rows
    gone, anew = map(_read, change)
    others = f"SELECT * FROM {anew} AS a NATURAL ANTI JOIN ({keys}) AS k"
    return f"SELECT * FROM {gone} UNION ({keys})", f"{others} UNION ALL ({rows})"


def _read(path: Path) -> str:
    return f"read_parquet({quoted(path)})"
