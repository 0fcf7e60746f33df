"""Writing the two databases of a release, whose content gives the release its name.

Not here: how tables are shaped (``ddl``) and rows read (``load``).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from publish.release import ddl, dictionary, load, search
from publish.release.engine import attached
from publish.release.errors import GateFailure
from publish.release.job import Content, Job
from publish.release.layout import AUTHORISED, PUBLIC, Served

STAGED = "release_staged"  # the name a database is attached under


def write(job: Job) -> Content:
    """Fill both databases, then add what needs the rows.

    While the authorised file is filled, the public one gets its search index and its
    description.

    Raises:
        ReleaseRefusedError: rows break their contract.
        RelationError: a relation or column is missing.
    """
    public_failures, public = _filled(job, job.public, PUBLIC)
    with ThreadPoolExecutor(1) as beside:
        finishing = None if public_failures else beside.submit(_finish_public, job)
        failures, authorised = _filled(job, job.authorised, AUTHORISED)
        if refused := (*public_failures, *failures):
            raise job.refusal(refused)
        content = _content({**public, **authorised}, job)
        describing = beside.submit(_describe_public, job, content)
        ddl.index(job.authorised, AUTHORISED)
        ddl.analyse(job.authorised)
        for step in (finishing, describing):
            if step:
                step.result()
    job.checkpoint("databases")
    return content


def _filled(
    job: Job, path: Path, tables: tuple[Served, ...]
) -> tuple[list[GateFailure], dict[str, tuple[int, str]]]:
    """Rows refused, and what stands in the file: rows and fingerprint by table."""
    ddl.create(path, tables)
    with attached(job.connection, {STAGED: path}, write=True):
        refused = load.load(job.connection, job.relations, tables, STAGED)
        return refused, load.measured(job.connection, tables, STAGED, job.staging)


def _finish_public(job: Job) -> None:
    search.write(job.public)
    ddl.index(job.public, PUBLIC)


def _describe_public(job: Job, content: Content) -> None:
    dictionary.write(job.public, {**job.info.sources, **content.facts(job.info)})
    ddl.analyse(job.public)


def _content(measured: Mapping[str, tuple[int, str]], job: Job) -> Content:
    hashes = {table: sha256 for table, (_count, sha256) in measured.items()}
    counts = {table: count for table, (count, _sha256) in measured.items()}
    sha256 = load.content_sha256(hashes)
    name = f"{job.info.today:%Y%m%d}-{sha256[:10]}"
    return Content(name, sha256, counts, hashes)
