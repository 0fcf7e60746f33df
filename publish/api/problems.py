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
        "address_refused",
        403,
        "来源地址不在允许范围",
        "Address refused",
        "密钥 {prefix} 不能从该地址使用",
        "Key {prefix} may not be used from this address",
    ),
    Kind(
        "quota_exhausted",
        429,
        "当日配额已用完",
        "Daily quota exhausted",
        "密钥 {prefix} 当日配额已用完，北京时间零点恢复",
        "Key {prefix} has used its requests of today; midnight in China renews them",
    ),
    Kind(
        "authorisation_missing",
        403,
        "缺少企业授权",
        "Authorisation missing",
        "没有企业对本机构查询“{item}”的有效授权",
        "There is no live authorisation by the enterprise for your bank to see: {item}",
    ),
    Kind(
        "invalid_parameter",
        422,
        "参数无效",
        "Invalid parameter",
        "参数 {name} 无效",
        "Parameter {name}: {reason}",
    ),
    Kind(
        "malformed_json",
        400,
        "请求体不是 JSON",
        "Malformed JSON",
        "请求体无法按 UTF-8 JSON 读取",
        "The body cannot be read as JSON in UTF-8",
    ),
    Kind(
        "invalid_body",
        422,
        "请求体内容无效",
        "Invalid body",
        "请求体不符合接口说明，见 errors",
        "The body is not as described; {reason}",
    ),
    Kind(
        "unsupported_media",
        415,
        "不支持的内容类型",
        "Unsupported media type",
        "请求体类型应为 {allowed}",
        "Send the body as {allowed}",
    ),
    Kind(
        "too_large",
        413,
        "请求体过大",
        "Body too large",
        "请求体不得超过 {bytes} 字节",
        "A body may have {bytes} bytes at most",
    ),
    Kind(
        "cursor_invalid",
        409,
        "游标无效",
        "Cursor invalid",
        "游标应原样使用上一页的 next_cursor，且不改变其他参数",
        "Send next_cursor back unchanged, with the same parameters",
    ),
    Kind(
        "cursor_stale",
        409,
        "游标已过期",
        "Cursor stale",
        "数据已由 {was} 更新为 {now}，请从第一页重新读取",
        "Release {was} was followed by {now}; begin again at the first page",
    ),
    Kind(
        "repeat_conflict",
        409,
        "幂等键已用于其他请求",
        "Idempotency key reused",
        "该 Idempotency-Key 已用于内容不同的请求",
        "This Idempotency-Key was sent with another request before",
    ),
    Kind(
        "unknown_receipt",
        404,
        "没有该回执",
        "Unknown receipt",
        "本机构没有编号为 {receipt} 的回执",
        "Your bank has no receipt {receipt}",
    ),
    Kind(
        "unknown_screening",
        404,
        "没有该筛查任务",
        "Unknown screening",
        "本机构没有编号为 {screening} 的筛查任务",
        "Your bank has no screening {screening}",
    ),
    Kind(
        "unknown_webhook",
        404,
        "没有该推送订阅",
        "Unknown webhook",
        "本机构没有编号为 {webhook} 的推送订阅",
        "Your bank has no webhook {webhook}",
    ),
    Kind(
        "unknown_delivery",
        404,
        "没有该推送记录",
        "Unknown delivery",
        "本机构没有编号为 {delivery} 的推送记录",
        "Your bank has no delivery {delivery}",
    ),
    Kind(
        "url_refused",
        403,
        "推送地址不可用",
        "URL refused",
        "推送地址须为公网 https 地址",
        "{reason}",
    ),
    Kind(
        "value_unfit",
        409,
        "取值与事项不符",
        "Value unfit",
        "{reason_zh}",
        "{reason}",
    ),
    Kind(
        "too_many",
        409,
        "数量超过上限",
        "Too many",
        "{what} 最多 {most} 个",
        "At most {most} {what}",
    ),
    Kind(
        "unknown_signing_key",
        404,
        "没有该公钥",
        "Unknown signing key",
        "没有编号为 {kid} 的签名公钥",
        "There is no signing key {kid}",
    ),
    Kind(
        "unknown_request",
        404,
        "没有该授权请求",
        "Unknown request",
        "没有编号为 {request} 的授权请求",
        "There is no request {request} of your bank",
    ),
    Kind(
        "day_ahead",
        422,
        "日期晚于今日",
        "Day ahead",
        "参数 {name} 为 {day}，晚于今日 {today}",
        "{name} is {day}, which is after today, {today}",
    ),
    Kind(
        "before_history",
        422,
        "早于历史保存起始日",
        "Before the history",
        "等级历史自 {first} 起保存，无法给出 {day} 当时所知；去掉 known_at 可得现在所知",
        "The history is kept from {first} on, so what was known on {day} cannot be told; "
        "without known_at you get what is known now",
    ),
    Kind(
        "unknown_since",
        404,
        "没有该发布版本",
        "Unknown release",
        "没有保留发布版本 {since}，请重新读取全量数据",
        "Release {since} is not kept; read everything anew",
    ),
    Kind(
        "bank_unnamed",
        403,
        "密钥未登记机构代码",
        "Bank unnamed",
        "密钥 {prefix} 未登记统一社会信用代码，无法取得企业授权",
        "Key {prefix} names no USCC of its bank, so no enterprise can authorise it",
    ),
    Kind(
        "registry_unavailable",
        503,
        "登记库暂不可用",
        "Registry unavailable",
        "审计记录无法写入，因此不提供数据，请稍后重试",
        "The audit row cannot be written, so nothing is answered; try again later",
    ),
    Kind(
        "invalid_client",
        401,
        "客户端凭据无效",
        "Invalid client",
        "client_id 或 client_secret 有误",
        "client_id or client_secret is wrong",
    ),
    Kind(
        "release_outdated",
        503,
        "当前发布版本不含该数据",
        "Release outdated",
        "当前发布版本由旧版程序生成，不含该数据，请等待下一次发布",
        "The release was made by an older version and lacks this; wait for the next one",
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

    def told(self, **more: Any) -> Problem:
        """The same with further members."""
        return Problem(self.kind, self.values, self.headers, {**self.more, **more})

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
