"""What banks leave: quotas, the audit log, webhooks, portfolios, feedback; more of keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from publish.registry.columns import Instant

revision = "0004_banks"
down_revision = "0003_cases"

TABLES = (
    *("quotas", "audit_log", "audit_subjects", "repeats", "webhooks", "bank_notices"),
    *("authorisation_requests",),
    *("webhook_deliveries", "screenings", "screening_lines", "feedback"),
)


def upgrade() -> None:
    """Make the tables; old keys get a holder of their own and no network limit."""
    _keys()
    _quotas()
    _audit_log()
    _audit_subjects()
    _repeats()
    _authorisation_requests()
    _webhooks()
    _bank_notices()
    _webhook_deliveries()
    _screenings()
    _screening_lines()
    _feedback()
    for table in ("audit_log", "audit_subjects"):
        _append_only(table)


def downgrade() -> None:
    """Drop what was added."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("audit_log", "audit_subjects"):
            op.execute(f"DROP FUNCTION IF EXISTS {table}_refuse")
    with op.batch_alter_table("api_keys") as batch:
        for name in ("holder", "networks", "requests_per_day", "replaced_by"):
            batch.drop_column(name)


def _append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS "
        f"$$BEGIN RAISE EXCEPTION '{table} is append-only'; END$$ LANGUAGE plpgsql"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table} EXECUTE FUNCTION {table}_refuse()"
    )


def _keys() -> None:
    with op.batch_alter_table("api_keys") as batch:
        batch.add_column(
            sa.Column("holder", sa.Text, comment="the bank; all its keys share it")
        )
        batch.add_column(
            sa.Column(
                "networks",
                sa.Text,
                nullable=False,
                server_default="",
                comment="CIDR, space separated; any",
            )
        )
        batch.add_column(
            sa.Column(
                "requests_per_day", sa.Integer, nullable=False, server_default="200000"
            )
        )
        batch.add_column(
            sa.Column("replaced_by", sa.Text, comment="the key that follows it")
        )
    op.execute("UPDATE api_keys SET holder = coalesce(bank_uscc, 'key ' || prefix)")
    with op.batch_alter_table("api_keys") as batch:
        batch.alter_column(
            "holder",
            existing_type=sa.Text,
            existing_comment="the bank; all its keys share it",
            nullable=False,
        )
        batch.alter_column(
            "networks",
            existing_type=sa.Text,
            existing_comment="CIDR, space separated; any",
            existing_nullable=False,
            server_default=None,
        )
        batch.alter_column(
            "requests_per_day",
            existing_type=sa.Integer,
            existing_nullable=False,
            server_default=None,
        )


def _quotas() -> None:
    op.create_table(
        "quotas",
        sa.Column("name", sa.Text(), nullable=False, comment="prefix of a key"),
        sa.Column(
            "full_at",
            sa.BigInteger(),
            nullable=False,
            comment="ns since the epoch, GCRA",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="the day that is counted"),
        sa.Column("used", sa.Integer(), nullable=False, comment="requests on that day"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_quotas")),
    )


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False, comment="the bank"),
        sa.Column("bank", sa.Text(), nullable=False, comment="its name then"),
        sa.Column("key_prefix", sa.Text(), nullable=False),
        sa.Column(
            "operation", sa.Text(), nullable=False, comment="operationId of OpenAPI"
        ),
        sa.Column("purpose", sa.Text(), nullable=True, comment="why, as the bank said"),
        sa.Column(
            "uscc", sa.Text(), nullable=True, comment="the enterprise, where it was one"
        ),
        sa.Column(
            "items", sa.Text(), nullable=False, comment="what was read, space separated"
        ),
        sa.Column(
            "authorisations", sa.Text(), nullable=False, comment="which allowed it"
        ),
        sa.Column(
            "subjects", sa.Integer(), nullable=False, comment="how many enterprises"
        ),
        sa.Column(
            "subjects_sha256",
            sa.Text(),
            nullable=True,
            comment="of their codes, one a line",
        ),
        sa.Column("release_id", sa.Text(), nullable=True),
        sa.Column("policy_id", sa.Text(), nullable=True),
        sa.Column("evaluated_on", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False, comment="of the HTTP answer"),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column(
            "result_sha256",
            sa.Text(),
            nullable=True,
            comment="of the canonical JSON of data",
        ),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column(
            "hash", sa.Text(), nullable=False, comment="SHA-256 over all of the above"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("receipt", name=op.f("uq_audit_log_receipt")),
        comment="append-only: triggers refuse UPDATE and DELETE",
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_log_holder_at"), "audit_log", ["holder", "at"], unique=False
    )
    op.create_index(op.f("ix_audit_log_uscc"), "audit_log", ["uscc"], unique=False)


