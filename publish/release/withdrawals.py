"""Finding what may not be public: refused in this release, withdrawn from older ones.

The pipeline hands over which records must not be public today and why
(``withheld_records``). None of them may stand in the release being built, and what an
older release still holds of them is noted, so that a rollback resurrects nothing. A row
that vanished without a reason in law is noted nowhere: bringing it back is what a
rollback is for. Not here: the list itself (``withdrawn``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb

from publish.release import fingerprints, withdrawn
from publish.release.delta import Delta, opened
from publish.release.engine import (
    Stored,
    attached,
    kept,
    literal,
    quoted,
    stored,
    stream,
)
from publish.release.errors import GateFailure, RelationError
from publish.release.job import Job
from publish.release.layout import PUBLIC, WITHHELD, Served
from publish.release.names import EXPORTS, PUBLIC_DB
from publish.release.withdrawn import key_column
from quality.contracts.model import Kind, facts_of
from quality.contracts.publication import TIME_LIMIT

REASONS = "release_withheld"
KEYED = tuple(t for t in PUBLIC if t.has("uscc"))
_NEW, _OLD = "release_newest", "release_older"

log = logging.getLogger(__name__)
Found = tuple[Served, str, str, str]  # table, key, credit code, kind of change


def load(job: Job) -> None:
    """Read the reasons once.

    Raises:
        RelationError: the relation is missing; nothing is published without it.
    """
    relation = job.relations.get(WITHHELD)
    if relation is None:
        raise RelationError(WITHHELD, "no relation given", "pass its name")
    job.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {REASONS} AS SELECT record_id,"
        f" min(reason) AS reason FROM {quoted(relation)} GROUP BY record_id"
    )


def failures(job: Job) -> Iterator[GateFailure]:
    """The gate: no record that must be withheld stands in the staged public file."""
    with attached(job.connection, {_NEW: job.public}):
        for table in KEYED:
            key = key_column(table.name)
            sql = (
                f"SELECT t.{key}, r.reason FROM {quoted(f'{_NEW}.{table.name}')} AS t"
                f" JOIN {REASONS} AS r ON r.record_id = t.{key} ORDER BY 1"
            )
            for value, reason in job.connection.execute(sql).fetchall():
                yield GateFailure(
                    *("withheld", table.name, f"{key}={value}"),
                    f"it must not be public today ({reason})",
                    "leave the row out of the relation",
                )


def record(
    job: Job, release_id: str, previous: str | None = None, known: Delta | None = None
) -> None:
    """Note what releases older than this finished one hold and may no longer show.

    Args:
        job: the build.
        release_id: the finished release.
        previous: the one before it.
        known: the public rows in which the two differ, where they are known.
    """
    tables: dict[str, dict[str, str]] = {}
    void: set[str] = set()
    for version in (v for v in job.releases.list() if v.id != release_id):
        differing = known if version.id == previous else None
        for table, key, code, kind in _held(job, release_id, version.id, differing):
            tables.setdefault(table.name, {})[key] = kind
            if table.has(TIME_LIMIT):
                void.add(code)
    withdrawn.note(job.releases.folder, release_id, tables, frozenset(void))


def _held(
    job: Job, release_id: str, older: str, differing: Delta | None
) -> list[Found]:
    """What one older release holds of it; a damaged one cannot serve in any case."""
    if differing:
        with opened(job.connection, {PUBLIC_DB: differing}) as sides:
            side = sides[PUBLIC_DB]
            return list(_found(job, side.now, side.were, KEYED))
    try:
        with (
            _public(job, release_id, _NEW) as new,
            _public(job, older, _OLD) as old,
        ):
            others = _others(job, release_id, older)
            return list(_found(job, new, old, others))
    except duckdb.Error as error:
        log.warning("release %s cannot be read (%r)", older, error)
        return []


@contextmanager
def _public(job: Job, release_id: str, name: str) -> Iterator[Stored]:
    """A release's public tables: from its Parquet files, from its database if one lacks."""
    folder = job.releases.path(release_id)
    if all((folder / EXPORTS / f"{t.name}.parquet").is_file() for t in KEYED):
        yield kept(job.connection, folder / EXPORTS)
        return
    with attached(job.connection, {name: folder / PUBLIC_DB}):
        yield stored(job.connection, name)


