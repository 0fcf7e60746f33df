"""Sessions of enterprises are kept, so that they can be ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publish.registry.columns import Instant

revision = "0006_sessions"
down_revision = "0005_refusals"


def upgrade() -> None:
    """Whoever was logged in logs in once more."""
    op.create_table(
        "enterprise_sessions",
        sa.Column(
            *("id", sa.Text),
            primary_key=True,
            comment="SHA-256 of what the browser holds",
        ),
        sa.Column("prefix", sa.Text, nullable=False, comment="of the key"),
        sa.Column("uscc", sa.Text, nullable=False),
        sa.Column("began_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
    )
    op.create_index("ix_enterprise_sessions_uscc", "enterprise_sessions", ["uscc"])


def downgrade() -> None:
    """End all of them."""
    op.drop_table("enterprise_sessions")
