"""Keys of enterprises: issued with the credit file, they open the enterprise's own pages.

Not here: keys of banks (``keys``), sessions of the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, Update, insert, select, update

from publish.access import tokens
from publish.cases import policy
from publish.registry.case_tables import enterprise_keys
from publish.registry.work import once_more
from quality.clock import Clock
from quality.identifiers import is_uscc


class EnterpriseKeyError(ValueError):
    """A key cannot be issued or revoked as asked."""


@dataclass(frozen=True)
class EnterpriseKey:
    """A key without its secret."""

    prefix: str
    uscc: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@once_more
def issue_key(registry: Engine, clock: Clock, uscc: str) -> tokens.Token:
    """A new key of an enterprise; older ones end with it.

    Raises:
        EnterpriseKeyError: the code is none.
    """
    if not is_uscc(uscc):
        raise EnterpriseKeyError(f"{uscc} is no unified social credit code")
    token, now = tokens.new_token(), clock.now()
    values = {
        "prefix": token.prefix,
        "secret_hash": tokens.hash_secret(token.secret),
        "uscc": uscc,
        "issued_at": now,
        "expires_at": now + timedelta(days=policy.office()["key_days"]),
    }
    with registry.begin() as connection:
        connection.execute(_ending(uscc, now))
        connection.execute(insert(enterprise_keys).values(values))
    return token


@once_more
def revoke_keys(registry: Engine, clock: Clock, uscc: str) -> int:
    """End every key of an enterprise; gives how many."""
    with registry.begin() as connection:
        return int(connection.execute(_ending(uscc, clock.now())).rowcount)


def recognise(registry: Engine, clock: Clock, text: str) -> EnterpriseKey | None:
    """The live key that ``text`` is; nothing where it is none."""
    token = tokens.parse_token(text.strip())
    if token is None:
        return None
    row = _row(registry, token.prefix)
    if row is None or not tokens.matches(token.secret, row[1]):
        return None
    return row[0] if _live(row[0], clock) else None


def still_live(registry: Engine, clock: Clock, prefix: str) -> EnterpriseKey | None:
    """The key by its prefix, while it is neither revoked nor expired."""
    row = _row(registry, prefix)
    return row[0] if row is not None and _live(row[0], clock) else None


def _row(registry: Engine, prefix: str) -> tuple[EnterpriseKey, str] | None:
    wanted = select(enterprise_keys).where(enterprise_keys.c.prefix == prefix)
    with registry.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    values = {c: v for c, v in row._mapping.items() if c != "secret_hash"}
    return EnterpriseKey(**values), str(row.secret_hash)


def _live(key: EnterpriseKey, clock: Clock) -> bool:
    return key.revoked_at is None and clock.now() < key.expires_at


def _ending(uscc: str, now: datetime) -> Update:
    standing = (enterprise_keys.c.uscc == uscc) & enterprise_keys.c.revoked_at.is_(None)
    return update(enterprise_keys).where(standing).values(revoked_at=now)