def _audit_subjects() -> None:
    op.create_table(
        "audit_subjects",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"],
            ["audit_log.number"],
            name=op.f("fk_audit_subjects_number_audit_log"),
        ),
        sa.PrimaryKeyConstraint("number", "uscc", name=op.f("pk_audit_subjects")),
        comment="the enterprises of an answer about several; append-only",
    )
    op.create_index(
        op.f("ix_audit_subjects_uscc"), "audit_subjects", ["uscc"], unique=False
    )


def _repeats() -> None:
    op.create_table(
        "repeats",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("repeat_key", sa.Text(), nullable=False, comment="Idempotency-Key"),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column(
            "document", sa.Text(), nullable=False, comment="holds no credit data"
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "repeat_key", name=op.f("pk_repeats")),
    )


def _authorisation_requests() -> None:
    op.create_table(
        "authorisation_requests",
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("bank_uscc", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False, comment="who is asked"),
        sa.Column(
            "items", sa.Text(), nullable=False, comment="authorisation_item, sorted"
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_authorisation_requests")),
        comment="answered by an authorisation that covers it",
    )
    for column in ("bank_uscc", "uscc"):
        name = op.f(f"ix_authorisation_requests_{column}")
        op.create_index(name, "authorisation_requests", [column])


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False, comment="space separated"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("webhook", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_holder"), "webhooks", ["holder"], unique=False)


def _bank_notices() -> None:
    op.create_table(
        "bank_notices",
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column(
            "holder",
            sa.Text(),
            nullable=True,
            comment="one bank; every bank where NULL",
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "document", sa.Text(), nullable=False, comment="JSON; holds no credit data"
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("notice", name=op.f("pk_bank_notices")),
    )


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "next_at",
            Instant(),
            nullable=True,
            comment="NULL once delivered or given up",
        ),
        sa.Column("last_status", sa.Text(), nullable=True),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice"],
            ["bank_notices.notice"],
            name=op.f("fk_webhook_deliveries_notice_bank_notices"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook"],
            ["webhooks.webhook"],
            name=op.f("fk_webhook_deliveries_webhook_webhooks"),
        ),
        sa.PrimaryKeyConstraint("delivery", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_next_at"),
        "webhook_deliveries",
        ["next_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_webhook_deliveries_webhook"),
        "webhook_deliveries",
        ["webhook"],
        unique=False,
    )


def _screenings() -> None:
    op.create_table(
        "screenings",
        sa.Column("screening", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting | running | done"
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column(
            "summary",
            sa.Text(),
            nullable=True,
            comment="JSON: how many of each outcome",
        ),
        sa.PrimaryKeyConstraint("screening", name=op.f("pk_screenings")),
    )
    op.create_index(
        op.f("ix_screenings_holder"), "screenings", ["holder"], unique=False
    )
    op.create_index(op.f("ix_screenings_state"), "screenings", ["state"], unique=False)


def _screening_lines() -> None:
    op.create_table(
        "screening_lines",
        sa.Column("screening", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "given", sa.Text(), nullable=False, comment="the code as it was sent"
        ),
        sa.ForeignKeyConstraint(
            ["screening"],
            ["screenings.screening"],
            name=op.f("fk_screening_lines_screening_screenings"),
        ),
        sa.PrimaryKeyConstraint("screening", "line", name=op.f("pk_screening_lines")),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="application | grant | refusal | …",
        ),
        sa.Column("product_code", sa.Text(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("rate_bp", sa.Integer(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("feedback", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_holder"), "feedback", ["holder"], unique=False)
    op.create_index(op.f("ix_feedback_uscc"), "feedback", ["uscc"], unique=False)
