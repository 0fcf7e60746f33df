"""What the office decided about who a written party is: kept, attributed, reversible.

Decisions are appended to one file and never changed; a later one overrules an earlier, and
one can be taken back. Every run reads them all again, so that they outlive the records.
Not here: the rules that need no decision (``identities.sql``).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlglot import exp

from assets.reference import rows_query

JOIN, SEPARATE, UNDO = "join", "separate", "undo"
END = b"\n"
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


def read(path: Path) -> list[Decision]:
    """Every decision ever made, oldest first.

    A last line without its end is what a killed process left of a decision that nobody was
    told is kept: it does not count.

    Raises:
        DecisionError: a line cannot be read; it names the line.
    """
    return _parsed(path, path.read_bytes()) if path.is_file() else []


def _parsed(path: Path, body: bytes) -> list[Decision]:
    whole, _, _ = body.rpartition(END)
    found = []
    for number, line in enumerate(whole.split(END) if whole else (), 1):
        try:
            found.append(Decision(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise DecisionError(f"{path} line {number}: {error}; restore it") from error
    return found


def append(path: Path, decision: Decision) -> Decision:
    """Keep one more, durably, under the next number; gives it as kept.

    Writers take turns: each numbers its decision after all that are there by then.

    Raises:
        DecisionError: nobody answers for it, it gives no reason, or it undoes none.
    """
    if not decision.made_by.strip() or not decision.reason.strip():
        raise DecisionError("a decision needs a name and a reason")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed
        file.seek(0)
        body = file.read()
        kept = replace(decision, id=len(_checked(path, body, decision)) + 1)
        file.truncate(body.rfind(END) + 1)
        file.write(json.dumps(asdict(kept), ensure_ascii=False).encode() + END)
        file.flush()
        os.fsync(file.fileno())
    return kept


def _checked(path: Path, body: bytes, decision: Decision) -> list[Decision]:
    found = _parsed(path, body)
    if decision.kind == UNDO and decision.undoes not in {d.id for d in found}:
        raise DecisionError(f"there is no decision {decision.undoes} to undo")
    return found


def in_force(decisions: Sequence[Decision]) -> dict[Party, Decision]:
    """The newest decision about each party that was not taken back."""
    undone = {d.undoes for d in decisions if d.kind == UNDO}
    standing = (d for d in decisions if d.kind != UNDO and d.id not in undone)
    return {d.party: d for d in standing}


def decisions_query(decisions: Sequence[Decision]) -> exp.Query:
    """``identity_decisions``: one row per party that was decided on."""
    standing = in_force(decisions)
    return rows_query(COLUMNS, [(*p, d.kind, d.uscc) for p, d in standing.items()])
