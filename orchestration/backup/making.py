"""Making a backup while runs and the serving process go on writing.

The registry comes first, in one moment; then the folders, whose files are finished and
never changed. So everything the registry knew of stands in the landing beside it. Not
here: the archive's form (``archive``).
"""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from orchestration.backup.archive import BackupError, Manifest, Writer, writing
from orchestration.backup.parts import REGISTRY, configuration, parts
from orchestration.settings import Settings
from publish.registry.copying import Snapshot, snapshot
from publish.registry.engine import connect_registry

SUFFIX = ".jsonl"


def back_up(settings: Settings, path: Path, *, releases: bool = False) -> Manifest:
    """Write everything that cannot be made again into one file.

    Args:
        settings: the home and the registry.
        path: of the file; appears whole or not at all, readable by its owner alone.
        releases: whether what was published goes along.

    Raises:
        BackupError: there is nothing to back up, the name is taken, the disk is full, or
            a file changed under way.
    """
    if not settings.home.is_dir():
        raise BackupError(f"{settings.home} does not exist: nothing to back up")
    with writing(path) as archive:
        edition, rows = _registry(settings, archive, path.parent)
        for part in parts(settings, releases=releases):
            for name, file in part.files():
                _add(archive, name, file)
        for name, file in configuration(settings):
            _add(archive, name, file)
        return archive.seal(
            made_at=settings.clock.now().isoformat(),
            software=version("creditpark"),
            edition=edition,
            rows=rows,
        )


def _add(archive: Writer, name: str, path: Path) -> None:
    try:
        with path.open("rb") as source:
            archive.add(name, source)
    except FileNotFoundError as error:
        raise BackupError(f"{path} vanished under way: try again") from error


def _registry(
    settings: Settings, archive: Writer, folder: Path
) -> tuple[str | None, dict[str, int]]:
    engine = connect_registry(settings.registry)
    database = engine.url.database
    if engine.dialect.name == "sqlite" and not Path(str(database)).is_file():
        return None, {}
    try:
        with snapshot(engine) as moment:
            rows = {
                t.name: _table(moment, t.name, archive, folder) for t in moment.tables
            }
            return moment.edition, rows
    except SQLAlchemyError as error:
        raise BackupError(f"the registry cannot be read: {error}") from error
    finally:
        engine.dispose()


def _table(moment: Snapshot, name: str, archive: Writer, folder: Path) -> int:
    (table,) = (t for t in moment.tables if t.name == name)
    with tempfile.TemporaryFile(dir=folder) as file:
        count = -1  # the first line names the columns
        for line in moment.lines(table):
            file.write(line.encode())
            count += 1
        file.seek(0)
        archive.add(f"{REGISTRY}/{name}{SUFFIX}", file)
    return count
