"""Logging in and out, and the page an enterprise comes to.

Not here: sessions (``session``), forms about records (``requests``).
"""

from __future__ import annotations

from typing import Any

from datasette import Forbidden, Response

from publish.access import sessions
from publish.cases import records
from publish.cases.eligibility import guidance
from publish.cases.machines import OPEN, Kind
from publish.cases.model import Case
from publish.cases.store import list_cases
from publish.notices.outbox import list_letters
from publish.registry.authorisations import list_authorisations
from publish.site.my.looking import asked_of
from publish.site.my.session import (
    CSRF_FIELD,
    LOGIN,
    Desk,
    checked_form,
    for_enterprises,
    forget,
    log_in,
    private,
    remember,
)
from publish.site.visit import visit_of
from quality.clock import ZONE
from quality.working_days import CalendarEndsError

REFUSED = 403


async def login(datasette: Any, request: Any) -> Response:
    """``/my/login``."""
    wrong = False
    if request.method == "POST":
        form = await checked_form(request)
        key = await log_in(datasette, request, form.text("key"))
        if key is not None:
            response = private(Response.redirect("/my"))
            await remember(datasette, request, response, key)
            return response
        wrong = True
    v = await visit_of(datasette, request)
    token = request.scope[CSRF_FIELD]()
    status = REFUSED if wrong else 200
    return private(v.page("my_login.html", status=status, token=token, wrong=wrong))


@for_enterprises
async def logout(desk: Desk) -> Response:
    """``/my/logout``: a form, so that no link can log somebody out."""
    response = private(Response.redirect(LOGIN if desk.form else "/my"))
    if desk.form:
        await forget(desk, response)
    return response


@for_enterprises
async def end_others(desk: Desk) -> Response:
    """``/my/sessions/end``: every other browser is logged out, by whoever has the key.

    Raises:
        Forbidden: the key is not the one of this session.
    """
    if desk.form:
        key = await log_in(desk.datasette, desk.request, desk.form.text("key"))
        if key is None or key.uscc != desk.uscc:
            raise Forbidden("the key is wrong")
        await desk.ask(sessions.end_others, desk.registry, desk.session)
    return private(Response.redirect("/my#sessions"))


@for_enterprises
async def home(desk: Desk) -> Response:
    """``/my``: records and what can be done about each, cases, letters, consents."""
    about = await desk.ask(list_cases, desk.registry, uscc=desk.uscc)
    found = await desk.ask(records.guided, desk.folder, desk.uscc)
    today, now = desk.clock.today(), desk.clock.now()
    here = (desk.registry, desk.clock, desk.uscc)
    consents = await desk.ask(list_authorisations, desk.registry, uscc=desk.uscc)
    return desk.page(
        "my_home.html",
        name=await name_of(desk),
        downgrades=await desk.ask(records.waiting, desk.folder, desk.uscc),
        guidance=[guidance(record, about, today) for record in found],
        cases=[(c, due(c)) for c in reversed(about) if c.kind is not Kind.COMMITMENT],
        promises=[c for c in reversed(about) if c.kind is Kind.COMMITMENT],
        open_states={s for states in OPEN.values() for s in states},
        letters=await desk.ask(list_letters, desk.registry, desk.uscc),
        consents=[(a, a.state(now)) for a in reversed(consents)],
        asked=await asked_of(desk),
        sessions=[
            (one, one.began_at.astimezone(ZONE), one.seen_at.astimezone(ZONE))
            for one in await desk.ask(sessions.standing, *here)
        ],
    )


async def name_of(desk: Desk) -> str:
    """The enterprise's name; its code where the release does not know it."""
    try:
        return str(await desk.ask(records.name_of, desk.folder, desk.uscc))
    except records.UnknownRecordError:
        return desk.uscc


def due(case: Case) -> str:
    """The last day for the next step, where it is known."""
    try:
        day = case.due_on()
    except CalendarEndsError:
        return ""
    return day.isoformat() if day else ""
