"""The rows by which a database made from the last release's differs from that one.

Two SQLite files in the build's scratch folder, with the tables of the database: what is
new or another, and what stood there before. Whoever looks for differences, or has judged
the last release, need not look at the rows that stayed. Not here: how they are found
(``carrying``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.release import ddl
from publish.release.engine import Stored, attached, stored
from publish.release.layout import Served


@dataclass(frozen=True)
class Delta:
    """One database's.

    Attributes:
        now: rows that are new or others.
        were: rows that are gone or were others.
        renamed: whether an enterprise is gone, or is found by another name.
    """

    now: Path
    were: Path
    renamed: bool = False


@dataclass(frozen=True)
class Differences:
    """Both sides of a delta, open to DuckDB."""

    now: Stored
    were: Stored


def create(scratch: Path, name: str, tables: tuple[Served, ...]) -> Delta:
    """Empty files for the delta of a database of that name."""
    made = Delta(scratch / f"now-{name}", scratch / f"were-{name}")
    for path in (made.now, made.were):
        ddl.create(path, tables)
    return made


@contextmanager
def opened(
    connection: duckdb.DuckDBPyConnection, deltas: Mapping[str, Delta]
) -> Iterator[dict[str, Differences]]:
    """Attach deltas while they are read, under names made of those of their files."""
    places = {
        f"release_{side}_{Path(name).stem}": getattr(delta, side)
        for name, delta in deltas.items()
        for side in ("now", "were")
    }
    with attached(connection, places):
        yield {
            name: Differences(
                *(
                    stored(connection, f"release_{side}_{Path(name).stem}")
                    for side in ("now", "were")
                )
            )
            for name in deltas
        }
