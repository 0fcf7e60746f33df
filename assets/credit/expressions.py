"""Small SQL trees that DuckDB and Spark compute alike.

Only int64, text and dates; divisions are guarded and of non-negative numbers; sums come
back as BIGINT. Not here: anything that knows a policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from sqlglot import exp

Case = tuple[exp.Expr, exp.Expr]  # condition, result

TRUE = exp.true()
NULL = exp.null()


def number(value: int) -> exp.Expr:
    """An integer literal."""
    return exp.Literal.number(value)


def text(value: str) -> exp.Expr:
    """A text literal."""
    return exp.Literal.string(value)


def column(name: str, table: str | None = None) -> exp.Column:
    """A column, of a table or table alias where one is named."""
    return exp.column(name, table=table)


def named(expression: exp.Expr, name: str) -> exp.Expr:
    """The expression under an output name."""
    return exp.alias_(expression, name)


def bigint(expression: exp.Expr) -> exp.Expr:
    """As a 64-bit integer."""
    return exp.cast(expression, "BIGINT")


def string(expression: exp.Expr) -> exp.Expr:
    """As text."""
    return exp.cast(expression, "TEXT")


def case(cases: Iterable[Case], otherwise: exp.Expr = NULL) -> exp.Expr:
    """The result of the first condition that holds."""
    found = exp.Case(ifs=[exp.If(this=when, true=then) for when, then in cases])
    found.set("default", otherwise.copy())
    return found if found.args["ifs"] else otherwise.copy()


def when(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr = NULL) -> exp.Expr:
    """One condition, two results."""
    return case([(condition, then)], otherwise)


def plus(terms: Sequence[exp.Expr]) -> exp.Expr:
    """The sum of the terms; 0 of none."""
    return (
        reduce(lambda a, b: exp.Add(this=a, expression=b), terms)
        if terms
        else number(0)
    )


def every(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """All conditions hold."""
    return exp.and_(*conditions) if conditions else TRUE.copy()


def any_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """At least one condition holds."""
    return exp.or_(*conditions) if conditions else exp.false()


def is_null(expression: exp.Expr) -> exp.Expr:
    """Whether there is no value."""
    return exp.Is(this=expression, expression=exp.null())


def among(expression: exp.Expr, values: Iterable[str]) -> exp.Expr:
    """Whether the value is one of these texts."""
    members = [text(value) for value in values]
    if len(members) == 1:
        return exp.EQ(this=expression, expression=members[0])
    return exp.In(this=expression, expressions=members)


def total(expression: exp.Expr) -> exp.Expr:
    """The sum over a group, as BIGINT (engines widen it to 128 bits or decimals)."""
    return bigint(exp.Sum(this=expression))


def tally(condition: exp.Expr) -> exp.Expr:
    """How many rows of a group satisfy a condition, as BIGINT."""
    return exp.Count(this=when(condition, number(1)))


def share(part: exp.Expr, whole: exp.Expr, scale: int) -> exp.Expr:
    """``part * scale // whole`` of non-negative numbers; NULL where whole is zero."""
    scaled = exp.Mul(this=part, expression=number(scale))
    quotient = exp.IntDiv(this=exp.paren(scaled), expression=exp.paren(whole))
    return when(exp.paren(whole.copy()) > 0, quotient)


def greatest(*expressions: exp.Expr) -> exp.Expr:
    """The greatest; no argument may be NULL (engines differ there)."""
    return exp.Greatest(
        this=expressions[0], expressions=list(expressions[1:]), ignore_nulls=True
    )


def least(*expressions: exp.Expr) -> exp.Expr:
    """The least; no argument may be NULL (engines differ there)."""
    return exp.Least(
        this=expressions[0], expressions=list(expressions[1:]), ignore_nulls=True
    )


def or_zero(expression: exp.Expr) -> exp.Expr:
    """0 where there is no value."""
    return exp.Coalesce(this=expression, expressions=[number(0)])


def joined(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Texts one after the other; no part may be NULL (engines differ there)."""
    return reduce(lambda a, b: exp.DPipe(this=a, expression=b), parts)


def days_between(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Calendar days from ``start`` to ``end``."""
    return bigint(exp.DateDiff(this=end, expression=start, unit=exp.var("DAY")))


def back(day: exp.Expr, amount: int, unit: str) -> exp.Expr:
    """The date so many DAYs or MONTHs earlier, clamped to the end of its month."""
    span = exp.Interval(this=text(str(amount)), unit=exp.var(unit))
    return exp.cast(exp.Sub(this=day, expression=span), "DATE")


def select_all(table: str, *more: exp.Expr) -> exp.Select:
    """Every column of a table, and more."""
    return exp.select(exp.Star(), *more).from_(table)


def rows_of_all(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of all queries, one after the other (UNION ALL by position).

    Takes the trees over without copying them: policies have dozens of rules.
    """
    if len(queries) == 1:
        return queries[0]
    return exp.union(*queries, distinct=False, copy=False)
