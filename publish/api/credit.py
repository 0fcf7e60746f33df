"""What an enterprise authorised: grade, explanation, figures, incentives, financials.

The door has seen a live authorisation for every item before anything here is read. Not
here: that check (``publish.access.admission``), earlier grades (``history``).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from publish.api.call import Call, Reply
from publish.api.operation import Wire
from publish.api.wire import authorised_columns, row_of
from publish.serving.guard import quoted

ITEMS = ("grade", "explanation", "figures", "incentives")
USUAL = ("grade", "explanation")
_TABLES = {
    "grade": "grades",
    "explanation": "explanations",
    "figures": "figures",
    "incentives": "incentives",
}


@dataclass(frozen=True)
class Series:
    """A table of the authorised file with one row of an enterprise per day."""

    table: str
    dated: str


FINANCIALS = Series("financials", "quarter_end")
_SINGLE = frozenset({"grade", "figures"})


def chosen(values: Wire) -> tuple[str, ...]:
    """The items a call asks for."""
    included: tuple[str, ...] = values["include"]
    return included


async def show(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/credit``: the latest evaluation, item by item.

    An item that was not asked for is null; so is one without data. No grade is never a
    bad grade.
    """
    uscc, items = call.values["uscc"], chosen(call.values)
    found = call.authorised_now(read, uscc, items)
    data = {"uscc": uscc, "items": list(items), **dict.fromkeys(ITEMS), **found}
    return Reply(data, uscc=uscc, items=items)


def read(connection: sqlite3.Connection, uscc: str, items: tuple[str, ...]) -> Wire:
    """The latest evaluation's rows of some items."""
    found: Wire = {}
    for item in items:
        rows = latest(connection, _TABLES[item], uscc)
        found[item] = (rows[0] if rows else None) if item in _SINGLE else rows
    return found


def latest(connection: sqlite3.Connection, table: str, uscc: str) -> list[Wire]:
    """Rows of the newest evaluation of a table, or all where it has no evaluations."""
    columns = authorised_columns(table)
    names = ", ".join(quoted(c.name) for c in columns)
    sql = f"SELECT {names} FROM {quoted(table)} WHERE uscc = ?"
    values = [uscc]
    if any(c.name == "evaluated_on" for c in columns):
        newest = f"SELECT max(evaluated_on) FROM {quoted(table)} WHERE uscc = ?"
        sql, values = f"{sql} AND evaluated_on = ({newest})", [uscc, uscc]
    rows = connection.execute(f"{sql} ORDER BY rowid", values).fetchall()
    return [row_of(columns, row) for row in rows]


async def financials(call: Call) -> Reply:
    """``GET /enterprises/{uscc}/financials``, newest quarter first."""
    uscc, limit = call.values["uscc"], call.values["limit"]
    before = call.place(uscc)
    rows = await call.authorised(earlier, FINANCIALS, uscc, before, limit + 1)
    more = len(rows) > limit
    cursor = call.cursor(rows[limit - 1]["quarter_end"], uscc) if more else None
    data = {"uscc": uscc, "next_cursor": cursor, "rows": rows[:limit]}
    return Reply(data, uscc=uscc, items=("financials",))


def earlier(
    connection: sqlite3.Connection,
    series: Series,
    uscc: str,
    before: str | None,
    limit: int,
) -> list[Wire]:
    """Rows of one enterprise by a date, newest first, strictly before a day if given."""
    table, dated = series.table, series.dated
    columns = authorised_columns(table)
    names = ", ".join(quoted(c.name) for c in columns)
    sql = (
        f"SELECT {names} FROM {quoted(table)} WHERE uscc = ? AND {quoted(dated)} < ?"
        f" ORDER BY {quoted(dated)} DESC LIMIT ?"
    )
    found = connection.execute(sql, (uscc, before or "9999-12-31", limit))
    return [row_of(columns, row) for row in found]
