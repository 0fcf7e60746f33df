"""Building a release beside the bare cost of writing the same rows to SQLite.

``python -m benchmarks.release [ENTERPRISES]``; 30,000 unless told. The baseline is SQLite
itself: every table of the finished files copied into empty ones, with the same indexes.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

import click

from benchmarks import publication


def main(enterprises: int) -> None:
    """Print seconds and the ratio to the baseline."""
    with (
        tempfile.TemporaryDirectory() as place,
        publication.opened(Path(place)) as connection,
    ):
        folder = Path(place)
        made = publication.relations(connection, enterprises)
        start, spent = perf_counter(), process_time()
        release = publication.build(connection, made, folder / "releases")
        ours, spent = perf_counter() - start, process_time() - spent
        peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        start = perf_counter()
        for name in ("public.db", "authorised.db"):
            copy_tables(release.folder / name, folder / name)
        bare = perf_counter() - start
        size = sum(p.stat().st_size for p in release.folder.rglob("*") if p.is_file())
    rows = sum(release.counts.values())
    click.echo(f"{enterprises:,} enterprises, {rows:,} rows, {size / 1e6:,.0f} MB")
    click.echo(f"  bare SQLite, same tables and indexes     {bare:8.1f} s   1.00 x")
    ratio = ours / bare
    click.echo(
        f"  load, search, gates, exports, diff, sums {ours:8.1f} s {ratio:6.2f} x"
    )
    click.echo(f"  processor {spent:.1f} s, peak memory {peak:,.0f} MiB")


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
