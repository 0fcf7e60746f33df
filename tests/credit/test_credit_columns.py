"""Which columns of a fact can move a grade: those that a statement may read."""

from __future__ import annotations

import pytest

from assets import sql
from assets.credit.incremental import columns_read

COLUMNS = ("event_id", "uscc", "value", "title")


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("SELECT uscc, count(value) FROM events GROUP BY uscc", ["uscc", "value"]),
        ("SELECT USCC, e.Value FROM events AS e", ["uscc", "value"]),
        ("SELECT value FROM others", []),
        # A column may be read without its name.
        ("SELECT * FROM events", [*COLUMNS]),
        ("WITH w AS (SELECT e.* FROM events AS e) SELECT uscc FROM w", [*COLUMNS]),
        ("SELECT arg_max(e, e.uscc) FROM events AS e", [*COLUMNS]),
        ("SELECT (SELECT events) FROM events", [*COLUMNS]),
        ("SELECT columns('v.*') FROM events", [*COLUMNS]),
        ("SELECT o.x FROM others AS o NATURAL JOIN events", [*COLUMNS]),
    ],
)
def test_a_column_that_may_be_read_counts(statement: str, read: list[str]):
    assert columns_read("events", COLUMNS, [sql.parse(statement)]) == read
