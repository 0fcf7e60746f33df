"""Ties in sorted table pages: the order of Datasette's first page, made whole.

Datasette 0.65 sorts the first page of a table by the column that was asked for alone, and
the next ones by column and key: rows of equal value could stand on two pages or on none.
Not here: pages of our own, which name a whole order themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from publish.serving.guard import quoted

# As Datasette writes it: a first page has one column in its order and no offset.
_FIRST_PAGE = re.compile(
    r"select [^()]+? from (?P<table>[a-z_]+) (?:(?!group by ).)*?"
    r"order by (?:\[[^\]]+\]|[A-Za-z_][A-Za-z0-9_]*)(?: desc)?(?P<limit> limit \d+)",
    re.DOTALL,
)


def sorted_table(sql: str) -> str | None:
    """The table whose first page a statement reads in the order of one column."""
    found = _FIRST_PAGE.fullmatch(sql.strip())
    return found["table"] if found else None


def with_ties_broken(sql: str, keys: Sequence[str]) -> str:
    """The statement, equal rows in the order of their key as on the pages after it.

    Args:
        sql: one that ``sorted_table`` knows.
        keys: the table's primary key.
    """
    before, limit, count = sql.strip().rpartition(" limit ")
    return f"{before}, {', '.join(map(quoted, keys))}{limit}{count}"
