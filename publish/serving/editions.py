"""The files of a release as they may be handed out today.

As long as nothing in a release has expired or was withdrawn these are the sealed files
themselves. From then on every format is written anew without those rows, once a day, by
a process of its own (this one holds no SQL engine that writes Parquet and XLSX), so that
downloads stay lawful and complete though the pipeline be dead. Not here: what is left
out (``publish.release.clean``), sending files (``publish.site``).
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from publish.release.names import MANIFEST
from publish.release.withdrawn import withdrawn_from
from quality.clock import Clock

EDITIONS = "editions"
LONGEST = 900.0  # seconds that writing one edition may take
MAKER = "publish.release.clean"
_MAKING = ".making-"

log = logging.getLogger(__name__)


class EditionError(Exception):
    """Today's files of a release could not be made; none of them may be handed out."""


class Editions:
    """Finds or makes the day's files of releases.

    Args:
        home: ``CREDITPARK_HOME``; editions stand in ``<home>/editions``.
        clock: decides which rows have expired.
    """

    def __init__(self, home: Path, clock: Clock) -> None:
        self._releases = home / "releases"
        self._folder = home / EDITIONS
        self._clock = clock
        self._making: dict[str, asyncio.Task[Path]] = {}

    async def of(self, release_id: str) -> Path:
        """The folder whose public files may be handed out today.

        Raises:
            EditionError: it could not be made; the reason is in the log.
        """
        folder, today = self._releases / release_id, self._clock.today()
        gone = withdrawn_from(self._releases, release_id)
        cleaned = not gone or manifest_of(folder).get("cleaned_by") == gone.fingerprint
        if cleaned and not _ended(folder, today):
            return folder
        name = f"{release_id}-{today:%Y%m%d}-{gone.fingerprint}"
        if (self._folder / name).is_dir():
            return self._folder / name
        if name not in self._making:
            task = asyncio.ensure_future(self._make(folder, name, today))
            self._making[name] = task
            task.add_done_callback(lambda _done: self._making.pop(name, None))
        # A visitor who goes away does not stop what others wait for.
        return await asyncio.shield(self._making[name])

    async def _make(self, folder: Path, name: str, today: date) -> Path:
        try:
            await asyncio.to_thread(self._sweep, today)
            fresh = Path(tempfile.mkdtemp(prefix=_MAKING, dir=self._folder))
            await asyncio.to_thread(_run, folder, fresh, today)
            return _settled(fresh, self._folder / name)
        except (OSError, subprocess.SubprocessError) as error:
            told = getattr(error, "stderr", b"") or b""
            log.exception(
                "no files of %s today: %s", folder.name, told.decode()[-2000:]
            )
            raise EditionError(folder.name) from error

    def _sweep(self, today: date) -> None:
        """Editions of other days go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.iterdir():
            if f"-{today:%Y%m%d}-" not in old.name and not old.name.startswith("."):
                shutil.rmtree(old, ignore_errors=True)


def _run(folder: Path, fresh: Path, today: date) -> None:
    command = (sys.executable, "-m", MAKER, str(folder), str(fresh), today.isoformat())
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=LONGEST)  # noqa: S603
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _settled(fresh: Path, target: Path) -> Path:
    """Give the finished folder its name; another process may have been faster."""
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.is_dir():
            raise
    return target


def _ended(folder: Path, today: date) -> bool:
    ends = (facts["expires_on"] for facts in manifest_of(folder)["tables"].values())
    return any(end and end < today.isoformat() for end in ends)


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a release or an edition says about itself."""
    path = folder / MANIFEST
    return _manifest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _manifest(path: Path, _changed: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
