"""Rules as SQL: from an indicator's value to thousandths of a point.

Values are columns ``v_<indicator>``; where there is no value there are no points. Not
here: sums, bounds and limits (``indicators``).
"""

from __future__ import annotations

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.document import ANY
from assets.credit.events import evaluated, event, passes
from assets.credit.policy import Indicator
from assets.credit.rules import Decay, PointBand, Relative, Rule
from assets.credit.values import Filter

ZERO = x.number(0)
BENCHMARKS = ("enterprises", "median", "spread")


def value_name(indicator_id: str) -> str:
    """Column of an indicator's value."""
    return f"v_{indicator_id}"


def points_name(rule_id: str) -> str:
    """Column of a rule's points."""
    return f"p_{rule_id}"


def decayed_name(rule_id: str) -> str:
    """Column of a rule's decayed points, as a positive number, before its cap."""
    return f"x_{rule_id}"


def reminder_name(rule_id: str) -> str:
    """Column of the points a rule would have taken outside the tolerance period."""
    return f"r_{rule_id}"


def benchmark_name(rule_id: str, what: str) -> str:
    """Column of the industry's ``enterprises``, ``median`` or ``spread`` for a rule."""
    return f"b_{rule_id}_{what}"


def points(indicator: Indicator, rule: Rule) -> exp.Expr:
    """The points of a rule, BIGINT, never NULL, before any tolerance."""
    value = x.column(value_name(indicator.id))
    if rule.relative is not None:
        return x.bigint(_compared(value, rule.id, rule.relative))
    return x.bigint(_points(value, rule))


def _compared(value: exp.Column, rule_id: str, relative: Relative) -> exp.Expr:
    """Beside the usual range of the industry, where enough enterprises make one."""
    size, median, spread = (
        x.column(benchmark_name(rule_id, what)) for what in BENCHMARKS
    )
    known = x.every([x.is_null(value.copy()).not_(), size >= relative.at_least])
    low = exp.Sub(this=median, expression=spread)
    high = exp.Add(this=median.copy(), expression=spread.copy())
    placed = x.case(
        [
            (value.copy() < low, x.number(relative.below)),
            (value.copy() > high, x.number(relative.above)),
        ],
        x.number(relative.within),
    )
    return x.when(known, placed, ZERO)


def _points(value: exp.Column, rule: Rule) -> exp.Expr:
    if rule.lookup is not None:
        cases = [
            (value.copy().eq(code), x.number(p)) for code, p in rule.lookup.items()
        ]
        return x.case(cases, ZERO)
    if rule.bands is not None:
        return x.case([_band(value, band) for band in rule.bands], ZERO)
    if rule.flag is not None:
        return x.when(value > 0, x.number(rule.flag), ZERO)
    if rule.each is not None:
        units = x.greatest(x.or_zero(value), ZERO.copy())
        gained = exp.Mul(this=units, expression=x.number(abs(rule.each.points)))
        return _signed(_capped(gained, rule.each.cap), rule.each.points)
    left = x.or_zero(x.column(decayed_name(rule.id)))
    cap = rule.decay.cap if rule.decay else None
    # All points of a decaying rule have one sign (``rule_checks``).
    return _signed(_capped(left, cap), sum(rule.amounts))


def _band(value: exp.Column, band: PointBand) -> x.Case:
    bounds: list[exp.Expr] = [x.is_null(value.copy()).not_()]
    if band.start is not None:
        bounds.append(value.copy() >= band.start)
    if band.below is not None:
        bounds.append(value.copy() < band.below)
    return x.every(bounds), x.number(band.points)


def _capped(amount: exp.Expr, cap: int | None) -> exp.Expr:
    return amount if cap is None else x.least(amount, x.number(abs(cap)))


def _signed(amount: exp.Expr, sign: int) -> exp.Expr:
    return exp.Neg(this=exp.paren(amount)) if sign < 0 else amount


def decayed(found: Filter, decay: Decay) -> exp.Expr:
    """The sum over a group of events of the points left, as a positive number.

    A point falls linearly from the day it happened to the day publicity ends:
    ``points * days left // days in all``, rounded down in the enterprise's favour.
    """
    until, start = event("publish_until"), event("happened_on")
    whole = _points_of_event(decay)
    left = x.greatest(x.days_between(evaluated(), until), ZERO.copy())
    remaining = exp.IntDiv(
        this=exp.paren(exp.Mul(this=whole, expression=left)),
        expression=exp.paren(x.days_between(start, until)),
    )
    now = x.case(
        [
            (x.is_null(until), whole.copy()),
            (until.copy() > start.copy(), remaining),
        ],
        ZERO,
    )
    return x.total(x.when(passes(found), now, ZERO))


def _points_of_event(decay: Decay) -> exp.Expr:
    named = {k: v for k, v in decay.points.items() if k != ANY}
    cases = [
        (event("severity").eq(severity), x.number(abs(amount)))
        for severity, amount in named.items()
    ]
    return x.bigint(x.case(cases, x.number(abs(decay.points.get(ANY, 0)))))
