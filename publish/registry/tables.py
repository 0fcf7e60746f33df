"""The registry's ``MetaData``, and its tables of access: keys and authorisations.

They are state, not published data: no contract tier, no release ever holds them. Cases
have a module of their own (``case_tables``). Not here: rules about them.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text

from publish.registry.columns import Instant

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", Text, primary_key=True, comment="names the key; not secret"),
    Column("secret_hash", Text, nullable=False, comment="scrypt$n$r$p$salt$hash"),
    Column("bank", Text, nullable=False, comment="who holds the key"),
    Column("bank_uscc", Text, comment="the holder's USCC, where known"),
    Column("holder", Text, nullable=False, comment="the bank; all its keys share it"),
    Column("scopes", Text, nullable=False, comment="space separated, sorted"),
    Column("networks", Text, nullable=False, comment="CIDR, space separated; any"),
    Column("requests_per_minute", Integer, nullable=False),
    Column("requests_per_day", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, comment="first instant at which it is refused"),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant, comment="to the minute"),
    Column("replaced_by", Text, comment="the key that follows it"),
    Index(None, "bank"),
)

authorisations = Table(
    "authorisations",
    metadata,
    Column("id", Text, primary_key=True, comment="auth_ and random characters"),
    Column("uscc", Text, nullable=False, comment="the enterprise that allows"),
    Column("bank_uscc", Text, nullable=False, comment="the bank that may look"),
    Column(
        "items",
        Text,
        nullable=False,
        comment="space separated",
        info={"codes": "authorisation_item"},
    ),
    Column("purpose", Text, nullable=False, comment="what the bank may look for"),
    Column("signed_by", Text, nullable=False, comment="role of the signatory"),
    Column("method", Text, nullable=False, comment="web, paper or e-seal"),
    Column("evidence_sha256", Text, nullable=False, comment="of the signed consent"),
    Column("scope_version", Text, nullable=False, comment="edition of the text"),
    Column("granted_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, comment="first instant without it"),
    Column("revoked_at", Instant, comment="first instant without it"),
    Column("revoked_by", Text),
    CheckConstraint("expires_at > granted_at", name="expires_after_grant"),
    Index(None, "uscc", "bank_uscc"),
)
