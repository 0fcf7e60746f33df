"""One door to every step of every case, so that no step goes without what belongs to it.

Recalls, papers, and the letter that tells the enterprise are done here or below. Not
here: opening cases.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from publish.cases.commitments import assess
from publish.cases.machines import Kind
from publish.cases.model import Case
from publish.cases.objections import answer
from publish.cases.papers import Upload
from publish.cases.repair import decide, resubmit
from publish.cases.store import find_case
from publish.notices.model import Item
from publish.notices.outbox import add_letter
from publish.registry.work import once_more
from quality.clock import Clock
from quality.contracts.codelists import label

# What the enterprise is told of by letter.
TOLD = frozenset(
    {
        "return",
        "extend",
        "approve",
        "reject",
        "revoke",
        "delete",
        "correct",
        "note_both",
        "break",
    }
)


def act(
    registry: Engine,
    clock: Clock,
    case_id: str,
    action: str,
    *,
    actor: str,
    name: str,
    note: str = "",
    handling: str = "",
    papers: Sequence[Upload] = (),
) -> Case:
    """Do one step of a case.

    Args:
        registry: from ``open_registry``.
        clock: dates it.
        case_id: the case.
        action: of its state machine.
        actor: ``enterprise``, ``system`` or ``staff:<who>``.
        name: of the enterprise, for the letter.
        note: reason, list of what lacks, what was not fulfilled.
        handling: of a broken commitment.
        papers: with a resubmission.

    Raises:
        CaseError: it cannot be done; says why.
    """
    kind = find_case(registry, case_id).kind
    if kind is Kind.COMMITMENT:
        words = {"unfulfilled": note, "handling": handling}
        case = assess(registry, clock, case_id, action, actor=actor, **words)
    elif action == "resubmit":
        case = resubmit(registry, clock, case_id, papers=papers, actor=actor, note=note)
    else:
        decided = answer if kind is Kind.OBJECTION else decide
        case = decided(registry, clock, case_id, action, actor=actor, note=note)
    if action in TOLD and case.uscc:
        _tell(registry, clock, case, name)
    return case


@once_more
def _tell(registry: Engine, clock: Clock, case: Case, name: str) -> None:
    facts = {
        "title": label("case_kind", case.kind),
        "document_no": case.id,
        "outcome": label("case_state", case.state),
        "reason": case.history[-1].note,
    }
    item = Item("case_decided", f"{case.id}/{case.state}", facts)
    with registry.begin() as connection:
        add_letter(connection, clock, case.uscc, name, [item])
