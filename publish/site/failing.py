"""Failures of pages in the site's own words: 404, 403, 400 and 500.

Not here: failures of data formats (``publish.serving.plugin``).
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from datasette import Forbidden, NotFound, Response
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from publish.site.visit import visit_of

NOT_FOUND, FORBIDDEN, BAD_REQUEST, BROKEN = 404, 403, 400, 500

log = logging.getLogger(__name__)


async def error_page(datasette: Any, request: Any, error: Exception) -> Response:
    """The page that says what went wrong; what broke is logged under its number."""
    v = await visit_of(datasette, request)
    code, key = _kind(error)
    incident = ""
    if code == BROKEN:
        incident = _noted(request, error)
    return v.page(
        "notice.html",
        status=code,
        code=code,
        heading=v.say(f"missing.{key}"),
        message=v.say(f"missing.{key}_why", incident=incident),
    )


def _kind(error: Exception) -> tuple[int, str]:
    if isinstance(error, NotFound):
        return NOT_FOUND, "page"
    if isinstance(error, Forbidden):
        return FORBIDDEN, "refused"
    status = getattr(error, "status", BROKEN)
    if isinstance(error, DatasetteError) and status == BROKEN:
        status = BAD_REQUEST  # Datasette's default, though the visitor asked amiss
    if isinstance(error, Base400) or BAD_REQUEST <= status < BROKEN:
        return status, "wrong"
    return BROKEN, "broken"


def _noted(request: Any, error: Exception) -> str:
    """Log the failure under a number that the visitor can quote; no parameters."""
    incident = secrets.token_hex(4)
    log.error("incident %s on %s", incident, request.path, exc_info=error)
    return incident
