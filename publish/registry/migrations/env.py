"""Alembic's entry: runs the steps on the connection it is handed.

Not here: opening a database.
"""

from __future__ import annotations

from alembic import context

from publish.registry import bank_tables as _bank_tables  # noqa: F401  declares them
from publish.registry.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
