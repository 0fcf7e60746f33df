"""What the office decided about who a written party is: kept, attributed, reversible.

Decisions are appended to one file and never changed; a later one overrules an earlier, and
one can be taken back. Every run reads them all again, so that they outlive the records.
Not here: the rules that need no decision (``identities.sql``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlglot import exp

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
        id: numbers them, from 1.
        kind: ``join`` to ``uscc``; ``separate``: none of the registered; ``undo``.
        made_at: ISO instant.
        made_by: who answers for it.
        reason: on what papers it rests.
        undoes: the decision that an ``undo`` takes back.
    """

    id: int
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


def read(path: Path) -> list[Decision]:
    """Every decision ever made, oldest first.

    Raises:
        DecisionError: a line cannot be read; it names the line.
    """
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            found.append(Decision(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise DecisionError(f"{path} line {number}: {error}; restore it") from error
    return found


def append(path: Path, decision: Decision) -> None:
    """Keep one more, durably.

    Raises:
        DecisionError: nobody answers for it, it gives no reason, or it undoes none.
    """
    if not decision.made_by.strip() or not decision.reason.strip():
        raise DecisionError("a decision needs a name and a reason")
    if decision.kind == UNDO and decision.undoes not in {d.id for d in read(path)}:
        raise DecisionError(f"there is no decision {decision.undoes} to undo")
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(decision), ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def in_force(decisions: Sequence[Decision]) -> dict[Party, Decision]:
    """The newest decision about each party that was not taken back."""
    undone = {d.undoes for d in decisions if d.kind == UNDO}
    standing = (d for d in decisions if d.kind != UNDO and d.id not in undone)
    return {d.party: d for d in standing}


def decisions_query(decisions: Sequence[Decision]) -> exp.Query:
    """``identity_decisions``: one row per party that was decided on."""
    standing = in_force(decisions)
    return rows_query(COLUMNS, [(*p, d.kind, d.uscc) for p, d in standing.items()])
