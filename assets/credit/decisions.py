"""What the office decided about downgrades: confirmed or withheld, attributed, reversible.

Decisions are appended to one file and never changed; a later one about the same downgrade
overrules an earlier, and one can be taken back. Not here: what follows (``governance``).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

CONFIRM, WITHHOLD, UNDO = "confirm", "withhold", "undo"
ACTS = {CONFIRM: "confirmed", WITHHOLD: "withheld"}
END = b"\n"
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


def read(path: Path) -> list[GradeDecision]:
    """Every decision ever made, oldest first.

    A last line without its end is what a killed process left of a decision that nobody
    was told is kept: it does not count.

    Raises:
        GradeDecisionError: a line cannot be read; it names the line.
    """
    return _parsed(path, path.read_bytes()) if path.is_file() else []


def _parsed(path: Path, body: bytes) -> list[GradeDecision]:
    whole, _, _ = body.rpartition(END)
    found = []
    for number, line in enumerate(whole.split(END) if whole else (), 1):
        try:
            found.append(GradeDecision(**json.loads(line)))
        except (ValueError, TypeError) as error:
            text = f"{path} line {number}: {error}; restore it"
            raise GradeDecisionError(text) from error
    return found


def append(path: Path, decision: GradeDecision) -> GradeDecision:
    """Keep one more, durably, under the next number; gives it as kept.

    Writers take turns: each numbers its decision after all that are there by then.

    Raises:
        GradeDecisionError: nobody answers for it, or it gives no reason.
    """
    if not decision.made_by.strip() or not decision.reason.strip():
        raise GradeDecisionError("a decision needs a name and a reason")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed
        file.seek(0)
        body = file.read()
        kept = replace(decision, id=len(_parsed(path, body)) + 1)
        file.truncate(body.rfind(END) + 1)
        file.write(json.dumps(asdict(kept), ensure_ascii=False).encode() + END)
        file.flush()
        os.fsync(file.fileno())
    return kept


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
