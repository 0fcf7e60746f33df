"""The model card of a policy: what it weighs, whom it may treat unlike others.

The part that follows from the document is generated into ``docs/``; the part that is
measured on the graded enterprises is printed by ``creditpark policy card``. Not here:
the page of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlglot import exp

from assets import sql
from assets.credit.policy import Dimension, Indicator, Policy
from assets.credit.rules import Rule
from assets.credit.structure_checks import written
from quality.generated import note

PACKAGE = "assets.credit"
GROUPS, STEPS = "card_groups", "card_steps"
COMMAND = "python -m orchestration.documents"
FACETS = {
    "all": "全部 All",
    "industry": "行业门类 Industry",
    "age": "成立年限 Age",
    "size": "注册资本 Registered capital",
}
STANDINGS = ("a", "b", "c", "attention", "d", "not_graded")
Row = Mapping[str, Any]


def grouped(query: exp.Query) -> exp.Query:
    """A statement that reads ``card_groups`` or ``card_steps`` (of letters in force).

    Both are in place; to be bound.
    """
    groups = sql.load(PACKAGE, GROUPS)
    return sql.inlined(query, **{GROUPS: groups, STEPS: _steps("grades")})


def spread_query(today: date) -> exp.Query:
    """Standings by industry, age and size on a day."""
    return sql.bind(grouped(sql.load(PACKAGE, "card")), today=today)


def stability_query() -> exp.Query:
    """Letters kept, bettered and worsened from month end to month end."""
    steps = _steps("computed_grades")
    return sql.inlined(sql.load(PACKAGE, "stability"), **{STEPS: steps})


def _steps(table: str) -> exp.Query:
    letters = exp.select("uscc", "evaluated_on", "letter").from_(table)
    return sql.inlined(sql.load(PACKAGE, STEPS), given_letters=letters)


def described(policy: Policy) -> str:
    """The part of the card that follows from the document alone."""
    parts = (_head(policy), _weights(policy), _rules(policy), _fairness(policy))
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(policy: Policy) -> Iterator[str]:
    yield f"# 模型卡 Model card: {policy.id}"
    yield ""
    yield note(COMMAND)
    yield ""
    yield f"{policy.zh} {policy.en}, from {policy.valid_from}; {policy.source}."
    yield ""
    yield "What it is for: incentives and services of the park, and the frequency of random"
    yield "inspections. What it is not for: licences, bids, leases or any punishment; those"
    yield "follow the law alone. Every point is a sum of the rules below; nothing is learnt"
    yield "from data, and no personal data enter."
    yield ""
    low, high, base = map(
        written, (policy.score.minimum, policy.score.maximum, policy.score.base)
    )
    yield f"Score {low} to {high}, base {base}. Letters: {_bands(policy)}."
    yield ""


def _bands(policy: Policy) -> str:
    return ", ".join(
        f"{b.letter} from {written(b.start)}"
        if b.start is not None
        else f"{b.letter} only while on a list set by law"
        for b in policy.bands
    )


def _weights(policy: Policy) -> Iterator[str]:
    yield "## 权重 Weights"
    yield ""
    yield "| 维度 dimension | 最高加分 gives | 最多扣分 takes | 占比 share |"
    yield "|---|---|---|---|"
    whole = sum(d.ceiling - d.floor for d in policy.dimensions)
    for d in policy.dimensions:
        share = _percent(d.ceiling - d.floor, whole)
        yield f"| {_named(d)} | +{written(d.ceiling)} | {written(d.floor)} | {share} |"
    for limit in policy.limits:
        yield f"| limit `{limit.id}` | | {written(limit.floor)} | |"
    yield ""


def _rules(policy: Policy) -> Iterator[str]:
    yield "## 规则 Rules"
    yield ""
    yield "| 指标 indicator | 规则 rule | 分值 points | 依据 source |"
    yield "|---|---|---|---|"
    for indicator, rule in policy.rules():
        yield (
            f"| {_named(indicator)} | `{rule.id}` {rule.method} | {_points(rule)} "
            f"| {rule.source} |"
        )
    neutral = [_named(i) for i in policy.indicators if not i.rules]
    yield ""
    yield f"Shown without points: {'; '.join(neutral) or '—'}."
    yield ""
    for veto in policy.vetoes:
        yield f"- `{veto.id}` → {policy.bands[-1].letter}: {veto.zh} ({veto.source})"
    for cap in policy.caps:
        yield f"- `{cap.id}` → at most {cap.letter}: {cap.zh} ({cap.source})"
    yield ""


def _points(rule: Rule) -> str:
    amounts = sorted({a for a in rule.amounts if a})
    shown = ", ".join(f"{'+' if a > 0 else ''}{written(a)}" for a in amounts)
    bound = "".join(f", in all {written(c)}" for c in rule.caps)
    return f"{shown}{bound}" + (f" (limit `{rule.limit}`)" if rule.limit else "")


def _fairness(policy: Policy) -> Iterator[str]:
    grading, letters = policy.grading, policy.ranks()
    yield "## 年轻与小企业 Young and small enterprises"
    yield ""
    yield f"- Younger than {grading.new_enterprise_months} months without data: not graded."
    yield f"- Data complete to less than {grading.minimum_completeness_bp // 100} %: not"
    yield "  graded. Expected are: " + "; ".join(
        f"{_named(f)} from month {f.from_month}" for f in grading.families
    )
    yield f"- Missing data give no points and take none (`missing: {grading.missing}`)."
    if policy.tolerance:
        months = policy.tolerance.when.within_months
        yield f"- New-economy firms: minor matters remind for {months} months"
        yield f"  ({policy.tolerance.source})."
    old = [_named(i) for i in policy.indicators if _takes_time(i)]
    yield f"- Bonuses that take years or size to earn: {'; '.join(old)}. The letter"
    yield f"  {next(iter(letters))} can be reached without them: the base lies above it."
    yield ""
    yield "How grades spread in fact over industries, ages and sizes, and how steady they"
    yield "are from month to month: `creditpark policy card`."


def _takes_time(indicator: Indicator) -> bool:
    found = indicator.value.filter
    return found is not None and bool({"qualification", "honour"} & {*found.kind})


def _named(item: Dimension | Indicator | Any) -> str:
    return f"{item.zh} {item.en}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "—"


def measured(on: date, spread: Sequence[Row], stability: Sequence[Row]) -> str:
    """The part of the card that is measured, as Markdown."""
    parts = (_spread(on, spread), _stability(stability))
    return "\n".join(line for part in parts for line in part) + "\n"


def _spread(on: date, rows: Sequence[Row]) -> Iterator[str]:
    yield f"## 实际分布 Spread on {on}"
    for facet, title in FACETS.items():
        yield ""
        yield f"| {title} | n | A | B | C | 关注 | D | 未评 | 未达A not A | 中位分 median |"
        yield "|---|---|---|---|---|---|---|---|---|---|"
        for row in (r for r in rows if r["facet"] == facet):
            yield _spread_row(row)


def _spread_row(row: Row) -> str:
    graded = row["enterprises"] - row["not_graded"]
    score = row["median_score"]
    cells = [row["member"], row["enterprises"], *(row[s] for s in STANDINGS)]
    cells.append(_percent(graded - row["a"], graded))
    cells.append("—" if score is None else written(score))
    return _line(cells)


def _stability(rows: Sequence[Row]) -> Iterator[str]:
    yield ""
    yield "| 月末 month end | n | 不变 kept | 上升 better | 下降 worse | 稳定率 steady |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        names = ("month_end", "enterprises", "kept", "better", "worse")
        steady = _percent(row["kept"], row["enterprises"])
        yield _line([*(row[n] for n in names), steady])


def _line(cells: Iterable[Any]) -> str:
    return f"| {' | '.join(str(c) for c in cells)} |"
