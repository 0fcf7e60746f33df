"""The public facts of one enterprise, read in one go from the mounted release.

The connection is guarded: records whose publicity period is over do not exist here.
Not here: who may ask, and the envelope.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from publish.api.wire import (
    SECTIONS,
    Enterprise,
    Grade,
    Section,
    Wire,
    record_columns,
    register_columns,
    row_of,
)
from publish.serving.guard import quoted
from publish.serving.mount import Mounted
from publish.serving.release import PUBLISHED
from quality.contracts.model import (
    Item,
    Kind,
    facts_of,
    public_columns,
    table_facts,
)

MOST_ROWS = 200  # of one section in one answer


async def enterprise(release: Mounted, uscc: str) -> Enterprise | None:
    """The enterprise of that code, or ``None`` where the release has none."""
    return await release.public.execute_fn(lambda c: read(c, uscc))


def read(connection: sqlite3.Connection, uscc: str) -> Enterprise | None:
    """The same on a connection at hand."""
    columns = register_columns()
    names = _listed([*(c.name for c in columns), "published_grade", "graded_on"])
    sql = f"SELECT {names} FROM enterprises WHERE uscc = ?"
    found = connection.execute(sql, (uscc,)).fetchone()
    if found is None:
        return None
    *register, letter, graded_on = found
    return Enterprise(
        uscc=uscc,
        register=row_of(columns, register),
        published_grade=Grade(letter, graded_on) if letter else None,
        sections={name: _section(connection, name, uscc) for name in SECTIONS},
    )


def read_all(connection: sqlite3.Connection, name: str) -> list[Wire]:
    """Every row of a small published table in key order."""
    table = PUBLISHED[name]
    columns = public_columns(table)
    keys = _listed(table_facts(table).key)
    sql = (
        f"SELECT {_listed(c.name for c in columns)} FROM {quoted(name)} ORDER BY {keys}"
    )
    return [row_of(columns, row) for row in connection.execute(sql)]


def _section(connection: sqlite3.Connection, name: str, uscc: str) -> Section:
    columns = record_columns(name)
    names = _listed(c.name for c in columns)
    sql = f"SELECT {names} FROM {quoted(name)} WHERE uscc = ? ORDER BY {_order(name)}"
    found = connection.execute(f"{sql} LIMIT {MOST_ROWS + 1}", (uscc,)).fetchall()
    rows: list[Wire] = [row_of(columns, row) for row in found[:MOST_ROWS]]
    whole = len(found) <= MOST_ROWS
    count = len(rows) if whole else _count(connection, name, uscc)
    return Section(count, not whole, rows)


def _count(connection: sqlite3.Connection, name: str, uscc: str) -> int:
    sql = f"SELECT count(*) FROM {quoted(name)} WHERE uscc = ?"
    return int(connection.execute(sql, (uscc,)).fetchone()[0])


def _order(name: str) -> str:
    """Newest first by the contract's first date, then by key."""
    table = PUBLISHED[name]
    dated = next(c.name for c in table.columns if _is_date(c))
    return f"{quoted(dated)} DESC, {_listed(table_facts(table).key)}"


def _is_date(item: Item) -> bool:
    return facts_of(item).kind is Kind.DATE


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(n) for n in names)
