"""Reason sentences and readable values as SQL text.

A sentence of the policy may hold ``{value}`` (the indicator's value with its unit or
label), ``{points}`` (the points without sign) and ``{change}`` (加30分 / +30 points).
Not here: which rows are told (``explanations``).
"""

from __future__ import annotations

from string import Formatter

from sqlglot import exp

from assets.credit import expressions as x
from assets.credit.document import THOUSANDTHS
from assets.credit.values import Value
from assets.credit.vocabulary import UNITS, values_of

ZH, EN = 0, 1
POINT_DECIMALS = 3


def decimal(scaled: exp.Expr, decimals: int) -> exp.Expr:
    """A non-negative integer with implied decimals: 22500 with three is ``22.5``."""
    if not decimals:
        return x.string(scaled)
    unit = x.number(10**decimals)
    whole = x.string(exp.IntDiv(this=scaled, expression=unit))
    rest = exp.Mod(this=scaled.copy(), expression=unit.copy())
    padded = exp.Pad(
        this=x.string(rest),
        expression=x.number(decimals),
        fill_pattern=x.text("0"),
        is_left=True,
    )
    digits = exp.Trim(this=padded, position="TRAILING", expression=x.text("0"))
    none = exp.paren(rest.copy()).eq(0)
    fraction = x.when(none, x.text(""), x.joined([x.text("."), digits]))
    return x.joined([whole, fraction])


def _signed(scaled: exp.Expr, decimals: int) -> exp.Expr:
    sign = x.when(scaled < 0, x.text("-"), x.text(""))
    return x.joined([sign, decimal(exp.Abs(this=scaled.copy()), decimals)])


def readable(value: Value, column: exp.Expr) -> exp.Expr:
    """The value as people write it, without words of any language."""
    if value.is_text:
        return column
    decimals, suffix = UNITS[value.unit]
    counted = value.count or value.months or value.ratio
    shown = (
        decimal(column, decimals)
        if counted and not value.trend
        else _signed(column, decimals)
    )
    return x.joined([shown, x.text(suffix)]) if suffix else shown


def labelled(value: Value, column: exp.Expr, language: int) -> exp.Expr:
    """The value as people say it: codes by their label."""
    if not (value.is_text and value.filter):
        return readable(value, column)
    names = values_of(value.filter.kind)
    cases = [(column.copy().eq(code), x.text(n[language])) for code, n in names.items()]
    return x.case(cases, column)


def size(points: exp.Expr, *, whole: bool) -> exp.Expr:
    """Points without their sign; ``whole`` where no rule can give a fraction."""
    amount = exp.Abs(this=points.copy())
    if whole:
        thousand = x.number(THOUSANDTHS)
        return x.string(exp.IntDiv(this=amount, expression=thousand))
    return decimal(amount, POINT_DECIMALS)


def change(points: exp.Expr, language: int, *, whole: bool) -> exp.Expr:
    """Points with their sign in words."""
    negative = points.copy() < 0
    if language == ZH:
        verb = x.when(negative, x.text("扣"), x.text("加"))
        return x.joined([verb, size(points, whole=whole), x.text("分")])
    sign = x.when(negative, x.text("-"), x.text("+"))
    single = exp.Abs(this=points.copy()).eq(THOUSANDTHS)
    noun = x.when(single, x.text(" point"), x.text(" points"))
    return x.joined([sign, size(points, whole=whole), noun])


def sentence(
    template: str,
    language: int,
    points: exp.Expr,
    value: exp.Expr | None = None,
    *,
    whole: bool = False,
    instead: exp.Expr | None = None,
) -> exp.Expr:
    """The template filled in, as a text expression.

    Args:
        template: a sentence of the policy.
        language: ``ZH`` or ``EN``.
        points: thousandths of a point.
        value: the indicator's value as people say it.
        whole: whether no rule can give a fraction of a point.
        instead: stands for ``{change}``.
    """
    fillings = {
        "points": size(points, whole=whole),
        "change": instead or change(points, language, whole=whole),
        "value": x.text("") if value is None else value,
    }
    parts: list[exp.Expr] = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            parts.append(x.text(literal))
        if name is not None:
            parts.append(fillings[name].copy())
    return x.joined(parts)
