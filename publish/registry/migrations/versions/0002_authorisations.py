"""Authorisations: which bank may see which items of which enterprise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publish.registry.columns import Instant

revision = "0002_authorisations"
down_revision = "0001_keys"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Text, comment="auth_ and random characters"),
        sa.Column(
            "uscc", sa.Text, nullable=False, comment="the enterprise that allows"
        ),
        sa.Column(
            "bank_uscc", sa.Text, nullable=False, comment="the bank that may look"
        ),
        sa.Column(
            "items",
            sa.Text,
            nullable=False,
            comment="space separated",
        ),
        sa.Column(
            "purpose", sa.Text, nullable=False, comment="what the bank may look for"
        ),
        sa.Column(
            "signed_by", sa.Text, nullable=False, comment="role of the signatory"
        ),
        sa.Column("method", sa.Text, nullable=False, comment="web, paper or e-seal"),
        sa.Column(
            "evidence_sha256", sa.Text, nullable=False, comment="of the signed consent"
        ),
        sa.Column(
            "scope_version",
            sa.Text,
            nullable=False,
            comment="edition of the text",
        ),
        sa.Column("granted_at", Instant, nullable=False),
        sa.Column(
            "expires_at", Instant, nullable=False, comment="first instant without it"
        ),
        sa.Column("revoked_at", Instant, comment="first instant without it"),
        sa.Column("revoked_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_authorisations"),
        sa.CheckConstraint(
            "expires_at > granted_at",
            name=op.f("ck_authorisations_expires_after_grant"),
        ),
    )
    op.create_index(
        "ix_authorisations_uscc_bank_uscc", "authorisations", ["uscc", "bank_uscc"]
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("authorisations")
