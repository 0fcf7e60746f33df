"""The public facts of one enterprise, read in one go from the mounted release.

The connection is guarded: records whose publicity period is over do not exist here.
Not here: who may ask, and the envelope.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

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
from publish.serving.release import PUBLISHED
from quality.contracts.model import (
    Item,
    Kind,
    facts_of,
    public_columns,
    table_facts,
)

MOST_ROWS = 200  # of one section in one answer


def read(connection: sqlite3.Connection, uscc: str) -> Enterprise | None:
    """The enterprise of that code, or ``None`` where the release has none."""
    columns = register_columns()
    found = connection.execute(_register_sql(), (uscc,)).fetchone()
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


@cache
def _register_sql() -> str:
    names = [*(c.name for c in register_columns()), "published_grade", "graded_on"]
    return f"SELECT {_listed(names)} FROM enterprises WHERE uscc = ?"


def _section(connection: sqlite3.Connection, name: str, uscc: str) -> Section:
    found = connection.execute(_section_sql(name), (uscc,)).fetchall()
    columns = record_columns(name)
    rows: list[Wire] = [row_of(columns, row) for row in found[:MOST_ROWS]]
    whole = len(found) <= MOST_ROWS
    count = len(rows) if whole else _count(connection, name, uscc)
    return Section(count, not whole, rows)


@cache
def _section_sql(name: str) -> str:
    return section_sql(name, _listed(c.name for c in record_columns(name)))


def section_sql(name: str, chosen: str, whose: str = "?") -> str:
    """The newest records of one enterprise, one more than an answer holds.

    Args:
        name: of the section.
        chosen: what to select of each record.
        whose: an expression for the enterprise's code.
    """
    return (
        f"SELECT {chosen} FROM {quoted(name)} WHERE {quoted(name)}.uscc = {whose}"
        f" ORDER BY {_order(name)} LIMIT {MOST_ROWS + 1}"
    )


def _count(connection: sqlite3.Connection, name: str, uscc: str) -> int:
    sql = f"SELECT count(*) FROM {quoted(name)} WHERE uscc = ?"
    return int(connection.execute(sql, (uscc,)).fetchone()[0])


@dataclass(frozen=True)
class Wanted:
    """Which records of an enterprise.

    Attributes:
        sections: in the order of ``SECTIONS``.
        since: ISO day of the record's own date, included; empty for any.
        until: the same, the last.
    """

    sections: tuple[str, ...]
    since: str
    until: str


@dataclass(frozen=True)
class After:
    """Where a page of records begins: after this one."""

    section: str
    dated: str
    key: str


def page(
    connection: sqlite3.Connection,
    uscc: str,
    wanted: Wanted,
    after: After | None,
    limit: int,
) -> tuple[list[Wire], After | None]:
    """Records of some sections, one section after the other, newest first in each.

    Args:
        connection: guarded.
        uscc: whose.
        wanted: which records.
        after: the last record of the page before.
        limit: rows of this page.

    Returns:
        The rows, and where the next page begins if there is one.
    """
    found: list[tuple[Wire, After]] = []
    begun = SECTIONS.index(after.section) if after else 0
    for name in wanted.sections:
        if SECTIONS.index(name) < begun or len(found) > limit:
            continue
        here = after if after and after.section == name else None
        sql, values = _page_sql(name, uscc, wanted, here)
        most = limit + 1 - len(found)
        found += _records(name, connection.execute(sql, (*values, most)))
    rows = [row for row, _ in found[:limit]]
    return rows, found[limit - 1][1] if len(found) > limit else None


def _page_sql(
    name: str, uscc: str, wanted: Wanted, after: After | None
) -> tuple[str, list[object]]:
    dated = f"coalesce({quoted(_dated(name))}, '')"
    key = quoted(table_facts(PUBLISHED[name]).key[-1])
    sql = (
        f"SELECT {dated}, {key}, {_listed(c.name for c in record_columns(name))}"
        f" FROM {quoted(name)} WHERE uscc = ? AND {dated} BETWEEN ? AND ?"
    )
    values: list[object] = [uscc, wanted.since, wanted.until]
    if after is not None:
        sql += f" AND ({dated} < ? OR ({dated} = ? AND {key} > ?))"
        values += [after.dated, after.dated, after.key]
    return f"{sql} ORDER BY {dated} DESC, {key} LIMIT ?", values


def _records(name: str, rows: Iterable[Any]) -> Iterator[tuple[Wire, After]]:
    columns = record_columns(name)
    for day, mark, *row in rows:
        record = {"section": name, "record": row_of(columns, row)}
        yield record, After(name, day, str(mark))


def _order(name: str) -> str:
    """Newest first by the contract's first date, then by key."""
    key = table_facts(PUBLISHED[name]).key
    return f"{quoted(_dated(name))} DESC, {_listed(key)}"


def _dated(name: str) -> str:
    return next(c.name for c in PUBLISHED[name].columns if _is_date(c))


def _is_date(item: Item) -> bool:
    return facts_of(item).kind is Kind.DATE


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(n) for n in names)
