"""The wide table: every value, every rule's points, and what bounds them.

``credit_indicators`` holds one row per enterprise in scope and evaluation date:
``v_<indicator>`` values, ``p_<rule>`` points, ``adj_<dimension>`` what floor and
ceiling take or give back, ``limit_<limit>`` what limits give back,
``weight_<dimension>`` what stands for missing data, ``r_<rule>`` what a tolerance period
turned into a reminder,
``f_<family>`` 1 present, 0 missing, NULL not expected, and ``total_points``: the base
plus all points. Not here: letters (``grades``), sentences (``explanations``),
re-weighting (``weights``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.events import (
    aggregate,
    counts_nothing_as_zero,
    in_use,
    passes,
)
from assets.credit.limits import limit_name, limited, standing_name
from assets.credit.points import (
    BENCHMARKS,
    ZERO,
    benchmark_name,
    decayed,
    decayed_name,
    points,
    points_name,
    reminder_name,
    value_name,
)
from assets.credit.policy import Dimension, Family, Indicator, Policy
from assets.credit.rules import Rule
from assets.credit.scope import DATES, SCOPE, dates, months_back, scope
from assets.credit.weights import family_name, weight, weight_name

TABLE = "credit_indicators"
KEY = ("uscc", "evaluated_on")
FULL = 10000  # all expected families are present, in basis points
TOLERATED = "tolerated"
TOTAL = "total_points"


def adjustment_name(dimension_id: str) -> str:
    """Column of what a dimension's floor or ceiling changes."""
    return f"adj_{dimension_id}"


def _raw_name(dimension_id: str) -> str:
    return f"s_{dimension_id}"


def indicators_query(policy: Policy) -> exp.Query:
    """``credit_indicators`` for every date in ``evaluations``.

    Reads ``memberships``, ``credit_events``, ``credit_figures``, ``evaluations`` and,
    where a rule compares with the industry, ``industry_benchmarks``.
    """
    stages: list[tuple[str, exp.Query]] = [
        (DATES, dates(policy)),
        (SCOPE, scope()),
        ("facts", _facts(policy)),
        ("observed", _observed(policy)),
    ]
    stages += score_stages(policy, "observed")
    final = exp.select(*map(x.column, _names(policy))).from_(stages[-1][0])
    for name, query in stages:
        final = final.with_(name, as_=query, copy=False)
    return final


def score_stages(policy: Policy, source: str) -> list[tuple[str, exp.Query]]:
    """From values (``observed_names``) to points and their total, stage by stage."""
    stages: list[tuple[str, exp.Query]] = [
        ("judged", x.select_all(source, *_judged(policy))),
        ("pointed", x.select_all("judged", *_pointed(policy))),
        ("summed", x.select_all("pointed", *_summed(policy))),
        ("adjusted", x.select_all("summed", *_adjusted(policy))),
        (standing_name(0), x.select_all("adjusted", _standing(policy))),
    ]
    for rank, limit in enumerate(policy.limits, 1):
        applied = limited(policy, limit, rank)
        stages.append((standing_name(rank), x.select_all(stages[-1][0], *applied)))
    total = x.column(standing_name(len(policy.limits)))
    stages.append(("scored", x.select_all(stages[-1][0], x.named(total, TOTAL))))
    return stages


def observed_names(policy: Policy) -> list[str]:
    """The columns that points are computed from."""
    names = [*KEY, "new_enterprise"]
    names += [family_name(family.id) for family in policy.grading.families]
    names += [value_name(indicator.id) for indicator in policy.indicators]
    names += [decayed_name(rule.id) for _, rule in policy.rules() if rule.decay]
    names += [TOLERATED] if policy.tolerance else []
    names += [
        benchmark_name(rule.id, what)
        for _, rule in policy.rules()
        if rule.relative
        for what in BENCHMARKS
    ]
    return names


def _facts(policy: Policy) -> exp.Select:
    """One pass over the events: everything that is counted, per enterprise and date."""
    keys = [x.column("uscc", "e"), x.column("evaluated_on", "d")]
    return (
        exp.select(*keys, *_aggregates(policy))
        .from_("credit_events AS e")
        .join(f"{DATES} AS d", on=in_use(x.column("evaluated_on", "d")))
        .group_by(*[key.copy() for key in keys])
    )


def _aggregates(policy: Policy) -> Iterator[exp.Expr]:
    for indicator in policy.indicators:
        if indicator.value.filter:
            found = aggregate(indicator.value)
            yield x.named(found, value_name(indicator.id))
    for indicator, rule in policy.rules():
        if rule.decay and indicator.value.count:
            found = decayed(indicator.value.count, rule.decay)
            yield x.named(found, decayed_name(rule.id))
    for family in policy.grading.families:
        yield x.named(x.tally(passes(family.when)), family_name(family.id))
    if policy.tolerance:
        yield x.named(x.tally(passes(policy.tolerance.when)), TOLERATED)


def _observed(policy: Policy) -> exp.Select:
    """Every graded enterprise with its values, also where nothing is known of it."""
    columns: list[exp.Expr] = [x.column(name, "s") for name in KEY]
    columns += [_value(indicator) for indicator in policy.indicators]
    columns += [
        x.column(decayed_name(rule.id), "f") for _, rule in policy.rules() if rule.decay
    ]
    columns += [_family(family) for family in policy.grading.families]
    new = x.column("established_on", "s") > x.column(
        months_back(policy.grading.new_enterprise_months), "s"
    )
    columns.append(x.named(_zero_or_one(new), "new_enterprise"))
    if policy.tolerance:
        columns.append(x.named(x.or_zero(x.column(TOLERATED, "f")), TOLERATED))
    compared = [(i, r) for i, r in policy.rules() if r.relative]
    columns += [c for _, rule in compared for c in benchmark_columns(rule)]
    query = exp.select(*columns).from_(f"{SCOPE} AS s")
    for table, alias in (("facts", "f"), ("credit_figures", "c")):
        same = [x.column(k, alias).eq(x.column(k, "s")) for k in KEY]
        query = query.join(f"{table} AS {alias}", on=x.every(same), join_type="left")
    for indicator, rule in compared:
        query = beside_industry(query, indicator, rule)
    return query


