"""Commitments and consents to banks that an enterprise gives itself, and its letters.

Not here: what follows from them.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from datasette import NotFound, Response

from publish.cases.commitments import Promise, register
from publish.cases.model import CaseError
from publish.notices.outbox import NoticeError, find_letter
from publish.notices.pages import page
from publish.notices.pdf import pdf
from publish.registry.authorisations import (
    ITEMS,
    SCOPE_VERSION,
    AuthorisationError,
    Method,
    find_authorisation,
    grant,
    revoke,
)
from publish.site.my.entrance import name_of
from publish.site.my.forms import Form
from publish.site.my.requests import ENTERPRISE, UNPROCESSABLE
from publish.site.my.session import Desk, for_enterprises, private
from publish.site.my.told import told
from publish.site.visit import SECURITY_HEADERS
from quality.contracts.codelists import code_list


@for_enterprises
async def commit(desk: Desk) -> Response:
    """``/my/commitment``: promise something in public."""
    form, error = desk.form or Form(), ""
    if desk.form:
        try:
            made = await desk.ask(_register, desk, form, await name_of(desk))
        except CaseError as wrong:
            error = told(desk.visit, wrong)
        else:
            return private(Response.redirect(f"/my/cases/{made}"))
    kinds = [c for c in code_list("commitment_kind") if c != "repair"]
    status = UNPROCESSABLE if error else 200
    return desk.page(
        "my_commitment.html", status=status, kinds=kinds, form=form, error=error
    )


@for_enterprises
async def authorise(desk: Desk) -> Response:
    """``/my/authorise``: let a bank look."""
    form, error = desk.form or _asked(desk), ""
    if desk.form:
        try:
            await desk.ask(_grant, desk, form)
        except (AuthorisationError, CaseError) as wrong:
            error = told(desk.visit, wrong)
        else:
            return private(Response.redirect("/my#consents"))
    return desk.page(
        "my_authorise.html",
        status=UNPROCESSABLE if error else 200,
        items=[*code_list(ITEMS)],
        form=form,
        error=error,
    )


@for_enterprises
async def withdraw(desk: Desk) -> Response:
    """``/my/authorisations/{id}/withdraw``: end it in this moment."""
    wanted = desk.visit.part("authorisation")
    try:
        found = await desk.ask(find_authorisation, desk.registry, wanted)
    except AuthorisationError as error:
        raise NotFound(wanted) from error
    if found.uscc != desk.uscc:
        raise NotFound(wanted)
    if desk.form:
        await desk.ask(revoke, desk.registry, desk.clock, wanted, by=ENTERPRISE)
    return private(Response.redirect("/my#consents"))


@for_enterprises
async def letter(desk: Desk) -> Response:
    """``/my/letters/{id}`` and ``….pdf``."""
    wanted = desk.visit.part("letter")
    number, dot, form = wanted.partition(".")
    try:
        found = await desk.ask(find_letter, desk.registry, number, desk.uscc)
    except NoticeError as error:
        raise NotFound(wanted) from error
    invented = desk.visit.words.release.get("invented") == "1"
    if dot and form == "pdf":
        body = await desk.ask(pdf, found, invented=invented)
        return private(Response(body, content_type="application/pdf"))
    html = Response.html(page(found, invented=invented), headers=dict(SECURITY_HEADERS))
    # A letter stands alone: its style is its own.
    html.headers["content-security-policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return private(html)


def _register(desk: Desk, form: Form, name: str) -> str:
    promise = Promise(
        uscc=desk.uscc,
        party_name=name,
        kind=form.text("kind"),
        reason=form.text("reason"),
        content=form.text("content"),
        breach_liability=form.text("liability"),
        committed_on=desk.clock.today(),
        valid_to=_day(form.text("until")),
    )
    return register(desk.registry, desk.clock, promise, actor=ENTERPRISE)


def _asked(desk: Desk) -> Form:
    """What a bank asked for, to be agreed to or changed."""
    form = Form()
    form.fields.update({n: desk.visit.argument(n, 200) for n in ("bank", "purpose")})
    form.several["items"] = desk.visit.argument("items", 400).split()
    return form


def _grant(desk: Desk, form: Form) -> Any:
    last_day = _day(form.text("until"))
    if last_day is None or form.text("agree") != "yes":
        raise AuthorisationError("give a last day, and agree")
    items = sorted(form.several.get("items", []))
    agreed = (desk.uscc, form.text("bank"), *items, form.text("purpose"))
    said = "\n".join((*agreed, last_day.isoformat(), SCOPE_VERSION))
    return grant(
        desk.registry,
        desk.clock,
        uscc=desk.uscc,
        bank_uscc=form.text("bank"),
        items=items,
        purpose=form.text("purpose"),
        last_day=last_day,
        signed_by=f"enterprise key {desk.key.prefix}",
        method=Method.WEB,
        evidence_sha256=hashlib.sha256(said.encode()).hexdigest(),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CaseError("write the day as YYYY-MM-DD") from error
