"""``creditpark scorecards``: how the agencies deliver, for the offices.

Not here: the figures (``assets.sources.scorecards``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.printing import emit, json_option

NOTHING = "No scorecards yet: creditpark run"


@click.command()
@click.option("--agency", help="Only one agency, by its Chinese name.")
@click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the pages for the offices (scorecards, checks) into this folder.",
)
@json_option
@click.pass_obj
@guarded
def scorecards(obj: Any, agency: str | None, pages: Path | None, as_json: bool) -> None:
    """How complete, timely and clean each agency's deliveries are (government tier)."""
    from assets.sources.scorecards import SHOWN, shown  # noqa: PLC0415

    found = [c for c in _cards(obj) if agency in {None, c["agency"]}]
    if pages:
        _write(obj, found, pages)
    titles = [zh for _, zh, _ in SHOWN]
    rows = (
        found if as_json else [dict(zip(titles, shown(c), strict=True)) for c in found]
    )
    emit(obj.console, rows, as_json=as_json, empty=NOTHING)


def _cards(obj: Any) -> list[dict[str, Any]]:
    from assets.sources.scorecards import kept  # noqa: PLC0415
    from orchestration.places import make_lake  # noqa: PLC0415

    return kept(make_lake(obj.settings))


def _write(obj: Any, found: list[dict[str, Any]], folder: Path) -> None:
    from assets.sources.pages import alone, office_pages  # noqa: PLC0415
    from orchestration.places import make_lake  # noqa: PLC0415

    day = obj.settings.clock.today().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    made = office_pages(found, make_lake(obj.settings).documents(), day)
    for name, text in made.items():
        (folder / name).write_text(alone(name, text), "utf-8")
        click.echo(folder / name, err=True)
