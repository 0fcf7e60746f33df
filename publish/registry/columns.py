"""Column types of the registry that behave alike on SQLite and PostgreSQL.

Not here: any table.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class NaiveInstantError(ValueError):
    """An instant without a zone was to be stored."""


class Instant(TypeDecorator[datetime]):
    """An instant: stored in UTC, read back with its zone, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """To UTC; SQLite stores it without a zone.

        Raises:
            NaiveInstantError: ``value`` has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstantError(f"{value} has no zone: pass Clock.now()")
        stored = value.astimezone(UTC)
        return stored.replace(tzinfo=None) if dialect.name == "sqlite" else stored

    def process_result_value(
        self,
        value: Any | None,
        dialect: Dialect,  # noqa: ARG002  the signature is SQLAlchemy's
    ) -> datetime | None:
        """With zone UTC."""
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
