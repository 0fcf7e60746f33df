"""A database made from the last release's file: only rows that differ are written.

Which rows differ is found by fingerprints (``fingerprints``). The old file is copied, the
rows are changed, and what was changed is read back; then the copy is written anew page
by page, so that no byte of a removed row is left in it. At any doubt the database is
made in full: the outcome is the same, only later. Not here: making it in full
(``databases``).
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

import quality
from publish.release import ddl, delta, fingerprints, load
from publish.release.delta import Delta
from publish.release.engine import attached, listed, names, quoted
from publish.release.files import linked
from publish.release.job import Job
from publish.release.layout import ENTRIES, Served
from publish.release.names import MANIFEST
from publish.release.withdrawn import ENTERPRISES

MADE_BY = "made_by"
LARGE, SPREAD = 100_000, 64  # of a table of so many rows one in so many is looked at
_CACHE = 1 << 17  # KiB of pages held while rows are changed
GONE = "gone_"  # tables of keys that are no more
_FRESH = "release_fresh"
_DIFFERING = "release_differing"
_SHOWN = ("name", "former_names", "status")  # what the search tables hold of a row

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Base:
    """The last release, whole and made by the same code under the same contracts.

    Attributes:
        counts: its rows by contract table name.
        hashes: its content hashes by contract table name.
    """

    folder: Path
    counts: Mapping[str, int]
    hashes: Mapping[str, str]


@dataclass(frozen=True)
class Carried:
    """A database that was made from the one before.

    Attributes:
        measured: rows and content hash by contract table name.
        same: contract tables of which no row differs.
        delta: the rows that differ; with a name, search tables must be written anew.
    """

    measured: Mapping[str, tuple[int, str]]
    same: frozenset[str]
    delta: Delta


@dataclass(frozen=True)
class Differing:
    """Which rows of a table differ; their keys stand in the relation ``name``."""

    table: Served
    name: str
    added: int
    changed: int
    removed: int

    def __bool__(self) -> bool:
        """Whether any does."""
        return self.rows > 0

    @property
    def rows(self) -> int:
        """How many."""
        return self.added + self.changed + self.removed

    def expected(self, last: Base) -> int:
        """How many rows the table has with them."""
        return last.counts[self.table.contract] + self.added - self.removed


class DoubtError(Exception):
    """Why a database is rather made in full."""


@cache
def made_by() -> str:
    """Differs where code, contracts, code lists or libraries differ."""
    packages = ("pypinyin", "duckdb-extension-excel", "duckdb-extension-sqlite")
    libraries = (duckdb.__version__, sqlite3.sqlite_version, *map(version, packages))
    digest = hashlib.sha256(" ".join(libraries).encode())
    rooms = (Path(__file__).parent, Path(str(quality.__file__)).parent)
    for path in sorted(p for room in rooms for p in room.rglob("*")):
        if path.suffix in {".py", ".csv"}:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def base(job: Job, previous: str | None) -> Base | None:
    """The last release, if it is whole and can be gone on from."""
    if previous is None:
        return None
    folder = job.releases.path(previous)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    if manifest.get(MADE_BY) != made_by():
        log.info("release %s was made by another version of ours", previous)
        return None
    hashes = {t: facts["content_sha256"] for t, facts in manifest["tables"].items()}
    return Base(folder, manifest["counts"], hashes)


def carry(
    job: Job, last: Base | None, target: Path, tables: tuple[Served, ...]
) -> Carried | None:
    """Make the database ``target`` from the one before; ``None`` if it cannot be.

    Raises:
        RelationError: a relation or a column is missing.
    """
    if last is None or not job.limits.carry_percent:
        return None
    try:
        return _carried(job, last, target, tables)
    except (DoubtError, duckdb.Error, sqlite3.Error, OSError) as doubt:
        log.info("%s is written in full: %s", target.name, doubt)
        # Never to be written over: some are the last release's own files by another name.
        for path in (target, *(fingerprints.path(job.staging, t) for t in tables)):
            path.unlink(missing_ok=True)
        return None
    finally:
        for table in tables:
            job.connection.execute(f"DROP TABLE IF EXISTS {_keys(table)}")


def _carried(job: Job, last: Base, target: Path, tables: tuple[Served, ...]) -> Carried:
    _few(job, last, tables, sum(_guessed(job, last, t) for t in tables))
    found = [_differing(job, last, t) for t in tables]
    _few(job, last, tables, sum(d.rows for d in found))
    changed = [d for d in found if d]
    shutil.copyfile(last.folder / target.name, target)
    others = delta.create(job.scratch, target.name, tables)
    _gather(job, others.now, changed)
    with closing(sqlite3.connect(target)) as db:
        _in_shape(db, tables)
        renamed = _change(db, others, changed)
        for differing in found:
            _prove(db, last, differing)
    measured = _measured(job, last, others.now, found)
    same = frozenset(d.table.contract for d in found if not d)
    return Carried(measured, same, replace(others, renamed=renamed))


def _guessed(job: Job, last: Base, table: Served) -> int:
    """About how many rows of a large table differ: on another day nearly all do."""
    if last.counts[table.contract] < LARGE:
        return 0
    part = f"WHERE hash({names(table.key)}) % {SPREAD} = 0"
    counted = f"SELECT count(*) FROM ({_pairs(job, last, table, part)})"
    return SPREAD * int((job.connection.execute(counted).fetchone() or (0,))[0])


def _pairs(job: Job, last: Base, table: Served, part: str = "") -> str:
    """The SELECT of keys whose rows are new, gone or others; of all rows or a part."""
    relation = quoted(load.relation(job.connection, job.relations, table))
    new = fingerprints.of(table, relation, content=False)
    return (
        f"SELECT {names(table.key)},"
        " o.its_whole IS NULL AS its_new, n.its_whole IS NULL AS its_gone"
        f" FROM (FROM {fingerprints.read(last.folder, table)} {part}) AS o"
        f" FULL JOIN (FROM ({new}) {part}) AS n USING ({names(table.key)})"
        " WHERE o.its_whole IS DISTINCT FROM n.its_whole"
    )


def _keys(table: Served) -> str:
    return f"{_DIFFERING}_{table.contract}"


def _differing(job: Job, last: Base, table: Served) -> Differing:
    """Keys of rows that are new, gone or others than in the last release."""
    relation = quoted(load.relation(job.connection, job.relations, table))
    name = _keys(table)
    job.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS {_pairs(job, last, table)}"
    )
    counts = job.connection.execute(
        "SELECT count(*) FILTER (its_new), count(*) FILTER (NOT its_new AND NOT its_gone),"
        f" count(*) FILTER (its_gone), (SELECT count(*) FROM {relation}) FROM {name}"
    ).fetchone()
    *kinds, rows = counts or (0, 0, 0, 0)
    found = Differing(table, name, *kinds)
    if rows != found.expected(last):  # two rows of one key, and one is the old row
        raise DoubtError(f"{table.contract} has {rows} rows")
    return found


def _few(job: Job, last: Base, tables: tuple[Served, ...], others: int) -> None:
    rows = sum(last.counts[t.contract] for t in tables)
    if others * 100 > rows * job.limits.carry_percent:
        raise DoubtError(f"{others} rows of {rows} differ")


def _gather(job: Job, fresh: Path, changed: list[Differing]) -> None:
    """Write rows that are new or others, and the keys of those that are gone."""
    with attached(job.connection, {_FRESH: fresh}, write=True):
        for differing in changed:
            table, key = differing.table, names(differing.table.key)
            relation = quoted(load.relation(job.connection, job.relations, table))
            job.connection.execute(
                f"INSERT INTO {_FRESH}.{quoted(table.name)}"
                f" ({names(c.name for c in table.columns)})"
                f" SELECT n.* FROM (SELECT {listed(table.columns)} FROM {relation}) AS n"
                f" SEMI JOIN (FROM {differing.name} WHERE NOT its_gone) AS d"
                f" USING ({key}) ORDER BY {key}"
            )
            job.connection.execute(
                f"CREATE TABLE {_FRESH}.{GONE}{table.name} AS"
                f" SELECT {key} FROM {differing.name} WHERE its_gone"
            )


def _in_shape(db: sqlite3.Connection, tables: tuple[Served, ...]) -> None:
    """Whether the old file has the tables and indexes that a new one would have."""
    known = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    present = {sql.strip() for (sql,) in known}
    if lacking := [s for s in ddl.statements(tables) if s not in present]:
        raise DoubtError(f"the last release has another layout: {lacking[0]}")


def _change(db: sqlite3.Connection, others: Delta, changed: list[Differing]) -> bool:
    """Take rows out and put rows in; whether search has other names to find."""
    db.execute("PRAGMA synchronous = OFF")  # the build syncs the finished file
    db.execute("PRAGMA journal_mode = OFF")  # a copy that fails is thrown away
    db.execute(f"PRAGMA cache_size = -{_CACHE}")
    db.execute("ATTACH ? AS fresh", (str(others.now),))
    db.execute("ATTACH ? AS were", (str(others.were),))
    db.execute("PRAGMA were.synchronous = OFF")
    renamed = False
    for differing in changed:
        table = differing.table
        _keep(db, differing)
        if table.name == ENTERPRISES:
            renamed = differing.removed > 0 or _renamed(db)
        key = names(table.key)
        gone = db.execute(
            f"DELETE FROM main.{table.name} WHERE ({key}) IN"
            f" (SELECT {key} FROM fresh.{GONE}{table.name})"
        )
        if gone.rowcount != differing.removed:
            raise DoubtError(f"{table.contract}: {gone.rowcount} rows were removed")
        db.execute(_upsert(table))
    db.commit()
    return renamed


def _keep(db: sqlite3.Connection, differing: Differing) -> None:
    """The rows that go or become others, as they stand now."""
    table, key = differing.table, names(differing.table.key)
    columns = names(c.name for c in table.columns)
    kept = db.execute(
        f"INSERT INTO were.{table.name} ({columns}) SELECT {columns}"
        f" FROM main.{table.name} WHERE ({key}) IN (SELECT {key} FROM fresh.{table.name}"
        f" UNION ALL SELECT {key} FROM fresh.{GONE}{table.name})"
    )
    if kept.rowcount != differing.changed + differing.removed:
        raise DoubtError(f"{table.contract}: {kept.rowcount} rows were others")


def _renamed(db: sqlite3.Connection) -> bool:
    shown = [", ".join(f"{side}.{c}" for c in _SHOWN) for side in "se"]
    sql = (
        f"SELECT 1 FROM fresh.{ENTERPRISES} AS e LEFT JOIN main.{ENTRIES} AS s"
        f" ON s.uscc = e.uscc WHERE ({shown[0]}) IS NOT ({shown[1]}) LIMIT 1"
    )
    return db.execute(sql).fetchone() is not None


def _upsert(table: Served) -> str:
    """A row that stays keeps its place, so that rows of one key order stay in it."""
    columns = names(c.name for c in table.columns)
    rest = [quoted(c.name) for c in table.columns if c.name not in table.key]
    other = ", ".join(f"{c} = excluded.{c}" for c in rest)
    return (
        f"INSERT INTO main.{table.name} ({columns}) SELECT {columns}"
        f" FROM fresh.{table.name} WHERE true ORDER BY {names(table.key)}"
        f" ON CONFLICT ({names(table.key)}) DO"
        + (f" UPDATE SET {other}" if rest else " NOTHING")
    )


def _prove(db: sqlite3.Connection, last: Base, differing: Differing) -> None:
    """Read back: as many rows as there must be, each changed one as it was given."""
    table = differing.table
    expected = differing.expected(last)
    (rows,) = db.execute(f"SELECT count(*) FROM main.{table.name}").fetchone()
    if rows != expected:
        raise DoubtError(f"{table.contract}: {rows} rows stand there, not {expected}")
    if differing:
        met = " AND ".join(f"t.{quoted(k)} = f.{quoted(k)}" for k in table.key)
        sides = (names(f"{s}.{c.name}" for c in table.columns) for s in "tf")
        (right,) = db.execute(
            f"SELECT count(*) FROM fresh.{table.name} AS f CROSS JOIN"
            f" main.{table.name} AS t ON {met} WHERE ({next(sides)}) IS ({next(sides)})"
        ).fetchone()
        if right != differing.added + differing.changed:
            raise DoubtError(f"{table.contract}: only {right} changed rows read back")


def _measured(
    job: Job, last: Base, fresh: Path, found: list[Differing]
) -> dict[str, tuple[int, str]]:
    """Rows and content hashes; fingerprints of rows that stay are taken over."""
    measured = {}
    with attached(job.connection, {_FRESH: fresh}):
        for differing in found:
            table = differing.table
            if differing:
                _fingerprint(job, last, differing)
                rows, sha256 = fingerprints.summed(job.connection, table, job.staging)
                if rows != differing.expected(last):
                    raise DoubtError(f"{table.contract} has {rows} fingerprints")
                measured[table.contract] = rows, sha256
            else:
                kept = fingerprints.path(job.staging, table)
                kept.parent.mkdir(exist_ok=True)
                linked(fingerprints.path(last.folder, table), kept)
                contract = table.contract
                measured[contract] = last.counts[contract], last.hashes[contract]
    return measured


def _fingerprint(job: Job, last: Base, differing: Differing) -> None:
    table, key = differing.table, names(differing.table.key)
    stay = (
        f"SELECT o.* FROM {fingerprints.read(last.folder, table)} AS o"
        f" ANTI JOIN {differing.name} AS d USING ({key})"
    )
    others = fingerprints.of(table, f"{_FRESH}.{quoted(table.name)}")
    rows = f"{stay} UNION ALL {others}"
    fingerprints.write(job.connection, table, rows, job.staging)
