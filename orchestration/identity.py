"""``creditpark identity``: who waits for review, and what the office decides.

Not here: the rules that need no decision (``assets.files``).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.measure_commands import rows_of
from orchestration.printing import emit, json_option
from orchestration.settings import Settings

by_option = click.option("--by", "made_by", required=True, help="Who decides.")
reason_option = click.option("--reason", required=True, help="On what it rests.")


@click.group()
def identity() -> None:
    """Parties whose enterprise is not certain: nobody is joined by a score."""


@identity.command("queue")
@json_option
@click.pass_obj
@guarded
def identity_queue(obj: Any, as_json: bool) -> None:
    """Parties that wait for review, each with its candidates, scores and reasons."""
    rows = _rows(obj.settings, "identity_candidates", "party_name, party_code, rank")
    emit(obj.console, rows, as_json=as_json, empty="Nobody waits for review")


@identity.command("join")
@click.argument("dataset")
@click.argument("party_code")
@click.argument("party_name")
@click.argument("uscc")
@by_option
@reason_option
@click.pass_obj
@guarded
def identity_join(obj: Any, /, uscc: str, **given: str) -> None:
    """Decide that a party of a dataset is a registered enterprise; from the next run on."""
    if uscc not in {r["uscc"] for r in _rows(obj.settings, "enterprises", "uscc")}:
        raise click.ClickException(f"{uscc} is not in the register")
    _decide(obj.settings, kind="join", uscc=uscc, **given)


@identity.command("separate")
@click.argument("dataset")
@click.argument("party_code")
@click.argument("party_name")
@by_option
@reason_option
@click.pass_obj
@guarded
def identity_separate(obj: Any, /, **given: str) -> None:
    """Decide that a party is none of the registered enterprises, whatever rule says so."""
    _decide(obj.settings, kind="separate", **given)


@identity.command("undo")
@click.argument("number", type=int)
@by_option
@reason_option
@click.pass_obj
@guarded
def identity_undo(obj: Any, number: int, made_by: str, reason: str) -> None:
    """Take a decision back; both stay on record."""
    _decide(obj.settings, kind="undo", undoes=number, made_by=made_by, reason=reason)


@identity.command("decisions")
@json_option
@click.pass_obj
@guarded
def identity_decisions(obj: Any, as_json: bool) -> None:
    """Every decision ever made; those in force are marked."""
    from assets.files.decisions import in_force, read  # noqa: PLC0415

    found = read(obj.settings.decisions)
    standing = {d.id for d in in_force(found).values()}
    rows = [{"in_force": "*" if d.id in standing else ""} | asdict(d) for d in found]
    emit(obj.console, rows, as_json=as_json, empty="No decision yet")


def _decide(settings: Settings, **given: Any) -> None:
    from assets.files.decisions import Decision, append  # noqa: PLC0415

    made_at = settings.clock.now().isoformat()
    kept = append(settings.decisions, Decision(made_at=made_at, **given))
    click.echo(f"decision {kept.id} is kept; it counts from the next run on")


def _rows(settings: Settings, table: str, order: str) -> list[dict[str, Any]]:
    return rows_of(settings, f"SELECT * FROM {table} ORDER BY {order}", table)
