"""Putting a backup into an empty home and an empty registry.

Everything is unpacked beside its place and verified before anything is used. Not here:
what the next run makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from orchestration.backup.archive import BackupError, Manifest, unpack
from orchestration.backup.making import SUFFIX
from orchestration.backup.parts import LAKE, REGISTRY, SIGNING
from orchestration.holding import LOCK, STEPS, sole_writer
from orchestration.lake.atomic import PARTIAL, staging
from orchestration.lake.landing import MANIFEST
from orchestration.lake.store import Store
from orchestration.lake.tables import POINTER
from orchestration.places import make_store
from orchestration.settings import Settings
from publish.registry.copying import (
    RegistryNotEmptyError,
    RegistryTextError,
    fill,
    require_empty,
)
from publish.registry.engine import connect_registry
from publish.registry.schema import RegistryEditionError
from publish.release.files import sync_tree


def restore(settings: Settings, path: Path) -> Manifest:
    """Put an archive's files into the home and its rows into the registry.

    Args:
        settings: a home that is empty or absent, a registry without tables.
        path: of the archive.

    Raises:
        BackupError: the archive is damaged, or home or registry is not empty.
        AlreadyRunningError: a run writes to the home.
    """
    _require_empty_home(settings.home)
    lake = make_store(settings)
    if not lake.is_empty():
        raise BackupError(f"{settings.lake} is not empty: restore elsewhere")
    with sole_writer(settings.home), staging(settings.home, "restore") as folder:
        manifest = unpack(path, folder)
        if (folder / SIGNING).is_dir():
            (folder / SIGNING).chmod(0o700)
        try:
            _fill(settings, manifest, folder / REGISTRY)
        except (
            *(RegistryEditionError, RegistryNotEmptyError, RegistryTextError),
            SQLAlchemyError,
        ) as error:
            raise BackupError(f"the registry was not restored: {error}") from error
        sync_tree(folder)
        _move(folder, settings.home, lake)
    return manifest


def _require_empty_home(home: Path) -> None:
    held = sorted(p.name for p in home.iterdir()) if home.is_dir() else []
    if any(name.startswith(PARTIAL) for name in held):
        raise BackupError(f"a restore was killed in {home}: empty it and restore again")
    if {*held} - {LOCK, STEPS}:
        raise BackupError(f"{home} is not empty ({held[0]}, …): restore elsewhere")


def _fill(settings: Settings, manifest: Manifest, folder: Path) -> None:
    if manifest.edition is None:
        return
    engine = connect_registry(settings.registry)
    try:
        require_empty(engine)
        with ExitStack() as stack:
            tables = {
                name: stack.enter_context(file.open(encoding="utf-8"))
                for name, file in _tables(folder)
            }
            fill(engine, manifest.edition, tables)
    finally:
        engine.dispose()


def _tables(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        yield path.name.removesuffix(SUFFIX), path


def _move(folder: Path, home: Path, lake: Store) -> None:
    for path in sorted(folder.iterdir()):
        if path.name == LAKE:
            lake.keep_folder("", path, (MANIFEST, POINTER))
        elif path.name != REGISTRY:
            path.rename(home / path.name)
