"""Whether a record can be repaired today, from when, and what to hand in.

A pure function of record, cases and day (信用修复管理办法; 国办发〔2025〕22号): the
shortest publicity of its class has passed, no repair is open, no promise about it was
broken. Not here: writing anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from publish.cases import policy
from publish.cases.machines import CONTESTED, OPEN, REPAIRED, Kind
from publish.cases.model import Case, NotEligibleError, Record
from publish.cases.policy import Material


@dataclass(frozen=True)
class Guidance:
    """What an enterprise may do about one record.

    Attributes:
        reason: ``open`` where repair can be asked for today, else why not: ``too_early``,
            ``pending``, ``repaired``, ``promise_broken``, ``ended``, ``no_repair``.
        opens_on: the day from which it can, where there is one.
        ends_on: the day after which publicity ends by itself, where there is one.
        materials: what to hand in.
        contested: whether an objection to it is open.
    """

    record: Record
    reason: str
    opens_on: date | None
    ends_on: date | None
    materials: tuple[Material, ...]
    contested: bool

    @property
    def open(self) -> bool:
        """Whether repair can be asked for today."""
        return self.reason == "open"


ADVICE = {
    "too_early": "its shortest publicity runs until then",
    "pending": "an application for it is open already",
    "repaired": "it is repaired",
    "promise_broken": "a promise about it was broken: it stays to the end of its class",
    "ended": "its publicity is over",
    "no_repair": "records of its kind end with what they rest on, not by repair",
}


def guidance(record: Record, cases: Iterable[Case], today: date) -> Guidance:
    """What may be done about a record.

    Args:
        record: as it stands.
        cases: every case about it, of any kind.
        today: the day of asking.
    """
    about = [c for c in cases if c.record and c.record.record_id == record.record_id]
    reason = _reason(record, [c for c in about if c.kind is Kind.REPAIR], today)
    return Guidance(
        record=record,
        reason=reason,
        opens_on=record.repairable_from if reason in {"open", "too_early"} else None,
        ends_on=record.publish_until,
        materials=policy.materials(Kind.REPAIR, record.dataset),
        contested=any(c.kind is Kind.OBJECTION and c.state in CONTESTED for c in about),
    )


def require_open(found: Guidance) -> None:
    """Nothing, where repair can be asked for.

    Raises:
        NotEligibleError: it cannot; says why and from which day.
    """
    if found.open:
        return
    day = f" (from {found.opens_on})" if found.opens_on else ""
    raise NotEligibleError(
        found.reason,
        f"{found.record.record_id} cannot be repaired{day}: {ADVICE[found.reason]}",
        found.opens_on,
    )


def _reason(record: Record, repairs: list[Case], today: date) -> str:
    states = {c.state for c in repairs}
    opens, ends = record.repairable_from, record.publish_until
    told = (
        ("promise_broken", "revoked" in states),
        ("repaired", bool(states & {*REPAIRED})),
        ("pending", bool(states & {*OPEN[Kind.REPAIR]})),
        ("ended", ends is not None and ends < today),
        ("no_repair", opens is None),
        (
            "too_early",
            opens is not None and opens > today,
        ),
    )
    return next((reason for reason, holds in told if holds), "open")
