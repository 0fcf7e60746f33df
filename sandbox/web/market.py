"""Market regulation: page numbers, a bearer token, ``{code, msg, data}``."""

from __future__ import annotations

import hmac
from typing import ClassVar

from sandbox.credentials import MARKET_TOKEN
from sandbox.ledger import Row
from sandbox.web.agency import Agency
from sandbox.web.messages import Answer, Refusal, Request, whole_number

NOTICE = "虚构数据"


class Market(Agency):
    """``GET /market/v1/{resource}?pageNum=1&pageSize=200``."""

    name: ClassVar[str] = "market"
    root: ClassVar[str] = "/market/v1/"

    def authenticate(self, request: Request) -> None:
        """Ask for the bearer token."""
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {MARKET_TOKEN}".encode()):
            raise Refusal(401, "令牌缺失或无效")

    def page(self, request: Request, resource: str, rows: list[Row]) -> Answer:
        """Page ``pageNum``; beyond the last page the list is empty."""
        number = whole_number(request.query, "pageNum", 1, 999_999_999)
        size = whole_number(request.query, "pageSize", 200, 1000)
        page, _ = self.cut(resource, rows, (number - 1) * size, size)
        sent = len(self.mischief.repeat_page(resource, rows, size))
        data = {
            "total": self.mischief.total(resource, rows),
            "pageNum": number,
            "pageSize": size,
            "pages": -(-sent // size),
            "list": page,
        }
        return Answer(200, self._envelope(200, "success", data))

    def refuse(self, refusal: Refusal) -> Answer:
        """The status once more as the code, no data."""
        body = self._envelope(refusal.code, refusal.message, None)
        return Answer(refusal.status, body)

    def _envelope(self, code: int, message: str, data: object) -> dict[str, object]:
        return {"code": code, "msg": message, "notice": NOTICE, "data": data}
