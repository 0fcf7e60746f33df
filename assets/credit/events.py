"""Filters and values as SQL over the event ledger.

Rows are events ``e`` joined to evaluation dates ``d`` (``scope.dates``), so that one
pass over the ledger serves every date. An event counts on a date when it had happened
by then. Not here: how a value becomes points (``points``).
"""

from __future__ import annotations

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.scope import days_back, months_back
from assets.credit.values import Filter, Ratio, Trend, Value
from assets.credit.vocabulary import SEVERAL_VALUES

EVENT, DATE = "e", "d"
NO_PERIOD = 0
FULL = 10000  # the whole, in basis points
PERIOD_DIGITS, KEY_LENGTH = 6, 16  # yyyymm and yyyy-mm-dd before the value


def event(name: str) -> exp.Column:
    """A column of the event."""
    return x.column(name, EVENT)


def evaluated(name: str = "evaluated_on") -> exp.Column:
    """A column of the evaluation date."""
    return x.column(name, DATE)


def in_use(day: exp.Expr) -> exp.Expr:
    """Whether an event may be used on a day: it had happened, no case had ended its use."""
    void = event("void_from")
    unended = x.any_of([x.is_null(void), void.copy() > day.copy()])
    return x.every([event("happened_on") <= day, unended])


def passes(found: Filter) -> exp.Expr:
    """The condition that an event passes a filter."""
    conditions = [x.among(event("kind"), found.kind)]
    if found.values:
        conditions.append(_has_value(found))
    if found.severity:
        conditions.append(x.among(event("severity"), found.severity))
    if found.polarity:
        conditions.append(x.among(event("polarity"), found.polarity))
    return x.every([*conditions, *_times(found)])


def _has_value(found: Filter) -> exp.Expr:
    if not set(found.kind) & SEVERAL_VALUES:
        return x.among(event("value"), found.values)
    held = x.joined([x.text(";"), event("value"), x.text(";")])
    wanted = [
        exp.Like(this=held.copy(), expression=x.text(f"%;{v};%")) for v in found.values
    ]
    return x.any_of(wanted)


def _times(found: Filter) -> list[exp.Expr]:
    happened, ended = event("happened_on"), event("ended_on")
    conditions: list[exp.Expr] = []
    if found.open is True:
        conditions.append(x.any_of([x.is_null(ended), ended > evaluated()]))
    if found.open is False:
        conditions.append(ended <= evaluated())
    if found.within_months:
        conditions.append(happened > evaluated(months_back(found.within_months)))
    if found.older_than_days:
        conditions.append(happened < evaluated(days_back(found.older_than_days)))
    if found.younger_than_days:
        conditions.append(happened > evaluated(days_back(found.younger_than_days)))
    return conditions


def newest_key(value: exp.Expr) -> exp.Expr:
    """Text that sorts events by period, then date, then value.

    Its greatest is the newest event's, whatever the order of rows; events of one period
    and day are told apart by their value, so that the result is unique.
    """
    period = x.string(
        exp.Coalesce(this=event("period"), expressions=[x.number(NO_PERIOD)])
    )
    padded = exp.Pad(
        this=period,
        expression=x.number(PERIOD_DIGITS),
        fill_pattern=x.text("0"),
        is_left=True,
    )
    return x.joined([padded, x.string(event("happened_on")), x.string(value)])


def newest_filter(value: Value) -> tuple[exp.Expr, exp.Expr]:
    """(condition, column) of the events among which the newest is taken."""
    taken = event("value") if value.latest else event("quantity")
    found = value.latest or value.latest_quantity
    if found is None:
        raise TypeError(f"{value.method} does not take the newest event")
    return x.every([passes(found), x.is_null(taken).not_()]), taken


def _newest(value: Value) -> exp.Expr:
    condition, taken = newest_filter(value)
    greatest = exp.Max(this=x.when(condition, newest_key(taken)))
    found = exp.Substring(this=greatest, start=x.number(KEY_LENGTH + 1))
    return found if value.latest else x.bigint(found)


def _ratio(ratio: Ratio) -> exp.Expr:
    whole = x.tally(passes(ratio.among))
    wanted = passes(ratio.among.model_copy(update={"values": ratio.values}))
    enough = whole.copy() >= ratio.at_least
    return x.when(enough, x.share(x.tally(wanted), whole, FULL))


def _trend(trend: Trend) -> exp.Expr:
    amount = x.number(1) if trend.field == "count" else x.or_zero(event(trend.field))

    def over(found: Filter) -> exp.Expr:
        return x.total(x.when(passes(found), amount.copy(), x.number(0)))

    recent, both = over(trend.recent()), over(trend.earlier())
    before = exp.Sub(this=both, expression=recent)
    change = x.share(recent.copy(), before, FULL)
    known = exp.and_(before.copy() > 0, recent.copy() >= 0)
    return x.when(known, exp.Sub(this=exp.paren(change), expression=x.number(FULL)))


def aggregate(value: Value) -> exp.Expr:
    """The value over the events of one enterprise up to one date."""
    if value.count:
        return x.tally(passes(value.count))
    if value.sum:
        amount = x.or_zero(event(value.sum.field))
        return x.total(x.when(passes(value.sum), amount, x.number(0)))
    if value.months:
        # A filter keeps other events out of the table of distinct periods: a third less.
        periods = exp.Count(this=exp.Distinct(expressions=[event("period")]))
        passing = exp.Where(this=passes(value.months))
        return x.bigint(exp.Filter(this=periods, expression=passing))
    if value.ratio:
        return _ratio(value.ratio)
    if value.trend:
        return x.bigint(_trend(value.trend))
    return _newest(value)


def counts_nothing_as_zero(value: Value) -> bool:
    """Whether no event at all means 0 rather than no value."""
    return bool(value.count or value.sum or value.months)
