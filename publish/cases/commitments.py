"""Commitments: the twenty standard items, registered, followed up, kept or broken.

A commitment is a case of its own; the pipeline reads it like those that agencies deliver,
so that a broken one enters the file and is public as far as the law allows. Not here:
the items' meaning (``quality.contracts.park``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from publish.cases import policy
from publish.cases.machines import Kind
from publish.cases.model import Case, CaseError
from publish.cases.recalls import add_recall
from publish.cases.store import list_cases, open_case, step
from publish.registry.case_tables import commitments
from publish.registry.work import once_more
from quality.clock import Clock
from quality.contracts.codelists import code_list
from quality.identifiers import is_uscc

FULFILMENT = {"fulfil": "fully", "fulfil_partly": "partly", "break": "none"}


@dataclass(frozen=True)
class Promise:
    """What an enterprise promises.

    Attributes:
        kind: of the list ``commitment_kind``.
        publication: of the list ``publication_kind``.
        supports: the repair case it is made for.
    """

    uscc: str
    party_name: str
    kind: str
    reason: str
    content: str
    breach_liability: str
    committed_on: date
    valid_to: date | None = None
    publication: str = "public"
    remarks: str | None = None
    supports: str | None = None


@once_more
def register(registry: Engine, clock: Clock, promise: Promise, *, actor: str) -> str:
    """Register a commitment; gives its case.

    Raises:
        CaseError: an item is missing or wrong.
    """
    with registry.begin() as connection:
        return add_commitment(connection, clock, promise, actor=actor)


def add_commitment(
    connection: Connection, clock: Clock, promise: Promise, *, actor: str
) -> str:
    """The same within the caller's transaction."""
    _require_sound(promise, clock.today())
    office = policy.office()
    case_id = open_case(
        connection,
        clock,
        Kind.COMMITMENT,
        uscc=promise.uscc,
        request=promise.content,
        record=None,
        actor=actor,
    )
    values: dict[str, Any] = {
        "commitment_code": _code(connection, promise.committed_on),
        "case_id": case_id,
        "party_name": promise.party_name,
        "party_class": "individual_business" if promise.uscc[:2] == "92" else "legal",
        "uscc": promise.uscc,
        "commitment_kind": promise.kind,
        "reason": promise.reason,
        "content": promise.content,
        "breach_liability": promise.breach_liability,
        "committed_on": promise.committed_on,
        "valid_to": promise.valid_to,
        "fulfilment": "pending",
        "authority": office["unit"],
        "authority_uscc": office["uscc"],
        "publication": promise.publication,
        "remarks": promise.remarks,
        "supports": promise.supports,
    }
    connection.execute(insert(commitments).values(values))
    return case_id


@once_more
def assess(
    registry: Engine,
    clock: Clock,
    case_id: str,
    action: str,
    *,
    actor: str,
    unfulfilled: str = "",
    handling: str = "",
) -> Case:
    """Establish that a commitment is kept, kept in part, or broken.

    A broken promise revokes the repair it was made for: the record is public again, for
    the longest period of its class.

    Raises:
        CaseError: the case is no open commitment, or the words are missing.
    """
    if action not in FULFILMENT:
        raise CaseError(f"{action}: one of {', '.join(FULFILMENT)}")
    if action != "fulfil" and not (unfulfilled.strip() and handling.strip()):
        raise CaseError("say what was not fulfilled, and how the breach is handled")
    office = policy.office()
    values = {
        "fulfilment": FULFILMENT[action],
        "unfulfilled_content": unfulfilled.strip() or None,
        "breach_handling": handling.strip() or None,
        "fulfilment_on": clock.today(),
        "confirming_unit": office["unit"],
        "confirming_unit_uscc": office["uscc"],
    }
    this = commitments.c.case_id == case_id
    with registry.begin() as connection:
        case = step(connection, clock, case_id, action, actor=actor, note=unfulfilled)
        connection.execute(update(commitments).where(this).values(values))
        supported = connection.scalar(select(commitments.c.supports).where(this))
        if action == "break" and supported:
            # Its record is public again: the promise tells nothing more by standing there.
            shown = {"publication": "public"}
            connection.execute(update(commitments).where(this).values(shown))
            revoke(connection, clock, supported, actor=actor, note=unfulfilled)
        return case


def revoke(
    connection: Connection, clock: Clock, repair: str, *, actor: str, note: str
) -> None:
    """Take a repair back for a false promise, and tell everybody."""
    case = step(connection, clock, repair, "revoke", actor=actor, note=note)
    add_recall(connection, clock, case, "reinstated")


def rows_of(registry: Engine, uscc: str | None = None) -> list[dict[str, Any]]:
    """The twenty items of every commitment, with its case, oldest first."""
    wanted = select(commitments).order_by(commitments.c.commitment_code)
    if uscc is not None:
        wanted = wanted.where(commitments.c.uscc == uscc)
    with registry.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(wanted)]


def list_open(registry: Engine) -> list[Case]:
    """Commitments nobody has assessed yet."""
    return list_cases(registry, kind=Kind.COMMITMENT, states=("registered", "partly"))


def _code(connection: Connection, committed_on: date) -> str:
    """Division, day of the promise, serial number: twenty digits (domain 8.2)."""
    office = policy.office()
    start = f"{office['division']}{committed_on:%Y%m%d}"
    if connection.dialect.name == "postgresql":
        # Two at once must not take the same number; SQLite has one writer anyhow.
        connection.exec_driver_sql("LOCK TABLE commitments IN EXCLUSIVE MODE")
    code = commitments.c.commitment_code
    last = connection.scalar(select(func.max(code)).where(code.startswith(f"{start}9")))
    serial = int(last[-6:]) + 1 if last else office["first_serial"]
    return f"{start}{serial:06d}"


def _require_sound(promise: Promise, today: date) -> None:
    told = (
        (is_uscc(promise.uscc), f"{promise.uscc} is no unified social credit code"),
        (promise.kind in code_list("commitment_kind"), f"no kind {promise.kind!r}"),
        (
            promise.publication in code_list("publication_kind"),
            f"no publication {promise.publication!r}",
        ),
        (promise.committed_on <= today, "a promise is not made in the future"),
        (
            promise.valid_to is None or promise.valid_to >= promise.committed_on,
            "a promise does not expire before it is made",
        ),
        (bool(promise.party_name.strip()), "name the enterprise"),
        (bool(promise.reason.strip()), "say on what occasion it is made"),
        (bool(promise.breach_liability.strip()), "say what follows from a breach"),
    )
    for sound, advice in told:
        if not sound:
            raise CaseError(advice)
