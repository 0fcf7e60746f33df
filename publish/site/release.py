"""What the site needs of a mounted release.

Not here: opening the files and switching generations (``publish.serving.mount``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from publish.serving.mount import mounted


class PublicData(Protocol):
    """The public SQLite file, read only."""

    async def ask(self, sql: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        """The rows of one bound statement; they are shared, never to be altered."""


class Release(Protocol):
    """One release, pinned for the length of a request."""

    @property
    def release_id(self) -> str:
        """The release's permanent name."""

    @property
    def folder(self) -> Path:
        """Its directory with exports and manifest."""

    @property
    def public(self) -> PublicData:
        """Its public database."""

    def today(self) -> date:
        """The calendar day on which publicity periods are judged."""


def release_of(datasette: Any) -> Release:
    """The release that is current now; ask once per request and keep it."""
    release: Release = mounted(datasette)
    return release
