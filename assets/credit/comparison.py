"""Two policies beside each other: the same files, who moves and why.

Statements over two gradings, and the plain report made of them. Not here: grading
(``engine``), running statements (``orchestration``), the page (``report``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from assets import sql
from assets.credit.policy import Policy

PACKAGE = "assets.credit"
STANDINGS = ("A", "B", "C", "attention", "D", "not_graded")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One of the two policies."""

    id: str
    zh: str
    en: str
    sha256: str


@dataclass(frozen=True)
class Comparison:
    """What changing from one policy to another would do on a day.

    Attributes:
        on: the evaluation date.
        known_at: deliveries up to this day count.
        distribution: standing -> (enterprises before, after).
        movements: (before, after, enterprises), those that stay included.
        rules: what each rule changes: enterprises, and points before and after.
        movers: enterprises whose letter or state changes, with their rules.
        scored: enterprises whose score alone changes.
    """

    on: date
    known_at: date
    old: Side
    new: Side
    distribution: dict[str, tuple[int, int]]
    movements: tuple[tuple[str, str, int], ...]
    rules: tuple[dict[str, Any], ...]
    movers: tuple[dict[str, Any], ...]
    scored: int

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        found = asdict(self)
        found["distribution"] = [
            {"standing": name, "before": before, "after": after}
            for name, (before, after) in self.distribution.items()
        ]
        keys = ("before", "after", "enterprises")
        found["movements"] = [dict(zip(keys, m, strict=True)) for m in self.movements]
        return found


def movers_query() -> exp.Query:
    """Everyone whose standing or score differs."""
    return sql.load(PACKAGE, "movers")


def movements_query() -> exp.Query:
    """How many go from where to where."""
    return sql.load(PACKAGE, "movements")


def side(policy: Policy) -> Side:
    """What a report says of a policy."""
    return Side(policy.id, policy.zh, policy.en, policy.sha256)


def compared(
    on: date,
    known_at: date,
    policies: tuple[Policy, Policy],
    movements: Sequence[Row],
    movers: Sequence[Row],
) -> Comparison:
    """The report from the rows of both statements."""
    lettered = tuple(dict(row) for row in movers if row["lettered"])
    return Comparison(
        on=on,
        known_at=known_at,
        old=side(policies[0]),
        new=side(policies[1]),
        distribution=_distribution(movements),
        movements=tuple((m["before"], m["after"], m["enterprises"]) for m in movements),
        rules=_by_rule(movers),
        movers=lettered,
        scored=len(movers) - len(lettered),
    )


def _distribution(movements: Sequence[Row]) -> dict[str, tuple[int, int]]:
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for row in movements:
        before[row["before"]] += row["enterprises"]
        after[row["after"]] += row["enterprises"]
    return {name: (before[name], after[name]) for name in STANDINGS}


def _by_rule(movers: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """What every rule that moved anybody does in all, the most moving first."""
    found: dict[str, dict[str, Any]] = {}
    for row in movers:
        for rule in row["rules"]:
            empty = {"enterprises": 0, "points_before": 0, "points_after": 0}
            of = found.setdefault(rule["rule_id"], {"rule_id": rule["rule_id"]} | empty)
            of["enterprises"] += 1
            of["points_before"] += rule["points_before"] or 0
            of["points_after"] += rule["points_after"] or 0
    return tuple(sorted(found.values(), key=_moving))


def _moving(rule: dict[str, Any]) -> tuple[int, str]:
    return -abs(rule["points_after"] - rule["points_before"]), rule["rule_id"]
