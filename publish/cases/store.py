"""Reading and writing cases; every change is a step of the history, in one transaction.

Not here: what else a step does (``repair``, ``objections``, ``commitments``).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from publish.cases.machines import DECIDES, Kind, Move, Role, first_move, move_named
from publish.cases.model import (
    Case,
    CaseError,
    CaseEvent,
    ForbiddenMoveError,
    Paper,
    Record,
    UnknownCaseError,
)
from publish.cases.papers import Upload, attach
from publish.registry.case_tables import (
    attachments,
    case_attachments,
    case_events,
    cases,
)
from quality.clock import Clock

PREFIXES = {
    Kind.REPAIR: "XF",
    Kind.OBJECTION: "YY",
    Kind.COMMITMENT: "CN",
    Kind.WARNING: "YJ",
    Kind.HONOUR: "GS",
}
LONGEST_TEXT = 4000


def open_case(
    connection: Connection,
    clock: Clock,
    kind: Kind,
    *,
    uscc: str,
    request: str,
    record: Record | None,
    actor: str,
    papers: Sequence[Upload] = (),
    about: Mapping[str, Any] | None = None,
) -> str:
    """Open a case with its papers and its first step; gives its id.

    Raises:
        CaseError: there are no words, too many, or a paper cannot be taken.
    """
    words = request.strip()
    if not words or len(words) > LONGEST_TEXT:
        raise CaseError(f"say what is asked, in 1 to {LONGEST_TEXT} characters")
    first, made = first_move(kind), _number(clock, kind)
    values = {
        "id": made,
        "kind": kind.value,
        "uscc": uscc,
        "dataset": record and record.dataset,
        "record_id": record and record.record_id,
        "state": first.target,
        "request": words,
        "facts": record.as_json() if record else json.dumps(dict(about or {})),
        "opened_on": clock.today(),
    }
    connection.execute(insert(cases).values(values))
    for paper in papers:
        attach(connection, clock, made, paper)
    _write(connection, clock, made, first, before=None, actor=actor, note="")
    return made


def step(
    connection: Connection,
    clock: Clock,
    case_id: str,
    action: str,
    *,
    actor: str,
    note: str = "",
) -> Case:
    """Do one step; gives the case after it.

    Args:
        connection: within the caller's transaction.
        clock: dates the step.
        case_id: the case.
        action: a move's.
        actor: ``enterprise``, ``system`` or ``staff:<who>``.
        note: reason, list of what is lacking, number of the decision.

    Raises:
        UnknownCaseError: there is no such case.
        ForbiddenMoveError: state, role or a missing reason forbids it.
    """
    case = read(connection, case_id)
    move = _allowed(case, action, role_of(actor), note)
    values: dict[str, Any] = {"state": move.target}
    if action in DECIDES:
        values["decided_on"] = clock.today()
    unchanged = (cases.c.id == case_id) & (cases.c.state == case.state)
    done = connection.execute(update(cases).where(unchanged).values(values))
    if done.rowcount != 1:
        raise ForbiddenMoveError(f"{case_id} was moved by somebody else: look again")
    _write(connection, clock, case_id, move, before=case.state, actor=actor, note=note)
    return read(connection, case_id)


def read(connection: Connection, case_id: str) -> Case:
    """One case.

    Raises:
        UnknownCaseError: there is none.
    """
    row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise UnknownCaseError(f"no case {case_id!r}: see `creditpark case list`")
    return _case(connection, row)


def find_case(registry: Engine, case_id: str, uscc: str | None = None) -> Case:
    """One case; with ``uscc``, only if it is that enterprise's.

    Raises:
        UnknownCaseError: there is none, or it is another's.
    """
    with registry.connect() as connection:
        case = read(connection, case_id)
    if uscc is not None and case.uscc != uscc:
        raise UnknownCaseError(f"no case {case_id!r}")
    return case


def list_cases(
    registry: Engine,
    *,
    kind: Kind | None = None,
    uscc: str | None = None,
    states: Iterable[str] = (),
    record_id: str | None = None,
) -> list[Case]:
    """Cases that fit, oldest first."""
    with registry.connect() as connection:
        return cases_in(
            connection, kind=kind, uscc=uscc, states=states, record_id=record_id
        )


def cases_in(
    connection: Connection,
    *,
    kind: Kind | None = None,
    uscc: str | None = None,
    states: Iterable[str] = (),
    record_id: str | None = None,
) -> list[Case]:
    """The same within a transaction."""
    wanted = select(cases).order_by(cases.c.opened_on, cases.c.id)
    given = ((cases.c.kind, kind), (cases.c.uscc, uscc), (cases.c.record_id, record_id))
    for column, value in given:
        if value is not None:
            wanted = wanted.where(column == str(value))
    if states := [*states]:
        wanted = wanted.where(cases.c.state.in_(states))
    return [_case(connection, row) for row in connection.execute(wanted).all()]


def role_of(actor: str) -> Role:
    """Who an actor is.

    Raises:
        CaseError: nobody we know.
    """
    role, _, who = actor.partition(":")
    if role not in {r.value for r in Role} or (role == Role.STAFF and not who.strip()):
        raise CaseError(f"{actor!r} is nobody: write staff:<who>, enterprise or system")
    return Role(role)


def _allowed(case: Case, action: str, role: Role, note: str) -> Move:
    known = move_named(case.kind, action)
    if known is None or known not in case.moves():
        fitting = ", ".join(m.action for m in case.moves()) or "nothing"
        raise ForbiddenMoveError(
            f"{case.id} is {case.state}: {action} cannot be done, only {fitting}"
        )
    # Staff at the counter act for an enterprise that comes in person.
    if role is not known.role and not (role, known.role) == (
        Role.STAFF,
        Role.ENTERPRISE,
    ):
        raise ForbiddenMoveError(f"{action} is for {known.role}, not for {role}")
    if known.reasoned and not note.strip():
        raise ForbiddenMoveError(f"{action} needs a reason in words")
    if len(note) > LONGEST_TEXT:
        raise ForbiddenMoveError(f"at most {LONGEST_TEXT} characters")
    return known


def _write(
    connection: Connection,
    clock: Clock,
    case_id: str,
    move: Move,
    *,
    before: str | None,
    actor: str,
    note: str,
) -> None:
    of_case = case_events.c.case_id == case_id
    last = connection.scalar(select(func.max(case_events.c.number)).where(of_case))
    values = {
        "case_id": case_id,
        "number": (last or 0) + 1,
        "at": clock.now(),
        "day": clock.today(),
        "actor": actor,
        "action": move.action,
        "from_state": before,
        "to_state": move.target,
        "note": note.strip(),
    }
    connection.execute(insert(case_events).values(values))


def _case(connection: Connection, row: Row[Any]) -> Case:
    events, papers = case_events.c, case_attachments.c
    history = connection.execute(
        select(*[c for c in case_events.columns if c.name != "seq"])
        .where(events.case_id == row.id)
        .order_by(events.number)
    )
    attached = connection.execute(
        select(papers.material, papers.name, papers.sha256, attachments.c.size)
        .join(attachments, attachments.c.sha256 == papers.sha256)
        .where(papers.case_id == row.id)
        .order_by(papers.added_at, papers.name)
    )
    return Case(
        id=row.id,
        kind=Kind(row.kind),
        uscc=row.uscc,
        state=row.state,
        request=row.request,
        record=Record.of(json.loads(row.facts)) if row.record_id else None,
        about={} if row.record_id else json.loads(row.facts),
        opened_on=row.opened_on,
        decided_on=row.decided_on,
        history=[CaseEvent(**e._mapping) for e in history],
        papers=[Paper(**p._mapping) for p in attached],
    )


def _number(clock: Clock, kind: Kind) -> str:
    day: date = clock.today()
    return f"{PREFIXES[kind]}{day:%Y%m%d}{secrets.randbelow(10**6):06d}"
