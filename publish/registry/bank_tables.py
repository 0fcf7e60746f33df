"""What banks leave in the registry: quotas, the audit log, webhooks, portfolios, feedback.

Every row belongs to a ``holder``: the bank, however many keys it has. Not here: keys and
authorisations (``tables``), rules about any of them (``publish.access``, ``publish.api``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    event,
)

from publish.registry.columns import Instant
from publish.registry.tables import metadata

quotas = Table(
    "quotas",
    metadata,
    Column("name", Text, primary_key=True, comment="prefix of a key"),
    Column("full_at", BigInteger, nullable=False, comment="ns since the epoch, GCRA"),
    Column("day", Date, nullable=False, comment="the day that is counted"),
    Column("used", Integer, nullable=False, comment="requests on that day"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("receipt", Text, nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("holder", Text, nullable=False, comment="the bank"),
    Column("bank", Text, nullable=False, comment="its name then"),
    Column("key_prefix", Text, nullable=False),
    Column("operation", Text, nullable=False, comment="operationId of OpenAPI"),
    Column("purpose", Text, comment="why, as the bank said"),
    Column("uscc", Text, comment="the enterprise, where it was one"),
    Column("items", Text, nullable=False, comment="what was read, space separated"),
    Column("authorisations", Text, nullable=False, comment="which allowed it"),
    Column("subjects", Integer, nullable=False, comment="how many enterprises"),
    Column("subjects_sha256", Text, comment="of their codes, one a line"),
    Column("release_id", Text),
    Column("policy_id", Text),
    Column("evaluated_on", Text),
    Column("as_of", Text),
    Column("status", Integer, nullable=False, comment="of the HTTP answer"),
    Column("etag", Text),
    Column("result_sha256", Text, comment="of the canonical JSON of data"),
    Column("request_id", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False, comment="SHA-256 over all of the above"),
    Index(None, "holder", "at"),
    Index(None, "uscc"),
    Index(None, "at"),
    comment="append-only: triggers refuse UPDATE and DELETE",
)

audit_subjects = Table(
    "audit_subjects",
    metadata,
    Column("number", ForeignKey("audit_log.number"), primary_key=True),
    Column("uscc", Text, primary_key=True),
    Index(None, "uscc"),
    comment="the enterprises of an answer about several; append-only",
)

repeats = Table(
    "repeats",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("repeat_key", Text, primary_key=True, comment="Idempotency-Key"),
    Column("operation", Text, nullable=False),
    Column("request_sha256", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("document", Text, nullable=False, comment="holds no credit data"),
    Column("created_at", Instant, nullable=False),
)

authorisation_requests = Table(
    "authorisation_requests",
    metadata,
    Column("request", Text, primary_key=True),
    Column("bank_uscc", Text, nullable=False),
    Column("uscc", Text, nullable=False, comment="who is asked"),
    Column("items", Text, nullable=False, comment="authorisation_item, sorted"),
    Column("purpose", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("refused_at", Instant),
    Index(None, "bank_uscc"),
    Index(None, "uscc"),
    comment="answered by an authorisation that covers it",
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("kinds", Text, nullable=False, comment="space separated"),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "holder"),
)

bank_notices = Table(
    "bank_notices",
    metadata,
    Column("notice", Text, primary_key=True),
    Column("holder", Text, comment="one bank; every bank where NULL"),
    Column("kind", Text, nullable=False),
    Column("document", Text, nullable=False, comment="JSON; holds no credit data"),
    Column("created_at", Instant, nullable=False),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery", Text, primary_key=True),
    Column("webhook", ForeignKey("webhooks.webhook"), nullable=False),
    Column("notice", ForeignKey("bank_notices.notice"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, comment="NULL once delivered or given up"),
    Column("last_status", Text),
    Column("delivered_at", Instant),
    Index(None, "webhook"),
    Index(None, "next_at"),
)

screenings = Table(
    "screenings",
    metadata,
    Column("screening", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False, comment="waiting | running | done"),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("finished_at", Instant),
    Column("summary", Text, comment="JSON: how many of each outcome"),
    Index(None, "holder"),
    Index(None, "state"),
)

screening_lines = Table(
    "screening_lines",
    metadata,
    Column("screening", ForeignKey("screenings.screening"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("given", Text, nullable=False, comment="the code as it was sent"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("uscc", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="application | grant | refusal | …"),
    Column("product_code", Text),
    Column("amount_fen", BigInteger),
    Column("rate_bp", Integer),
    Column("happened_on", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "holder"),
    Index(None, "uscc"),
)


def append_only(table: str, dialect: str) -> list[str]:
    """What makes a table refuse changes and deletions of rows, as statements."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for act in ("update", "delete")
        ]
    function = (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS "
        f"$$BEGIN RAISE EXCEPTION '{table} is append-only'; END$$ LANGUAGE plpgsql"
    )
    trigger = (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table} EXECUTE FUNCTION {table}_refuse()"
    )
    return [function, trigger]


APPEND_ONLY = (audit_log, audit_subjects)
for _table in APPEND_ONLY:
    for _dialect in ("sqlite", "postgresql"):
        for _statement in append_only(_table.name, _dialect):
            _ddl: Any = DDL  # untyped in SQLAlchemy
            _made = _ddl(_statement.replace("%", "%%")).execute_if(dialect=_dialect)
            event.listen(_table, "after_create", _made)
