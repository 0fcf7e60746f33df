"""Which rows Great Expectations must see for its verdict to be the one on all of them.

What every value must be, the distinct values tell; of bounds the least and the largest do;
of a value that must be there any value and any gap; of a key the rows that may not be alone
with theirs. DuckDB finds these and GX judges them, so that no frame grows with the table.
Not here: the judging, and what follows where some violate (``validation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from quality.engine.rows import Frame, Rows, quoted
from quality.expectations import Expectation

SHORT = 1_000  # distinct values, about; columns of no more are judged side by side
PRESENT = "ExpectColumnValuesToNotBeNull"
_ROWS, _LENGTH = "count(*)", "frame__length"
_BETWEEN = "ExpectColumnValuesToBeBetween"
_UNIQUE = ("ExpectColumnValuesToBeUnique", "ExpectCompoundColumnsToBeUnique")


@dataclass(frozen=True)
class Part:
    """Expectations and the frames that decide them: each must hold on every frame."""

    suite: Sequence[Expectation]
    frames: Iterable[Frame]


@dataclass(frozen=True)
class Reduction:
    """A suite over the rows of a table, which are not none."""

    suite: Sequence[Expectation]
    rows: Rows

    def parts(self) -> Iterator[Part]:
        """Every expectation once, with its frames."""
        whole = [e for e in self.suite if not columns_of(e)]
        yield Part(whole, [self._shape()])
        keys = [e for e in self.suite if e.type in _UNIQUE]
        yield from (Part([e], [self._suspects(e)]) for e in keys)
        single = [e for e in self.suite if self._is_beside(e)]
        if single:
            yield Part(single, [self._side_by_side(single)])
        apart: dict[tuple[str, ...], list[Expectation]] = {}
        for e in self.suite:
            if e not in (*whole, *keys, *single):
                apart.setdefault(columns_of(e), []).append(e)
        for columns, suite in apart.items():
            named = ", ".join(map(quoted, columns))
            text = f"SELECT DISTINCT {named} FROM {self.rows.relation}"
            yield Part(suite, self.rows.frames(text))

    def counts(self, expectation: Expectation) -> tuple[int, int]:
        """How many rows it is about, and in how many of them there is nothing to judge."""
        seen, missing = _seen(expectation), _missing(expectation)
        return self._figures[seen], self._figures[missing]

    def all_of(self, expectation: Expectation) -> Frame:
        """All rows, numbered, with no more columns than it looks at."""
        columns = columns_of(expectation)
        return self.rows.frame(columns) if columns else self._shape()

    @cached_property
    def _figures(self) -> dict[str, Any]:
        return self.rows.ask([_ROWS, *(f for e in self.suite for f in _asked(e))])

    def _is_beside(self, expectation: Expectation) -> bool:
        """Whether its values are few enough to stand beside those of others."""
        if len(columns_of(expectation)) != 1 or expectation.type in _UNIQUE:
            return False
        if _is_present(expectation) or _is_ordered(expectation):
            return True
        return bool(self._figures[_distinct(expectation)] <= SHORT)

    def _shape(self) -> Frame:
        """As many rows and columns as the table, and nothing in them."""
        names = self.rows.columns()
        size = (self._figures[_ROWS], len(names))
        return pd.DataFrame(np.broadcast_to(np.False_, size), columns=names, copy=False)

    def _suspects(self, expectation: Expectation) -> Frame:
        """The rows whose key has the hash of another's; equal keys have equal hashes."""
        key = ", ".join(map(quoted, columns_of(expectation)))
        relation, told = self.rows.relation, f"hash({key})"
        text = f"SELECT {key} FROM {relation} "
        if self._figures[_distinct(expectation)] == self._figures[_ROWS]:
            return self.rows.query(f"{text} LIMIT 0")
        twice = f"SELECT {told} FROM {relation} GROUP BY 1 HAVING count(*) > 1"
        return self.rows.query(f"{text} WHERE {told} IN ({twice})")

    def _side_by_side(self, suite: Sequence[Expectation]) -> Frame:
        """The telling values of each column, repeated until all columns are as long."""
        by_column: dict[str, list[Expectation]] = {}
        for e in suite:
            by_column.setdefault(columns_of(e)[0], []).append(e)
        lists = [f"{self._telling(c, s)} AS {quoted(c)}" for c, s in by_column.items()]
        names = [quoted(c) for c in by_column]
        longest = f"greatest({', '.join(f'len({n})' for n in names)})"
        padded = (f"unnest(list_resize({n}, {_LENGTH}, {n}[1])) AS {n}" for n in names)
        return self.rows.query(
            f"SELECT {', '.join(padded)} FROM (SELECT *, {longest} AS {_LENGTH} FROM "
            f"(SELECT {', '.join(lists)} FROM {self.rows.relation}))"
        )

    def _telling(self, column: str, suite: Sequence[Expectation]) -> str:
        """A list of the values by which all of ``suite`` stand or fall."""
        name = quoted(column)
        others = [e for e in suite if not _is_present(e)]
        if not others:
            values = f"[any_value({name})]"
        elif all(map(_is_ordered, others)):
            values = f"[min({name}), max({name})]"
        else:
            values = f"list(DISTINCT {name})"
        gaps = any(self._figures[_missing(e)] for e in suite)
        return f"{values} || [NULL]" if gaps else values


def columns_of(expectation: Expectation) -> tuple[str, ...]:
    """The columns it looks at; none for one about the table."""
    given = expectation.kwargs
    named = [given[k] for k in ("column", "column_A", "column_B") if k in given]
    where = [expectation.where] if expectation.where else []
    return (*named, *given.get("column_list", ()), *where)


def _asked(expectation: Expectation) -> Iterator[str]:
    """The figures that its reduction and its counts need."""
    if not columns_of(expectation):
        return
    yield _seen(expectation)
    yield _missing(expectation)
    single = len(columns_of(expectation)) == 1
    ordered = _is_present(expectation) or _is_ordered(expectation)
    if expectation.type in _UNIQUE or (single and not ordered):
        yield _distinct(expectation)


def _seen(expectation: Expectation) -> str:
    where = expectation.where
    return f"{_ROWS} FILTER (WHERE {quoted(where)})" if where else _ROWS


def _missing(expectation: Expectation) -> str:
    where = expectation.where
    gaps = [f"{quoted(c)} IS NULL" for c in columns_of(expectation) if c != where]
    every = " AND " if "column_list" in expectation.kwargs else " OR "
    condition = f"({every.join(gaps)})" + (f" AND {quoted(where)}" if where else "")
    return f"count_if({condition})"


def _distinct(expectation: Expectation) -> str:
    named = ", ".join(map(quoted, columns_of(expectation)))
    if expectation.type in _UNIQUE:
        return f"count(DISTINCT hash({named}))"
    return f"approx_count_distinct({named})"


def _is_present(expectation: Expectation) -> bool:
    return expectation.type == PRESENT


def _is_ordered(expectation: Expectation) -> bool:
    """Whether the least and the largest value tell of all: bounds, or one value only."""
    only = len(expectation.kwargs.get("value_set", ())) == 1
    return only or expectation.type == _BETWEEN