def _others(job: Job, release_id: str, older: str) -> list[Served]:
    """Tables that may differ: what shares the file of its fingerprints does not."""
    prints = [
        [fingerprints.path(job.releases.path(name), t) for t in KEYED]
        for name in (release_id, older)
    ]
    return [
        table
        for table, new, old in zip(KEYED, *prints, strict=True)
        if not (new.is_file() and old.is_file() and new.samefile(old))
    ]


def _found(
    job: Job, new: Stored, old: Stored, tables: Iterable[Served]
) -> Iterator[Found]:
    today = literal(job.info.today.isoformat())
    for table in tables:
        if {"uscc", key_column(table.name)} <= old.of(table.name):
            for statement in (_removed, _shortened):
                for row in stream(job.connection, statement(table, new, old, today)):
                    yield table, *row


def _removed(table: Served, new: Stored, old: Stored, today: str) -> str:
    """Rows that are gone for a reason in law; those that expired hide by themselves."""
    key, open_on = key_column(table.name), ""
    if TIME_LIMIT in old.of(table.name):
        open_on = f"AND (o.{TIME_LIMIT} IS NULL OR o.{TIME_LIMIT} >= DATE {today})"
    return f"""
        SELECT o.{key}, o.uscc, coalesce(r.reason, e.reason)
        FROM {old.place(table.name)} AS o
        ANTI JOIN {new.place(table.name)} AS n ON n.{key} = o.{key}
        LEFT JOIN {REASONS} AS r ON r.record_id = o.{key}
        LEFT JOIN {REASONS} AS e ON e.record_id = o.uscc
        WHERE coalesce(r.reason, e.reason) IS NOT NULL {open_on}
        """


def _shortened(table: Served, new: Stored, old: Stored, _today: str) -> str:
    """Rows whose publicity now ends earlier, or whose text was taken out."""
    have = old.of(table.name)
    emptied = [
        taken_out(c.name)
        for c in table.content
        if facts_of(c).kind is Kind.TEXT and c.name in have
    ]
    kinds = {"redaction": " OR ".join(emptied)}
    if TIME_LIMIT in have:
        kinds["repair"] = f"n.{TIME_LIMIT} < o.{TIME_LIMIT}"
    kinds = {kind: test for kind, test in kinds.items() if test}
    if not kinds or key_column(table.name) == "uscc":
        return "SELECT '', '', '' WHERE false"
    told = " ".join(f"WHEN {test} THEN '{kind}'" for kind, test in kinds.items())
    return f"""
        SELECT o.record_id, o.uscc, CASE {told} END
        FROM {old.place(table.name)} AS o
        JOIN {new.place(table.name)} AS n ON n.record_id = o.record_id
        WHERE {" OR ".join(f"({test})" for test in kinds.values())}
        """


def taken_out(column: str) -> str:
    """The SQL of whether a text was emptied, or starred where it was not before.

    Stars are counted where the texts differ, in few rows: of all it is most of the work.
    """
    was, now = f"o.{column}", f"n.{column}"
    stars = "length({0}) - length(translate({0}, '*＊', ''))"
    more = f"{stars.format(now)} > {stars.format(was)}"
    starred = f"{now} <> {was} AND {more} AND length({now}) <= length({was})"
    return f"({was} IS NOT NULL AND ({now} IS NULL OR ({starred})))"


def reason_of(key: str, code: str) -> str:
    """The SQL of the reason that a removed row has, ``NULL`` where there is none."""
    reason = f"SELECT reason FROM {REASONS} WHERE record_id = {{}}"
    return f"coalesce(({reason.format(key)}), ({reason.format(code)}))"
