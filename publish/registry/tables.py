"""The registry's tables, on a ``MetaData`` of their own.

They are state, not published data: no contract tier, no release ever holds them. Not
here: rules about them (``publish.access``).
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, Table, Text

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
    Column("scopes", Text, nullable=False, comment="space separated, sorted"),
    Column("requests_per_minute", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, comment="first instant at which it is refused"),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant, comment="to the minute"),
    Index(None, "bank"),
)
