"""Credit repair: applying, reviewing, deciding.

Repair is a right (信用修复管理办法 art. 2): two papers, no fee, no training, and a refusal
needs a reason. Not here: whether a record can be repaired (``eligibility``), what the
pipeline makes of it (``effects``).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from publish.cases import policy
from publish.cases.commitments import Promise, add_commitment
from publish.cases.eligibility import guidance, require_open
from publish.cases.machines import Kind
from publish.cases.model import Case, CaseError, Record
from publish.cases.papers import Upload, attach
from publish.cases.recalls import add_recall
from publish.cases.store import cases_in, open_case, read, step
from publish.registry.work import alone, once_more
from quality.clock import Clock

PROMISE = "promise"


class MissingPaperError(CaseError):
    """A paper that belongs to the application is not handed in."""


@once_more
def apply_for_repair(
    registry: Engine,
    clock: Clock,
    record: Record,
    *,
    party_name: str,
    request: str,
    papers: Sequence[Upload],
    promises: bool,
    actor: str,
) -> Case:
    """Ask for a record's repair; gives the case.

    Args:
        registry: from ``open_registry``.
        clock: dates it.
        record: as it stands in the newest release.
        party_name: of the enterprise.
        request: what it did to mend the matter.
        papers: with ``material`` of the policy.
        promises: whether the standard promise is made with the application.
        actor: ``enterprise``, or the member of staff at the counter.

    Raises:
        NotEligibleError: the record cannot be repaired, or not yet.
        MissingPaperError: a required paper is lacking.
        CaseError: something else is wrong with the request.
    """
    given = {p.material for p in papers} | ({PROMISE} if promises else set())
    with alone(registry, f"repair {record.record_id}") as connection:
        about = cases_in(connection, record_id=record.record_id)
        found = guidance(record, about, clock.today())
        require_open(found)
        lacking = [m.zh for m in found.materials if m.required and m.code not in given]
        if lacking:
            raise MissingPaperError(f"hand in: {'; '.join(lacking)}")
        made = open_case(
            connection,
            clock,
            Kind.REPAIR,
            uscc=record.uscc,
            request=request,
            record=record,
            actor=actor,
            papers=papers,
        )
        if promises:
            _promise(
                connection, clock, made, record, party_name=party_name, actor=actor
            )
        return read(connection, made)


@once_more
def resubmit(
    registry: Engine,
    clock: Clock,
    case_id: str,
    *,
    papers: Sequence[Upload],
    actor: str,
    note: str = "",
) -> Case:
    """Hand in what was lacking.

    Raises:
        CaseError: the case was not returned, or nothing is handed in.
    """
    if not papers and not note.strip():
        raise MissingPaperError("hand in what was asked for, or say why not")
    with registry.begin() as connection:
        for paper in papers:
            attach(connection, clock, case_id, paper)
        return step(connection, clock, case_id, "resubmit", actor=actor, note=note)


@once_more
def decide(
    registry: Engine, clock: Clock, case_id: str, action: str, *, actor: str, note: str
) -> Case:
    """Approve, reject, or revoke for a false promise; banks are told at once.

    Raises:
        CaseError: state, role or a missing reason forbids it.
    """
    with registry.begin() as connection:
        case = step(connection, clock, case_id, action, actor=actor, note=note)
        if action == "approve":
            add_recall(connection, clock, case, "repaired")
        if action == "revoke":
            add_recall(connection, clock, case, "reinstated")
        return case


def _promise(
    connection: Connection,
    clock: Clock,
    case_id: str,
    record: Record,
    *,
    party_name: str,
    actor: str,
) -> None:
    words = policy.office()["promise"]
    promise = Promise(
        uscc=record.uscc,
        party_name=party_name,
        kind="repair",
        reason=words["reason"].format(case=case_id),
        content=words["content"],
        breach_liability=words["breach_liability"],
        committed_on=clock.today(),
        valid_to=record.longest_until,
        # While nothing is decided the promise would tell of the record's repair.
        publication="closed",
        supports=case_id,
    )
    add_commitment(connection, clock, promise, actor=actor)
