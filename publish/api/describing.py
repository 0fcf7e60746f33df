"""The description over HTTP, for machines and for people.

Not here: the description itself (``openapi``).
"""

from __future__ import annotations

from publish.api.call import Call, Reply
from publish.api.openapi import written


async def show_openapi(call: Call) -> Reply:  # noqa: ARG001  every handler takes it
    """``GET /openapi.json``."""
    from publish.api.routes import OPERATIONS  # noqa: PLC0415  it lists this handler

    return Reply({}, raw=written(OPERATIONS).encode())


async def show_docs(call: Call) -> Reply:
    """``GET /docs``."""
    return await show_openapi(call)
