"""Re-weighting: what stands for the points that missing data cannot give.

Only with ``missing: reweight``. The points gained in a dimension are raised in the
proportion of its ceiling to what its ceiling would be without the indicators of missing
families; deductions are left alone. Not here: completeness (``indicators``).
"""

from __future__ import annotations

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.points import points_name
from assets.credit.policy import Dimension, Family, Policy
from assets.credit.rules import Rule


def family_name(family_id: str) -> str:
    """Column that tells whether a data family is present."""
    return f"f_{family_id}"


def weight_name(dimension_id: str) -> str:
    """Column of the points that stand for a dimension's missing data."""
    return f"weight_{dimension_id}"


def weight(policy: Policy, dimension: Dimension) -> exp.Expr:
    """``gained * ceiling // reachable - gained``; 0 where nothing is reachable."""
    gained = x.plus(
        [
            x.greatest(x.column(points_name(rule.id)), x.number(0))
            for indicator, rule in policy.rules()
            if indicator.dimension == dimension.id and not rule.limit
        ]
    )
    missing = [_missing(policy, dimension, f) for f in policy.grading.families]
    ceiling = x.number(dimension.ceiling)
    reachable = exp.Sub(this=ceiling, expression=exp.paren(x.plus(missing)))
    raised = x.share(exp.paren(gained), reachable, dimension.ceiling)
    more = exp.Sub(this=exp.paren(raised), expression=exp.paren(gained.copy()))
    return x.bigint(x.or_zero(more))


def _missing(policy: Policy, dimension: Dimension, family: Family) -> exp.Expr:
    """The points that the indicators of a family cannot give while it is missing."""
    lost = sum(
        _best(rule)
        for indicator, rule in policy.rules()
        if indicator.id in family.indicators and indicator.dimension == dimension.id
    )
    present = x.or_zero(x.column(family_name(family.id)))
    return x.when(present > 0, x.number(0), x.number(lost))


def _best(rule: Rule) -> int:
    """The most that a rule can give."""
    return max(0, *(rule.caps or rule.amounts))
