"""All that was done about an enterprise, for itself: steps, letters, consents, looks.

Not here: reading it (``publish.cases.timeline``), the log of looks
(``publish.access.audit``).
"""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.cases.timeline import Happening, timeline
from publish.registry.authorisations import ITEMS
from publish.site.my.session import Desk, for_enterprises, private
from quality.contracts.codelists import code_list

MOST = 500  # newest lines on the page
LOOKS = "looks"
REFUSED = 403


@for_enterprises
async def trail(desk: Desk) -> Response:
    """``/my/timeline``, newest first; ``?only=looks`` for who looked alone."""
    only = desk.visit.argument("only")
    args = (desk.registry, desk.uscc, desk.visit.language, MOST + 1)
    lines = await desk.ask(timeline, *args)
    if only == LOOKS:
        lines = [line for line in lines if line.look]
    return desk.page(
        "my_timeline.html",
        lines=[(line, _look(desk, line)) for line in lines[: -MOST - 1 : -1]],
        only=only if only == LOOKS else "",
        most=MOST,
        truncated=len(lines) > MOST,
    )


async def looked(datasette: Any, request: Any) -> Response:  # noqa: ARG001
    """``/my/looked``, where looks had a page of their own."""
    return private(Response.redirect(f"/my/timeline?only={LOOKS}"))


def _look(desk: Desk, line: Happening) -> dict[str, Any] | None:
    """What a look says to people."""
    if line.look is None:
        return None
    known = code_list(ITEMS)
    items = line.look["items"].split()
    told = [desk.label(ITEMS, item) if item in known else item for item in items]
    return {
        **line.look,
        "what": told or [desk.visit.say("my.looked_public")],
        "refused": line.look["status"] == REFUSED,
    }
