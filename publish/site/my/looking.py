"""What banks ask of an enterprise, and who looked at its file.

Not here: granting and withdrawing (``consents``), the log itself (``publish.access``).
"""

from __future__ import annotations

from typing import Any

from datasette import NotFound, Response

from publish.access.audit import latest_lookers
from publish.registry import asked
from publish.registry.authorisations import ITEMS
from publish.site.my.session import Desk, for_enterprises, private
from quality.clock import ZONE
from quality.contracts.codelists import code_list

MOST = 200
REFUSED = 403


@for_enterprises
async def looked(desk: Desk) -> Response:
    """``/my/looked``: who looked, when, at what and why; the newest first."""
    rows = await desk.ask(latest_lookers, desk.registry, desk.uscc, MOST + 1)
    shown = [_look(desk, row) for row in rows[:MOST]]
    return desk.page(
        "my_looked.html", looks=shown, most=MOST, truncated=len(rows) > MOST
    )


def _look(desk: Desk, row: dict[str, Any]) -> dict[str, Any]:
    known = code_list(ITEMS)
    items = [desk.label(ITEMS, i) if i in known else i for i in row["items"].split()]
    at = row["at"].astimezone(ZONE)
    return {
        **row,
        "day": at.date().isoformat(),
        "time": at.strftime("%H:%M:%S"),
        "what": items or [desk.visit.say("my.looked_public")],
        "refused": row["status"] == REFUSED,
    }


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
