"""Building a release: staging, gates, diff, papers, checksums, pointer.

Everything happens in a staging folder; the finished folder is renamed and the pointer
replaced last, so that whatever goes wrong before leaves the old release serving. Not
here: what each step does (one module each beside this one).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb

from publish.release import (
    carrying,
    catalogue,
    changes,
    databases,
    delta,
    exports,
    gates,
    moves,
    package,
    prune,
    seal,
    terms,
    withdrawals,
)
from publish.release.candidate import candidate
from publish.release.changes import Side
from publish.release.engine import attached, kept, load_extensions, stored
from publish.release.errors import GateFailure, UnknownReleaseError
from publish.release.files import (
    digest,
    digest_all,
    exclusively,
    forget,
    sync,
    sync_tree,
    write_json,
)
from publish.release.job import Checkpoint, Content, Job
from publish.release.layout import ALL, PUBLIC
from publish.release.model import Diff, Limits, Release, ReleaseInfo, TableDiff
from publish.release.names import (
    AUTHORISED_DB,
    CATALOGUE,
    DATA_PACKAGE,
    DIFF,
    EXPORTS,
    FINGERPRINTS,
    MANIFEST,
    PUBLIC_DB,
    QUALITY_REPORT,
    REPLACED,
    SCRATCH,
    STAGING,
)
from publish.release.splicing import Before
from publish.release.store import Releases, Version

# Databases are attached under these names.
NEW, OLD, PUBLIC_SIDE = "release_new", "release_old", "release_public"


def build_release(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, str],
    info: ReleaseInfo,
    folder: Path,
    *,
    limits: Limits | None = None,
    checkpoint: Checkpoint = lambda _step: None,
) -> Release:
    """Publish the relations as a new release, or say that nothing is new.

    Args:
        connection: where the relations live; each is read once.
        relations: contract table (``public_*``, ``authorised_*``) to relation name.
        info: what the data do not tell.
        folder: where releases stand; made if absent.
        limits: bounds of the gates.
        checkpoint: told the name of each step done; tests kill the process there.

    Raises:
        ReleaseRefusedError: gates refused it; the old release serves on.
        RelationError: a relation or column is missing.
        ReleaseBusyError: another build is under way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with exclusively(folder):
        _sweep(folder, STAGING, SCRATCH, REPLACED)
        staging, scratch = (
            Path(tempfile.mkdtemp(prefix=name, dir=folder))
            for name in (STAGING, SCRATCH)
        )
        job = Job(
            *(connection, relations, info, limits or Limits()),
            *(Releases(folder), staging, scratch, checkpoint),
        )
        try:
            return _build(job)
        finally:
            for place in (staging, scratch):
                shutil.rmtree(place, ignore_errors=True)


def _sweep(folder: Path, *prefixes: str) -> None:
    """Remove what killed builds left behind, and what made way."""
    for prefix in prefixes:
        for left in folder.glob(f"{prefix}*"):
            shutil.rmtree(left)


def _build(job: Job) -> Release:
    job.checkpoint("started")
    load_extensions(job.connection)
    withdrawals.load(job)
    previous = _previous(job.releases)
    last = carrying.base(job, previous)
    content = databases.write(job, last)
    if content.id == previous:
        return _unchanged(job, content)
    with ThreadPoolExecutor(2) as beside:
        judged = beside.submit(_judged, job, content)
        # The disk has time for them now; at the end everything waits for it.
        synced = [beside.submit(sync, p) for p in (job.public, job.authorised)]
        try:
            _export(job, content, last)
        finally:  # what a gate refuses tells more than the export that broke on it
            _judge(job, judged.result())
        for one in synced:
            one.result()  # a disk tells once that it could not keep something
    diff = _derive(job, content, previous, comparable=last is not None)
    _papers(job, content, diff)
    _publish(job, content, diff)
    return Release(
        *(content.id, job.releases.path(content.id), content.sha256),
        *(content.counts, diff),
        switched=True,
        unchanged=False,
        carried=tuple(content.deltas),
    )


def _previous(releases: Releases) -> str | None:
    """The serving release, if it is whole; a damaged one is nothing to build upon."""
    forget()
    current = releases.current()
    try:
        if current is None:
            return None
        digest_all(releases.path(current))
        return None if releases.verify(current, digest) else current
    except UnknownReleaseError:
        return None


def _unchanged(job: Job, content: Content) -> Release:
    """Nothing to publish; the older releases may still hold what expired since."""
    withdrawals.record(job, content.id)
    prune.older(job, content.id)
    return Release(
        *(content.id, job.releases.path(content.id), content.sha256, content.counts),
        Diff(content.id, {t.contract: TableDiff() for t in ALL}),
        switched=False,
        unchanged=True,
        carried=tuple(content.deltas),
    )


def _judged(job: Job, content: Content) -> tuple[GateFailure, ...]:
    """What the gates find; they read the two files and nothing else of the job."""
    before = _counts_before(job.releases)
    others = content.deltas.get(PUBLIC_DB)
    facts = (job.info, content.counts, before, job.limits)
    with candidate(job.staging, *facts, others=others) as trial:
        return gates.inspect(trial)


