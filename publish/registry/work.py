"""Units of work: transactions that are done again when undone, or alone in their matter.

Not here: opening a registry (``engine``), what is written.
"""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, func, select
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from publish.registry.engine import BUSY_TIMEOUT_MS, undone

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 4
CACHE_KIB = 65_536
LOOK_EVERY = 0.001  # seconds
_PRIMARY = 0xFF  # of SQLite's extended codes


def once_more(work: Callable[P, T]) -> Callable[P, T]:
    """A function of one transaction, done anew from its start when PostgreSQL undid it.

    Only what a deadlock or a serialization failure undid, for then nothing of it stands;
    a connection that broke in the commit may have done its work, and is told.
    """

    @functools.wraps(work)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        again = Retrying(
            retry=retry_if_exception(undone),
            wait=wait_random_exponential(multiplier=0.05, max=1),
            stop=stop_after_attempt(TRIES),
            reraise=True,
        )
        return again(work, *args, **kwargs)

    return tried


def connected(registry: Engine) -> Connection:
    """A connection whose transactions ``writing`` begins and ends."""
    connection = registry.connect()
    if registry.dialect.name == "sqlite":
        return connection.execution_options(isolation_level="AUTOCOMMIT")
    return connection


def standing(registry: Engine) -> Connection:
    """The same for whoever writes all day or much at once: with room for its pages."""
    connection = connected(registry)
    if registry.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


@contextlib.contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """One writing transaction that takes SQLite's lock at once, not at its first write."""
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    _begin(connection)
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _begin(connection: Connection) -> None:
    """Take SQLite's lock, looking again every millisecond until it is ours.

    SQLite itself looks again after a tenth of a second in the end, and whoever comes by
    in between is served first: with two processes that write all day, some wait seconds.
    """
    driver = connection.connection.driver_connection
    if driver is None:
        raise LookupError("the connection is closed")
    ends = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < ends:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK_EVERY)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # tells what is the matter
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


@contextlib.contextmanager
def transaction(registry: Engine) -> Iterator[Connection]:
    """A writing transaction on a connection of its own, for what is not worth a desk."""
    with connected(registry) as connection, writing(connection):
        yield connection


@contextlib.contextmanager
def alone(registry: Engine, matter: str) -> Iterator[Connection]:
    """A transaction that nobody else has about the same matter at the same time.

    What it reads of the matter still holds when it writes. SQLite has one writer anyway;
    PostgreSQL's lock goes with the transaction, however it ends.
    """
    with transaction(registry) as connection:
        if connection.dialect.name == "postgresql":
            number = func.hashtextextended(matter, 0)
            connection.execute(select(func.pg_advisory_xact_lock(number)))
        yield connection
