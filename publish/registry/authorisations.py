"""Authorisations: which bank may see which items of which enterprise, until when.

No item that is not public leaves without a live authorisation that names item and bank
(山东省社会信用条例 art. 21; 征信业管理条例 art. 28, 29). Ask on every call and every
page: a revocation acts at once. Not here: keys of banks (``publish.access``).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, insert, or_, select, update

from publish.registry.tables import authorisations
from publish.registry.work import once_more
from quality.clock import ZONE, Clock
from quality.contracts.codelists import code_list
from quality.identifiers import is_uscc

ITEMS = "authorisation_item"
SCOPE_VERSION = "2026-11"
SHA256 = re.compile(r"[0-9a-f]{64}")


class Method(StrEnum):
    """How the enterprise signed."""

    WEB = "web"
    PAPER = "paper"
    SEAL = "e-seal"


class AuthorisationError(ValueError):
    """An authorisation cannot be granted or revoked as asked."""


@dataclass(frozen=True)
class Authorisation:
    """One enterprise's consent to one bank.

    Attributes:
        items: codes of the list ``authorisation_item``.
        evidence_sha256: of the signed consent, 64 hexadecimal digits.
        expires_at: the first instant at which it no longer holds.
        revoked_at: the same, where it was withdrawn.
    """

    id: str
    uscc: str
    bank_uscc: str
    items: frozenset[str]
    purpose: str
    signed_by: str
    method: Method
    evidence_sha256: str
    scope_version: str
    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None

    @property
    def last_day(self) -> date:
        """The last day on which it holds, unless it is withdrawn before."""
        return (self.expires_at - timedelta(microseconds=1)).astimezone(ZONE).date()

    def state(self, at: datetime) -> str:
        """``live``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return "revoked"
        return "live" if at < self.expires_at else "expired"


@once_more
def grant(
    registry: Engine,
    clock: Clock,
    *,
    uscc: str,
    bank_uscc: str,
    items: Iterable[str],
    purpose: str,
    last_day: date,
    signed_by: str,
    method: Method,
    evidence_sha256: str,
) -> Authorisation:
    """Record an enterprise's consent; it holds from now on.

    Args:
        registry: from ``open_registry``.
        clock: says what is already past.
        uscc: the enterprise.
        bank_uscc: the bank.
        items: of the list ``authorisation_item``, at least one.
        purpose: what the bank may look for.
        last_day: the last day on which it holds.
        signed_by: role of the signatory, never a person's name.
        method: how it was signed.
        evidence_sha256: hash of the signed consent.

    Raises:
        AuthorisationError: what is wrong with the request and what to write.
    """
    wanted = _items(items)
    for code in (uscc, bank_uscc):
        _require(is_uscc(code), f"{code} is no unified social credit code")
    _require(bool(purpose.strip()), "say what the bank may look for")
    _require(bool(signed_by.strip()), "say in which role it was signed")
    _require(
        last_day >= clock.today(),
        f"{last_day} is past: give a day from {clock.today()} on",
    )
    _require(
        SHA256.fullmatch(evidence_sha256) is not None,
        "the evidence is a SHA-256 of 64 hexadecimal digits",
    )
    made = f"auth_{secrets.token_hex(10)}"
    values = {
        "id": made,
        "uscc": uscc,
        "bank_uscc": bank_uscc,
        "items": " ".join(wanted),
        "purpose": purpose.strip(),
        "signed_by": signed_by.strip(),
        "method": method.value,
        "evidence_sha256": evidence_sha256,
        "scope_version": SCOPE_VERSION,
        "granted_at": clock.now(),
        "expires_at": datetime.combine(last_day + timedelta(days=1), time(), ZONE),
    }
    with registry.begin() as connection:
        connection.execute(insert(authorisations).values(values))
    return find_authorisation(registry, made)


@once_more
def revoke(registry: Engine, clock: Clock, id: str, *, by: str) -> Authorisation:  # noqa: A002
    """End an authorisation at once; revoking twice keeps the first instant.

    Args:
        registry: from ``open_registry``.
        clock: says which instant it is.
        id: the authorisation's.
        by: who withdrew it: ``enterprise`` or a member of staff.

    Raises:
        AuthorisationError: there is none.
    """
    standing = (authorisations.c.id == id) & authorisations.c.revoked_at.is_(None)
    values = {"revoked_at": clock.now(), "revoked_by": by}
    with registry.begin() as connection:
        connection.execute(update(authorisations).where(standing).values(values))
    return find_authorisation(registry, id)


def live_authorisation(
    registry: Engine, uscc: str, bank_uscc: str, item: str, at: datetime
) -> Authorisation | None:
    """The consent by which a bank may see an item at an instant; of several the longest."""
    this = authorisations.c
    rows = _select(
        registry,
        this.uscc == uscc,
        this.bank_uscc == bank_uscc,
        this.granted_at <= at,
        this.expires_at > at,
        or_(this.revoked_at.is_(None), this.revoked_at > at),
    )
    fitting = [a for a in rows if item in a.items]
    return max(fitting, key=lambda a: (a.expires_at, a.id), default=None)


def list_authorisations(
    registry: Engine, *, uscc: str | None = None, bank_uscc: str | None = None
) -> list[Authorisation]:
    """Every authorisation of an enterprise, of a bank or of all, oldest first."""
    this = authorisations.c
    given = ((this.uscc, uscc), (this.bank_uscc, bank_uscc))
    return _select(registry, *(c == v for c, v in given if v is not None))


def find_authorisation(registry: Engine, id: str) -> Authorisation:  # noqa: A002
    """One authorisation.

    Raises:
        AuthorisationError: there is none.
    """
    found = _select(registry, authorisations.c.id == id)
    if not found:
        raise AuthorisationError(f"no authorisation {id!r}")
    return found[0]


def _select(registry: Engine, *conditions: ColumnElement[bool]) -> list[Authorisation]:
    order = (authorisations.c.granted_at, authorisations.c.id)
    wanted = select(authorisations).where(*conditions).order_by(*order)
    with registry.connect() as connection:
        return [_of(row) for row in connection.execute(wanted)]


def _of(row: Row[Any]) -> Authorisation:
    values = dict(row._mapping)
    items, method = frozenset(values["items"].split()), Method(values["method"])
    return Authorisation(**{**values, "items": items, "method": method})


def _items(items: Iterable[str]) -> list[str]:
    wanted, known = sorted({*items}), [*code_list(ITEMS)]
    strange = [i for i in wanted if i not in known]
    _require(bool(wanted) and not strange, f"items are {', '.join(known)}: {strange}")
    return wanted


def _require(sound: bool, advice: str) -> None:
    if not sound:
        raise AuthorisationError(advice)
