"""The credit report over HTTP: JSON, HTML or PDF, signed in each form.

Not here: what stands in it (``report``), how it looks (``report_forms``).
"""

from __future__ import annotations

import asyncio

from publish.api import report
from publish.api.call import Call, Reply
from publish.api.problems import problem
from publish.site.facts import Facts
from publish.site.fingerprint import fingerprint
from publish.site.pages.credit_file import enterprise_of

ITEM = "report"
FORMS = ("json", "html", "pdf")
MEDIA = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


async def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/report?format=``."""
    uscc, form, release = call.values["uscc"], call.values["format"], call.release
    public = await call.public(report.public_part, uscc)
    if public is None:
        raise problem("unknown_enterprise", uscc=uscc)
    added = await call.authorised(report.supplement, uscc)
    at = call.services.clock.now()
    data = report.whole(public, added, at, release.release_id)
    reply = Reply(
        data, uscc=uscc, items=(ITEM,), tag_of=report.lasting(data), signed=True
    )
    if form == "json":
        return reply
    from publish.api import report_forms  # noqa: PLC0415  loads the site's drawing

    verify = f"{call.base}/verify/{uscc}/{await _digits(call, uscc)}"
    invented = release.facts.get("invented") == "1"
    make = report_forms.page if form == "html" else report_forms.paper
    reply.raw = await asyncio.to_thread(make, data, verify, invented)
    reply.media = MEDIA[form]
    name = f"credit-report-{uscc}-{release.today()}.{form}"
    reply.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return reply


async def _digits(call: Call, uscc: str) -> str:
    """The fingerprint by which the site's own page verifies what is printed."""
    known = Facts(call.release)
    enterprise = await enterprise_of(known, uscc)
    if enterprise is None:
        raise problem("unknown_enterprise", uscc=uscc)
    return await fingerprint(known, enterprise)
