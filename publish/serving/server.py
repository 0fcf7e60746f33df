"""The serving process: uvicorn around the application.

Not here: settings (the caller passes them), how several processes share a port
(``workers``).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path

import uvicorn
from sqlalchemy import URL

from publish.serving.app import create_app
from publish.serving.asgi import App
from publish.serving.logs import Form, configure
from publish.serving.observing import Place, Tls, observed
from publish.serving.workers import bound, run
from publish.serving.writes import WholeAnswers
from quality.clock import Clock

YOUNG = 20_000  # objects made before Python looks which of them are garbage


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
    metrics: Place | None = None,
    log_form: Form = Form.TEXT,
    tls: Tls | None = None,
) -> None:
    """Serve until interrupted.

    Args:
        home: ``CREDITPARK_HOME``.
        clock: the one clock.
        host: address to listen on.
        port: 0 for a free one.
        registry_url: see ``publish.registry.engine.open_registry``.
        secret: signs cookies; see ``create_app``.
        trusted_proxies: addresses whose ``X-Forwarded-*`` headers are believed.
        webhook_networks: private networks that webhooks may be sent to all the same.
        workers: processes on the one port.
        public_sql: whether visitors may write SQL against the public tables.
        metrics: where Prometheus reads; nowhere by default.
        log_form: how log lines look.
        tls: what site and metrics are encrypted with; plain, behind a proxy of the same
            machine, by default.
    """
    configure(log_form)
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
        server = configured(app, host, port, trusted_proxies, tls)
        gc.collect()
        gc.freeze()  # what stands now stands to the end: not worth looking at again
        gc.set_threshold(YOUNG)  # requests under way are no garbage yet
        server.run(sockets=[shared] if shared else None)

    with observed(metrics, home / "releases", clock, tls) as open_door:
        if shared is None:
            open_door()
            work()
        else:
            run(workers, work, open_door)


def configured(
    app: App,
    host: str,
    port: int,
    trusted_proxies: str = "127.0.0.1",
    tls: Tls | None = None,
) -> uvicorn.Server:
    """The server, ready to run; it logs no request itself (``envelope`` does)."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=WholeAnswers,
            access_log=False,
            log_level="warning",
            log_config=None,  # its lines go where all go
            server_header=False,
            forwarded_allow_ips=trusted_proxies,
            timeout_graceful_shutdown=10,
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
        )
    )
