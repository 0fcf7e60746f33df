"""Absolute addresses, for those who meet our documents elsewhere.

Not here: addresses inside the site, which are all relative.
"""

from __future__ import annotations

from typing import Any


def base_of(datasette: Any, request: Any) -> str:
    """Scheme and host as the visitor wrote them, without a slash at the end."""
    return str(datasette.absolute_url(request, "/")).rstrip("/")
