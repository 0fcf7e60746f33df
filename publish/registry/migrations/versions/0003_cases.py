"""Cases: files, history, attachments, commitments, recalls, letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publish.registry.columns import Instant

revision = "0003_cases"
down_revision = "0002_authorisations"

APPEND_ONLY = ("case_events", "tombstones", "recalls")


def upgrade() -> None:
    """Make the tables, and let the database guard those that are only added to."""
    op.create_table(
        "attachments",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachments")),
    )
    op.create_table(
        "cases",
        sa.Column(
            "id", sa.Text(), nullable=False, comment="XF, YY or CN, the day, six digits"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False, comment="the enterprise"),
        sa.Column("dataset", sa.Text(), nullable=True, comment="where the record is"),
        sa.Column(
            "record_id", sa.Text(), nullable=True, comment="the record, as published"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="the newest event's"),
        sa.Column(
            "request",
            sa.Text(),
            nullable=False,
            comment="what is asked, in the enterprise's words",
        ),
        sa.Column(
            "facts",
            sa.Text(),
            nullable=False,
            comment="the record as it stood when the case was opened, JSON",
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column(
            "decided_on",
            sa.Date(),
            nullable=True,
            comment="the day of the decision in force",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(
        op.f("ix_cases_kind_state"), "cases", ["kind", "state"], unique=False
    )
    op.create_index(op.f("ix_cases_record_id"), "cases", ["record_id"], unique=False)
    op.create_index(op.f("ix_cases_uscc"), "cases", ["uscc"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", "channel", name=op.f("pk_contacts")),
    )
    op.create_table(
        "enterprise_keys",
        sa.Column(
            "prefix", sa.Text(), nullable=False, comment="names the key; not secret"
        ),
        sa.Column(
            "secret_hash", sa.Text(), nullable=False, comment="scrypt$n$r$p$salt$hash"
        ),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_enterprise_keys")),
    )
    op.create_index(
        op.f("ix_enterprise_keys_uscc"), "enterprise_keys", ["uscc"], unique=False
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), nullable=False, comment="TZ, the day, eight digits"),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("enterprise_name", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_uscc"), "notices", ["uscc"], unique=False)
    op.create_table(
        "case_attachments",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False, comment="what it proves"),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="the file's name as handed in"
        ),
        sa.Column("added_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_attachments_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["attachments.sha256"],
            name=op.f("fk_case_attachments_sha256_attachments"),
        ),
        sa.PrimaryKeyConstraint(
            "case_id", "sha256", "material", name=op.f("pk_case_attachments")
        ),
    )
    op.create_table(
        "case_events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="1, 2, … within the case"
        ),
        sa.Column("at", Instant, nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="periods run from it"),
        sa.Column(
            "actor",
            sa.Text(),
            nullable=False,
            comment="enterprise, system or staff:<who>",
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column(
            "note",
            sa.Text(),
            nullable=False,
            comment="reason, list of lacking materials, number of the decision",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_case_events")),
        sa.UniqueConstraint(
            "case_id", "number", name=op.f("uq_case_events_case_id_number")
        ),
    )
    op.create_table(
        "commitments",
        sa.Column("commitment_code", sa.Text(), nullable=False, comment="承诺编码"),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("party_class", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("commitment_kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("breach_liability", sa.Text(), nullable=False),
        sa.Column("committed_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("fulfilment", sa.Text(), nullable=False),
        sa.Column("unfulfilled_content", sa.Text(), nullable=True),
        sa.Column("breach_handling", sa.Text(), nullable=True),
        sa.Column("fulfilment_on", sa.Date(), nullable=True),
        sa.Column("confirming_unit", sa.Text(), nullable=True),
        sa.Column("confirming_unit_uscc", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("authority_uscc", sa.Text(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column(
            "supports",
            sa.Text(),
            nullable=True,
            comment="the repair case it was made for",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_commitments_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("commitment_code", name=op.f("pk_commitments")),
    )
    op.create_index(
        op.f("ix_commitments_supports"), "commitments", ["supports"], unique=False
    )
    op.create_index(op.f("ix_commitments_uscc"), "commitments", ["uscc"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_deliveries_notice_id_notices")
        ),
        sa.PrimaryKeyConstraint("notice_id", "channel", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_state"), "deliveries", ["state"], unique=False)
    op.create_table(
        "notice_items",
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="record, commitment, certificate",
        ),
        sa.Column(
            "facts",
            sa.Text(),
            nullable=False,
            comment="what the letter says of it, JSON",
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notices.id"],
            name=op.f("fk_notice_items_notice_id_notices"),
        ),
        sa.PrimaryKeyConstraint(
            "notice_id", "kind", "subject", name=op.f("pk_notice_items")
        ),
        sa.UniqueConstraint(
            "kind", "subject", name=op.f("uq_notice_items_kind_subject")
        ),
    )
    op.create_table(
        "recalls",
        sa.Column(
            "seq", sa.Integer(), autoincrement=True, nullable=False, comment="cursor"
        ),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recalled_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_recalls_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_recalls")),
    )
    op.create_index(op.f("ix_recalls_uscc"), "recalls", ["uscc"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column(
            "facts_sha256",
            sa.Text(),
            nullable=False,
            comment="of the record as it stood",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=False),
        sa.Column(
            "release_id",
            sa.Text(),
            nullable=False,
            comment="the first release without it",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_tombstones_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tombstones")),
    )
    op.create_index(
        op.f("ix_tombstones_record_id"), "tombstones", ["record_id"], unique=False
    )
    for table in APPEND_ONLY:
        for statement in _guards(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_tombstones_record_id"), table_name="tombstones")
    op.drop_table("tombstones")
    op.drop_index(op.f("ix_recalls_uscc"), table_name="recalls")
    op.drop_table("recalls")
    op.drop_table("notice_items")
    op.drop_index(op.f("ix_deliveries_state"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_commitments_uscc"), table_name="commitments")
    op.drop_index(op.f("ix_commitments_supports"), table_name="commitments")
    op.drop_table("commitments")
    op.drop_table("case_events")
    op.drop_table("case_attachments")
    op.drop_index(op.f("ix_notices_uscc"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_enterprise_keys_uscc"), table_name="enterprise_keys")
    op.drop_table("enterprise_keys")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_cases_uscc"), table_name="cases")
    op.drop_index(op.f("ix_cases_record_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_kind_state"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("attachments")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_guard()")


def _guards(table: str, dialect: str) -> list[str]:
    said = f"{table} is only added to"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"""CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{said}'; END $$""",
        f"""CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_guard()""",
    ]
