"""What may follow what: the state machines of the kinds of case.

Not here: who called, or what else an action does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of case."""

    REPAIR = "repair"
    OBJECTION = "objection"
    COMMITMENT = "commitment"
    WARNING = "warning"
    HONOUR = "honour_objection"


class Role(StrEnum):
    """Who acts."""

    ENTERPRISE = "enterprise"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Move:
    """One permitted step.

    Attributes:
        action: what is done.
        sources: states it may be done in; empty for the first step.
        target: the state it leads to.
        role: who may do it.
        reasoned: whether it needs words: a reason, a list, a number.
        once: whether a case sees it at most once.
    """

    action: str
    sources: tuple[str, ...]
    target: str
    role: Role
    reasoned: bool = False
    once: bool = False


_E, _S, _Y = Role.ENTERPRISE, Role.STAFF, Role.SYSTEM
_REVIEWED = ("accepted", "under_review", "extended")
_DONE = ("approved", "unpublished", "shares_recalled", "grade_recomputed", "closed")

MACHINES: dict[Kind, tuple[Move, ...]] = {
    # 信用修复管理办法 (NDRC Order 36); domain 6.5
    Kind.REPAIR: (
        Move("submit", (), "submitted", _E),
        # 一次性告知: what is lacking is told once, and completely.
        Move("return", ("submitted",), "returned", _S, reasoned=True, once=True),
        Move("resubmit", ("returned",), "submitted", _E),
        Move("accept", ("submitted",), "accepted", _S),
        Move("review", ("accepted",), "under_review", _S),
        Move("extend", ("under_review",), "extended", _S, reasoned=True, once=True),
        Move("approve", _REVIEWED, "approved", _S, reasoned=True),
        Move("reject", _REVIEWED, "rejected", _S, reasoned=True),
        Move("withdraw", ("submitted", "returned", *_REVIEWED), "withdrawn", _E),
        Move("unpublish", ("approved",), "unpublished", _Y),
        Move("recall", ("unpublished",), "shares_recalled", _Y),
        Move("regrade", ("shares_recalled",), "grade_recomputed", _Y),
        Move("close", ("grade_recomputed",), "closed", _Y),
        Move("revoke", _DONE, "revoked", _S, reasoned=True),
    ),
    # 山东省社会信用条例 art. 39; domain 7.3
    Kind.OBJECTION: (
        Move("submit", (), "received", _E),
        Move("mark", ("received",), "marked", _Y),
        Move("forward", ("marked",), "forwarded", _S, reasoned=True),
        Move("delete", ("marked", "forwarded"), "deleted", _S, reasoned=True),
        Move("correct", ("marked", "forwarded"), "corrected", _S, reasoned=True),
        Move("reject", ("marked", "forwarded"), "rejected", _S, reasoned=True),
        Move("note_both", ("forwarded",), "unresolved", _S, reasoned=True),
        Move("withdraw", ("marked", "forwarded"), "withdrawn", _E),
    ),
    # 经营主体信用承诺实施指南; domain 8
    Kind.COMMITMENT: (
        Move("submit", (), "registered", _E),
        Move("fulfil", ("registered", "partly"), "fulfilled", _S),
        Move("fulfil_partly", ("registered",), "partly", _S, reasoned=True),
        Move("break", ("registered", "partly"), "broken", _S, reasoned=True),
    ),
    # Of the office alone: a warning is no measure against anybody.
    Kind.WARNING: (
        Move("acknowledge", (), "acknowledged", _S),
        Move("resolve", ("acknowledged",), "resolved", _S, reasoned=True),
    ),
    # Anybody may object while a candidate stands in the public notice.
    Kind.HONOUR: (
        Move("submit", (), "received", _S),
        Move("uphold", ("received",), "upheld", _S, reasoned=True),
        Move("reject", ("received",), "rejected", _S, reasoned=True),
    ),
}
CONTESTED = ("received", "marked", "forwarded")
DECIDES = frozenset(
    {
        *("approve", "reject", "delete", "correct", "note_both", "revoke"),
        *("uphold", "resolve"),
    }
)
# The mark stays where neither version could be proved (征信业管理条例 art. 25).
MARKED = (*CONTESTED, "unresolved")
REPAIRED = _DONE
OPEN: dict[Kind, tuple[str, ...]] = {
    Kind.REPAIR: ("submitted", "returned", *_REVIEWED, "approved"),
    Kind.OBJECTION: CONTESTED,
    Kind.COMMITMENT: ("registered", "partly"),
    Kind.WARNING: ("acknowledged",),
    Kind.HONOUR: ("received",),
}


def under_way() -> frozenset[tuple[str, str]]:
    """Kind and state of every case that is not closed."""
    return frozenset((k.value, s) for k, states in OPEN.items() for s in states)


def first_move(kind: Kind) -> Move:
    """The step that opens a case."""
    return next(m for m in MACHINES[kind] if not m.sources)


def moves(kind: Kind, state: str, roles: Iterable[Role] = Role) -> list[Move]:
    """What may be done in a state by somebody of the roles."""
    allowed = {*roles}
    return [m for m in MACHINES[kind] if state in m.sources and m.role in allowed]


def move_named(kind: Kind, action: str) -> Move | None:
    """The step of a name, if the kind has one."""
    return next((m for m in MACHINES[kind] if m.action == action), None)
