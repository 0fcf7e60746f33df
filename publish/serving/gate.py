"""The gate: probes, closed addresses, and one pinned release per request.

Not here: who may use the bank interface (``publish.access``).
"""

from __future__ import annotations

import json

from publish.serving.asgi import App, Receive, Scope, Send, asked, respond
from publish.serving.mount import Mount

# Table pages multiply without end by their filters; files and pages hold the same rows.
ROBOTS = """User-agent: *
Allow: /
Disallow: /public
Disallow: /api/
Disallow: /search
Disallow: /*?

Sitemap: {base}/sitemap.xml
"""
# Datasette's introspection and internal databases; its style sheets stay.
CLOSED = ("/-/", "/_internal", "/_memory", "/:memory:", "//")
OPEN = ("/-/static/", "/-/static-plugins/")
# What needs no release.
ALWAYS = (*OPEN, "/static", "/favicon.ico", "/api", "/.well-known/")
TEXT = "text/plain; charset=utf-8"

NOTHING_YET = """<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>尚未发布 Nothing published yet</title>
<style>body{font:1rem/1.7 system-ui,sans-serif;max-width:34rem;margin:15vh auto;
padding:0 1.5rem;color:#1d2733}h1{font-size:1.4rem}code{background:#eef1f5;
padding:.1rem .4rem;border-radius:.25rem}</style></head>
<body><h1>信用数据尚未发布</h1>
<p>请先运行 <code>make run</code> 生成并发布数据，本页随后自动可用。</p>
<h1 lang="en">Nothing is published yet</h1>
<p lang="en">Run <code>make run</code> first; this page works as soon as it is done.</p>
</body></html>
"""


class Gate:
    """Lets a request through to the release it will see.

    Args:
        app: the next layer.
        mount: follows the releases.
    """

    def __init__(self, app: App, mount: Mount) -> None:
        self._app = app
        self._mount = mount

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/healthz":
            await respond(send, 200, "ok\n", TEXT, cache_control="no-store")
        elif scope["path"] == "/robots.txt":
            await respond(send, 200, _robots(scope), TEXT)
        elif not _understood(scope):
            await respond(
                send, 405, "405 Method not allowed\n", TEXT, allow="GET, HEAD"
            )
        elif _closed(scope):
            await respond(send, 404, "404 没有这个页面 Not found\n", TEXT)
        else:
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        release = self._mount.at_hand() or await self._mount.refresh()
        if scope["path"] == "/readyz":
            await self._ready(send)
        elif release is not None:
            with self._mount.pinned(release):
                await self._app(scope, receive, send)
        elif scope["path"].startswith(ALWAYS):
            await self._app(scope, receive, send)
        else:
            await _nothing_yet(send)

    async def _ready(self, send: Send) -> None:
        current, refusal = self._mount.current, self._mount.refusal
        state: dict[str, object] = {
            "ready": current is not None,
            "release": current and current.release_id,
            "refused": refusal and (refusal.release_id or "pointer"),
        }
        if current and current.lacking:
            state["built_before"] = [*current.lacking]
        status = 200 if current else 503
        kind = "application/json"
        await respond(send, status, json.dumps(state), kind, cache_control="no-store")


def _robots(scope: Scope) -> str:
    """What crawlers may read, with the sitemap under the host that was asked."""
    host = "".join(asked(scope, "host").split())
    return ROBOTS.format(base=f"{scope.get('scheme', 'http')}://{host}")


def _understood(scope: Scope) -> bool:
    """Whether the method can mean anything there; Datasette calls what it is named."""
    if scope["path"].startswith("/api/"):
        return True
    forms = not scope["path"].startswith("/public")
    return scope["method"] == "GET" or (forms and scope["method"] == "POST")


def _closed(scope: Scope) -> bool:
    """Whether either reading of the path is closed; Datasette routes by the raw one."""
    raw = (scope.get("raw_path") or b"").decode("latin-1").partition("?")[0]
    return any(
        path.startswith(CLOSED) and not path.startswith(OPEN)
        for path in (scope["path"], raw)
    )


async def _nothing_yet(send: Send) -> None:
    body, kind = NOTHING_YET, "text/html; charset=utf-8"
    await respond(send, 503, body, kind, retry_after="10", cache_control="no-store")
