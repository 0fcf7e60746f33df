"""Problem documents (RFC 9457) with stable codes, in Chinese and English.

Not here: when a problem arises.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem; ``code`` never changes its meaning."""

    code: str
    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str


_KINDS = (
    Kind(
        "key_missing",
        401,
        "缺少接口密钥",
        "Key missing",
        "请在请求头中提供 Authorization: Bearer cpk_…",
        "Send the header Authorization: Bearer cpk_…",
    ),
    Kind(
        "key_invalid",
        401,
        "接口密钥无效",
        "Key invalid",
        "密钥不存在或内容有误，请核对完整密钥",
        "The key does not exist or was changed; compare it with the one you were given",
    ),
    Kind(
        "key_expired",
        401,
        "接口密钥已过期",
        "Key expired",
        "密钥 {prefix} 已过有效期，请向园区申请新的密钥",
        "Key {prefix} has expired; ask the zone for a new one",
    ),
    Kind(
        "key_revoked",
        401,
        "接口密钥已撤销",
        "Key revoked",
        "密钥 {prefix} 已被撤销，请联系园区",
        "Key {prefix} has been revoked; contact the zone",
    ),
    Kind(
        "scope_missing",
        403,
        "密钥权限不足",
        "Scope missing",
        "密钥 {prefix} 没有 {scope} 权限",
        "Key {prefix} does not have the scope {scope}",
    ),
    Kind(
        "rate_limited",
        429,
        "请求过于频繁",
        "Rate limited",
        "请在 {seconds} 秒后重试",
        "Try again in {seconds} seconds",
    ),
    Kind(
        "invalid_uscc",
        422,
        "统一社会信用代码无效",
        "Invalid USCC",
        "{given} 不符合 GB 32100-2015（18位，两位校验码）",
        "{reason}",
    ),
    Kind(
        "unknown_enterprise",
        404,
        "没有这家企业",
        "Unknown enterprise",
        "当前发布版本中没有 {uscc}",
        "The current release has no enterprise {uscc}",
    ),
    Kind(
        "unknown_route",
        404,
        "没有这个接口",
        "Unknown route",
        "接口清单见 /api/v1/openapi.json",
        "See /api/v1/openapi.json for the routes",
    ),
    Kind(
        "method_not_allowed",
        405,
        "不支持该请求方法",
        "Method not allowed",
        "此接口只接受 {allowed}",
        "This route accepts {allowed}",
    ),
    Kind(
        "no_release",
        503,
        "数据尚未发布",
        "Nothing published yet",
        "尚无发布版本，请稍后重试",
        "There is no release yet; try again later",
    ),
    Kind(
        "internal_error",
        500,
        "服务出错",
        "Internal error",
        "请求未能完成，请将请求编号告知园区",
        "The request could not be completed; tell the zone its request id",
    ),
)
KINDS = {kind.code: kind for kind in _KINDS}


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818  the standard's own word
    """One problem, ready to be answered.

    Attributes:
        kind: what it is.
        values: fill the placeholders of the details.
        headers: sent along, such as ``Retry-After``.
        more: further members, such as the release.
    """

    kind: Kind
    values: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The members of the document, Chinese first."""
        return {
            "type": f"urn:creditpark:problem:{self.kind.code}",
            "code": self.kind.code,
            "status": self.kind.status,
            "title": self.kind.title,
            "title_en": self.kind.title_en,
            "detail": self.kind.detail.format(**self.values),
            "detail_en": self.kind.detail_en.format(**self.values),
            **self.more,
        }

    def body(self) -> str:
        """The document as JSON."""
        return json.dumps(self.document(), ensure_ascii=False)


def problem(
    code: str,
    *,
    headers: Mapping[str, str] | None = None,
    request_id: str = "",
    **values: object,
) -> Problem:
    """A problem by its stable code.

    Args:
        code: one of ``KINDS``.
        headers: sent along.
        request_id: told to the caller, who can name it to us.
        values: fill the placeholders of the details.
    """
    more = {"request_id": request_id} if request_id else {}
    return Problem(KINDS[code], values, headers or {}, more)
