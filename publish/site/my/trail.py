"""All that was done about an enterprise, for itself: steps, letters, consents, looks.

Not here: reading it (``publish.cases.timeline``).
"""

from __future__ import annotations

from datasette import Response

from publish.cases.timeline import timeline
from publish.site.my.session import Desk, for_enterprises

MOST = 500  # newest lines on the page


@for_enterprises
async def trail(desk: Desk) -> Response:
    """``/my/timeline``: newest first."""
    language = desk.visit.language
    lines = await desk.ask(timeline, desk.registry, desk.uscc, language)
    return desk.page("my_timeline.html", lines=lines[: -MOST - 1 : -1])
