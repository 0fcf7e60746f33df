"""The application: Datasette with our plugins inside, our layers outside.

Not here: the process around it (``server``), settings from the environment.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterable
from pathlib import Path

from datasette.plugins import pm
from sqlalchemy import URL, Engine

from publish.access.limits import Limiter
from publish.access.signing import Signer
from publish.api.dispatch import BankApi, is_ours
from publish.api.service import SIGNING, bank_api
from publish.registry.engine import open_registry
from publish.serving import plugin as serving_plugin
from publish.serving.asgi import App, Receive, Scope, Send
from publish.serving.cache import PageCache, Shelf
from publish.serving.compress import Gzip
from publish.serving.cookies import HostCookies
from publish.serving.datasette import ServedDatasette
from publish.serving.envelope import Envelope
from publish.serving.gate import Gate
from publish.serving.meters import Meters, sections_of
from publish.serving.mount import GRACE, Mount
from publish.serving.rows import Rows
from publish.site import plugin as site_plugin
from publish.site.direct import Direct
from publish.site.i18n import COOKIE
from publish.site.marks import Marks
from publish.site.routes import ROUTES
from quality.clock import Clock

PLUGINS = (serving_plugin, site_plugin)
# What pages are counted by; Datasette's own tables stand under one alias.
SECTIONS = sections_of([p for p, _ in ROUTES]) | {
    *("public", "-", "static", "healthz", "readyz", "robots.txt", "favicon.ico")
}
# Datasette's own handler prints every local variable of a failure, keys included.
LEAKY = "datasette.handle_exception"


class ServingApp:
    """The whole ASGI application.

    Args:
        datasette: the public site.
        api: the bank interface, which stands beside it.
        registry: the keys' database.

    Attributes:
        datasette: the Datasette inside.
        api: the bank interface.
        mount: follows the releases.
        registry: the keys' database.
        shelf: the page cache's pages.
    """

    def __init__(
        self, datasette: ServedDatasette, api: BankApi, registry: Engine
    ) -> None:
        self.datasette = datasette
        self.api = api
        self.mount: Mount = datasette.mount
        self.registry = registry
        self.shelf = Shelf()
        pages = PageCache(
            Gzip(Direct(datasette.app(), datasette, ROUTES)),
            self.mount,
            COOKIE,
            self.shelf,
            edition=datasette.marks.edition,
        )
        inside = _beside(Gate(Rows(pages, self.mount), self.mount), api)
        self._app: App = HostCookies(Envelope(inside, Meters(SECTIONS)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; the lifespan follows releases and closes files."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        self.api.errands.start()
        following = asyncio.create_task(self.mount.follow())
        try:
            await self._app(scope, receive, send)
        finally:
            following.cancel()
            self.close()

    def close(self) -> None:
        """Close the releases, their threads and the registry."""
        self.api.close()
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
    webhook_networks: Iterable[str] = (),
    public_sql: bool = False,
) -> ServingApp:
    """The application that serves ``<home>/releases``.

    Args:
        home: ``CREDITPARK_HOME``.
        clock: the one clock; decides today.
        registry_url: see ``open_registry``.
        secret: signs cookies; derived from the signing keys' folder, which all
            processes and replicas share, if not given.
        grace: seconds an old release stays open at least.
        webhook_networks: private networks that webhooks may be sent to all the same.
        public_sql: whether visitors may write SQL against the public tables.
    """
    _register_plugins()
    registry = open_registry(registry_url)
    secret = secret or _cookie_secret(home, clock)
    datasette = ServedDatasette(
        home, clock, grace=grace, public_sql=public_sql, secret=secret
    )
    datasette.registry, datasette.marks = registry, Marks(registry)
    datasette.limiter = Limiter()
    datasette.mount.open_first()
    api = bank_api(home, clock, registry, datasette.mount, webhook_networks)
    return ServingApp(datasette, api, registry)


def _cookie_secret(home: Path, clock: Clock) -> str:
    held = Signer(home / SIGNING, clock).secret()
    return hmac.new(held, b"cookies", hashlib.sha256).hexdigest()


def _beside(pages: App, api: App) -> App:
    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and is_ours(scope)
        await (api if ours else pages)(scope, receive, send)

    return choose


def _register_plugins() -> None:
    """Once per process: Datasette's plugin manager is global."""
    if pm.has_plugin(LEAKY):
        pm.unregister(name=LEAKY)
    for plugin in PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin)
