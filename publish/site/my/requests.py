"""Asking for repair, objecting, and what an enterprise does within its cases.

Not here: whether it may (``publish.cases``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import NotFound, Response

from publish.cases import actions, objections, policy, records, repair
from publish.cases.eligibility import guidance
from publish.cases.machines import Kind, Role
from publish.cases.model import Case, CaseError, Record
from publish.cases.store import find_case, list_cases
from publish.site.my.entrance import due, name_of
from publish.site.my.forms import Form
from publish.site.my.session import Desk, for_enterprises, private
from publish.site.my.told import told

UNPROCESSABLE = 422
ENTERPRISE = Role.ENTERPRISE.value
Ask = Callable[[Desk, Record, Form], Awaitable[Case]]


@for_enterprises
async def ask_repair(desk: Desk) -> Response:
    """``/my/repair?record=``."""
    return await _request(desk, Kind.REPAIR, _apply)


@for_enterprises
async def ask_objection(desk: Desk) -> Response:
    """``/my/objection?record=``."""
    return await _request(desk, Kind.OBJECTION, _object)


@for_enterprises
async def show_case(desk: Desk) -> Response:
    """``/my/cases/{id}``: its history, and what the enterprise may do."""
    case = await _own(desk)
    error = ""
    if desk.form:
        try:
            case = await desk.ask(_act, desk, case, desk.form, await name_of(desk))
        except CaseError as wrong:
            error = told(desk.visit, wrong)
    return desk.page(
        "my_case.html",
        status=UNPROCESSABLE if error else 200,
        case=case,
        due=due(case),
        error=error,
        may=[m.action for m in case.moves(Role.ENTERPRISE)],
    )


async def _request(desk: Desk, kind: Kind, ask: Ask) -> Response:
    record = await _record(desk)
    form, error = desk.form or Form(), ""
    if desk.form:
        try:
            case = await ask(desk, record, form)
        except CaseError as wrong:
            error = told(desk.visit, wrong)
        else:
            return private(Response.redirect(f"/my/cases/{case.id}"))
    about = await desk.ask(list_cases, desk.registry, record_id=record.record_id)
    return desk.page(
        "my_request.html",
        status=UNPROCESSABLE if error else 200,
        kind=kind.value,
        record=record,
        guidance=guidance(record, about, desk.clock.today()),
        materials=policy.materials(kind, record.dataset),
        promise=policy.office()["promise"],
        words=form.text("words"),
        error=error,
    )


async def _apply(desk: Desk, record: Record, form: Form) -> Case:
    made: Case = await desk.ask(
        repair.apply_for_repair,
        desk.registry,
        desk.clock,
        record,
        party_name=await name_of(desk),
        request=form.text("words"),
        papers=form.uploads,
        promises=form.text("promise") == "yes",
        actor=ENTERPRISE,
    )
    return made


async def _object(desk: Desk, record: Record, form: Form) -> Case:
    made: Case = await desk.ask(
        objections.object_to,
        desk.registry,
        desk.clock,
        record,
        request=form.text("words"),
        papers=form.uploads,
        actor=ENTERPRISE,
    )
    return made


def _act(desk: Desk, case: Case, form: Form, name: str) -> Case:
    return actions.act(
        desk.registry,
        desk.clock,
        case.id,
        form.text("action"),
        actor=ENTERPRISE,
        name=name,
        note=form.text("note"),
        papers=form.uploads,
    )


async def _own(desk: Desk) -> Case:
    wanted = desk.visit.part("case")
    try:
        case: Case = await desk.ask(find_case, desk.registry, wanted, desk.uscc)
    except CaseError as error:
        raise NotFound(wanted) from error
    return case


async def _record(desk: Desk) -> Record:
    wanted: Any = desk.visit.argument("record")
    try:
        record: Record = await desk.ask(
            records.find_record, desk.folder, desk.uscc, wanted
        )
    except records.UnknownRecordError as error:
        raise NotFound(wanted) from error
    return record
