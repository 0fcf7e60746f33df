"""Which columns a statement's columns are made of, read from its own SQL.

Values only: what a row is filtered or joined by shapes which rows there are, and stands in
the statement. Not here: which table depends on which (``assets.sql.inputs``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.schema import MappingSchema

from assets.sql import DIALECT

Sources = Mapping[str, tuple[tuple[str, str], ...]]


class LineageError(ValueError):
    """The columns of a statement cannot be traced; the message names the column."""


def column_sources(
    query: exp.Query, columns: Mapping[str, Mapping[str, str]]
) -> Sources:
    """Each column of a query, with the tables' columns whose values go into it.

    Args:
        query: one SELECT over tables of the lake.
        columns: of every table it reads: name -> type, as the engine writes it.

    Returns:
        Column -> (table, column) pairs, sorted; empty for what is a literal or counted.

    Raises:
        LineageError: a column cannot be found.
    """
    try:
        schema = MappingSchema(dict(columns), dialect=DIALECT)
        found = lineage(None, query, schema, dialect=DIALECT, trim_selects=False)
    except SqlglotError as error:
        raise LineageError(str(error)) from error
    assert isinstance(found, dict)  # noqa: S101 - what it gives for all columns
    return {name: tuple(sorted(_leaves(node))) for name, node in found.items()}


def _leaves(node: Node) -> set[tuple[str, str]]:
    return {
        (leaf.source.name, leaf.name.rpartition(".")[2].strip('"'))
        for leaf in node.walk()
        if isinstance(leaf.source, exp.Table)
    }
