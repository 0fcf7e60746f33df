"""What a scanned credit code or a printed report is worth today.

The page shows the code as it must look now, so that an old or altered one is seen
beside it; a report's fingerprint is compared with the file's own.
"""

from __future__ import annotations

import re
from typing import Any

from datasette import Response

from publish.site import fingerprint, sections
from publish.site.pages.credit_file import enterprise_of, missing
from publish.site.visit import visit_of

_HEX = re.compile(r"[^0-9A-F]")


async def verify(datasette: Any, request: Any) -> Response:
    """``/verify/{uscc}`` and ``/verify/{uscc}/{fingerprint}``."""
    v = await visit_of(datasette, request)
    uscc = v.part("uscc").upper()
    enterprise = await enterprise_of(v.facts, uscc)
    if enterprise is None:
        return missing(v, uscc)
    claimed = _HEX.sub("", (v.optional_part("fingerprint")).upper())
    actual = await fingerprint.fingerprint(v.facts, enterprise)
    return v.page(
        "verify.html",
        e=enterprise,
        sections=await sections.sections_of(v.facts, uscc),
        claimed=fingerprint.grouped(claimed[: fingerprint.LENGTH]),
        matches=claimed == actual,
    )