def _judge(job: Job, found: tuple[GateFailure, ...]) -> None:
    """Refuse what any gate refuses.

    Raises:
        ReleaseRefusedError: at least one of them refuses.
    """
    if failures := (*found, *withdrawals.failures(job)):
        raise job.refusal(failures)
    job.checkpoint("gates")


def _counts_before(releases: Releases) -> Mapping[str, int]:
    """Row counts of the serving release, from the history, even if it is damaged."""
    current = releases.current()
    try:
        return releases.version(current).counts if current else {}
    except UnknownReleaseError:
        return {}


def _export(job: Job, content: Content, last: carrying.Base | None) -> None:
    """Write the exports from the database itself, while the gates judge it."""
    same = [t for t in PUBLIC if last and t.contract in content.same]
    if last:
        exports.link(last.folder, job.staging, same)
    few = {n: d for n, d in content.deltas.items() if last and n == PUBLIC_DB}
    with (
        attached(job.connection, {PUBLIC_SIDE: job.public}),
        delta.opened(job.connection, few) as known,
    ):
        public = stored(job.connection, PUBLIC_SIDE)
        others = [t for t in PUBLIC if t not in same]
        before = _before(last, content.counts, known.get(PUBLIC_DB))
        exports.write(job.connection, public, job.staging, others, before)
    job.checkpoint("exports")


def _before(
    last: carrying.Base | None,
    total: Mapping[str, int],
    known: delta.Differences | None,
) -> Before | None:
    if last is None or known is None:
        return None
    return Before(last.folder, last.counts, total, known.now, known.were)


def _derive(
    job: Job, content: Content, previous: str | None, *, comparable: bool
) -> Diff:
    """Write the differences; of public tables from the Parquet made of the database."""
    files = {NEW: job.authorised}
    before = job.releases.path(previous) if previous else None
    if before:
        files[OLD] = before / AUTHORISED_DB
    with (
        attached(job.connection, files),
        delta.opened(job.connection, content.deltas) as known,
    ):
        new = _side(job, NEW, job.staging, comparable)
        old = _side(job, OLD, before, comparable) if before else None
        if old:
            new = replace(new, others={name: d.now for name, d in known.items()})
            old = replace(old, others={name: d.were for name, d in known.items()})
        tables = changes.compare(
            *(job.connection, new, old),
            today=job.info.today,
            folder=job.staging,
            same=content.same,
        )
        diff = Diff(
            previous, tables, *moves.write(job.connection, new, old, job.staging)
        )
    job.checkpoint("diff")
    return diff


def _side(job: Job, name: str, folder: Path, comparable: bool) -> Side:
    public = kept(job.connection, folder / EXPORTS)
    prints = kept(job.connection, folder / FINGERPRINTS) if comparable else None
    return Side(public, stored(job.connection, name), prints)


def _papers(job: Job, content: Content, diff: Diff) -> None:
    """Describe the release in files; the manifest comes last, it lists the others."""
    info, staging = job.info, job.staging
    digest_all(staging)
    terms.write(content.id, info, staging)
    described = package.descriptor(content.id, info, content.counts, staging)
    report = seal.quality_report(job.public, gates.GATES)
    write_json(staging / DATA_PACKAGE, described)
    write_json(staging / CATALOGUE, catalogue.descriptor(content.id, info, staging))
    write_json(staging / QUALITY_REPORT, report)
    write_json(staging / DIFF, seal.diff_document(content.id, diff))
    facts = {**content.facts(info), "previous": diff.previous}
    facts[carrying.MADE_BY] = carrying.made_by()
    manifest = seal.manifest(facts, info, content.counts, content.hashes, staging)
    write_json(staging / MANIFEST, manifest)


def _publish(job: Job, content: Content, diff: Diff) -> None:
    """Seal the folder, give it its name, note it in the history, switch to it."""
    version = Version(
        id=content.id,
        created=job.info.built_at.isoformat(),
        today=job.info.today.isoformat(),
        previous=diff.previous,
        content_sha256=content.sha256,
        counts=content.counts,
        seal=seal.checksums(job.staging),
    )
    job.staging.chmod(prune.READABLE)
    sync_tree(job.staging)
    job.checkpoint("sealed")
    _move(job, content.id)
    job.checkpoint("moved")
    job.releases.record(version)
    # Before the switch: once it serves, no older release may show what it withdrew.
    known = content.deltas.get(PUBLIC_DB)
    withdrawals.record(job, content.id, diff.previous, known)
    job.checkpoint("recorded")
    job.releases.switch(content.id, job.info.built_at)
    job.checkpoint("switched")
    prune.older(job, content.id)
    _sweep(job.releases.folder, REPLACED)


def _move(job: Job, release_id: str) -> None:
    """Rename staging; a folder of that name, killed or rolled back from, makes way."""
    target = job.releases.folder / release_id
    if target.exists():
        away = Path(tempfile.mkdtemp(prefix=REPLACED, dir=job.releases.folder))
        target.rename(away / release_id)
        job.checkpoint("replaced")
    job.staging.rename(target)
    sync(job.releases.folder)
