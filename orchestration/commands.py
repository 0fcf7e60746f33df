"""Commands that look things up or change releases.

Every table can be had as ``--json``. Not here: ``run`` and the servers (``cli``), keys
and audit (``bank_commands``).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from orchestration.case_commands import case
from orchestration.errors import guarded
from orchestration.honour_commands import honours
from orchestration.notice_commands import notice
from orchestration.printing import emit, json_option
from publish.release.store import Releases


@click.group()
def release() -> None:
    """Releases: what was published, and which one serves."""


@release.command("list")
@json_option
@click.pass_obj
@guarded
def release_list(obj: Any, as_json: bool) -> None:
    """Every release that is still there; the serving one is marked."""
    releases = Releases(obj.settings.releases)
    current = releases.current()
    rows = [
        {
            "serves": "*" if v.id == current else "",
            **asdict(v),
            "counts": sum(v.counts.values()),
        }
        for v in releases.list()
    ]
    emit(obj.console, rows, as_json=as_json, empty="No release yet: creditpark run")


@release.command("verify")
@click.argument("release_id", required=False)
@click.pass_obj
@guarded
def release_verify(obj: Any, release_id: str | None) -> None:
    """Compare a release's files with its checksums; exit 1 if one differs."""
    releases = Releases(obj.settings.releases)
    wanted = release_id or releases.current() or ""
    damages = releases.verify(wanted)
    for damage in damages:
        click.echo(f"{damage.path}: {damage.why}")
    if damages:
        raise click.ClickException(f"{wanted}: {len(damages)} files differ")
    click.echo(f"{wanted}: whole")


@release.command("rollback")
@click.argument("release_id")
@click.pass_obj
@guarded
def release_rollback(obj: Any, release_id: str) -> None:
    """Let an older release serve again; what was lawfully taken off stays hidden."""
    Releases(obj.settings.releases).rollback(release_id, obj.settings.clock.now())
    click.echo(f"{release_id} serves")


@release.command("diff")
@click.argument("release_id", required=False)
@click.pass_obj
@guarded
def release_diff(obj: Any, release_id: str | None) -> None:
    """What a release changed against the one before, as JSON."""
    releases = Releases(obj.settings.releases)
    folder = releases.path(release_id or releases.current() or "")
    click.echo((folder / "diff.json").read_text("utf-8"))


def add_commands(main: click.Group) -> None:
    """Hang everything here under ``creditpark``."""
    from orchestration.downgrade_commands import downgrade  # noqa: PLC0415
    from orchestration.identity import identity  # noqa: PLC0415
    from orchestration.measure_tables import measures  # noqa: PLC0415
    from orchestration.quarantine import quarantine  # noqa: PLC0415
    from orchestration.scorecards import scorecards  # noqa: PLC0415

    shown = (release, quarantine, identity, downgrade, scorecards)
    for command in (*shown, case, notice, honours, measures):
        main.add_command(command)
