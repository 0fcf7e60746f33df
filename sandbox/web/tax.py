"""Tax: a cursor, signed requests, ``{code, message, data}``."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from sandbox.credentials import TAX_APP_ID, TAX_SECRET
from sandbox.ledger import Row
from sandbox.universe import Universe
from sandbox.web.agency import Agency
from sandbox.web.messages import Answer, Refusal, Request, whole_number
from sandbox.web.mischief import Mischief

SKEW_SECONDS = 300
WRONG_SIGNATURE, WRONG_TIME, USED_NONCE, WRONG_APP = 40101, 40102, 40103, 40104


def signature(
    secret: str, path: str, query: Mapping[str, str], timestamp: str, nonce: str
) -> str:
    """The signature of a GET request.

    Hexadecimal HMAC-SHA256 of five lines joined by line feeds: ``GET``, the path, the
    parameters sorted by name and URL-encoded (``urlencode(sorted(query.items()))``),
    the time stamp and the nonce.
    """
    encoded = urlencode(sorted(query.items()))
    text = f"GET\n{path}\n{encoded}\n{timestamp}\n{nonce}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _is_fresh(stamp: str) -> bool:
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        return False
    return abs(time.time() - int(stamp)) <= SKEW_SECONDS


class Tax(Agency):
    """``GET /tax/api/{resource}?limit=500&cursor=…``."""

    name: ClassVar[str] = "tax"
    root: ClassVar[str] = "/tax/api/"

    def __init__(self, universe: Universe, mischief: Mischief) -> None:
        super().__init__(universe, mischief)
        self._nonces: dict[str, float] = {}
        self._lock = threading.Lock()

    def authenticate(self, request: Request) -> None:
        """Check application, time stamp and signature, then use up the nonce.

        Time stamps are compared with the machine's clock, not with the sandbox's day.
        """
        app = request.headers.get("x-app-id", "")
        stamp = request.headers.get("x-timestamp", "")
        nonce = request.headers.get("x-nonce", "")
        if app != TAX_APP_ID:
            raise Refusal(401, "应用标识无效", WRONG_APP)
        skewed = self.mischief.kind(self.name, "") == "clock_skew"
        if skewed or not _is_fresh(stamp):
            raise Refusal(401, "时间戳超出允许范围", WRONG_TIME)
        right = signature(TAX_SECRET, request.path, request.query, stamp, nonce)
        given = request.headers.get("x-signature", "")
        if not nonce or not hmac.compare_digest(given.encode(), right.encode()):
            raise Refusal(401, "签名错误", WRONG_SIGNATURE)
        self._use(nonce)

    def _use(self, nonce: str) -> None:
        """Nonces are forgotten when their time stamps have grown too old to be used."""
        now = time.time()
        with self._lock:
            if nonce in self._nonces:
                raise Refusal(401, "随机串已使用", USED_NONCE)
            for old in [n for n, t in self._nonces.items() if t < now - 600]:
                del self._nonces[old]
            self._nonces[nonce] = now

    def page(self, request: Request, resource: str, rows: list[Row]) -> Answer:
        """The rows after the cursor."""
        size = whole_number(request.query, "limit", 500, 1000)
        offset = _opened(request, resource)
        page, more = self.cut(resource, rows, offset, size)
        data = {
            "rows": page,
            "next_cursor": _sealed(request, resource, offset + size) if more else None,
            "total": self.mischief.total(resource, rows),
        }
        return Answer(200, {"code": 0, "message": "ok", "data": data})

    def refuse(self, refusal: Refusal) -> Answer:
        """A five-figure code, no data."""
        code = refusal.code if refusal.code > 1000 else refusal.status * 100 + 1
        body = {"code": code, "message": refusal.message, "data": None}
        return Answer(refusal.status, body)


def _context(request: Request, resource: str) -> str:
    query = request.query
    return f"{resource}|{query.get('updated_from')}|{query.get('updated_to')}|"


def _sealed(request: Request, resource: str, offset: int) -> str:
    """An opaque cursor, good for this resource and window only."""
    text = f"{_context(request, resource)}{offset}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(request: Request, resource: str) -> int:
    cursor = request.query.get("cursor")
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        context, _, offset = text.rpartition("|")
        if f"{context}|" != _context(request, resource):
            raise Refusal(400, "游标与查询条件不符")
        return int(offset)
    except ValueError as error:
        raise Refusal(400, f"游标无效：{cursor}") from error
