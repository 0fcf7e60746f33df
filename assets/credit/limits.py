"""Limits as SQL: deductions that must not change a letter, or not below a certain one.

Limits apply one after the other to the score without any limited rule. Each stage is
non-decreasing in the one before, so that a deduction elsewhere never raises a score.
Not here: the sum of a dimension (``indicators``).
"""

from __future__ import annotations

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.points import points_name
from assets.credit.policy import Limit, Policy


def limit_name(limit_id: str) -> str:
    """Column of what a limit gives back of its rules' deductions."""
    return f"limit_{limit_id}"


def standing_name(rank: int) -> str:
    """Column (and stage) of the score after so many limits."""
    return f"standing_{rank}"


def limited(policy: Policy, limit: Limit, rank: int) -> list[exp.Expr]:
    """The score after this limit, and what the limit gave back."""
    before = x.column(standing_name(rank - 1))
    raw = x.plus(
        [x.column(points_name(r.id)) for _, r in policy.rules() if r.limit == limit.id]
    )
    full = exp.Add(
        this=before.copy(), expression=x.greatest(raw, x.number(limit.floor))
    )
    after = x.greatest(full, _bound(policy, limit, before, full))
    given = exp.Sub(
        this=after.copy(),
        expression=exp.paren(exp.Add(this=before.copy(), expression=raw.copy())),
    )
    return [
        x.named(x.bigint(after), standing_name(rank)),
        x.named(x.bigint(given), limit_name(limit.id)),
    ]


def _bound(policy: Policy, limit: Limit, before: exp.Expr, full: exp.Expr) -> exp.Expr:
    """The score that the deduction must not pass."""
    starts = {b.letter: b.start for b in policy.bands if b.start is not None}
    if limit.keeps != "letter":
        return x.least(before.copy(), x.number(starts[limit.keeps]))
    cases = [(before.copy() >= start, x.number(start)) for start in starts.values()]
    return x.case(cases, full.copy())
