"""What must hold before a release may be seen (domain 14.3).

Every gate is a function from a candidate to its failures; ``GATES`` names them all and
``inspect`` runs them all, so that one report tells everything. Not here: the structure
of the files and personal data (``privacy``), search (``findable``), row contracts
(checked while loading).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publish.release.candidate import WHOLE, Candidate, Gate, offenders
from publish.release.errors import GateFailure
from publish.release.findable import searchable
from publish.release.layout import ALL, PUBLIC
from publish.release.privacy import personal_data, tiers
from quality.contracts.publication import TIME_LIMIT

SMALLEST_CELL = 5  # enterprises; with fewer, one could be told apart
CELLS = {
    "grade_statistics": "enterprises",
    "industry_statistics": "enterprises",
    "chain_statistics": "enterprises",
    "model_card": "enterprises",
    "incentives": "beneficiaries",
    "incentive_costs": "enterprises",
    "inspection_savings": "enterprises",
    "targets": "reached",
    "finance_results": "enterprises",
    "support_policies": "matched",
    "standard_effects": "enterprises",
}
_LEAVE_OUT = "leave the row out of the relation"
_SERVED = {t.name: t for t in PUBLIC}


def publicity(candidate: Candidate) -> Iterator[GateFailure]:
    """No row past its publicity period, no minor penalty, no penalty without an end.

    国办发〔2025〕22号 and NDRC Order 36: minor dishonesty is not published; publicity
    of the rest ends by itself.
    """
    today = candidate.info.today.isoformat()
    for table in (t for t in PUBLIC if t.has(TIME_LIMIT)):
        for key in offenders(candidate.public, table, f"{TIME_LIMIT} < ?", [today]):
            why = f"publicity ended before {today}"
            yield GateFailure("publicity", table.name, key, why, _LEAVE_OUT)
    penalties = _SERVED["penalties"]
    for where, why in (
        ("severity = 'minor'", "minor penalties are not published"),
        (f"{TIME_LIMIT} IS NULL", "a penalty needs an end of publicity"),
    ):
        for key in offenders(candidate.public, penalties, where, (), candidate.judged):
            yield GateFailure("publicity", "penalties", key, why, _LEAVE_OUT)


def volume(candidate: Candidate) -> Iterator[GateFailure]:
    """No table shrinks suddenly, and there are enterprises at all."""
    if candidate.counts["public_enterprises"] < 1:
        yield GateFailure(
            *("volume", "enterprises", "", "there is no enterprise"),
            "look for a source that delivered nothing",
        )
    for table in ALL:
        before = candidate.before.get(table.contract, 0)
        now = candidate.counts[table.contract]
        if _shrinks(before, now, candidate):
            yield GateFailure(
                *("volume", table.contract, "", f"{before} rows became {now}"),
                "find the cause, or allow it with a higher shrink_percent",
            )


def _shrinks(before: int, now: int, candidate: Candidate) -> bool:
    limits = candidate.limits
    kept = before * (100 - limits.shrink_percent)
    return before >= limits.small_table and now * 100 < kept


def references(candidate: Candidate) -> Iterator[GateFailure]:
    """Every credit code of a public table has its credit file."""
    where = "NOT EXISTS (SELECT 1 FROM main.enterprises AS e WHERE e.uscc = {0}.uscc)"
    judged = WHOLE if candidate.named_anew else candidate.judged
    for table in (t for t in PUBLIC if t.has("uscc") and t.name != "enterprises"):
        lost = where.format(table.name)
        for key in offenders(candidate.public, table, lost, (), judged):
            why = "its enterprise is not in the release"
            yield GateFailure("references", table.name, key, why, _LEAVE_OUT)


def small_cells(candidate: Candidate) -> Iterator[GateFailure]:
    """No statistic speaks of one to four enterprises."""
    for name, column in CELLS.items():
        where = f"{column} > 0 AND {column} < {SMALLEST_CELL}"
        for key in offenders(candidate.public, _SERVED[name], where):
            why = f"{column} is below {SMALLEST_CELL} and could be told apart"
            yield GateFailure("small_cells", name, key, why, "leave the cell empty")


def letters(candidate: Candidate) -> Iterator[GateFailure]:
    """Only the grades the policy opens to the public stand in the public file.

    ``published_letters`` among the sources of the release says which; without it, none.
    """
    allowed = list(candidate.info.sources.get("published_letters", ()))
    places = ", ".join("?" for _ in allowed)
    where = f"published_grade IS NOT NULL AND published_grade NOT IN ({places})"
    table = _SERVED["enterprises"]
    for key in offenders(candidate.public, table, where, allowed):
        why = f"the policy publishes only the grades {allowed}"
        yield GateFailure("letters", table.name, key, why, "leave the grade empty")


GATES: Mapping[str, Gate] = {
    "tiers": tiers,
    "publicity": publicity,
    "personal_data": personal_data,
    "volume": volume,
    "references": references,
    "search": searchable,
    "small_cells": small_cells,
    "letters": letters,
}


def inspect(candidate: Candidate) -> tuple[GateFailure, ...]:
    """Every failure of every gate, in gate order."""
    return tuple(found for gate in GATES.values() for found in gate(candidate))
