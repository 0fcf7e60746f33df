"""An enterprise may refuse what a bank asks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publish.registry.columns import Instant

revision = "0005_refusals"
down_revision = "0004_banks"


def upgrade() -> None:
    """Nothing that was asked is refused yet."""
    op.add_column("authorisation_requests", sa.Column("refused_at", Instant))


def downgrade() -> None:
    """Forget refusals."""
    op.drop_column("authorisation_requests", "refused_at")
