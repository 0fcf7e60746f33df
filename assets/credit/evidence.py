"""Which records every fired rule rests on, down to the raw line.

Not here: the rules' reasons (``explanations``), where a record key leads
(``assets/sources``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.events import event, in_use, newest_filter, newest_key, passes
from assets.credit.policy import Indicator, Policy
from assets.credit.scope import DATES, dates
from assets.credit.values import Value

COLUMNS = ("uscc", "evaluated_on", "rule_id", "event_id", "dataset", "record_key")
NEWEST, TOP = "newest", "top"
STATEMENTS = "financial_statements"


def evidence_query(policy: Policy) -> exp.Query:
    """``evidence`` (contract) of the rules in ``explanations``.

    Reads ``explanations``, ``credit_events``, ``evaluations``, ``credit_figures`` and
    ``financials``. A rule on a figure rests on the statements of the eight quarters;
    they are named by their record key, since they are no events.
    """
    columns = [x.column(name) for name in COLUMNS]
    newest = x.column(NEWEST).eq(x.column(TOP))
    query = x.rows_of_all(
        [exp.select(*columns).from_("ranked").where(newest), *_statements(policy)]
    )
    stages = ((DATES, dates(policy)), ("fed", _fed(policy)), ("ranked", _ranked()))
    for name, stage in stages:
        query = query.with_(name, as_=stage, copy=False)
    return query


def _claims(policy: Policy) -> Iterator[tuple[str, Indicator]]:
    """Every rule, veto and cap with its indicator."""
    for indicator, rule in policy.rules():
        yield rule.id, indicator
    for condition in (*policy.vetoes, *policy.caps):
        yield condition.id, policy.indicator(condition.indicator)


def _condition(value: Value) -> exp.Expr:
    if value.latest or value.latest_quantity:
        return newest_filter(value)[0]
    found = value.trend.earlier() if value.trend else value.filter
    return passes(found) if found else exp.false()


def _key(value: Value) -> exp.Expr:
    """What the newest event has the greatest of; the same for all where all count."""
    if value.latest or value.latest_quantity:
        return newest_key(newest_filter(value)[1])
    return x.text("")


def _fed(policy: Policy) -> exp.Select:
    """Explanation rows joined to the events that pass their rule's filter."""
    rule = x.column("rule_id", "r")
    claims = [(id_, i.value) for id_, i in _claims(policy) if i.value.filter]
    fits = [(rule.copy().eq(id_), _condition(value)) for id_, value in claims]
    keys = [(rule.copy().eq(id_), _key(value)) for id_, value in claims]
    day = x.column("evaluated_on", "d")
    happened = in_use(day.copy())
    return (
        exp.select(
            event("uscc"),
            day,
            rule,
            *[event(name) for name in COLUMNS[3:]],
            x.named(x.case(keys, x.text("")), NEWEST),
        )
        .from_("explanations AS r")
        .join(f"{DATES} AS d", on=day.copy().eq(x.column("evaluated_on", "r")))
        .join(
            "credit_events AS e",
            on=exp.and_(event("uscc").eq(x.column("uscc", "r")), happened),
        )
        .where(x.case(fits, exp.false()))
    )


def _ranked() -> exp.Select:
    group = [x.column(name) for name in COLUMNS[:3]]
    top = exp.Window(this=exp.Max(this=x.column(NEWEST)), partition_by=group)
    return x.select_all("fed", x.named(top, TOP))


def _statements(policy: Policy) -> Iterator[exp.Select]:
    """Quarterly statements behind the rules on figures."""
    figures = [id_ for id_, i in _claims(policy) if i.value.figure]
    if not figures:
        return
    told, key = "r", x.column("record_key", "f")
    newest, ended = x.column("quarter_end", "c"), x.column("quarter_end", "f")
    figure = [x.column(k, "c").eq(x.column(k, told)) for k in COLUMNS[:2]]
    within = [
        x.column("uscc", "f").eq(x.column("uscc", told)),
        ended <= newest,
        # Eight quarters: the oldest ended 21 months before the newest.
        ended.copy() > x.back(newest.copy(), 24, "MONTH"),
    ]
    yield (
        exp.select(
            *[x.column(name, told) for name in COLUMNS[:3]],
            x.named(key, "event_id"),
            x.named(x.text(STATEMENTS), "dataset"),
            key.copy(),
        )
        .from_(f"explanations AS {told}")
        .join("credit_figures AS c", on=x.every(figure))
        .join("financials AS f", on=x.every(within))
        .where(x.among(x.column("rule_id", told), figures))
    )
