"""``creditpark case``: what staff do for cases, at their desks and at the counter.

Not here: what a step means (``publish.cases``), letters (``notice_commands``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from orchestration.errors import guarded
from orchestration.printing import emit, json_option
from orchestration.registry import opened
from orchestration.settings import Settings
from publish.access.enterprise_keys import issue_key
from publish.cases import actions, commitments, objections, records, repair
from publish.cases.eligibility import guidance
from publish.cases.machines import OPEN, Kind
from publish.cases.model import Case, CaseError, Record
from publish.cases.papers import Upload
from publish.cases.store import find_case, list_cases
from publish.cases.timeline import timeline
from publish.notices.outbox import name_known
from publish.registry import authorisations
from publish.release.store import Releases
from quality.working_days import CalendarEndsError

DAY = click.DateTime(["%Y-%m-%d"])
by_option = click.option(
    "--by", required=True, help="Who acts: a desk or a role, no person's name."
)
words_option = click.option(
    "--words", required=True, help="What is asked, in the enterprise's words."
)
paper_option = click.option(
    "--paper",
    "papers",
    multiple=True,
    metavar="MATERIAL=FILE",
    help="A PDF, JPEG or PNG: proof=…, promise=… or evidence=…; may be repeated.",
)


@click.group()
def case() -> None:
    """Repair, objections, commitments, authorisations."""


@case.command("list")
@click.option(
    "--kind", type=click.Choice([k.value for k in Kind]), help="Only one kind."
)
@click.option("--uscc", help="Only one enterprise.")
@click.option("--all", "closed", is_flag=True, help="Closed cases too.")
@json_option
@click.pass_obj
@guarded
def case_list(
    obj: Any, kind: str | None, uscc: str | None, closed: bool, as_json: bool
) -> None:
    """Cases with the last day for the next step."""
    registry, today = opened(obj.settings), obj.settings.clock.today()
    found = list_cases(registry, kind=Kind(kind) if kind else None, uscc=uscc)
    wanted = [c for c in found if closed or c.state in OPEN[c.kind]]
    rows = [_row(c, today) for c in wanted]
    emit(obj.console, rows, as_json=as_json, empty="No cases")


@case.command("show")
@click.argument("case_id")
@json_option
@click.pass_obj
@guarded
def case_show(obj: Any, case_id: str, as_json: bool) -> None:
    """A case's whole history, and what may be done next."""
    found = find_case(opened(obj.settings), case_id)
    rows = [asdict(e) for e in found.history]
    if not as_json:
        obj.console.print(f"{found.id} {found.kind} {found.uscc}: {found.state}")
        obj.console.print(found.request)
        obj.console.print(f"about: {_about(found)}")
        named = ", ".join(f"{p.material} {p.name}" for p in found.papers)
        obj.console.print(f"papers: {named or 'none'}")
        steps = ", ".join(m.action for m in found.moves()) or "nothing"
        obj.console.print(f"next: {steps}; by {_due(found)}")
    emit(obj.console, rows, as_json=as_json, empty="")


@case.command("timeline")
@click.argument("uscc")
@json_option
@click.pass_obj
@guarded
def case_timeline(obj: Any, uscc: str, as_json: bool) -> None:
    """All that was done about an enterprise: steps, letters, recalls, consents, looks."""
    registry = opened(obj.settings)
    rows = [line.plain() for line in timeline(registry, uscc)]
    emit(obj.console, rows, as_json=as_json, empty=f"Nothing was done about {uscc}")


@case.command("records")
@click.argument("uscc")
@json_option
@click.pass_obj
@guarded
def case_records(obj: Any, uscc: str, as_json: bool) -> None:
    """Which records of an enterprise can be repaired, from when, and until when."""
    settings: Settings = obj.settings
    about = list_cases(opened(settings), uscc=uscc)
    told = [
        guidance(record, about, settings.clock.today())
        for record in records.guided(_folder(settings), uscc)
    ]
    rows = [
        {
            "record": g.record.record_id,
            "kind": g.record.kind,
            "title": g.record.title,
            "decided_on": g.record.decided_on,
            "repair": g.reason,
            "opens_on": g.opens_on,
            "ends_on": g.ends_on,
            "hand_in": ", ".join(m.code for m in g.materials),
        }
        for g in told
    ]
    emit(obj.console, rows, as_json=as_json, empty="No record needs repair")


