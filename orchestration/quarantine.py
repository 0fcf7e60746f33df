"""``creditpark quarantine``: look at refused rows, hand them back, judge them once more.

Not here: why rows are refused (``assets.sources``) and what is said of them (``quality``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.printing import emit, json_option
from quality.contracts import records_of

STATES = ("open", "corrected", "released")
dataset_option = click.option("--dataset", help="Only one dataset.")
state_option = click.option(
    "--state", type=click.Choice(STATES), help="Only rows in this state."
)


@click.group()
def quarantine() -> None:
    """Rows that a rule refused: kept, with rule and reason."""


@quarantine.command("list")
@dataset_option
@state_option
@click.option("--by-rule", is_flag=True, help="How many rows each rule refused.")
@json_option
@click.pass_obj
@guarded
def quarantine_list(
    obj: Any, dataset: str | None, state: str | None, by_rule: bool, as_json: bool
) -> None:
    """Quarantined rows: number, state, dataset, batch, row, rule, column, value."""
    from assets.sources import refused  # noqa: PLC0415

    found = _entries(obj, dataset, state)
    rows = refused.summary(found) if by_rule else [_brief(e) for e in found]
    emit(obj.console, rows, as_json=as_json, empty="Nothing is quarantined")


@quarantine.command("show")
@click.argument("number")
@json_option
@click.pass_obj
@guarded
def quarantine_show(obj: Any, number: str, as_json: bool) -> None:
    """One quarantined row by its number: every reason, and the line as it was sent."""
    found = [e for e in _entries(obj, None, None) if e.id.startswith(number)]
    if not found:
        raise click.ClickException(
            f"no quarantined row {number!r}: see quarantine list"
        )
    first = found[0]
    shown = _brief(first) | {
        "received_on": first.received_on,
        "reasons": [
            {
                "rule_id": e.rule_id,
                "column": e.column,
                "value": e.value,
                "message": e.message,
            }
            for e in found
            if e.id == first.id
        ],
        "raw": json.loads(first.raw),
    }
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
        return
    for name, value in shown.items():
        text = (
            json.dumps(value, ensure_ascii=False, indent=1)
            if name in {"reasons", "raw"}
            else value
        )
        click.echo(f"{name}: {text}")


@quarantine.command("export")
@dataset_option
@click.option("--agency", help="Only one agency.")
@state_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
@guarded
def quarantine_export(
    obj: Any, dataset: str | None, agency: str | None, state: str | None, file: Path
) -> None:
    """Write the agency's own rows with the reasons, as XLSX, for it to mend.

    Mended rows come back by the normal path. Where the agency leaves the column 隔离编号 in
    its file, or the row has the key of the refused one, the entry is closed by it.
    """
    from assets.sources import refused  # noqa: PLC0415

    found = [
        e for e in _entries(obj, dataset, state or "open") if agency in {None, e.agency}
    ]
    file.write_bytes(refused.sheet(found))
    rows = len({(e.dataset, e.batch_id, e.row_number) for e in found})
    click.echo(f"{file}: {rows} rows, {len(found)} reasons")


@quarantine.command("replay")
@dataset_option
@json_option
@click.pass_obj
@guarded
def quarantine_replay(obj: Any, dataset: str | None, as_json: bool) -> None:
    """Judge open rows once more, after a rule, a code list or a declaration changed."""
    from assets.sources import gate, refused  # noqa: PLC0415
    from orchestration.holding import sole_writer  # noqa: PLC0415
    from orchestration.places import make_lake, make_setup  # noqa: PLC0415
    from quality.contracts import metadata  # noqa: PLC0415

    setup, lake = make_setup(obj.settings), make_lake(obj.settings)
    rows = []
    with sole_writer(obj.settings.home):
        for name in _datasets(obj, dataset):
            landed = {b.id for b in refused.replay(lake.landing, lake.records, name)}
            split = (
                gate.split_new(lake, setup, metadata.tables[name])
                if landed
                else gate.Split()
            )
            done = [r for r in split.receipts if r.batch in landed]
            if done:
                judged, accepted = (
                    sum(r.rows_in for r in done),
                    sum(r.accepted for r in done),
                )
                rows.append(
                    {
                        "dataset": name,
                        "judged": judged,
                        "released": accepted,
                        "still_refused": judged - accepted,
                    }
                )
    emit(obj.console, rows, as_json=as_json, empty="Nothing is open")


def _entries(obj: Any, dataset: str | None, state: str | None) -> Sequence[Any]:
    from assets.sources import refused  # noqa: PLC0415
    from orchestration.places import make_lake  # noqa: PLC0415

    lake = make_lake(obj.settings)
    names = _datasets(obj, dataset)
    return [e for name in names for e in refused.entries(lake.records, name, state)]


def _datasets(obj: Any, dataset: str | None) -> list[str]:
    from orchestration.places import make_setup  # noqa: PLC0415

    agencies = make_setup(obj.settings).sources.agencies
    names = [t.name for agency in agencies for t in records_of(agency)]
    if dataset is None:
        return names
    if dataset not in names:
        raise click.ClickException(f"no dataset {dataset!r}; one of {', '.join(names)}")
    return [dataset]


def _brief(entry: Any) -> dict[str, Any]:
    told = asdict(entry)
    wanted = (
        "id",
        "state",
        "dataset",
        "batch_id",
        "row_number",
        "rule_id",
        "column",
        "value",
    )
    return {name: told[name] for name in wanted}
