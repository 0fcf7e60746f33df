"""A release without what may no longer be shown: expired rows and withdrawn ones.

The same work twice: older releases are pruned by it, and while the pipeline is dead the
site offers the downloads of the day from it (``python -m publish.release.clean``). What
holds nothing of the kind is linked, not copied. The papers are written anew and say what
was taken out. Not here: which releases are cleaned, and when (``prune``).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from publish.release import catalogue, exports, load, package, seal, search, withdrawn
from publish.release.engine import attached, load_extensions, stored
from publish.release.files import linked, write_json
from publish.release.layout import AUTHORISED, PUBLIC, Served
from publish.release.model import ReleaseInfo
from publish.release.names import (
    AUTHORISED_DB,
    CATALOGUE,
    CHANGES,
    DATA_PACKAGE,
    FINGERPRINTS,
    MANIFEST,
    MOVES,
    PUBLIC_DB,
    SUMS,
)
from publish.release.withdrawn import ENTERPRISES, GRADE, Withdrawn, key_column
from quality.contracts.publication import TIME_LIMIT

PRUNED = "pruned"
CLEANED_BY = "cleaned_by"  # fingerprint of the list of withdrawals that was applied
_OPEN = "release_cleaned"


@dataclass(frozen=True)
class Cleaning:
    """What is cleaned, of what, for which day.

    Attributes:
        folder: the release as it stands; not touched.
        target: where the clean copy goes; must be empty.
        today: rows whose publicity ended before go.
        gone: rows that were withdrawn since it was built.
    """

    folder: Path
    target: Path
    today: date
    gone: Withdrawn


def clean(work: Cleaning, *, closed: bool) -> dict[str, Any]:
    """Write the clean copy.

    Args:
        work: what, where, for which day.
        closed: whether the authorised files are wanted too.

    Returns:
        What is missing in the copy: ``on`` and, by public table, rows ``expired`` and
        ``withdrawn``, all earlier cleanings counted in.
    """
    manifest = json.loads((work.folder / MANIFEST).read_text("utf-8"))
    shutil.copyfile(work.folder / PUBLIC_DB, work.target / PUBLIC_DB)
    rows, changed = _clean_public(work)
    _link_the_rest(work, changed)
    _rewrite_lines(work, CHANGES, _may_stay(work))
    if closed:
        _clean_authorised(work)
        _rewrite_lines(work, MOVES, lambda line: line["uscc"] not in work.gone.void)
    pruned = _summed(manifest.get(PRUNED), rows, work.today)
    _papers(work, manifest, pruned, changed)
    return pruned


def needed(work: Cleaning) -> bool:
    """Whether the release holds anything that may no longer be shown."""
    with closing(_reader(work.folder / PUBLIC_DB)) as db:
        return any(
            _count(db, work, t, w) for t in _present(db) for w in _tests(work, t)
        )


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _present(db: sqlite3.Connection) -> list[Served]:
    """The served tables that the file has; it may be older than the contracts."""
    names = {n for (n,) in db.execute("SELECT name FROM sqlite_master")}
    return [t for t in PUBLIC if t.name in names]


def _tests(work: Cleaning, table: Served) -> Iterator[str]:
    """Conditions, by which rows of the table go: ended, withdrawn."""
    if table.has(TIME_LIMIT):
        yield f"{TIME_LIMIT} < '{work.today.isoformat()}'"
    if work.gone.tables.get(table.name):
        keys = "SELECT value FROM json_each(:keys)"
        yield f"{key_column(table.name)} IN ({keys})"


def _keys(work: Cleaning, table: Served) -> dict[str, str]:
    return {"keys": json.dumps(sorted(work.gone.tables.get(table.name, ())))}


def _count(db: sqlite3.Connection, work: Cleaning, table: Served, where: str) -> int:
    sql = f"SELECT count(*) FROM {table.name} WHERE {where}"
    return int(db.execute(sql, _keys(work, table)).fetchone()[0])


def _clean_public(work: Cleaning) -> tuple[dict[str, dict[str, int]], set[str]]:
    """Delete rows for good; how many by table, and which tables are not what they were."""
    rows: dict[str, dict[str, int]] = {}
    with closing(sqlite3.connect(work.target / PUBLIC_DB)) as db:
        with db:
            for table in _present(db):
                counts = _delete(db, work, table)
                if any(counts.values()):
                    rows[table.name] = counts
            changed = set(rows) | _void_grades(db, work)
            if ENTERPRISES in rows:
                search.remove(db)
            told = json.dumps({"on": work.today.isoformat(), "rows": rows})
            db.execute("INSERT OR REPLACE INTO release VALUES (?, ?)", (PRUNED, told))
        if ENTERPRISES in rows:
            search.write(work.target / PUBLIC_DB)
        db.execute("VACUUM")  # deleted rows leave their bytes behind otherwise
    return rows, changed


def _delete(db: sqlite3.Connection, work: Cleaning, table: Served) -> dict[str, int]:
    counts = {"expired": 0, "withdrawn": 0}
    for where in _tests(work, table):
        done = db.execute(f"DELETE FROM {table.name} WHERE {where}", _keys(work, table))
        counts["expired" if where.startswith(TIME_LIMIT) else "withdrawn"] = (
            done.rowcount
        )
    return counts


def _void_grades(db: sqlite3.Connection, work: Cleaning) -> set[str]:
    """A published grade that rested on a withdrawn record, and is now another, goes."""
    newest = work.folder.parent / work.gone.newest / PUBLIC_DB
    now: dict[str, str | None] = {}
    if work.gone.newest and newest.is_file():
        with closing(_reader(newest)) as other:
            now = dict(other.execute(f"SELECT uscc, {GRADE} FROM {ENTERPRISES}"))
    sql = f"SELECT uscc, {GRADE} FROM {ENTERPRISES} WHERE {GRADE} IS NOT NULL"
    void = [
        (code,)
        for code, letter in db.execute(sql).fetchall()
        if code in work.gone.void and now.get(code) != letter
    ]
    empty = f"UPDATE {ENTERPRISES} SET {GRADE} = NULL, graded_on = NULL WHERE uscc = ?"
    db.executemany(empty, void)
    return {ENTERPRISES} if void else set()


def _clean_authorised(work: Cleaning) -> None:
    """Grades and their explanations go where a record they rest on was withdrawn."""
    source, target = work.folder / AUTHORISED_DB, work.target / AUTHORISED_DB
    shutil.copyfile(source, target)
    with closing(sqlite3.connect(target)) as db:
        names = {n for (n,) in db.execute("SELECT name FROM sqlite_master")}
        with db:
            for table in (t for t in AUTHORISED if t.name in names):
                db.execute(
                    f"DELETE FROM {table.name} WHERE uscc IN"
                    " (SELECT value FROM json_each(?))",
                    (json.dumps(sorted(work.gone.void)),),
                )
        db.execute("VACUUM")


def _link_the_rest(work: Cleaning, changed: set[str]) -> None:
    """Link what stays as it is; releases are never written again."""
    fresh = {PUBLIC_DB, MANIFEST, SUMS, DATA_PACKAGE, CATALOGUE, CHANGES}
    for name, path in seal.contents(work.folder):
        if (
            name in fresh
            or seal.closed(name)
            or (name != path.name and path.stem in changed)
        ):
            continue  # an export of a table that is not what it was
        target = work.target / name
        target.parent.mkdir(exist_ok=True)
        linked(path, target)


def _rewrite_lines(
    work: Cleaning, name: str, stays: Callable[[Mapping[str, Any]], bool]
) -> None:
    source = work.folder / name
    if not source.is_file():
        return
    with (
        source.open(encoding="utf-8") as lines,
        (work.target / name).open("w", encoding="utf-8", newline="\n") as out,
    ):
        out.writelines(line for line in lines if stays(json.loads(line)))


def _may_stay(work: Cleaning) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a change may still be told: what it adds must still be public."""
    today = work.today.isoformat()

    def stays(change: Mapping[str, Any]) -> bool:
        after = change.get("after")
        if after is None:
            return True  # a removal repeats nothing
        until = after.get(TIME_LIMIT)
        key = change["key"].get(key_column(change["table"]))
        gone = key in work.gone.tables.get(change["table"], ())
        return not gone and (until is None or until >= today)

    return stays


