"""Older releases after a switch: freed of what may no longer be shown, or let go.

A release that cannot be cleaned goes as a whole: better no history than an unlawful
one. The history (``versions.json``) keeps every line and says what was taken out. Not
here: the cleaning itself (``clean``).
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from publish.release import withdrawn
from publish.release.clean import Cleaning, clean, needed
from publish.release.files import sha256, sync, sync_tree
from publish.release.job import Job
from publish.release.names import REPLACED, STAGING, SUMS
from publish.release.store import Version

READABLE = 0o755  # a staging folder is private; a release is not
UNCLEANABLE = (OSError, KeyError, ValueError, sqlite3.Error, duckdb.Error)

log = logging.getLogger(__name__)


def older(job: Job, current: str) -> None:
    """Clean every older release that needs it and let go of more than are kept."""
    versions = [v for v in job.releases.list() if v.id != current]
    spare = max(0, len(versions) + 1 - job.limits.keep)
    for version in versions[:spare]:
        _let_go(job, version, "more releases than are kept")
    for version in versions[spare:]:
        _clean(job, version)


def _clean(job: Job, version: Version) -> None:
    folder = job.releases.path(version.id)
    gone = withdrawn.withdrawn_from(job.releases.folder, version.id)
    target = Path(tempfile.mkdtemp(prefix=STAGING, dir=job.releases.folder))
    work = Cleaning(folder, target, job.info.today, gone)
    try:
        if needed(work):
            _replace(job, version, work, clean(work, closed=True))
    except UNCLEANABLE as error:
        log.warning("release %s cannot be cleaned (%r)", version.id, error)
        _let_go(job, version, "could not be freed of expired records")
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _replace(
    job: Job, version: Version, work: Cleaning, pruned: Mapping[str, Any]
) -> None:
    """The clean copy takes the place of the release.

    The history first: were the process killed in between, the old folder would no
    longer match its seal, could not serve, and would be cleaned by the next build.
    """
    work.target.chmod(READABLE)
    sync_tree(work.target)
    seal = sha256(work.target / SUMS)
    job.releases.amend(replace(version, seal=seal, pruned=pruned))
    away = Path(tempfile.mkdtemp(prefix=REPLACED, dir=job.releases.folder))
    work.folder.rename(away / version.id)
    work.target.rename(work.folder)
    sync(job.releases.folder)
    shutil.rmtree(away)


def _let_go(job: Job, version: Version, why: str) -> None:
    told = {"on": job.info.today.isoformat(), "why": why}
    job.releases.amend(replace(version, removed=told))
    shutil.rmtree(job.releases.path(version.id))
