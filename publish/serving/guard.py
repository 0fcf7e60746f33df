"""The publicity guard: no statement can read a row whose publicity period is over.

On every connection each time-limited table is shadowed by a temporary view of the same
name that keeps only rows that may be shown today, and an authoriser refuses to read a
column by any other road (visitors can write no SQL: it is the last of three doors).
Pages, facets, counts, CSV and the bank interface all pass through
it, so an expired row vanishes even if the pipeline has been dead for a month.
Not here: when a period ends (the contracts' ``publish_until``, built by the release).
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable

from quality.clock import Clock
from quality.contracts.publication import TIME_LIMIT

Authoriser = Callable[[int, str | None, str | None, str | None, str | None], int]

# The last day of a period is still shown (the contract of ``publish_until``).
_LIVE = f"{TIME_LIMIT} IS NULL OR {TIME_LIMIT} >= today()"


def quoted(name: str) -> str:
    """An SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def time_limited(connection: sqlite3.Connection) -> list[str]:
    """The tables of a release file whose rows carry a publicity period."""
    found = connection.execute(
        "SELECT m.name FROM main.sqlite_master AS m, pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND c.name = ? ORDER BY m.name",
        (TIME_LIMIT,),
    )
    return [str(row[0]) for row in found]


def install(connection: sqlite3.Connection, clock: Clock) -> None:
    """Guard a fresh connection to a release file.

    Args:
        connection: just opened, nothing shadowed yet.
        clock: what ``today()`` answers, asked once per statement, never remembered.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    # Deterministic means constant within one statement, which is what we want.
    connection.create_function(
        "today", 0, lambda: clock.today().isoformat(), deterministic=True
    )
    tables = time_limited(connection)
    # SQLite tells an authoriser the innermost view that reads a table, and a query can
    # name a sub-select as it likes: hence an inner view whose name nobody can guess.
    door = f"live_{secrets.token_hex(16)}_"
    for table in tables:
        _shadow(connection, table, door + table)
    connection.set_authorizer(_authoriser(frozenset(tables), door))


def _shadow(connection: sqlite3.Connection, table: str, inner: str) -> None:
    live = f"SELECT * FROM main.{quoted(table)} WHERE {_LIVE}"
    connection.execute(f"CREATE TEMP VIEW {quoted(inner)} AS {live}")
    outer = f"SELECT * FROM temp.{quoted(inner)}"
    connection.execute(f"CREATE TEMP VIEW {quoted(table)} AS {outer}")


def _authoriser(tables: frozenset[str], door: str) -> Authoriser:
    def allow(
        action: int,
        first: str | None,
        second: str | None,  # noqa: ARG001  SQLite passes five arguments
        database: str | None,
        reader: str | None,
    ) -> int:
        if action == sqlite3.SQLITE_ATTACH:
            return sqlite3.SQLITE_DENY
        if action != sqlite3.SQLITE_READ:
            return sqlite3.SQLITE_OK
        if first in {"sqlite_temp_master", "sqlite_temp_schema"}:
            return sqlite3.SQLITE_DENY  # it would betray the inner views' names
        if first in tables and database == "main" and reader != f"{door}{first}":
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    return allow