def _summed(
    before: Mapping[str, Any] | None, rows: Mapping[str, dict[str, int]], today: date
) -> dict[str, Any]:
    total = {t: dict(c) for t, c in (before or {}).get("rows", {}).items()}
    for table, counts in rows.items():
        held = total.setdefault(table, {"expired": 0, "withdrawn": 0})
        for why, count in counts.items():
            held[why] += count
    return {"on": today.isoformat(), "rows": total}


def _papers(
    work: Cleaning,
    manifest: dict[str, Any],
    pruned: Mapping[str, Any],
    changed: set[str],
) -> None:
    """Exports of what changed, and every paper that counts rows or bytes."""
    tables = [t for t in PUBLIC if t.name in changed]
    with duckdb.connect() as connection:
        load_extensions(connection)
        with attached(connection, {_OPEN: work.target / PUBLIC_DB}):
            exports.write(connection, stored(connection, _OPEN), work.target, tables)
            measured = load.measured(connection, tables, _OPEN, work.target)
    # No release is made from a cleaned one: hashes of what went must go too.
    shutil.rmtree(work.target / FINGERPRINTS, ignore_errors=True)
    counts = manifest["counts"] | {t: count for t, (count, _) in measured.items()}
    hashes = {t: facts["content_sha256"] for t, facts in manifest["tables"].items()}
    hashes |= {t: sha256 for t, (_, sha256) in measured.items()}
    info, target = _info(manifest), work.target
    described = package.descriptor(manifest["id"], info, counts, target)
    write_json(target / DATA_PACKAGE, described)
    write_json(target / CATALOGUE, catalogue.descriptor(manifest["id"], info, target))
    facts = {k: manifest[k] for k in _FACTS} | {PRUNED: pruned}
    facts[CLEANED_BY] = work.gone.fingerprint
    told = seal.manifest(facts, info, counts, hashes, target)
    write_json(target / MANIFEST, told)
    seal.checksums(target)


_FACTS = (
    *("id", "today", "known_at", "created", "policy_id", "policy_sha256"),
    *("content_sha256", "previous"),
)


def _info(manifest: Mapping[str, Any]) -> ReleaseInfo:
    return ReleaseInfo(
        today=date.fromisoformat(manifest["today"]),
        policy_id=manifest["policy_id"],
        policy_sha256=manifest["policy_sha256"],
        built_at=datetime.fromisoformat(manifest["created"]),
        known_at=date.fromisoformat(manifest["known_at"]),
        sources=manifest["sources"],
    )


def main(folder: Path, target: Path, today: date) -> None:
    """Write the clean public copy of one release into the empty folder ``target``."""
    gone = withdrawn.withdrawn_from(folder.parent, folder.name)
    clean(Cleaning(folder, target, today, gone), closed=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]))
