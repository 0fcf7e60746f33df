"""The publicity guard: no statement can read a row whose publicity period is over.

On every connection each time-limited table is shadowed by a temporary view of the same
name that keeps only rows that may be shown today, and an authoriser refuses to read a
column by any other road (visitors can write no SQL: it is the last of three doors).
Pages, facets, counts, CSV and the bank interface all pass through
it, so an expired row vanishes even if the pipeline has been dead for a month, and what
was repaired since an older release was built stays hidden while that release serves.
Not here: when a period ends (the contracts' ``publish_until``, built by the release).
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from publish.release.layout import AUTHORISED
from publish.release.withdrawn import ENTERPRISES, NOTHING, Withdrawn, key_column
from quality.clock import Clock
from quality.contracts.publication import TIME_LIMIT

Contract = Mapping[str, tuple[str, ...]]
Authoriser = Callable[[int, str | None, str | None, str | None, str | None], int]

# The last day of a period is still shown (the contract of ``publish_until``).
VOID = "void"
_GRADE = ('"published_grade"', '"graded_on"')
GRADED = frozenset(t.name for t in AUTHORISED if t.has("uscc"))
# SQLite tells an authoriser no view for a table that is counted without reading any
# column, so that every condition reads one, in a way that it cannot simplify away.
_ANY, _NONE = "typeof({}) <> ''", "typeof({}) = ''"
_LIVE = f"{TIME_LIMIT} IS NULL OR {TIME_LIMIT} >= today()"


def quoted(name: str) -> str:
    """An SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def time_limited(connection: sqlite3.Connection) -> list[str]:
    """The tables of a release file whose rows carry a publicity period."""
    return sorted(_having(connection, TIME_LIMIT))


def _having(connection: sqlite3.Connection, column: str) -> set[str]:
    """The tables that have a column of that name."""
    found = connection.execute(
        "SELECT m.name FROM main.sqlite_master AS m, pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND c.name = ?",
        (column,),
    )
    return {str(row[0]) for row in found}


def install(
    connection: sqlite3.Connection,
    clock: Clock,
    withdrawn: Withdrawn = NOTHING,
    contract: Contract = MappingProxyType({}),
) -> None:
    """Guard a fresh connection to a release file.

    Args:
        connection: just opened, nothing shadowed yet.
        clock: what ``today()`` answers, asked once per statement, never remembered.
        withdrawn: rows that the release may not show though it holds them.
        contract: tables and columns that statements may name; those that the file was
            built before are empty.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    # Deterministic means constant within one statement, which is what we want.
    connection.create_function(
        "today", 0, lambda: clock.today().isoformat(), deterministic=True
    )
    # SQLite tells an authoriser the innermost view that reads a table, and a query can
    # name a sub-select as it likes: hence an inner view whose name nobody can guess.
    door = f"live_{secrets.token_hex(16)}_"
    conditions = _conditions(connection, withdrawn, door)
    missing = lacking(connection, contract)
    for table, names in missing.items():
        if names == tuple(contract[table]):
            _absent(connection, table, names)
        else:
            conditions[table] = _of_older(
                *(connection, table, conditions.get(table), TIME_LIMIT in names)
            )
    for table, condition in conditions.items():
        columns = _columns(connection, table, withdrawn, door)
        columns += "".join(f", NULL AS {quoted(n)}" for n in missing.get(table, ()))
        live = f"SELECT {columns} FROM main.{quoted(table)} WHERE {condition}"
        _shadow(connection, table, door + table, live)
    connection.set_authorizer(_authoriser(frozenset(conditions), door))


def lacking(
    connection: sqlite3.Connection, contract: Contract
) -> dict[str, tuple[str, ...]]:
    """The columns that a file has not, by table: it is older than they are."""
    sql = "SELECT name FROM pragma_table_info(?, 'main')"
    found = {}
    for table, columns in contract.items():
        have = {name for (name,) in connection.execute(sql, (table,))}
        if missing := tuple(c for c in columns if c not in have):
            found[table] = missing
    return found


def _of_older(
    connection: sqlite3.Connection, table: str, condition: str | None, ended: bool
) -> str:
    """What a row must meet in a table that lacks columns.

    Without the end of its publicity nothing tells that a row may be shown.
    """
    sql = "SELECT name FROM pragma_table_info(?, 'main') LIMIT 1"
    column = quoted(connection.execute(sql, (table,)).fetchone()[0])
    seen = (_NONE if ended else _ANY).format(column)
    return f"{condition} AND {seen}" if condition else seen


def _absent(connection: sqlite3.Connection, table: str, names: Iterable[str]) -> None:
    columns = ", ".join(f"NULL AS {quoted(n)}" for n in names)
    live = f"SELECT {columns} WHERE false"
    connection.execute(f"CREATE TEMP VIEW {quoted(table)} AS {live}")


def _conditions(
    connection: sqlite3.Connection, withdrawn: Withdrawn, door: str
) -> dict[str, str]:
    """What a row of each guarded table must meet to be seen."""
    found = {table: [f"({_LIVE})"] for table in time_limited(connection)}
    tables = {n for (n,) in connection.execute("SELECT name FROM main.sqlite_master")}
    for table, keys in withdrawn.tables.items():
        if keys and table in tables:
            hidden = _kept(connection, f"{door}gone_{table}", keys)
            out = f"{key_column(table)} NOT IN ({hidden})"
            found.setdefault(table, []).append(out)
    if withdrawn.void:
        hidden = _kept(connection, f"{door}{VOID}", withdrawn.void)
        for table in sorted(GRADED & _having(connection, "uscc")):
            found.setdefault(table, []).append(f"uscc NOT IN ({hidden})")
        for table in {ENTERPRISES} & tables:
            found.setdefault(table, []).append(_ANY.format("uscc"))
    return {table: " AND ".join(tests) for table, tests in found.items()}


def _kept(connection: sqlite3.Connection, name: str, keys: Iterable[str]) -> str:
    """Remember keys under a name nobody can guess; the SELECT that lists them."""
    connection.execute(f"CREATE TEMP TABLE {name} (key TEXT PRIMARY KEY)")
    rows = [(key,) for key in keys]
    connection.executemany(f"INSERT INTO temp.{name} VALUES (?)", rows)
    connection.commit()
    return f"SELECT key FROM temp.{name}"


def _columns(
    connection: sqlite3.Connection, table: str, withdrawn: Withdrawn, door: str
) -> str:
    """All columns; a grade that rests on a withdrawn record is not published."""
    if table != ENTERPRISES or not withdrawn.void:
        return "*"
    sql = "SELECT name FROM pragma_table_info(?, 'main') ORDER BY cid"
    names = [quoted(n) for (n,) in connection.execute(sql, (table,))]
    void = f"uscc IN (SELECT key FROM temp.{door}{VOID})"
    return ", ".join(
        f"CASE WHEN {void} THEN NULL ELSE {n} END AS {n}" if n in _GRADE else n
        for n in names
    )


def _shadow(connection: sqlite3.Connection, table: str, inner: str, live: str) -> None:
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
