"""Building a release beside the bare cost of writing the same rows to SQLite.

``python -m benchmarks.release [ENTERPRISES]``; 30,000 unless told. The baseline is SQLite
itself: every table of the finished files copied into empty ones, with the same indexes.
Then one enterprise in a hundred has other rows, and the next release is made from the
last one and, beside it, in full: both must hold the same.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

import click

from benchmarks import publication
from publish.release.model import Limits, Release


class DifferentReleasesError(AssertionError):
    """The release made from the last one is not what it is in full."""


@dataclass(frozen=True)
class Timed:
    """A release and the seconds it took: by the clock, of the processor."""

    release: Release
    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:8.1f} s {self.processor:8.1f} s processor"


def main(enterprises: int) -> None:
    """Print seconds and the ratio to the baseline."""
    with (
        tempfile.TemporaryDirectory() as place,
        publication.opened(Path(place)) as connection,
    ):
        folder = Path(place)
        made = publication.relations(connection, enterprises)

        def built(name: str, percent: int = 10) -> Timed:
            limits = Limits(carry_percent=percent)
            return _timed(
                lambda: publication.build(connection, made, folder / name, limits)
            )

        first = built("releases")
        _tell(first, _bare(first.release, folder), enterprises)
        peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        click.echo(f"  peak memory {peak:,.0f} MiB")
        publication.change(connection)
        # Releases are never written again: both builds go on from the same files.
        shutil.copytree(folder / "releases", folder / "beside", copy_function=_linked)
        _compare(built("releases"), built("beside", 0))


def _timed(build: Callable[[], Release]) -> Timed:
    clock, processor = perf_counter(), process_time()
    release = build()
    return Timed(release, perf_counter() - clock, process_time() - processor)


def _bare(release: Release, folder: Path) -> float:
    start = perf_counter()
    for name in ("public.db", "authorised.db"):
        copy_tables(release.folder / name, folder / name)
        (folder / name).unlink()
    return perf_counter() - start


def _tell(first: Timed, bare: float, enterprises: int) -> None:
    release = first.release
    size = sum(p.stat().st_size for p in release.folder.rglob("*") if p.is_file())
    rows = sum(release.counts.values())
    click.echo(f"{enterprises:,} enterprises, {rows:,} rows, {size / 1e6:,.0f} MB")
    click.echo(f"  bare SQLite, same tables and indexes  {bare:8.1f} s")
    click.echo(f"  a first release                       {first}")
    click.echo(f"  ratio to bare SQLite, by the clock    {first.clock / bare:8.2f}")


def _compare(last: Timed, full: Timed) -> None:
    """Both must hold the same; tell what the one costs beside the other."""
    one, other = last.release, full.release
    if not one.carried or other.carried or one.content_sha256 != other.content_sha256:
        raise DifferentReleasesError(f"{one.id} ({one.carried}) and {other.id}")
    click.echo("one enterprise in a hundred has other rows, the day is the same")
    click.echo(f"  in full                               {full}")
    click.echo(f"  made from the last release            {last}")
    shares = (last.clock / full.clock, last.processor / full.processor)
    click.echo(
        f"  share, by the clock and of processor  {shares[0]:.2f}, {shares[1]:.2f}"
    )


def _linked(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def copy_tables(source: Path, target: Path) -> None:
    """Every ordinary table with its indexes, and nothing else."""
    with closing(sqlite3.connect(target)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("ATTACH ? AS old", (str(source),))
        objects = db.execute(
            "SELECT type, name, sql FROM old.sqlite_master WHERE sql IS NOT NULL"
            " AND tbl_name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%'"
            " ORDER BY type DESC"
        ).fetchall()
        for kind, name, sql in objects:
            db.execute(sql)
            if kind == "table":
                db.execute(f"INSERT INTO main.{name} SELECT * FROM old.{name}")
        db.commit()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
