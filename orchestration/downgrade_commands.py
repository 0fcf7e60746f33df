"""``creditpark downgrade``: lower grades that wait, and what the office decides.

Not here: what follows from a decision (``assets.credit.governance``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.measure_commands import rows_of
from orchestration.printing import emit, json_option
from orchestration.registry import opened
from orchestration.settings import Settings
from publish.cases.machines import CONTESTED, Kind
from publish.cases.store import list_cases

by_option = click.option("--by", "made_by", required=True, help="Who decides.")
reason_option = click.option("--reason", required=True, help="On what it rests.")
subject_argument = click.argument("subject")
SHOWN = "subject, enterprise_name, letter, pending_letter, pending_state, stage, "
SHOWN += "told_on, objection_until, confirmed_on, reason_zh"


@click.group()
def downgrade() -> None:
    """Lower grades: announced, open to objection, confirmed before they take effect."""


@downgrade.command("list")
@json_option
@click.pass_obj
@guarded
def downgrade_list(obj: Any, as_json: bool) -> None:
    """Everything that waits, and what the law let take effect at once."""
    rows = _waiting(obj.settings)
    if as_json or not rows:
        emit(obj.console, rows, as_json=as_json, empty="No grade is to be lowered")
        return
    decided = _decided(obj.settings)
    for row in rows:
        for line in _told(row, decided.get(row["subject"])):
            # A subject is copied into the next command: no line is broken or coloured.
            obj.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _told(row: dict[str, Any], decision: Any) -> Iterator[str]:
    """A row as people read it: too much for a table on a terminal."""
    state = "" if row["pending_state"] == "graded" else f" ({row['pending_state']})"
    until = row["objection_until"]
    lawful = row["stage"] == "lawful"
    days = f" · objection until {until}" if until and not lawful else ""
    yield f"{row['subject']}  {row['enterprise_name']}"
    change = f"{row['letter']} → {row['pending_letter']}{state}"
    yield f"  {change} · {row['stage']}{days}"
    if decision:
        yield f"  decision {decision.id}: {decision.kind} on {decision.made_on}"
    if row["reason_zh"]:
        yield f"  {row['reason_zh']}"


def _objected(settings: Settings, subject: str) -> bool:
    """Whether an objection is open, also one that came after the last run."""
    registry, kind = opened(settings), Kind.OBJECTION
    return bool(list_cases(registry, kind=kind, states=CONTESTED, record_id=subject))


def _decided(settings: Settings) -> dict[str, Any]:
    from assets.credit.decisions import in_force, read  # noqa: PLC0415

    return {**in_force(read(settings.grade_decisions))}


@downgrade.command("confirm")
@subject_argument
@by_option
@reason_option
@click.pass_obj
@guarded
def downgrade_confirm(obj: Any, /, subject: str, made_by: str, reason: str) -> None:
    """Confirm one; it takes effect with the first run after the objection period."""
    row = _found(obj.settings, subject)
    if row["stage"] == "contested" or _objected(obj.settings, subject):
        raise click.ClickException(f"{subject}: an objection is open; answer it first")
    _decide(obj.settings, kind="confirm", subject=subject, by=(made_by, reason))


@downgrade.command("withhold")
@subject_argument
@by_option
@reason_option
@click.pass_obj
@guarded
def downgrade_withhold(obj: Any, /, subject: str, made_by: str, reason: str) -> None:
    """Decide that one does not take effect."""
    _found(obj.settings, subject)
    _decide(obj.settings, kind="withhold", subject=subject, by=(made_by, reason))


@downgrade.command("undo")
@subject_argument
@by_option
@reason_option
@click.pass_obj
@guarded
def downgrade_undo(obj: Any, /, subject: str, made_by: str, reason: str) -> None:
    """Take the decision in force about one back; all stay on record."""
    if subject not in _decided(obj.settings):
        raise click.ClickException(f"nothing is decided about {subject}")
    _decide(obj.settings, kind="undo", subject=subject, by=(made_by, reason))


@downgrade.command("decisions")
@json_option
@click.pass_obj
@guarded
def downgrade_decisions(obj: Any, as_json: bool) -> None:
    """Every decision ever made; those in force are marked."""
    from assets.credit.decisions import in_force, read  # noqa: PLC0415

    found = read(obj.settings.grade_decisions)
    standing = {d.id for d in in_force(found).values()}
    rows = [{"in_force": "*" if d.id in standing else ""} | asdict(d) for d in found]
    emit(obj.console, rows, as_json=as_json, empty="No decision yet")


def _decide(
    settings: Settings, *, kind: str, subject: str, by: tuple[str, str]
) -> None:
    from assets.credit.decisions import GradeDecision, append  # noqa: PLC0415

    made_by, reason = by
    decision = GradeDecision(
        kind=kind,
        subject=subject,
        made_on=settings.clock.today().isoformat(),
        made_by=made_by,
        reason=reason,
    )
    kept = append(settings.grade_decisions, decision)
    click.echo(f"decision {kept.id} is kept; it counts from the next run on")


def _found(settings: Settings, subject: str) -> dict[str, Any]:
    for row in _waiting(settings):
        if row["subject"] == subject and row["stage"] != "lawful":
            return row
    raise click.ClickException(
        f"{subject} does not wait: see `creditpark downgrade list`"
    )


def _waiting(settings: Settings) -> list[dict[str, Any]]:
    return rows_of(
        settings, f"SELECT {SHOWN} FROM downgrades ORDER BY subject", "downgrades"
    )
