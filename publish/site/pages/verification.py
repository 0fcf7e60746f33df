"""Whether an honour stands today, and its certificate."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.notices.model import said
from publish.site.certificate import Certificate, certificate_pdf
from publish.site.facts import Row
from publish.site.papers import refusal
from publish.site.visit import SECURITY_HEADERS, Visit, visit_of

_ONE = (
    "SELECT * FROM {honours} WHERE honour_list = :list AND CAST(year AS TEXT) = :year "
    "AND uscc = :uscc"
)
TAX = "tax_a"  # the tax authority's own list; its certificates are not ours to give


async def verification(datasette: Any, request: Any) -> Response:
    """``/honours/{list}/{year}/{uscc}``: what the code of a certificate opens."""
    v = await visit_of(datasette, request)
    honour = await _honour(v)
    return v.page(
        "verification.html",
        status=200 if honour else 404,
        honour=honour,
        stands=honour is not None and _stands(v, honour),
        certified=honour is not None and _certified(v, honour),
    )


async def certificate(datasette: Any, request: Any) -> Response:
    """``/honours/{list}/{year}/{uscc}/certificate.pdf``, while the honour stands."""
    v = await visit_of(datasette, request)
    honour = await _honour(v)
    if honour is None or not _certified(v, honour):
        return v.page(
            "verification.html", status=404, honour=None, stands=False, certified=False
        )
    if refused := refusal(datasette.limiter, v):
        return refused
    url = datasette.absolute_url(request, address_of(honour))
    body = certificate_pdf(_words(v, honour, url))
    return Response(
        body, headers=dict(SECURITY_HEADERS), content_type="application/pdf"
    )


def address_of(honour: Row) -> str:
    """The verification page of an honour."""
    return f"/honours/{honour['honour_list']}/{honour['year']}/{honour['uscc']}"


async def _honour(v: Visit) -> Row | None:
    parts = {name: v.part(name) for name in ("list", "year", "uscc")}
    return await v.facts.row(_ONE, **parts)


def _stands(v: Visit, honour: Row) -> bool:
    return not honour["valid_to"] or honour["valid_to"] >= v.facts.today


def _certified(v: Visit, honour: Row) -> bool:
    return honour["honour_list"] != TAX and _stands(v, honour)


def _words(v: Visit, honour: Row, url: str) -> Certificate:
    """Certificates are written in Chinese whatever language the visitor reads."""
    name = v.words.code("honour_list", honour["honour_list"], "zh")
    invented = v.words.release.get("invented") == "1"
    return Certificate(
        heading="荣 誉 证 书",
        name=honour["enterprise_name"],
        lines=(
            f"被评为 {honour['year']} 年度{name}",
            f"{said(honour['awarded_on'])}批准　有效期至{said(honour['valid_to'])}",
            honour["authority"] or "",
        ),
        foot=(
            *(("演示样张：企业与荣誉均为虚构",) if invented else ()),
            f"统一社会信用代码 {honour['uscc']}",
            "扫码核验：荣誉是否有效以核验页当日结果为准",
        ),
        url=url,
    )
