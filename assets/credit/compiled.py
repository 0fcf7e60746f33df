"""The SQL of one indicator by itself, for people who want to read what is computed.

The engine computes all indicators in one pass; here each stands alone, made of the same
expressions. Not here: the pass (``indicators``).
"""

from __future__ import annotations

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.events import aggregate, counts_nothing_as_zero, event
from assets.credit.figures import figures_query
from assets.credit.indicators import KEY, benchmark_columns, beside_industry
from assets.credit.mistakes import unknown
from assets.credit.points import decayed, decayed_name, points, points_name, value_name
from assets.credit.policy import Indicator, Policy
from assets.credit.scope import DATES, dates

_TOLD: dict[str, dict[str, str]] = {}


class UnknownIndicatorError(LookupError):
    """The policy has no indicator of that id."""


def statement_of(policy: Policy, indicator_id: str, dialect: str = "duckdb") -> str:
    """The statement of one indicator with its rules, as text.

    Raises:
        UnknownIndicatorError: the policy has none of that id.
    """
    known = [i.id for i in policy.indicators]
    if indicator_id not in known:
        text = unknown((), "indicator", indicator_id, known).message
        raise UnknownIndicatorError(text)
    indicator = policy.indicator(indicator_id)
    query = indicator_query(policy, indicator)
    head = f"-- {indicator.id}: {indicator.zh} {indicator.en}\n"
    return f"{head}{query.sql(dialect=dialect, pretty=True)};\n"


def told(policy: Policy) -> dict[str, str]:
    """Every indicator's statement as markdown, by ``indicator <id>``; printed once."""
    if policy.sha256 not in _TOLD:
        _TOLD[policy.sha256] = {
            f"indicator {i.id}": f"```sql\n{statement_of(policy, i.id)}```"
            for i in policy.indicators
        }
    return _TOLD[policy.sha256]


def indicator_query(policy: Policy, indicator: Indicator) -> exp.Query:
    """(uscc, evaluated_on, value, points of every rule) of one indicator."""
    rules = [x.named(points(indicator, r), points_name(r.id)) for r in indicator.rules]
    query = x.select_all("measured", *rules)
    if indicator.value.figure:
        query = query.with_("credit_figures", as_=figures_query())
        return query.with_("measured", as_=_figure(indicator, indicator.value.figure))
    return query.with_(DATES, as_=dates(policy)).with_(
        "measured", as_=_measured(indicator)
    )


def _figure(indicator: Indicator, figure: str) -> exp.Select:
    """The figure, beside the benchmark of the industry where a rule compares."""
    compared = [rule for rule in indicator.rules if rule.relative]
    same = [x.column(k, "c").eq(x.column(k, "s")) for k in KEY]
    query = (
        exp.select(
            *[x.column(k, "c") for k in KEY],
            x.named(x.column(figure, "c"), value_name(indicator.id)),
            *[c for rule in compared for c in benchmark_columns(rule)],
        )
        .from_("credit_figures AS c")
        .join("memberships AS s", on=x.every(same))
    )
    for rule in compared:
        query = beside_industry(query, indicator, rule)
    return query


def _measured(indicator: Indicator) -> exp.Select:
    keys = [x.column("uscc", "e"), x.column("evaluated_on", "d")]
    value = aggregate(indicator.value)
    if counts_nothing_as_zero(indicator.value):
        value = x.or_zero(value)
    fading = [
        x.named(decayed(indicator.value.count, r.decay), decayed_name(r.id))
        for r in indicator.rules
        if r.decay and indicator.value.count
    ]
    return (
        exp.select(*keys, x.named(value, value_name(indicator.id)), *fading)
        .from_("credit_events AS e")
        .join(f"{DATES} AS d", on=event("happened_on") <= x.column("evaluated_on", "d"))
        .group_by(*[key.copy() for key in keys])
    )
