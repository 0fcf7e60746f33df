"""An agency on loopback whose answers a test writes down one by one."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from assets.sources.declaration import HttpAgency

SECRET = "top-secret-token"


@dataclass
class Answer:
    """One answer; ``cut`` breaks it off in the middle."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()


def page(rows: Sequence[Any], total: int | None = None, **more: Any) -> dict[str, Any]:
    """A body in the scripted agency's envelope."""
    return {"code": 0, "message": "ok", "rows": list(rows), "total": total} | more


class ScriptedAgency:
    """Answers requests in order; the last answer is given again and again."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.requests: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(self, *script: Answer | dict[str, Any]) -> None:
        """What to answer, first request first."""
        self.script = [a if isinstance(a, Answer) else Answer(a) for a in script]

    def take(self) -> Answer:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def declared(self, paging: Mapping[str, Any], **rest: Any) -> HttpAgency:
        """How our side is told to speak to it."""
        document = {
            "transport": "http",
            "base_url": self.url,
            "auth": {"kind": "header", "header": "X-Api-Key", "key": SECRET},
            "paging": dict(paging),
            "envelope": {
                "code": "code",
                "success": 0,
                "message": "message",
                "rows": "rows",
                "total": "total",
            },
            "datasets": {"permits": {}},
            "connect_timeout": 2,
            "read_timeout": 10,
        }
        return HttpAgency.model_validate(document | rest)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(agency: ScriptedAgency) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            agency.requests.append({"path": parts.path, **dict(parse_qsl(parts.query))})
            agency.headers.append(dict(self.headers.items()))
            answer = agency.take()
            body = answer.content
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.cut else body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
