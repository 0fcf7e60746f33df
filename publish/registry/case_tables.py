"""The registry's tables of cases: files, history, attachments, commitments, recalls.

History, recalls and tombstones are only ever added to: the database itself refuses to
change or delete a row of them. Not here: what may follow what (``publish.cases``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from publish.registry.columns import Instant
from publish.registry.tables import metadata


def _text(name: str, comment: str = "", *, empty: bool = False, **rest: Any) -> Any:
    return Column(name, Text, nullable=empty, comment=comment or None, **rest)


def _case(**rest: Any) -> Any:
    return Column("case_id", Text, ForeignKey("cases.id"), nullable=False, **rest)


cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True, comment="XF, YY or CN, the day, six digits"),
    _text("kind", info={"codes": "case_kind"}),
    _text("uscc", "the enterprise"),
    _text("dataset", "where the record is", empty=True),
    _text("record_id", "the record, as published", empty=True),
    _text("state", "the newest event's", info={"codes": "case_state"}),
    _text("request", "what is asked, in the enterprise's words"),
    _text("facts", "the record as it stood when the case was opened, JSON"),
    Column("opened_on", Date, nullable=False),
    Column("decided_on", Date, comment="the day of the decision in force"),
    Index(None, "uscc"),
    Index(None, "record_id"),
    Index(None, "kind", "state"),
)

case_events = Table(
    "case_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    _case(),
    Column("number", Integer, nullable=False, comment="1, 2, … within the case"),
    Column("at", Instant, nullable=False),
    Column("day", Date, nullable=False, comment="periods run from it"),
    _text("actor", "enterprise, system or staff:<who>"),
    _text("action"),
    _text("from_state", empty=True),
    _text("to_state"),
    _text("note", "reason, list of lacking materials, number of the decision"),
    UniqueConstraint("case_id", "number"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("sha256", Text, primary_key=True),
    _text("media_type"),
    Column("size", Integer, nullable=False, comment="bytes"),
    Column("content", LargeBinary, nullable=False),
)

case_attachments = Table(
    "case_attachments",
    metadata,
    _case(primary_key=True),
    Column("sha256", Text, ForeignKey("attachments.sha256"), primary_key=True),
    Column("material", Text, primary_key=True, comment="what it proves"),
    _text("name", "the file's name as handed in"),
    Column("added_at", Instant, nullable=False),
)

commitments = Table(
    "commitments",
    metadata,
    Column("commitment_code", Text, primary_key=True, comment="承诺编码"),
    _case(),
    _text("party_name"),
    _text("party_class", info={"codes": "party_class"}),
    _text("uscc"),
    _text("commitment_kind", info={"codes": "commitment_kind"}),
    _text("reason"),
    _text("content"),
    _text("breach_liability"),
    Column("committed_on", Date, nullable=False),
    Column("valid_to", Date),
    _text("fulfilment", info={"codes": "fulfilment"}),
    _text("unfulfilled_content", empty=True),
    _text("breach_handling", empty=True),
    Column("fulfilment_on", Date),
    _text("confirming_unit", empty=True),
    _text("confirming_unit_uscc", empty=True),
    _text("authority"),
    _text("authority_uscc"),
    _text("publication", info={"codes": "publication_kind"}),
    _text("remarks", empty=True),
    _text("supports", "the repair case it was made for", empty=True),
    Index(None, "uscc"),
    Index(None, "supports"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    _case(),
    _text("uscc"),
    _text("dataset"),
    _text("record_id"),
    _text("facts_sha256", "of the record as it stood"),
    _text("reason", info={"codes": "recall_reason"}),
    Column("removed_on", Date, nullable=False),
    _text("release_id", "the first release without it"),
    Index(None, "record_id"),
)

recalls = Table(
    "recalls",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True, comment="cursor"),
    _case(),
    _text("uscc"),
    _text("dataset"),
    _text("record_id"),
    _text("reason", info={"codes": "recall_reason"}),
    Column("recalled_at", Instant, nullable=False),
    Index(None, "uscc"),
)

enterprise_keys = Table(
    "enterprise_keys",
    metadata,
    Column("prefix", Text, primary_key=True, comment="names the key; not secret"),
    _text("secret_hash", "scrypt$n$r$p$salt$hash"),
    _text("uscc"),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "uscc"),
)

enterprise_sessions = Table(
    "enterprise_sessions",
    metadata,
    Column("id", Text, primary_key=True, comment="SHA-256 of what the browser holds"),
    _text("prefix", "of the key"),
    _text("uscc"),
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index(None, "uscc"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("uscc", Text, primary_key=True),
    Column("channel", Text, primary_key=True, info={"codes": "notice_channel"}),
    _text("address"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True, comment="TZ, the day, eight digits"),
    _text("uscc"),
    _text("enterprise_name"),
    Column("made_on", Date, nullable=False),
    Index(None, "uscc"),
)

notice_items = Table(
    "notice_items",
    metadata,
    Column("notice_id", Text, ForeignKey("notices.id"), primary_key=True),
    Column("kind", Text, primary_key=True, info={"codes": "notice_kind"}),
    Column(
        "subject", Text, primary_key=True, comment="record, commitment, certificate"
    ),
    _text("facts", "what the letter says of it, JSON"),
    # Nobody is told the same thing of the same subject twice.
    UniqueConstraint("kind", "subject"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice_id", Text, ForeignKey("notices.id"), primary_key=True),
    Column("channel", Text, primary_key=True, info={"codes": "notice_channel"}),
    _text("address"),
    _text("state", info={"codes": "delivery_state"}),
    Column("tries", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    _text("error", empty=True),
    Index(None, "state"),
)

APPEND_ONLY = (case_events, tombstones, recalls)


def guard_statements(table: str, dialect: str) -> list[str]:
    """What makes the database refuse to change or delete rows of a table."""
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


def _guard(table: Table) -> None:
    for dialect in ("sqlite", "postgresql"):
        for statement in guard_statements(table.name, dialect):
            ddl: Any = DDL(statement)  # type: ignore[no-untyped-call]
            ddl = ddl.execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


for _table in APPEND_ONLY:
    _guard(_table)