@case.command("apply")
@click.argument("uscc")
@click.argument("record_id")
@words_option
@paper_option
@click.option("--promise", is_flag=True, help="The standard promise was signed.")
@by_option
@click.pass_obj
@guarded
def case_apply(
    obj: Any,
    *,
    uscc: str,
    record_id: str,
    words: str,
    papers: Sequence[str],
    promise: bool,
    by: str,
) -> None:
    """Take an application for repair at the counter."""
    settings: Settings = obj.settings
    made = repair.apply_for_repair(
        opened(settings),
        settings.clock,
        _record(settings, uscc, record_id),
        party_name=records.name_of(_folder(settings), uscc),
        request=words,
        papers=uploads(papers),
        promises=promise,
        actor=f"staff:{by}",
    )
    click.echo(made.id)


@case.command("object")
@click.argument("uscc")
@click.argument("record_id")
@words_option
@paper_option
@by_option
@click.pass_obj
@guarded
def case_object(
    obj: Any, *, uscc: str, record_id: str, words: str, papers: Sequence[str], by: str
) -> None:
    """Take an objection at the counter; the record is marked at once."""
    settings: Settings = obj.settings
    made = objections.object_to(
        opened(settings),
        settings.clock,
        _record(settings, uscc, record_id),
        request=words,
        papers=uploads(papers),
        actor=f"staff:{by}",
    )
    click.echo(made.id)


@case.command("move")
@click.argument("case_id")
@click.argument("action")
@click.option("--note", default="", help="Reason, what lacks, or what was not kept.")
@click.option("--handling", default="", help="How a breach is handled.")
@paper_option
@by_option
@click.pass_obj
@guarded
def case_move(
    obj: Any,
    *,
    case_id: str,
    action: str,
    note: str,
    handling: str,
    papers: Sequence[str],
    by: str,
) -> None:
    """Do one step of a case: see `creditpark case show` for what may be done."""
    settings: Settings = obj.settings
    registry = opened(settings)
    uscc = find_case(registry, case_id).uscc
    moved = actions.act(
        registry,
        settings.clock,
        case_id,
        action,
        actor=f"staff:{by}",
        name=_name(settings, registry, uscc),
        note=note,
        handling=handling,
        papers=uploads(papers),
    )
    click.echo(f"{moved.id} {moved.state}")


@case.command("commit")
@click.argument("uscc")
@click.option("--kind", default="voluntary", show_default=True, help="commitment_kind.")
@click.option("--reason", required=True, help="On what occasion.")
@click.option("--content", required=True, help="What is promised.")
@click.option("--liability", required=True, help="What follows from a breach.")
@click.option("--until", type=DAY, help="Last day it is to be kept.")
@click.option(
    "--publication", default="public", show_default=True, help="publication_kind."
)
@by_option
@click.pass_obj
@guarded
def case_commit(
    obj: Any, /, uscc: str, until: datetime | None, by: str, **said: str
) -> None:
    """Register a commitment."""
    settings: Settings = obj.settings
    promise = commitments.Promise(
        uscc=uscc,
        party_name=records.name_of(_folder(settings), uscc),
        kind=said["kind"],
        reason=said["reason"],
        content=said["content"],
        breach_liability=said["liability"],
        committed_on=settings.clock.today(),
        valid_to=until.date() if until else None,
        publication=said["publication"],
    )
    registry = opened(settings)
    click.echo(
        commitments.register(registry, settings.clock, promise, actor=f"staff:{by}")
    )


@case.command("key")
@click.argument("uscc")
@click.pass_obj
@guarded
def case_key(obj: Any, uscc: str) -> None:
    """Issue an enterprise's key to its own pages; older ones end, it is shown once."""
    settings: Settings = obj.settings
    records.name_of(_folder(settings), uscc)
    registry = opened(settings)
    click.echo(issue_key(registry, settings.clock, uscc).text)


