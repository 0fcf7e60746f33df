"""The credit report of one enterprise as a file to print and hand on."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette import Response

from publish.site import sections
from publish.site.fingerprint import fingerprint
from publish.site.pages.credit_file import enterprise_of, missing
from publish.site.papers import refusal
from publish.site.report import Facts, written
from publish.site.visit import SECURITY_HEADERS, visit_of

MOST = 100  # records of one kind on paper; the report says where there are more


async def report(datasette: Any, request: Any) -> Response:
    """``/e/{uscc}/report.pdf``."""
    v = await visit_of(datasette, request)
    uscc = v.part("uscc")
    enterprise = await enterprise_of(v.facts, uscc)
    if enterprise is None:
        return missing(v, uscc)
    if refused := refusal(datasette.limiter, v):
        return refused
    parts = await sections.sections_of(v.facts, uscc, MOST)
    digits = await fingerprint(v.facts, enterprise)
    known = Facts(
        *(enterprise, parts, sections.advice(parts)),
        sources=await sections.sources(v.facts, uscc),
        fingerprint=digits,
        verify=datasette.absolute_url(request, f"/verify/{uscc}/{digits}"),
    )
    from publish.site.pdf import drawn  # noqa: PLC0415 - with the first report only

    body = await asyncio.to_thread(drawn, written(v, known))
    name = f"credit-report-{uscc}-{v.facts.today}.pdf"
    headers = {
        **SECURITY_HEADERS,
        "content-disposition": f'inline; filename="{name}"',
        "content-language": v.language,
    }
    return Response(body, headers=headers, content_type="application/pdf")
