"""An archive of records and grades by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.files.archive import Archive


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Empty, on 23 November 2026."""
    made = Archive()
    yield made
    made.connection.close()
