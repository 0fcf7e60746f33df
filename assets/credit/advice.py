"""Improvement advice from the same rules: what would lift a grade, and by how much.

For every change the policy calls achievable, the indicator is set to what it would be
and the score and letter are computed anew, floors, limits, caps and vetoes included, so
that a promised point is a real one. Not here: which changes are achievable (the policy).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.explanations import LATEST
from assets.credit.grades import RANK, SCORE, grade_stages, letter, state
from assets.credit.indicators import KEY, TABLE, observed_names, score_stages
from assets.credit.points import decayed_name, value_name
from assets.credit.policy import Advice, Indicator, Policy

SUPPOSED = "supposed"
SAID = ("indicator", "action_zh", "action_en")


def advice_query(policy: Policy, on: exp.Expr | None = LATEST) -> exp.Query:
    """``advice`` (contract) from ``credit_indicators`` and ``computed_grades``.

    Args:
        policy: the policy both were made with.
        on: the evaluation date; ``None`` advises on every one.
    """
    branches = [_supposed(policy, i, a, on) for i, a in _advised(policy)]
    if not branches:
        return _final(policy).where(exp.false())
    stages = [(SUPPOSED, x.rows_of_all(branches))]
    stages += score_stages(policy, SUPPOSED)
    stages += grade_stages(policy, stages[-1][0])
    query = _final(policy)
    for name, stage in stages:
        query = query.with_(name, as_=stage, copy=False)
    return query


def _advised(policy: Policy) -> Iterator[tuple[Indicator, Advice]]:
    for indicator in policy.indicators:
        if indicator.advice:
            yield indicator, indicator.advice


def _supposed(
    policy: Policy, indicator: Indicator, advice: Advice, on: exp.Expr | None
) -> exp.Select:
    """Everybody to whom the advice applies, as if it were followed."""
    value = x.column(value_name(indicator.id))
    changed = {value_name(indicator.id): _target(value, advice)}
    for also in (indicator.id, *advice.also):
        changed.setdefault(value_name(also), x.number(0))
        for rule in policy.indicator(also).rules:
            if rule.decay:
                changed[decayed_name(rule.id)] = x.number(0)
    columns = [
        x.named(_typed(changed[name], policy, name), name)
        if name in changed
        else x.column(name)
        for name in observed_names(policy)
    ]
    told = (indicator.id, advice.zh, advice.en)
    said = [x.named(x.text(t), n) for t, n in zip(told, SAID, strict=True)]
    query = exp.select(*columns, *said).from_(TABLE).where(_applies(value, advice))
    return query if on is None else query.where(x.column("evaluated_on").eq(on))


def _target(value: exp.Column, advice: Advice) -> exp.Expr:
    if advice.add is not None:
        return exp.Add(this=x.or_zero(value.copy()), expression=x.number(advice.add))
    if isinstance(advice.to, str):
        return x.text(advice.to)
    return x.number(advice.to or 0)


def _typed(value: exp.Expr, policy: Policy, name: str) -> exp.Expr:
    texts = {value_name(i.id) for i in policy.indicators if i.value.is_text}
    return x.string(value) if name in texts else x.bigint(value)


def _applies(value: exp.Column, advice: Advice) -> exp.Expr:
    if advice.add is not None:
        return x.TRUE.copy()
    unknown = x.is_null(value.copy())
    if isinstance(advice.to, str):
        return x.any_of([unknown, value.copy().neq(advice.to)])
    return value.copy().neq(advice.to or 0)


def _final(policy: Policy) -> exp.Select:
    """The advice that gains something, beside the grade it starts from."""
    same = [x.column(k, "g").eq(x.column(k, "r")) for k in KEY]
    now = x.column("score_points", "g")
    gained = exp.Sub(this=x.column(SCORE, "r"), expression=now)
    ranks = [
        (x.column("letter", "g").eq(name), x.number(rank))
        for name, rank in policy.ranks().items()
    ]
    lifted = x.any_of(
        [
            x.column(RANK, "r") < x.case(ranks),
            x.every([x.column("state", "g").neq("graded"), state(policy).eq("graded")]),
        ]
    )
    return (
        exp.select(
            *[x.column(k, "r") for k in KEY],
            *[x.column(name, "r") for name in SAID],
            x.named(x.bigint(gained), "points_gained"),
            x.column("letter", "g").as_("letter_before"),
            x.named(letter(policy), "letter_after"),
            x.named(lifted, "lifts"),
        )
        .from_("ranked AS r")
        .join("computed_grades AS g", on=x.every(same))
        .where(x.is_null(now.copy()).not_())
        .where(x.column("graded", "r"))
        .where(x.any_of([exp.paren(gained.copy()) > 0, lifted.copy()]))
    )
