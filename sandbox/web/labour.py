"""Labour and social security: a page token in a ``Link`` header, an API key."""

from __future__ import annotations

import hmac
import re
from typing import ClassVar
from urllib.parse import urlencode

from sandbox.credentials import LABOUR_KEY
from sandbox.ledger import Row
from sandbox.web.agency import Agency
from sandbox.web.messages import Answer, Refusal, Request, whole_number

_CODES = {400: "4000", 401: "4010", 404: "4040"}


class Labour(Agency):
    """``GET /labour/openapi/{resource}?size=500&page_token=…``."""

    name: ClassVar[str] = "labour"
    root: ClassVar[str] = "/labour/openapi/"

    def authenticate(self, request: Request) -> None:
        """Ask for the API key."""
        given = request.headers.get("x-api-key", "").encode()
        if not hmac.compare_digest(given, LABOUR_KEY.encode()):
            raise Refusal(401, "接口密钥缺失或无效")

    def page(self, request: Request, resource: str, rows: list[Row]) -> Answer:
        """The rows from the token on; ``count`` is the number in the whole window."""
        size = whole_number(request.query, "size", 500, 1000)
        offset = _offset(request.query.get("page_token", ""))
        page, more = self.cut(resource, rows, offset, size)
        total = self.mischief.total(resource, rows)
        body = {"code": "0000", "message": "成功", "count": total, "result": page}
        headers = {"Link": _link(request, offset + size)} if more else {}
        return Answer(200, body, headers)

    def refuse(self, refusal: Refusal) -> Answer:
        """A four-figure code, an empty result."""
        body = {
            "code": _CODES.get(refusal.status, "9999"),
            "message": refusal.message,
            "count": 0,
            "result": [],
        }
        return Answer(refusal.status, body)


def _offset(token: str) -> int:
    if not token:
        return 0
    if token[0] != "p" or not re.fullmatch("[0-9]{1,9}", token[1:]):
        raise Refusal(400, f"page_token 无效：{token}")
    return int(token[1:])


def _link(request: Request, offset: int) -> str:
    query = urlencode({**request.query, "page_token": f"p{offset}"})
    return f'<{request.origin}{request.path}?{query}>; rel="next"'
