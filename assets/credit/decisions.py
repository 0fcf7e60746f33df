"""What the office decided about downgrades: confirmed or withheld, attributed, reversible.

A later decision about the same downgrade overrules an earlier, and one can be taken back.
Not here: how they are kept (``assets.decisions``), what follows (``governance``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assets.decisions import DecisionLog

CONFIRM, WITHHOLD, UNDO = "confirm", "withhold", "undo"
ACTS = {CONFIRM: "confirmed", WITHHOLD: "withheld"}
Act = tuple[str, str, date, date | None]


class GradeDecisionError(ValueError):
    """A decision that cannot be kept: says why."""


@dataclass(frozen=True, kw_only=True)
class GradeDecision:
    """One decision about one downgrade.

    Attributes:
        id: numbers them, from 1; given when it is kept.
        kind: ``confirm``, ``withhold`` or ``undo``.
        subject: the downgrade, as ``downgrades`` names it.
        made_on: ISO day.
        made_by: who answers for it.
        reason: on what it rests.
    """

    id: int = 0
    kind: str
    subject: str
    made_on: str
    made_by: str
    reason: str


_LOG = DecisionLog(GradeDecision, GradeDecisionError)
read, append = _LOG.read, _LOG.append


def in_force(decisions: Sequence[GradeDecision]) -> dict[str, GradeDecision]:
    """The newest decision about each downgrade, where it was not taken back."""
    newest = {d.subject: d for d in decisions}
    return {s: d for s, d in newest.items() if d.kind != UNDO}


def acts(decisions: Sequence[GradeDecision]) -> Iterator[Act]:
    """(subject, act, since, until): each holds until the next about the same downgrade."""
    for i, decision in enumerate(decisions):
        if decision.kind in ACTS:
            later = (d for d in decisions[i + 1 :] if d.subject == decision.subject)
            ends = next((date.fromisoformat(d.made_on) for d in later), None)
            since = date.fromisoformat(decision.made_on)
            yield decision.subject, ACTS[decision.kind], since, ends
