"""The language switch on Datasette's pages, which would read ``?lang=`` as a filter.

A filter by a column that no table has finds nothing: the switch led to an empty table. The
choice is remembered here and the page asked for again without it. Not here: our own pages,
which remember it themselves (``visit``).
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from datasette import Response

from publish.serving.asgi import App, Receive, Scope, Send
from publish.serving.release import PUBLIC
from publish.site.i18n import LANGUAGES
from publish.site.visit import remember

PARAMETER = "lang"


class Switching:
    """Sends who switches the language of a table page back to that page.

    Args:
        app: Datasette.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        language = _chosen(scope)
        if language is None:
            await self._app(scope, receive, send)
            return
        answer = Response.redirect(_without(scope), status=HTTPStatus.FOUND)
        answer.headers["cache-control"] = "no-store"
        remember(answer, language)
        await answer.asgi_send(send)


def _given(scope: Scope) -> list[tuple[str, str]]:
    query = scope.get("query_string", b"").decode("latin-1")
    return parse_qsl(query, keep_blank_values=True)


def _chosen(scope: Scope) -> str | None:
    """The language asked for on a table page; none where there is none to switch."""
    path = str(scope.get("path", ""))
    if scope["type"] != "http" or path.split("/")[1:2] != [PUBLIC]:
        return None
    wish = dict(_given(scope)).get(PARAMETER)
    return wish if wish in LANGUAGES else None


def _without(scope: Scope) -> str:
    """The same address without the choice; it is ours, whatever its path holds."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0]
    kept = urlencode([pair for pair in _given(scope) if pair[0] != PARAMETER])
    return f"{path}?{kept}" if kept else path
