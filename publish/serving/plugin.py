"""Datasette's hooks for which the serving room answers: permissions and failures.

Not here: pages (``publish.site.plugin``) and bank routes (``publish.api.dispatch``).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from datasette import Response
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from pluggy import HookimplMarker

from publish.serving.datasette import ServedDatasette
from publish.serving.envelope import REQUEST_ID
from publish.serving.release import META, PUBLIC, PUBLISHED

hookimpl = HookimplMarker("datasette")  # Datasette's own is untyped
log = logging.getLogger(__name__)

OPEN_TABLES = frozenset({*PUBLISHED, *META})
REFUSED = frozenset(
    {"execute-sql", "view-database-download", "permissions-debug", "debug-menu"}
)
DATA = (".json", ".csv")


@hookimpl(trylast=True)  # Datasette keeps the last word of all plugins
def permission_allowed(datasette: Any, action: str, resource: Any) -> bool | None:
    """Only published tables may be seen; nobody runs SQL or downloads a database."""
    if not isinstance(datasette, ServedDatasette):
        return None
    if action in REFUSED:
        return False
    if action == "view-database":
        return bool(resource == PUBLIC)
    if action == "view-table":
        return resource[0] == PUBLIC and resource[1] in OPEN_TABLES
    return None


@hookimpl
def skip_csrf(scope: dict[str, Any]) -> bool:
    """The bank interface takes no cookies, so that nothing can be forged with them."""
    return str(scope["path"]).startswith("/api/")


@hookimpl(trylast=True)
def handle_exception(
    request: Any, exception: Exception
) -> Callable[[], Awaitable[Any]] | None:
    """Failures of data formats; pages have the site's own (``publish.site.plugin``)."""
    if not request.path.startswith("/-/") and not request.path.endswith(DATA):
        return None

    async def answer() -> Any:
        status, message = _told(exception)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            number = str(request.scope.get(REQUEST_ID, "-"))
            log.error("request %s failed", number, exc_info=exception)
            message = f"服务出错 Internal error ({number})"
        document = {"ok": False, "error": message, "status": status}
        return Response.json(document, status)

    return answer


def _told(exception: Exception) -> tuple[int, str]:
    """Status and message; what is not meant for visitors stays inside."""
    if isinstance(exception, Base400):
        return exception.status, str(exception)
    if isinstance(exception, DatasetteError) and not exception.message_is_html:
        return exception.status, str(exception.message)
    status = getattr(exception, "status", HTTPStatus.INTERNAL_SERVER_ERROR)
    return status, "请求无法完成 Cannot be done"
