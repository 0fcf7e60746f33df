"""The public facts of one enterprise as canonical JSON, written by SQLite itself.

One statement for all sections: rows become text where they lie, several times faster
than through Python, and the very bytes are hashed and sent. Not here: the same facts as
objects (``facts``), which long sections fall back to.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from functools import cache

from publish.api import facts
from publish.api.answers import canonical
from publish.api.wire import SECTIONS, record_columns, register_columns
from publish.serving.guard import quoted
from quality.contracts.model import Item, Kind, facts_of

_LONG = b'"truncated":true'  # no value can hold it: quotes within values are escaped

_EMPTY = canonical({"count": 0, "truncated": False, "rows": []}).decode()


def read(connection: sqlite3.Connection, uscc: str) -> bytes | None:
    """What ``facts.read`` finds, as canonical JSON; ``None`` where there is none.

    Args:
        connection: guarded.
        uscc: whose.
    """
    found = connection.execute(_statement("= ?"), (uscc,)).fetchone()
    return None if found is None else _whole(connection, *found)


def read_all(connection: sqlite3.Connection, usccs: Iterable[str]) -> dict[str, bytes]:
    """The same by code, for several in one statement; unknown ones are missing."""
    sql = _statement("IN (SELECT value FROM json_each(?))")
    found = connection.execute(sql, (json.dumps([*usccs]),))
    return {uscc: _whole(connection, uscc, text) for uscc, text in found.fetchall()}


def _whole(connection: sqlite3.Connection, uscc: str, text: bytes) -> bytes:
    return _by_hand(connection, uscc) if _LONG in text else text


def _by_hand(connection: sqlite3.Connection, uscc: str) -> bytes:
    """A section is too long for one answer: its rows are to be counted."""
    found = facts.read(connection, uscc)
    return canonical(found.document() if found else {})


@cache
def _statement(which: str) -> str:
    members = {
        "uscc": "json_quote(e.uscc)",
        "register": row_sql(register_columns(), "e"),
        "published_grade": _grade(),
        **{name: _section(name) for name in SECTIONS},
    }
    text = f"CAST({object_sql(members)} AS BLOB)"
    return f"SELECT e.uscc, {text} FROM enterprises AS e WHERE e.uscc {which}"


def _grade() -> str:
    """Null, or the letter that may be shown with its day."""
    members = {"graded_on": "e.graded_on", "letter": "e.published_grade"}
    told = ", ".join(f"'{name}', {value}" for name, value in members.items())
    return f"iif(coalesce(e.published_grade, '') = '', 'null', json_object({told}))"


def _section(name: str) -> str:
    line = f"{row_sql(record_columns(name), quoted(name))} AS line"
    inner = facts.section_sql(name, line, "e.uscc")
    members = {
        "count": "count(*)",
        "truncated": f"iif(count(*) > {facts.MOST_ROWS}, 'true', 'false')",
        "rows": "'[' || group_concat(line) || ']'",
    }
    found = f"(SELECT {object_sql(members)} FROM ({inner}))"
    # To ask first whether there is any costs a fifth of sorting nothing.
    known = f"SELECT 1 FROM {quoted(name)} WHERE {quoted(name)}.uscc = e.uscc"
    return f"iif(EXISTS ({known}), {found}, '{_EMPTY}')"


def row_sql(columns: Iterable[Item], table: str) -> str:
    """An expression: a row of these columns as canonical JSON."""
    pairs = sorted((c.name, _value(c, table)) for c in columns)
    told = ", ".join(f"'{name}', {value}" for name, value in pairs)
    return f"json_object({told})"


def _value(column: Item, table: str) -> str:
    value = f"{table}.{quoted(column.name)}"
    if facts_of(column).kind is not Kind.FLAG:
        return value
    return f"json(iif({value} IS NULL, 'null', iif({value}, 'true', 'false')))"


def object_sql(members: Mapping[str, str]) -> str:
    """An expression that joins finished JSON texts to an object, keys sorted."""
    parts = [f"'\"{name}\":' || {members[name]}" for name in sorted(members)]
    return "'{' || " + " || ',' || ".join(parts) + " || '}'"
