"""SQL as trees: load a statement, read what it needs, bind values, print it.

Statements are written in DuckDB's dialect, one SELECT a file, and may be printed for
another engine. Not here: running them (``orchestration.lake``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from importlib.resources import files

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
Value = str | int | date | None


class UnboundParameterError(ValueError):
    """A statement still holds ``$name`` after binding; give a value for that name."""


def parse(text: str) -> exp.Query:
    """One SELECT as a tree.

    Raises:
        ValueError: the text is not a single query.
    """
    tree = sqlglot.parse_one(text, read=DIALECT)
    if not isinstance(tree, exp.Query):
        raise ValueError(f"not a SELECT: {text[:80]!r}")
    return tree


def load(package: str, name: str) -> exp.Query:
    """The statement in ``<package>/<name>.sql``."""
    return parse((files(package) / f"{name}.sql").read_text("utf-8"))


def inputs(query: exp.Query) -> tuple[str, ...]:
    """The tables a statement reads, sorted, without its own common table expressions."""
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    read = {
        t.name for t in query.find_all(exp.Table) if isinstance(t.this, exp.Identifier)
    }
    return tuple(sorted(read - own))


def literal(value: Value) -> exp.Expr:
    """A value as a literal; dates become ``CAST('…' AS DATE)``."""
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.convert(value)


def bind(query: exp.Query, **values: Value) -> exp.Query:
    """A copy with every ``$name`` replaced by its value.

    Raises:
        UnboundParameterError: a parameter has no value.
    """

    def replace(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Parameter | exp.Placeholder):
            return node
        name = node.name
        if name not in values:
            raise UnboundParameterError(
                f"no value for ${name}; known: {sorted(values)}"
            )
        return literal(values[name])

    bound: exp.Query = query.copy().transform(replace)  # type: ignore[assignment]
    return bound


def inlined(query: exp.Query, **given: exp.Query) -> exp.Query:
    """A copy in which the tables of these names are read from the given queries."""
    return put_into(query.copy(), given)


def put_into(query: exp.Query, given: Mapping[str, exp.Query]) -> exp.Query:
    """As ``inlined``, but the tree itself is changed: far cheaper where it is large."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name in given:
            return given[node.name].copy().subquery(node.alias_or_name)
        return node

    placed: exp.Query = query.transform(put, copy=False)  # type: ignore[assignment]
    return placed


def parameters(query: exp.Query) -> set[str]:
    """The names of the parameters a statement holds."""
    return {p.name for p in query.find_all(exp.Parameter, exp.Placeholder)}


def union(queries: Iterable[exp.Query]) -> exp.Query:
    """The rows of all queries, one after the other (UNION ALL by position)."""
    return exp.union(*queries, distinct=False)


def to_sql(query: exp.Expr, dialect: str = DIALECT, *, pretty: bool = False) -> str:
    """The statement as text for an engine."""
    return query.sql(dialect=dialect, pretty=pretty)


def spent(query: exp.Expr) -> str:
    """The statement as text of a tree that nobody needs any more: not copied first."""
    return query.sql(dialect=DIALECT, copy=False)
