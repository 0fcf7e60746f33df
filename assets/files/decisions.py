"""What the office decided about who a written party is: kept, attributed, reversible.

A later decision overrules an earlier, and one can be taken back. Every run reads them all
again, so that they outlive the records. Not here: how they are kept (``assets.decisions``),
the rules that need no decision (``identities.sql``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from assets.decisions import DecisionLog
from assets.reference import rows_query

JOIN, SEPARATE, UNDO = "join", "separate", "undo"
COLUMNS = dict.fromkeys(("dataset", "party_code", "party_name", "kind", "uscc"), "TEXT")
Party = tuple[str, str, str]


class DecisionError(ValueError):
    """A decision that cannot be kept: says why."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One decision about one written party of one dataset.

    Attributes:
        id: numbers them, from 1; given when it is kept.
        kind: ``join`` to ``uscc``; ``separate``: none of the registered; ``undo``.
        made_at: ISO instant.
        made_by: who answers for it.
        reason: on what papers it rests.
        undoes: the decision that an ``undo`` takes back.
    """

    id: int = 0
    kind: str
    made_at: str
    made_by: str
    reason: str
    dataset: str = ""
    party_code: str = ""
    party_name: str = ""
    uscc: str | None = None
    undoes: int | None = None

    @property
    def party(self) -> Party:
        """What it is about."""
        return self.dataset, self.party_code, self.party_name


_LOG = DecisionLog(Decision, DecisionError)
read = _LOG.read


def append(path: Path, decision: Decision) -> Decision:
    """Keep one more, as ``DecisionLog.append`` does.

    Raises:
        DecisionError: nobody answers for it, it gives no reason, or it undoes none.
    """

    def follows(before: Sequence[Decision]) -> None:
        if decision.kind == UNDO and decision.undoes not in {d.id for d in before}:
            raise DecisionError(f"there is no decision {decision.undoes} to undo")

    return _LOG.append(path, decision, follows)


def in_force(decisions: Sequence[Decision]) -> dict[Party, Decision]:
    """The newest decision about each party that was not taken back."""
    undone = {d.undoes for d in decisions if d.kind == UNDO}
    standing = (d for d in decisions if d.kind != UNDO and d.id not in undone)
    return {d.party: d for d in standing}


def decisions_query(decisions: Sequence[Decision]) -> exp.Query:
    """``identity_decisions``: one row per party that was decided on."""
    standing = in_force(decisions)
    return rows_query(COLUMNS, [(*p, d.kind, d.uscc) for p, d in standing.items()])
