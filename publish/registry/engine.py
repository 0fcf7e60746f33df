"""Opening the registry: SQLite by default, PostgreSQL by URL.

Not here: making and changing tables (``schema``).
"""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from publish.registry.schema import bring_up_to_date

SUPPORTED = ("sqlite", "postgresql+psycopg")
BUSY_TIMEOUT_MS = 5_000
CHECKPOINT_PAGES = 8_000  # some 32 MB
CONNECT_TRIES, CONNECT_SECONDS = 4, 5
# What PostgreSQL says of a transaction that it undid for others' sake (its appendix A).
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
UNDONE = {"40001", "40P01"}  # serialization failure, deadlock
FULL = "53100"  # disk full


class RegistryDamagedError(ValueError):
    """The file of an SQLite registry is damaged; the message names it."""


class RegistryUrlError(ValueError):
    """The registry's URL is malformed or names a database we do not support."""


def sqlite_url(path: Path) -> URL:
    """The URL of a registry in one file, whatever characters its path has."""
    return URL.create("sqlite", database=str(path))


def open_registry(url: str | URL) -> Engine:
    """An engine whose tables are up to date; folders of an SQLite file are made.

    Args:
        url: ``sqlite:///var/registry.db``, ``postgresql+psycopg://…`` or such a URL.

    Raises:
        RegistryUrlError: the URL is none of these.
        RegistryEditionError: the database is ahead of this code.
    """
    engine = connect_registry(url)
    try:
        bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect_registry(url: str | URL) -> Engine:
    """An engine on a registry as it stands, whatever its edition; may be empty.

    Raises:
        RegistryUrlError: the URL is none that ``open_registry`` takes.
    """
    parsed = _parsed(url)
    return _sqlite(parsed) if parsed.drivername == "sqlite" else _postgresql(parsed)


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise RegistryUrlError("the registry's URL cannot be read") from error
    if parsed.drivername not in SUPPORTED:
        raise RegistryUrlError(
            f"registry URL begins with {parsed.drivername!r}; "
            f"write one of {', '.join(SUPPORTED)}"
        )
    return parsed


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "handle_error", partial(_name_damage, url.database))
    return engine


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
        event.listen(engine, "do_connect", _patiently)
        return engine
    except ModuleNotFoundError as error:
        raise RegistryUrlError(
            "PostgreSQL needs its driver: pip install 'psycopg[binary]'"
        ) from error


def _patiently(dialect: Any, _record: object, given: Any, named: Any) -> Any:
    """Connect, again and again while a server restarts; nothing was sent yet.

    An address that answers nothing is given up early enough for whoever waits.
    """
    for attempt in Retrying(
        retry=retry_if_exception_type(dialect.loaded_dbapi.OperationalError),
        wait=wait_exponential(multiplier=0.25),
        stop=stop_after_attempt(CONNECT_TRIES),
        reraise=True,
    ):
        with attempt:
            return dialect.loaded_dbapi.connect(
                *given, **{"connect_timeout": CONNECT_SECONDS} | named
            )
    return None


def undone(error: BaseException) -> bool:
    """Whether PostgreSQL undid a transaction to end a deadlock or a conflict."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    return getattr(orig, "sqlstate", None) in UNDONE


def full(error: DBAPIError) -> bool:
    """Whether a PostgreSQL server has no room on its disk, whatever driver says so."""
    told = (getattr(error.orig, name, None) for name in ("sqlstate", "pgcode"))
    return FULL in told


def passes(error: BaseException) -> bool:
    """Whether a transaction that failed so may be done once more, from its start.

    The connection broke, or the database chose it to end a deadlock: what it wrote is
    undone, unless the connection broke in the very commit.
    """
    broken = isinstance(error, DBAPIError) and error.connection_invalidated
    return broken or undone(error)


def damaged(error: BaseException | None) -> bool:
    """Whether SQLite finds that its file is none, or no longer sound."""
    return getattr(error, "sqlite_errorcode", None) in DAMAGED


def _name_damage(database: str | None, context: ExceptionContext) -> None:
    """Say which file is damaged, in place of SQLite's words that name none."""
    if damaged(context.original_exception):
        raise RegistryDamagedError(
            f"{database} is damaged ({context.original_exception}): keep a copy, put the "
            "registry back from the last backup (creditpark restore into an empty home)"
        ) from context.original_exception


def _prepare(connection: Any, _record: object) -> None:
    """One writer at a time, readers never wait, and a commit survives a power cut."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Pages of the audit log's indexes change again and again: copied rarely, few are.
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
