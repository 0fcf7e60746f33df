"""Datasette's hooks for which the serving room answers: permissions and failures.

Not here: pages (``publish.site.plugin``) and bank routes (``publish.api.dispatch``).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from datasette import Response
from datasette.utils.asgi import BadRequest, Base400
from datasette.views.base import DatasetteError
from pluggy import HookimplMarker

from publish.serving.datasette import ServedDatasette
from publish.serving.envelope import REQUEST_ID
from publish.serving.queries import canned
from publish.serving.release import META, PUBLIC, PUBLISHED
from publish.serving.tables import metadata

hookimpl = HookimplMarker("datasette")  # Datasette's own is untyped
log = logging.getLogger(__name__)

OPEN_TABLES = frozenset({*PUBLISHED, *META})
REFUSED = frozenset({"view-database-download", "permissions-debug", "debug-menu"})
_UNDOABLE = "请求无法完成 Cannot be done"
DATA = (".json", ".csv")


@hookimpl(trylast=True)  # Datasette keeps the last word of all plugins
def permission_allowed(datasette: Any, action: str, resource: Any) -> bool | None:
    """Published tables and ready questions; free SQL only where the office allows it."""
    if not isinstance(datasette, ServedDatasette):
        return None
    if action in REFUSED:
        return False
    if action == "execute-sql":
        return datasette.public_sql and resource == PUBLIC
    if action == "view-database":
        return bool(resource == PUBLIC)
    if action == "view-table":
        return resource[0] == PUBLIC and resource[1] in OPEN_TABLES
    return None


@hookimpl
def get_metadata(datasette: Any) -> dict[str, Any] | None:
    """Titles, descriptions, units and facets of the table pages."""
    return metadata(PUBLIC) if isinstance(datasette, ServedDatasette) else None


@hookimpl
def canned_queries(datasette: Any, database: str) -> dict[str, Any] | None:
    """Ready questions on the public tables."""
    ours = isinstance(datasette, ServedDatasette) and database == PUBLIC
    return canned() if ours else None


@hookimpl
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Awaitable[None]] | None:
    """Refuse a filter by a column that is not there.

    SQLite would read its name as a text, and find no row: a slip of the pen would look
    like an empty table.
    """
    if not isinstance(datasette, ServedDatasette):
        return None

    async def check() -> None:
        known = await datasette.get_database(database).table_columns(table)
        for key in request.args:
            column = key.partition("__")[0]
            if not key.startswith("_") and column not in known:
                raise BadRequest(f"no such column: {column}")

    return check


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
    if isinstance(exception, DatasetteError):
        told = _UNDOABLE if exception.message_is_html else str(exception.message)
        return _status(exception), told
    status = getattr(exception, "status", HTTPStatus.INTERNAL_SERVER_ERROR)
    return status, _UNDOABLE


def _status(error: DatasetteError) -> int:
    """Its status; the default of 500 speaks of what the visitor asked for, not of us."""
    given = int(error.status)
    broken = given == HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.BAD_REQUEST if broken else given
