"""What a field or a code nobody agreed does to its row: quarantine, evolve or freeze.

Works on the tables of the batch that is being split (``assets.sources.records``). Nothing
new ever passes in silence: it refuses its row, refuses its batch, or is noticed.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection
from sqlalchemy import Table

from assets.sources.declaration import Dataset
from assets.stores import Batch
from quality.contracts.model import facts_of

CANDIDATES, VIOLATIONS = "arriving_candidates", "arriving_violations"
ROWS, NOTICES = "arriving_rows", "arriving_notices"
UNKNOWN_COLUMN = "unknown_column"


class FrozenBatchError(ValueError):
    """A batch of a frozen dataset holds something new; none of it was taken."""


def apply(
    connection: DuckDBPyConnection, table: Table, dataset: Dataset, batch: Batch
) -> None:
    """Judge what is new in a batch as its dataset declares; lists it in ``NOTICES``.

    Raises:
        FrozenBatchError: the mode is ``freeze`` and there is something new.
    """
    columns, codes = f"{table.name}.{UNKNOWN_COLUMN}", _code_rules(table)
    if dataset.unknown_columns == "freeze":
        _freeze(connection, batch, [columns], "unknown_columns")
    if dataset.unknown_codes == "freeze":
        _freeze(connection, batch, [*codes], "unknown_codes")
    passing = [columns] if dataset.unknown_columns == "evolve" else []
    if dataset.unknown_codes == "evolve":
        optional = {rule: c for rule, c in codes.items() if table.c[c].nullable}
        _empty(connection, optional)
        passing += optional
    _notice(connection, passing)


def _code_rules(table: Table) -> dict[str, str]:
    """Rule -> column, of every coded column."""
    return {
        f"{table.name}.{c.name}.{rule}": c.name
        for c in table.columns
        if facts_of(c).codes
        for rule in ("code", "codes")
    }


def _freeze(
    connection: DuckDBPyConnection, batch: Batch, rules: list[str], mode: str
) -> None:
    found = connection.execute(
        f'SELECT row_number, "column", rule_id, value FROM {VIOLATIONS} '
        "WHERE list_contains(?, rule_id) ORDER BY row_number LIMIT 1",
        [rules],
    ).fetchone()
    if found is None:
        return
    row, column, rule, value = found
    raise FrozenBatchError(
        f"{batch.dataset} batch {batch.id} row {row}, column {column!r}: {rule}, value "
        f"{value!r}; the dataset is frozen and nothing of the batch was taken. Agree the "
        "change with the agency, then declare the field (`columns` or `ignore`) or add "
        f"the code to its list, or let it pass: `{mode}: quarantine`"
    )


def _empty(connection: DuckDBPyConnection, columns: dict[str, str]) -> None:
    # The raw line keeps what was written; a column holds codes of its list only.
    for rule, column in columns.items():
        connection.execute(
            f'UPDATE {ROWS} SET "{column}" = NULL WHERE rowid + 1 IN '
            f"(SELECT row_number FROM {VIOLATIONS} WHERE rule_id = ?)",
            [rule],
        )


def _notice(connection: DuckDBPyConnection, rules: list[str]) -> None:
    connection.execute(
        f"UPDATE {VIOLATIONS} SET severity = 'warning' "
        "WHERE list_contains(CAST(? AS TEXT[]), rule_id)",
        [rules],
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {NOTICES} AS SELECT DISTINCT row_number, rule_id "
        f"FROM {VIOLATIONS} WHERE list_contains(CAST(? AS TEXT[]), rule_id)",
        [rules],
    )
