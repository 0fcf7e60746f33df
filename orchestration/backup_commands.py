"""Commands about keeping: backup, restore, purge.

Not here: what they do (``orchestration.backup``, ``publish.registry.retention``).
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from orchestration.errors import BUSY, guarded
from orchestration.printing import emit, json_option

FILE = click.Path(path_type=Path, dir_okay=False)
KEEP_IT = (
    "It holds the registry and the keys that sign: keep it as secret as they are, and "
    "away from this machine."
)


@click.command()
@click.argument("file", type=FILE)
@click.option("--releases", is_flag=True, help="Take along what was published.")
@json_option
@click.pass_obj
@guarded
def backup(obj: Any, file: Path, *, releases: bool, as_json: bool) -> None:
    """Write what cannot be made again into one file, while all else goes on."""
    from orchestration.backup.making import back_up  # noqa: PLC0415

    _tell(obj, back_up(obj.settings, file, releases=releases), as_json=as_json)
    if not as_json:
        click.echo(f"{file}: written. {KEEP_IT}")


@click.command()
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only prove that the file is whole.")
@json_option
@click.pass_obj
@guarded
def restore(obj: Any, file: Path, *, check: bool, as_json: bool) -> None:
    """Put a backup into an empty home and an empty registry."""
    from orchestration.backup.archive import unpack  # noqa: PLC0415
    from orchestration.backup.restoring import restore as put_back  # noqa: PLC0415
    from orchestration.holding import AlreadyRunningError  # noqa: PLC0415

    try:
        manifest = unpack(file) if check else put_back(obj.settings, file)
    except AlreadyRunningError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(BUSY)
    _tell(obj, manifest, as_json=as_json)
    if not as_json:
        click.echo(f"{file}: {'whole' if check else 'restored; next: creditpark run'}")


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@json_option
@click.pass_obj
@guarded
def purge(obj: Any, *, dry_run: bool, as_json: bool) -> None:
    """Delete what the registry keeps of persons and banks past its period."""
    from publish.cases.machines import under_way  # noqa: PLC0415
    from publish.registry import retention  # noqa: PLC0415
    from publish.registry.engine import open_registry  # noqa: PLC0415

    registry = open_registry(obj.settings.registry)
    done = retention.purge(
        registry, obj.settings.clock, under_way(), really=not dry_run
    )
    registry.dispose()
    emit(obj.console, [asdict(p) for p in done], as_json=as_json, empty="")


def _tell(obj: Any, manifest: Any, *, as_json: bool) -> None:
    files, size = Counter[str](), Counter[str]()
    for name, entry in manifest.files.items():
        part = name.split("/")[0]
        files[part] += 1
        size[part] += entry.size
    rows = [{"part": p, "files": files[p], "bytes": size[p]} for p in files]
    emit(obj.console, rows, as_json=as_json, empty="It is empty.")


def add_backup_commands(main: click.Group) -> None:
    """Hang everything here under ``creditpark``."""
    main.add_command(backup)
    main.add_command(restore)
    main.add_command(purge)
