"""The office's own cases: warnings it takes up, objections to candidates of an honour.

They have no enterprise as a party, so that no enterprise's page shows them; of an
objection it is not kept who raised it. The pipeline reads both like what the park
delivers by file. Not here: warnings and candidates themselves (``assets/measures``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine

from publish.cases.machines import Kind
from publish.cases.model import Case, CaseError
from publish.cases.papers import Upload
from publish.cases.store import cases_in, find_case, list_cases, open_case
from publish.registry.work import alone, once_more
from quality.clock import Clock

OUTCOMES = {"received": "open", "upheld": "upheld", "rejected": "rejected"}


class TakenUpError(CaseError):
    """Somebody has the warning in hand already."""


@once_more
def acknowledge(
    registry: Engine, clock: Clock, rule_id: str, subject: str, *, unit: str, words: str
) -> Case:
    """Take a warning up; gives the case, which ``resolve`` closes with a reason.

    Args:
        registry: from ``open_registry``.
        clock: dates it.
        rule_id: the rule that warns.
        subject: enterprise, building or industry.
        unit: who takes it up: a desk, no person.
        words: what will be done.

    Raises:
        TakenUpError: another case about it is open.
    """
    about = {"rule_id": rule_id, "subject": subject, "unit": unit}
    with alone(registry, f"warning {rule_id} {subject}") as connection:
        for case in cases_in(connection, kind=Kind.WARNING, states=("acknowledged",)):
            if (case.about["rule_id"], case.about["subject"]) == (rule_id, subject):
                raise TakenUpError(f"{case.id}: {case.about['unit']} has it in hand")
        made = _opened(connection, clock, Kind.WARNING, about, words, by=unit)
    return find_case(registry, made)


@once_more
def object_to_honour(
    registry: Engine,
    clock: Clock,
    candidate: tuple[str, int, str],
    *,
    name: str,
    words: str,
    papers: Sequence[Upload] = (),
    by: str,
) -> Case:
    """Take an objection to a candidate in the public notice.

    Args:
        registry: from ``open_registry``.
        clock: dates it.
        candidate: list, year and enterprise.
        name: of the enterprise.
        words: what speaks against it.
        papers: evidence.
        by: the desk that took it.
    """
    honour_list, year, uscc = candidate
    about = {"honour_list": honour_list, "year": year, "uscc": uscc, "party_name": name}
    with registry.begin() as connection:
        made = _opened(
            connection, clock, Kind.HONOUR, about, words, by=by, papers=papers
        )
    return find_case(registry, made)


def warning_reviews(registry: Engine, today: date) -> list[dict[str, Any]]:
    """Rows like those of ``warning_reviews``, as they stand on a day."""
    return [
        {
            **{k: c.about[k] for k in ("subject", "rule_id", "unit")},
            "acknowledged_on": c.opened_on,
            "closed_on": c.decided_on,
            "closed_why": c.history[-1].note if c.decided_on else None,
        }
        for c in list_cases(registry, kind=Kind.WARNING)
        if c.opened_on <= today
    ]


def honour_objections(registry: Engine, today: date) -> list[dict[str, Any]]:
    """Rows like those of ``honour_objections``, as they stand on a day."""
    return [
        {
            **{k: c.about[k] for k in ("honour_list", "year", "uscc")},
            "raised_on": c.opened_on,
            "state": OUTCOMES[c.state],
            "decided_on": c.decided_on,
            "reason": c.history[-1].note or None,
        }
        for c in list_cases(registry, kind=Kind.HONOUR)
        if c.opened_on <= today
    ]


def _opened(
    connection: Connection,
    clock: Clock,
    kind: Kind,
    about: dict[str, Any],
    words: str,
    *,
    by: str,
    papers: Sequence[Upload] = (),
) -> str:
    return open_case(
        connection,
        clock,
        kind,
        uscc="",
        request=words,
        record=None,
        about=about,
        papers=papers,
        actor=f"staff:{by}",
    )
