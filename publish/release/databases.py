"""Writing the two databases of a release, whose content gives the release its name.

Not here: how tables are shaped (``ddl``) and rows read (``load``).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from publish.release import carrying, ddl, dictionary, load, search
from publish.release.engine import attached
from publish.release.errors import GateFailure
from publish.release.job import Content, Job
from publish.release.layout import ALL, AUTHORISED, ENTRIES, PUBLIC, Served
from publish.release.names import AUTHORISED_DB, PUBLIC_DB

STAGED = "release_staged"  # the name a database is attached under


def write(job: Job, last: carrying.Base | None = None) -> Content:
    """Fill both databases, then add what needs the rows.

    While the authorised file is filled, the public one gets its search index and its
    description.

    Args:
        job: the build.
        last: the release to start from, where it can be.

    Raises:
        ReleaseRefusedError: rows break their contract.
        RelationError: a relation or column is missing.
    """
    public = _written(job, last, job.public, PUBLIC)
    with ThreadPoolExecutor(1) as beside:
        finishing = beside.submit(_finish_public, job, last, public)
        authorised = _written(job, last, job.authorised, AUTHORISED)
        if refused := (*public.refused, *authorised.refused):
            raise job.refusal(refused)
        content = _content(public, authorised, job)
        describing = beside.submit(_describe_public, job, content, public)
        _finish_authorised(job, authorised)
        finishing.result()
        describing.result()
    job.checkpoint("databases")
    return content


@dataclass(frozen=True)
class _Part:
    """One of the two files with its rows in: what was refused, what stands there."""

    refused: tuple[GateFailure, ...]
    measured: Mapping[str, tuple[int, str]]
    carried: carrying.Carried | None = None

    @property
    def others(self) -> list[str]:
        """Tables of a carried file whose rows are others than they were."""
        same = self.carried.same if self.carried else frozenset()
        return [t.name for t in ALL if t.contract in self.measured.keys() - same]


def _written(
    job: Job, last: carrying.Base | None, path: Path, tables: tuple[Served, ...]
) -> _Part:
    carried = carrying.carry(job, last, path, tables)
    if carried:
        job.checkpoint("carried")
        return _Part((), carried.measured, carried)
    ddl.create(path, tables)
    with attached(job.connection, {STAGED: path}, write=True):
        refused = load.load(job.connection, job.relations, tables, STAGED)
        measured = load.measured(job.connection, tables, STAGED, job.staging)
    return _Part(tuple(refused), measured)


def _finish_public(job: Job, last: carrying.Base | None, part: _Part) -> None:
    if part.refused:
        return
    if part.carried is None:
        search.write(job.public)
        ddl.index(job.public, PUBLIC)
    elif last and part.carried.delta.renamed:
        search.rewrite(job.public, last.folder / PUBLIC_DB)


def _describe_public(job: Job, content: Content, part: _Part) -> None:
    facts = {**job.info.sources, **content.facts(job.info)}
    if part.carried:
        dictionary.remove(job.public)
    dictionary.write(job.public, facts)
    _settle(job.public, part, *dictionary.TABLES, ENTRIES)


def _finish_authorised(job: Job, part: _Part) -> None:
    if part.carried is None:
        ddl.index(job.authorised, AUTHORISED)
    _settle(job.authorised, part)


def _settle(path: Path, part: _Part, *made: str) -> None:
    """Count what stands there; write it anew where something was taken out."""
    if part.carried is None:
        ddl.analyse(path)
    else:
        ddl.analyse(path, (*part.others, *made))  # of the others it knows already
        ddl.compact(path)


def _content(public: _Part, authorised: _Part, job: Job) -> Content:
    measured = {**public.measured, **authorised.measured}
    hashes = {table: sha256 for table, (_count, sha256) in measured.items()}
    counts = {table: count for table, (count, _sha256) in measured.items()}
    sha256 = load.content_sha256(hashes)
    name = f"{job.info.today:%Y%m%d}-{sha256[:10]}"
    files = {PUBLIC_DB: public.carried, AUTHORISED_DB: authorised.carried}
    carried = {file: part for file, part in files.items() if part}
    same = frozenset[str]().union(*(part.same for part in carried.values()))
    deltas = {file: part.delta for file, part in carried.items()}
    return Content(name, sha256, counts, hashes, same, deltas)
