"""The serving process: uvicorn around the application.

Not here: settings (the caller passes them), how several processes share a port
(``workers``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import uvicorn
from sqlalchemy import URL

from publish.serving.app import ServingApp, create_app
from publish.serving.workers import bound, run
from quality.clock import Clock

LOG_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def serve(
    home: Path,
    clock: Clock,
    *,
    host: str,
    port: int,
    registry_url: str | URL,
    secret: str | None = None,
    trusted_proxies: str = "127.0.0.1",
    webhook_networks: Iterable[str] = (),
    workers: int = 1,
    public_sql: bool = False,
) -> None:
    """Serve until interrupted.

    Args:
        home: ``CREDITPARK_HOME``.
        clock: the one clock.
        host: address to listen on.
        port: 0 for a free one.
        registry_url: see ``publish.registry.engine.open_registry``.
        secret: signs cookies.
        trusted_proxies: addresses whose ``X-Forwarded-*`` headers are believed.
        webhook_networks: private networks that webhooks may be sent to all the same.
        workers: processes on the one port.
        public_sql: whether visitors may write SQL against the public tables.
    """
    logging.basicConfig(level=logging.INFO, format=LOG_LINE)
    networks = tuple(webhook_networks)
    shared = bound(host, port) if workers > 1 else None

    def work() -> None:
        app = create_app(
            *(home, clock),
            registry_url=registry_url,
            secret=secret,
            webhook_networks=networks,
            public_sql=public_sql,
        )
        server = configured(app, host, port, trusted_proxies)
        server.run(sockets=[shared] if shared else None)

    if shared is None:
        work()
    else:
        run(workers, work)


def configured(
    app: ServingApp, host: str, port: int, trusted_proxies: str = "127.0.0.1"
) -> uvicorn.Server:
    """The server, ready to run; it logs no request itself (``envelope`` does)."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            forwarded_allow_ips=trusted_proxies,
            timeout_graceful_shutdown=10,
        )
    )
