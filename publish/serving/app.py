"""The application: Datasette with our plugins inside, our layers outside.

Not here: the process around it (``server``), settings from the environment.
"""

from __future__ import annotations

from pathlib import Path

from datasette.plugins import pm
from sqlalchemy import URL, Engine

from publish.access.door import Door
from publish.access.limits import Limiter
from publish.access.ring import KeyRing
from publish.api import plugin as api_plugin
from publish.registry.engine import open_registry
from publish.serving import plugin as serving_plugin
from publish.serving.asgi import App, Receive, Scope, Send
from publish.serving.cache import PageCache, Shelf
from publish.serving.compress import Gzip
from publish.serving.datasette import ServedDatasette
from publish.serving.envelope import Envelope
from publish.serving.gate import Gate
from publish.serving.mount import GRACE, Mount
from publish.site import plugin as site_plugin
from publish.site.i18n import COOKIE
from quality.clock import Clock

PLUGINS = (serving_plugin, api_plugin, site_plugin)
# Datasette's own handler prints every local variable of a failure, keys included.
LEAKY = "datasette.handle_exception"


class ServingApp:
    """The whole ASGI application.

    Attributes:
        datasette: the Datasette inside.
        mount: follows the releases.
        registry: the keys' database.
        shelf: the page cache's pages.
    """

    def __init__(self, datasette: ServedDatasette, registry: Engine) -> None:
        self.datasette = datasette
        self.mount: Mount = datasette.mount
        self.registry = registry
        self.shelf = Shelf()
        pages = PageCache(Gzip(datasette.app()), self.mount, COOKIE, self.shelf)
        self._app: App = Envelope(Gate(pages, self.mount))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; the end of the lifespan closes all files."""
        await self._app(scope, receive, send)
        if scope["type"] == "lifespan":
            self.close()

    def close(self) -> None:
        """Close the releases, their threads and the registry."""
        self.datasette.executor.shutdown(wait=False)
        self.mount.close()
        self.registry.dispose()


def create_app(
    home: Path,
    clock: Clock,
    *,
    registry_url: str | URL,
    secret: str | None = None,
    grace: float = GRACE,
) -> ServingApp:
    """The application that serves ``<home>/releases``.

    Args:
        home: ``CREDITPARK_HOME``.
        clock: the one clock; decides today.
        registry_url: see ``open_registry``.
        secret: signs cookies; give the same one to every worker process.
        grace: seconds an old release stays open at least.
    """
    _register_plugins()
    registry = open_registry(registry_url)
    door = Door(KeyRing(registry, clock), Limiter())
    datasette = ServedDatasette(home, clock, door, grace=grace, secret=secret)
    datasette.mount.open_first()
    return ServingApp(datasette, registry)


def _register_plugins() -> None:
    """Once per process: Datasette's plugin manager is global."""
    if pm.has_plugin(LEAKY):
        pm.unregister(name=LEAKY)
    for plugin in PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin)
