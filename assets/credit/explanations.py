"""Why a grade is what it is: one row per rule that fired, adding up to the score.

Rows: the base; every rule with points; what a dimension's floor or ceiling changes
(``adj_<dimension>``); what stands for missing data (``weight_<dimension>``); what a
limit gives back (``limit_<limit>``); and, with 0 points, what a tolerance period turned
into a reminder, and the veto or cap that decided the letter. Not here: the records a
rule rests on (``evidence``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.document import THOUSANDTHS
from assets.credit.indicators import KEY, TABLE, adjustment_name
from assets.credit.limits import limit_name
from assets.credit.points import points_name, reminder_name, value_name
from assets.credit.policy import Condition, Indicator, Policy
from assets.credit.rules import Rule
from assets.credit.weights import weight_name
from assets.credit.wording import EN, ZH, labelled, readable, sentence

BASE = "base"
BASE_REASONS = ("基础分", "Base score")
WEIGHTED = (
    "“{name}”部分数据暂缺，得分按可得部分折算，{change}",
    "Some data of {name} are missing; its points are raised in proportion: {change}",
)
ADJUSTED = ("“{name}”得分超出上下限，{change}", "{name} is out of its range: {change}")

LATEST: exp.Expr = (
    exp.select(exp.Max(this=x.column("evaluated_on"))).from_("evaluations").subquery()
)
"""The newest evaluation date: explanations are kept for it alone."""


@dataclass(frozen=True)
class _Line:
    """One kind of explanation row, from the wide table ``i`` and the grade ``g``."""

    dimension: str
    indicator: str
    rule_id: str
    points: exp.Expr
    fired: exp.Expr
    reason_zh: exp.Expr
    reason_en: exp.Expr
    raw_value: exp.Expr
    source: str | None


def explanations_query(policy: Policy, on: exp.Expr | None = LATEST) -> exp.Query:
    """``explanations`` (contract) from ``credit_indicators`` and ``computed_grades``.

    Args:
        policy: the policy both were made with.
        on: the evaluation date; ``None`` explains every one.
    """
    told = x.rows_of_all([_select(line, on) for line in _lines(policy)])
    decided = [_graded(_select(line, on), "i") for line in _decisions(policy)]
    # One join for all rules: each would build a table of all grades anew.
    whole = _graded(exp.select("t.*").from_("told AS t"), "t")
    query = x.rows_of_all([whole, *decided])
    return query.with_("told", as_=told, copy=False)


def _lines(policy: Policy) -> Iterator[_Line]:
    yield _base(policy)
    for indicator, rule in policy.rules():
        yield _rule(policy, indicator, rule)
    if policy.grading.missing == "reweight":
        yield from _per_dimension(policy, "missing_data", weight_name, WEIGHTED)
    yield from _per_dimension(policy, "dimension_bounds", adjustment_name, ADJUSTED)
    yield from _limits(policy)


def _decisions(policy: Policy) -> Iterator[_Line]:
    for condition in (*policy.vetoes, *policy.caps):
        yield _decision(policy, condition)


def _select(line: _Line, on: exp.Expr | None) -> exp.Select:
    query = (
        exp.select(
            *[x.column(k, "i") for k in KEY],
            x.named(x.text(line.dimension), "dimension"),
            x.named(x.text(line.indicator), "indicator"),
            x.named(x.text(line.rule_id), "rule_id"),
            x.named(x.string(line.raw_value), "raw_value"),
            x.named(x.bigint(line.points), "points"),
            x.named(line.reason_zh, "reason_zh"),
            x.named(line.reason_en, "reason_en"),
            x.named(x.string(_optional(line.source)), "legal_source"),
            copy=False,
        )
        .from_(f"{TABLE} AS i", copy=False)
        .where(line.fired, copy=False)
    )
    if on is None:
        return query
    return query.where(x.column("evaluated_on", "i").eq(on), copy=False)


def _graded(query: exp.Select, alias: str) -> exp.Select:
    """Of those who have a grade, which is joined as ``g``."""
    same = [x.column(k, "g").eq(x.column(k, alias)) for k in KEY]
    known = x.is_null(x.column("score_points", "g")).not_()
    joined = query.join("computed_grades AS g", on=x.every(same), copy=False)
    return joined.where(known, copy=False)


def _optional(value: str | None) -> exp.Expr:
    return exp.null() if value is None else x.text(value)


def _base(policy: Policy) -> _Line:
    zh, en = map(x.text, BASE_REASONS)
    points, always = x.number(policy.score.base), x.TRUE.copy()
    source = policy.source
    return _Line(BASE, BASE, BASE, points, always, zh, en, exp.null(), source)


def _rule(policy: Policy, indicator: Indicator, rule: Rule) -> _Line:
    points = x.column(points_name(rule.id), "i")
    value = x.column(value_name(indicator.id), "i")
    fired = [points.copy().neq(0)]
    if policy.tolerates(rule):
        fired.append(x.column(reminder_name(rule.id), "i").neq(0))
    return _Line(
        dimension=indicator.dimension,
        indicator=indicator.id,
        rule_id=rule.id,
        points=points,
        fired=x.any_of(fired),
        reason_zh=_reason(policy, indicator, rule, ZH),
        reason_en=_reason(policy, indicator, rule, EN),
        raw_value=readable(indicator.value, value),
        source=rule.source,
    )


def _reason(
    policy: Policy, indicator: Indicator, rule: Rule, language: int
) -> exp.Expr:
    points = x.column(points_name(rule.id), "i")
    value = x.column(value_name(indicator.id), "i")
    said = labelled(indicator.value, value, language)
    whole = not any(p % THOUSANDTHS for p in (*rule.amounts, *rule.caps))
    whole = whole and not rule.decay
    template = (rule.zh, rule.en)[language]
    told = sentence(template, language, points, said, whole=whole)
    if not (policy.tolerance and policy.tolerates(rule)):
        return told
    instead = x.text((policy.tolerance.zh, policy.tolerance.en)[language])
    reminder = sentence(template, language, points, said, instead=instead)
    return x.when(x.column(reminder_name(rule.id), "i").neq(0), reminder, told)


def _per_dimension(
    policy: Policy, kind: str, name: Callable[[str], str], said: tuple[str, str]
) -> Iterator[_Line]:
    for dimension in policy.dimensions:
        points = x.column(name(dimension.id), "i")
        zh = said[ZH].replace("{name}", dimension.zh)
        en = said[EN].replace("{name}", dimension.en)
        yield _Line(
            dimension=dimension.id,
            indicator=kind,
            rule_id=name(dimension.id),
            points=points,
            fired=points.copy().neq(0),
            reason_zh=sentence(zh, ZH, points),
            reason_en=sentence(en, EN, points),
            raw_value=exp.null(),
            source=policy.source,
        )


def _limits(policy: Policy) -> Iterator[_Line]:
    for limit in policy.limits:
        points = x.column(limit_name(limit.id), "i")
        yield _Line(
            dimension=limit.dimension,
            indicator="letter_limit",
            rule_id=limit_name(limit.id),
            points=points,
            fired=points.copy().neq(0),
            reason_zh=sentence(limit.zh, ZH, points),
            reason_en=sentence(limit.en, EN, points),
            raw_value=exp.null(),
            source=limit.source,
        )


def _decision(policy: Policy, condition: Condition) -> _Line:
    """The veto or cap that decided the letter, with no points of its own."""
    indicator = policy.indicator(condition.indicator)
    value = x.column(value_name(indicator.id), "i")
    return _Line(
        dimension=indicator.dimension,
        indicator=indicator.id,
        rule_id=condition.id,
        points=x.number(0),
        fired=x.column("veto_rule", "g").eq(condition.id),
        reason_zh=x.text(condition.zh),
        reason_en=x.text(condition.en),
        raw_value=readable(indicator.value, value),
        source=condition.source,
    )