@case.command("authorise")
@click.argument("uscc")
@click.option("--bank", required=True, help="The bank's USCC.")
@click.option(
    "--item", "items", multiple=True, required=True, help="authorisation_item."
)
@click.option("--purpose", required=True, help="What the bank may look for.")
@click.option("--until", type=DAY, required=True, help="Last day.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="The signed consent; its hash is kept.",
)
@click.option("--signed-by", required=True, help="Role of the signatory.")
@click.pass_obj
@guarded
def case_authorise(
    obj: Any,
    *,
    uscc: str,
    bank: str,
    items: Sequence[str],
    purpose: str,
    until: datetime,
    evidence: Path,
    signed_by: str,
) -> None:
    """Record an enterprise's written consent to a bank."""
    settings: Settings = obj.settings
    made = authorisations.grant(
        opened(settings),
        settings.clock,
        uscc=uscc,
        bank_uscc=bank,
        items=items,
        purpose=purpose,
        last_day=until.date(),
        signed_by=signed_by,
        method=authorisations.Method.PAPER,
        evidence_sha256=hashlib.sha256(evidence.read_bytes()).hexdigest(),
    )
    click.echo(made.id)


@case.command("authorisations")
@click.option("--uscc", help="Only one enterprise.")
@click.option("--bank", help="Only one bank.")
@json_option
@click.pass_obj
@guarded
def case_authorisations(
    obj: Any, uscc: str | None, bank: str | None, as_json: bool
) -> None:
    """Who may look at what, and until when."""
    registry, now = opened(obj.settings), obj.settings.clock.now()
    found = authorisations.list_authorisations(registry, uscc=uscc, bank_uscc=bank)
    rows = [
        {
            "id": a.id,
            "uscc": a.uscc,
            "bank": a.bank_uscc,
            "items": " ".join(sorted(a.items)),
            "purpose": a.purpose,
            "state": a.state(now),
            "expires_at": a.expires_at,
        }
        for a in found
    ]
    emit(obj.console, rows, as_json=as_json, empty="No authorisations")


@case.command("withdraw")
@click.argument("authorisation_id")
@by_option
@click.pass_obj
@guarded
def case_withdraw(obj: Any, authorisation_id: str, by: str) -> None:
    """End an authorisation from this moment on."""
    settings: Settings = obj.settings
    registry, who = opened(settings), f"staff:{by}"
    gone = authorisations.revoke(registry, settings.clock, authorisation_id, by=who)
    click.echo(f"{gone.id} ended {gone.revoked_at}")


def _row(found: Case, today: date) -> dict[str, Any]:
    due = _due(found)
    return {
        "id": found.id,
        "kind": found.kind.value,
        "uscc": found.uscc,
        "about": _about(found),
        "state": found.state,
        "opened_on": found.opened_on,
        "due_on": due,
        "overdue": isinstance(due, date) and due < today,
    }


def _about(found: Case) -> str:
    """The record; of the office's own cases the rule, the candidate."""
    if found.record:
        return found.record.record_id
    return " ".join(str(value) for value in found.about.values())


def _due(found: Case) -> date | str | None:
    try:
        return found.due_on()
    except CalendarEndsError as error:
        return str(error)


def _folder(settings: Settings) -> Path:
    releases = Releases(settings.releases)
    current = releases.current()
    if current is None:
        raise CaseError("no release yet: creditpark run")
    return releases.path(current)


def _name(settings: Settings, registry: Engine, uscc: str) -> str:
    """The name for the letter; a deregistered enterprise has left the release."""
    try:
        return records.name_of(_folder(settings), uscc)
    except records.UnknownRecordError:
        return name_known(registry, uscc)


def _record(settings: Settings, uscc: str, record_id: str) -> Record:
    return records.find_record(_folder(settings), uscc, record_id)


def uploads(papers: Sequence[str]) -> list[Upload]:
    """The files that were given as MATERIAL=FILE."""
    found = []
    for paper in papers:
        material, _, name = paper.partition("=")
        path = Path(name)
        if not name or not path.is_file():
            raise CaseError(
                f"--paper {paper}: write MATERIAL=FILE, and the file must be"
            )
        found.append(Upload(material, path.name, path.read_bytes()))
    return found
