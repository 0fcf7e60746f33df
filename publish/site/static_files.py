"""The site's few static files, each by its own name."""

from __future__ import annotations

from typing import Any

from datasette import NotFound, Response

from publish.site.templating import STATIC

TYPES = {
    "site.css": "text/css; charset=utf-8",
    "my.css": "text/css; charset=utf-8",
    "tables.css": "text/css; charset=utf-8",
    "suggest.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
    "crackle.svg": "image/svg+xml",
}
# Pages name them by content hash, so that they may be kept for a day.
HEADERS = {
    "cache-control": "public, max-age=86400",
    "x-content-type-options": "nosniff",
}


async def static(request: Any) -> Response:
    """``/static-site/{name}``."""
    name = request.url_vars["name"]
    if name not in TYPES:
        raise NotFound(name)
    body = (STATIC / name).read_bytes()
    return Response(body, headers=dict(HEADERS), content_type=TYPES[name])
