"""The picture of an enterprise's credit code."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site.code_svg import Caption, credit_code
from publish.site.pages.credit_file import enterprise_of, missing
from publish.site.visit import SECURITY_HEADERS, visit_of
from publish.site.wording import spaced


async def code(datasette: Any, request: Any) -> Response:
    """``/e/{uscc}/code.svg``."""
    v = await visit_of(datasette, request)
    uscc = v.part("uscc")
    enterprise = await enterprise_of(v.facts, uscc)
    if enterprise is None:
        return missing(v, uscc)
    letter = enterprise["published_grade"]
    label = v.code("park_grade", letter) if letter else v.say("code.neutral")
    caption = Caption(v.say("code.heading"), label, enterprise["name"], spaced(uscc))
    url = datasette.absolute_url(request, f"/verify/{uscc}")
    svg = credit_code(url, letter, caption)
    return Response(svg, headers=dict(SECURITY_HEADERS), content_type="image/svg+xml")
