"""The site as a Datasette plugin: routes, error pages, and Datasette's pages in style.

Not here: permissions and Datasette's settings (``publish.serving``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Forbidden
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from pluggy import HookimplMarker

from publish.serving.asgi import App
from publish.site.failing import error_page
from publish.site.routes import ROUTES, View
from publish.site.switching import Switching
from publish.site.templating import HERE, equip
from publish.site.visit import visit_of

_OTHERS = ("/api/", "/-/")

hookimpl = HookimplMarker("datasette")  # Datasette's own is untyped


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Datasette's pages know no language."""
    return Switching


@hookimpl
def skip_csrf(scope: dict[str, Any]) -> bool:
    """Forms of enterprises check their tokens themselves (``publish.site.my.session``)."""
    return str(scope["path"]).startswith("/my/")


@hookimpl
def register_routes() -> list[tuple[str, View]]:
    """Our pages come before Datasette's own."""
    return ROUTES


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Datasette's pages in our frame; templates that we do not have stay its own."""
    ours = FileSystemLoader([HERE / "datasette_templates", HERE / "templates"])
    env.loader = ChoiceLoader([ours, env.loader]) if env.loader else ours
    equip(env)


@hookimpl
def extra_template_vars(
    datasette: Any, request: Any
) -> Callable[[], Awaitable[dict[str, object]]]:
    """What the frame needs to know of a visit, on Datasette's pages too."""

    async def frame() -> dict[str, object]:
        return (await visit_of(datasette, request)).frame() if request else {}

    return frame


@hookimpl
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Callable[[], Awaitable[Any]] | None:
    """404, 403, 400 and 500 in the site's own words; data formats keep Datasette's."""
    if _is_data(request):
        return None
    return lambda: error_page(datasette, request, exception)


@hookimpl
def forbidden(
    datasette: Any, request: Any, message: str
) -> Callable[[], Awaitable[Any]] | None:
    """What is closed to the public says so."""
    if _is_data(request):
        return None
    return lambda: error_page(datasette, request, Forbidden(message))


def _is_data(request: Any) -> bool:
    path = request.path
    return bool(path.startswith(_OTHERS) or path.endswith((".json", ".csv")))
