"""The same tests on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from publish.registry.engine import open_registry, sqlite_url
from tests import postgresql

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    with postgresql.server() as running:
        yield running


@pytest.fixture(params=KINDS)
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "registry.db")
    return postgresql.database(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def registry(registry_url: URL) -> Iterator[Engine]:
    """An open, empty registry."""
    engine = open_registry(registry_url)
    yield engine
    engine.dispose()
