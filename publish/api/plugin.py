"""The bank interface as a Datasette plugin: its routes, in order.

Not here: what they do (``routes``).
"""

from __future__ import annotations

from typing import Any

from pluggy import HookimplMarker

from publish.api.openapi import PATHS
from publish.api.routes import (
    route,
    show_enterprise,
    show_openapi,
    show_status,
    unknown,
)

hookimpl = HookimplMarker("datasette")  # Datasette's own is untyped

HANDLERS = {
    "/api/v1/status": show_status,
    "/api/v1/enterprises/{uscc}": show_enterprise,
    "/api/v1/openapi.json": show_openapi,
}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Routes by pattern; whatever is unknown below ``/api`` is a problem document."""
    known = [(_pattern(path), route(HANDLERS[path])) for path in PATHS]
    return [*known, (r"^/api(/.*)?$", route(unknown, _ANY))]


_ANY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _pattern(path: str) -> str:
    literal = path.replace(".", r"\.")
    return "^" + literal.replace("{uscc}", "(?P<uscc>[^/]+)") + "$"
