"""How grades take effect: upgrades at once, downgrades after notice and objection.

Everything derives from the ledger of what was computed on the days of runs and from dated
acts (told, contested, confirmed, withheld): nothing else is remembered, so that a run
repeated, a past day replayed and a month graded again give the same.

A first grade, an upgrade and the loss of a grade for want of data are immediate. So is the
last letter: it only mirrors a list set by law, whose own procedure has heard the enterprise
(statement and defence before the decision, the notice of repair with it), and to show a
better letter beside the public list would be false. Not here: what the rules give
(``grades``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, select
from sqlglot import exp

from assets import sql
from assets.credit import decisions
from assets.credit.decisions import Act, GradeDecision
from assets.credit.policy import Policy
from assets.reference import rows_query
from assets.setup import Setup
from publish.cases.downgrades import NOTICE, objections
from publish.registry.case_tables import notice_items, notices
from publish.registry.engine import open_registry
from quality.contracts import credit
from quality.contracts.model import engine_type

PACKAGE = "assets.credit"
LEDGER = "grade_ledger"
STEPS = "grade_steps"
ACTS = {"subject": "TEXT", "act": "TEXT", "since": "DATE", "until": "DATE"}
STANDINGS = {
    "standing_rank": "INT",
    "state": "TEXT",
    "letter": "TEXT",
    "is_statutory": "BOOLEAN",
}


def standings(policy: Policy) -> exp.Query:
    """``standings``: letters and ``attention``, the best first.

    ``attention`` lies between the letter it bears and the last one, which is by law alone.
    """
    letters = [band.letter for band in policy.bands]
    rows: list[tuple[Any, ...]] = [
        (2 * rank, "graded", letter, letter == letters[-1])
        for rank, letter in enumerate(letters)
    ]
    rows.append((2 * len(letters) - 3, "attention", letters[-2], False))
    return rows_query(STANDINGS, sorted(rows))


def ledger_query(today: date) -> exp.Query:
    """``grade_ledger`` with what was computed today."""
    return sql.bind(sql.load(PACKAGE, LEDGER), today=today)


def empty_ledger() -> exp.Query:
    """``grade_ledger`` before anything was graded."""
    columns = [
        exp.cast(exp.null(), engine_type(c)).as_(c.name)
        for c in credit.grade_ledger.columns
    ]
    return exp.select(*columns).where(exp.false())


def steps_query(policy: Policy, today: date) -> exp.Query:
    """``grade_steps``: what is in force, waits or is withheld, for every evaluation."""
    given = policy.governance
    query = sql.bind(
        sql.load(PACKAGE, STEPS),
        today=today,
        working_days=given.objection_working_days,
        automatic=given.confirmation == "automatic",
    )
    return _with_standings(query, policy)


def effective_query(policy: Policy) -> exp.Query:
    """``grades`` (contract): what is in force."""
    return _with_standings(sql.load(PACKAGE, "effective_grades"), policy)


def downgrades_query(today: date) -> exp.Query:
    """``downgrades`` (contract): what waits today."""
    return sql.bind(sql.load(PACKAGE, "downgrades"), today=today)


def acts_query(setup: Setup) -> exp.Query:
    """``grade_acts``: what was done about downgrades, and from when to when it holds."""
    registry = open_registry(setup.registry)
    try:
        found = acts_of(registry, setup.grade_decisions, setup.today)
    finally:
        registry.dispose()
    return rows_query(ACTS, found)


def acts_of(
    registry: Engine, decided: Sequence[GradeDecision], today: date
) -> list[Act]:
    """(subject, act, since, until) known on a day, sorted.

    Args:
        registry: told and contested, from letters and cases.
        decided: confirmed and withheld, by the office.
        today: what happened later is not known.
    """
    found = [*_told(registry), *objections(registry), *decisions.acts(decided)]
    return sorted((a for a in found if a[2] <= today), key=lambda a: a[:3])


def _told(registry: Engine) -> Iterator[Act]:
    told = select(notice_items.c.subject, notices.c.made_on).join(notices)
    with registry.connect() as connection:
        rows = connection.execute(told.where(notice_items.c.kind == NOTICE)).all()
    for subject, made_on in rows:
        yield subject, "told", made_on, None


def _with_standings(query: exp.Query, policy: Policy) -> exp.Query:
    # In front of all others, which read it.
    first = exp.CTE(this=standings(policy), alias=exp.to_identifier("standings"))
    clause = query.args.get("with_") or exp.With(expressions=[])
    clause.set("expressions", [first, *clause.expressions])
    query.set("with_", clause)
    return query
