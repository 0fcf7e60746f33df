"""What banks ask of an enterprise.

Not here: granting and withdrawing (``consents``), who looked (``trail``).
"""

from __future__ import annotations

from datasette import NotFound, Response

from publish.registry import asked
from publish.site.my.session import Desk, for_enterprises, private


@for_enterprises
async def refuse(desk: Desk) -> Response:
    """``/my/requests/{id}/refuse``: tell a bank no; a later consent still counts."""
    wanted = desk.visit.part("request")
    if desk.form:
        args = (desk.registry, desk.clock, wanted, desk.uscc)
        if not await desk.ask(asked.refuse, *args):
            raise NotFound(wanted)
    return private(Response.redirect("/my#asked"))


async def asked_of(desk: Desk) -> list[tuple[asked.Asked, str]]:
    """What banks asked, each with the bank's name where it is known."""
    now = desk.clock.now()
    found = await desk.ask(asked.requests, desk.registry, now, uscc=desk.uscc)
    names = await desk.ask(asked.bank_names, desk.registry)
    return [(one, names.get(one.bank_uscc, "")) for one in found]
