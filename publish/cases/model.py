"""Cases as values, and what can be wrong with a request.

Not here: reading and writing them (``store``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from publish.cases import policy
from publish.cases.machines import Kind, Move, Role, moves


class CaseError(ValueError):
    """A case cannot be opened or moved as asked; says why and what to do."""


class UnknownCaseError(CaseError):
    """There is no such case."""


class ForbiddenMoveError(CaseError):
    """The case's state or the caller does not allow the action."""


class NotEligibleError(CaseError):
    """The record cannot be repaired, or not yet.

    Attributes:
        reason: a stable code of the reason.
        opens_on: the day from which it can, where there is one.
    """

    def __init__(self, reason: str, advice: str, opens_on: date | None = None) -> None:
        super().__init__(advice)
        self.reason, self.opens_on = reason, opens_on


@dataclass(frozen=True)
class Record:
    """What a case needs to know of a record of an enterprise.

    Attributes:
        record_id: as published.
        severity: minor, general or serious.
        repairable_from: the first day on which repair may be asked for.
        publish_until: the last day of its publicity, where it has one.
        longest_until: the last day of the longest publicity its class allows.
    """

    record_id: str
    uscc: str
    dataset: str
    kind: str
    title: str
    authority: str | None
    document_no: str | None
    severity: str | None
    decided_on: date
    repairable_from: date | None
    publish_until: date | None
    longest_until: date | None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Record:
        """From a row of the release or from JSON; dates may be ISO text."""
        return cls(**{f.name: _value(f.name, values[f.name]) for f in fields(cls)})

    def as_json(self) -> str:
        """As it is kept with a case."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)

    @property
    def sha256(self) -> str:
        """Hash of the record as it stood."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()


@dataclass(frozen=True)
class CaseEvent:
    """One step of a case's history."""

    case_id: str
    number: int
    at: datetime
    day: date
    actor: str
    action: str
    from_state: str | None
    to_state: str
    note: str


@dataclass(frozen=True)
class Paper:
    """An attachment of a case."""

    material: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Case:
    """A case with its whole history, oldest first.

    Attributes:
        uscc: the enterprise that is its party; empty for the office's own.
        record: what it is about, where that is a record of the enterprise.
        about: what else it is about.
    """

    id: str
    kind: Kind
    uscc: str
    state: str
    request: str
    record: Record | None
    about: Mapping[str, Any]
    opened_on: date
    decided_on: date | None
    history: Sequence[CaseEvent]
    papers: Sequence[Paper]

    def moves(self, *roles: Role) -> list[Move]:
        """What may be done now."""
        done = {e.action for e in self.history}
        allowed = moves(self.kind, self.state, roles or tuple(Role))
        return [m for m in allowed if not (m.once and m.action in done)]

    def due_on(self) -> date | None:
        """The last day for the next step, where policy sets one.

        Raises:
            CalendarEndsError: working days of that day are not announced yet.
        """
        start = self._since()
        limit = policy.period(self.kind, self.state, start)
        return limit.end(start) if limit else None

    def _since(self) -> date:
        """The day the period of the state runs from; review runs from acceptance."""
        counted = {self.state}
        if self.state in {"under_review", "extended"}:
            counted = {"accepted"}
        if self.state == "forwarded":
            counted = {"received"}  # both periods of art. 39 run from receipt
        days = [e.day for e in self.history if e.to_state in counted]
        return days[-1] if days else self.opened_on


def _value(name: str, value: Any) -> Any:
    if value and isinstance(value, str) and name.endswith(("_on", "_from", "_until")):
        return date.fromisoformat(value)
    return value
