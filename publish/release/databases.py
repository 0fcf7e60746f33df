"""Writing the two databases of a release, whose content gives the release its name.

Not here: how tables are shaped (``ddl``) and rows read (``load``).
"""

from __future__ import annotations

from collections.abc import Mapping

from publish.release import ddl, dictionary, load, search
from publish.release.engine import attached
from publish.release.errors import GateFailure
from publish.release.job import Content, Job
from publish.release.layout import AUTHORISED, PUBLIC

STAGED = "release_staged"  # the name a database is attached under


def write(job: Job) -> Content:
    """Fill both databases, then add what needs the rows.

    Raises:
        ReleaseRefusedError: rows break their contract.
        RelationError: a relation or column is missing.
    """
    refused: list[GateFailure] = []
    measured: dict[str, tuple[int, str]] = {}
    for path, tables in ((job.public, PUBLIC), (job.authorised, AUTHORISED)):
        ddl.create(path, tables)
        with attached(job.connection, {STAGED: path}, write=True):
            refused += load.load(job.connection, job.relations, tables, STAGED)
            measured |= load.measured(job.connection, tables, STAGED)
    if refused:
        raise job.refusal(tuple(refused))
    content = _content(job, measured)
    _complete(job, content)
    return content


def _content(job: Job, measured: Mapping[str, tuple[int, str]]) -> Content:
    hashes = {table: sha256 for table, (_count, sha256) in measured.items()}
    counts = {table: count for table, (count, _sha256) in measured.items()}
    sha256 = load.content_sha256(hashes)
    name = f"{job.info.today:%Y%m%d}-{sha256[:10]}"
    return Content(name, sha256, counts, hashes)


def _complete(job: Job, content: Content) -> None:
    """Indexes, dictionary and search tables."""
    search.write(job.public)
    dictionary.write(job.public, {**job.info.sources, **content.facts(job.info)})
    ddl.index(job.public, PUBLIC)
    ddl.index(job.authorised, AUTHORISED)
    job.checkpoint("databases")
