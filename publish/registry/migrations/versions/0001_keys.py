"""Keys of banks: the baseline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publish.registry.columns import Instant

revision = "0001_keys"
down_revision = None


def upgrade() -> None:
    """Make the table, unless it dates from before there were steps."""
    if sa.inspect(op.get_bind()).has_table("api_keys"):
        return
    op.create_table(
        "api_keys",
        sa.Column("prefix", sa.Text, comment="names the key; not secret"),
        sa.Column(
            "secret_hash", sa.Text, nullable=False, comment="scrypt$n$r$p$salt$hash"
        ),
        sa.Column("bank", sa.Text, nullable=False, comment="who holds the key"),
        sa.Column("bank_uscc", sa.Text, comment="the holder's USCC, where known"),
        sa.Column("scopes", sa.Text, nullable=False, comment="space separated, sorted"),
        sa.Column("requests_per_minute", sa.Integer, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column(
            "expires_at", Instant, comment="first instant at which it is refused"
        ),
        sa.Column("revoked_at", Instant),
        sa.Column("last_used_at", Instant, comment="to the minute"),
        sa.PrimaryKeyConstraint("prefix", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_bank", "api_keys", ["bank"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("api_keys")