def benchmark_columns(rule: Rule) -> list[exp.Expr]:
    """What a rule that compares needs of ``beside_industry``."""
    return [
        x.named(x.column(what, f"b_{rule.id}"), benchmark_name(rule.id, what))
        for what in BENCHMARKS
    ]


def beside_industry(query: exp.Select, indicator: Indicator, rule: Rule) -> exp.Select:
    """Join the benchmark of the industry that ``s`` names, as ``b_<rule>``."""
    alias = f"b_{rule.id}"
    same = [
        x.column(name, alias).eq(x.column(name, "s"))
        for name in ("evaluated_on", "industry_section")
    ]
    same.append(x.column("figure", alias).eq(indicator.value.figure or ""))
    table = f"industry_benchmarks AS {alias}"
    return query.join(table, on=x.every(same), join_type="left")


def _value(indicator: Indicator) -> exp.Expr:
    name = value_name(indicator.id)
    if indicator.value.figure:
        return x.named(x.column(indicator.value.figure, "c"), name)
    found = x.column(name, "f")
    zero = counts_nothing_as_zero(indicator.value)
    return x.named(x.or_zero(found) if zero else found, name)


def _family(family: Family) -> exp.Expr:
    old_enough = x.column(months_back(family.from_month), "s")
    expected: list[exp.Expr] = [x.column("established_on", "s") <= old_enough]
    if family.consented:
        expected.append(x.column("consented", "s"))
    present = x.or_zero(x.column(family_name(family.id), "f")) > 0
    found = x.when(x.every(expected), _zero_or_one(present))
    return x.named(found, family_name(family.id))


def _zero_or_one(condition: exp.Expr) -> exp.Expr:
    return x.bigint(x.when(condition, x.number(1), x.number(0)))


def _judged(policy: Policy) -> Iterator[exp.Expr]:
    for indicator, rule in policy.rules():
        full, name = points(indicator, rule), points_name(rule.id)
        if policy.tolerates(rule):
            yield from _reminding(rule, full)
        else:
            yield x.named(full, name)


def _reminding(rule: Rule, full: exp.Expr) -> Iterator[exp.Expr]:
    """Within the tolerance period the points are told, and not taken."""
    spared = x.column(TOLERATED) > 0
    taken, told = x.when(spared, ZERO, full), x.when(spared.copy(), full.copy(), ZERO)
    yield x.named(x.bigint(taken), points_name(rule.id))
    yield x.named(x.bigint(told), reminder_name(rule.id))


def _pointed(policy: Policy) -> Iterator[exp.Expr]:
    if policy.grading.missing == "reweight":
        for dimension in policy.dimensions:
            yield x.named(weight(policy, dimension), weight_name(dimension.id))
    families = [family_name(family.id) for family in policy.grading.families]
    present = x.plus([x.or_zero(x.column(name)) for name in families])
    expected = x.plus(
        [_zero_or_one(x.is_null(x.column(name)).not_()) for name in families]
    )
    complete = x.or_zero(x.share(exp.paren(present), expected, FULL))
    yield x.named(x.bigint(complete), "completeness_bp")
    yield x.named(x.bigint(present.copy()), "families_present")


def _summed(policy: Policy) -> Iterator[exp.Expr]:
    for dimension in policy.dimensions:
        terms = [
            x.column(points_name(rule.id))
            for indicator, rule in policy.rules()
            if indicator.dimension == dimension.id and rule.limit is None
        ]
        if policy.grading.missing == "reweight":
            terms.append(x.column(weight_name(dimension.id)))
        yield x.named(x.bigint(x.plus(terms)), _raw_name(dimension.id))


def _adjusted(policy: Policy) -> Iterator[exp.Expr]:
    for dimension in policy.dimensions:
        raw = x.column(_raw_name(dimension.id))
        change = exp.Sub(this=_bounded(raw, dimension), expression=raw.copy())
        yield x.named(x.bigint(change), adjustment_name(dimension.id))


def _bounded(raw: exp.Expr, dimension: Dimension) -> exp.Expr:
    floor, ceiling = x.number(dimension.floor), x.number(dimension.ceiling)
    return x.least(x.greatest(raw.copy(), floor), ceiling)


def _standing(policy: Policy) -> exp.Expr:
    terms: list[exp.Expr] = [x.number(policy.score.base)]
    for dimension in policy.dimensions:
        terms.append(x.column(_raw_name(dimension.id)))
        terms.append(x.column(adjustment_name(dimension.id)))
    return x.named(x.bigint(x.plus(terms)), standing_name(0))


def _names(policy: Policy) -> Sequence[str]:
    names = [*observed_names(policy), "families_present", "completeness_bp"]
    names += [points_name(rule.id) for _, rule in policy.rules()]
    names += [reminder_name(r.id) for _, r in policy.rules() if policy.tolerates(r)]
    if policy.grading.missing == "reweight":
        names += [weight_name(dimension.id) for dimension in policy.dimensions]
    names += [adjustment_name(dimension.id) for dimension in policy.dimensions]
    names += [limit_name(limit.id) for limit in policy.limits]
    return [*names, TOTAL]
