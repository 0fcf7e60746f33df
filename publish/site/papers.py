"""Papers that are drawn on demand: how many one address may ask for.

A paper takes a hundred times the work of a page. Not here: what is drawn (``pdf``,
``certificate``).
"""

from __future__ import annotations

from http import HTTPStatus

from datasette import Response

from publish.access.limits import Limiter
from publish.site.visit import Visit

PER_MINUTE = 30


def refusal(limiter: Limiter, v: Visit) -> Response | None:
    """The page for an address that asks for too many; ``None`` while it may."""
    client = (v.request.scope.get("client") or ("unknown", 0))[0]
    told = limiter.take(f"paper {client}", PER_MINUTE)
    if told.allowed:
        return None
    page = v.page(
        "notice.html",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        code=int(HTTPStatus.TOO_MANY_REQUESTS),
        heading=v.say("report.busy"),
        message=v.say("report.busy_why", n=PER_MINUTE, seconds=told.retry_after),
    )
    page.headers |= {"retry-after": str(told.retry_after), "cache-control": "no-store"}
    return page
