"""The credit-management figures (notice 三(三)2, domain 12) as queries.

The statements are ``figures.sql`` and ``countback.sql``. Not here: what the figures are
worth (the policy).
"""

from __future__ import annotations

from sqlglot import exp

from assets import sql
from assets.credit import expressions as x
from assets.credit.vocabulary import FIGURES

PACKAGE = "assets.credit"
GROUP = ("evaluated_on", "industry_section", "figure")


def figures_query() -> exp.Query:
    """``credit_figures`` from ``financials``, ``memberships`` and ``evaluations``.

    Growth, share and their like are basis points, days are hundredths, turnover is
    ten-thousandths of a time; see the contract.
    """
    counted = sql.load(PACKAGE, "countback")
    return sql.load(PACKAGE, "figures").with_("countback", as_=counted, copy=False)


def countback_query() -> exp.Query:
    """DSO counted back over ``sales_periods``, of months or quarters alike.

    ``sales_periods`` holds (uscc, evaluated_on, period_end, place, days, sales,
    receivables): ``place`` counts periods back from 1, ``receivables`` are the closing
    ones of the newest period.
    """
    return sql.load(PACKAGE, "countback")


def benchmarks_query() -> exp.Query:
    """``industry_benchmarks`` from ``credit_figures`` and ``memberships``.

    Median and distance between the quartiles by nearest rank, so that every engine
    finds the same whole numbers.
    """
    size, place = x.column("enterprises"), x.column("place")
    median = _ranked(place, (size + 1), 2)
    upper = _ranked(place, (size * 3 + 3), 4)
    lower = _ranked(place, (size + 3), 4)
    spread = exp.Sub(this=upper, expression=lower)
    query = (
        exp.select(
            *map(x.column, GROUP),
            x.named(x.bigint(exp.Max(this=size.copy())), "enterprises"),
            x.named(x.bigint(median), "median"),
            x.named(x.bigint(spread), "spread"),
        )
        .from_("placed")
        .group_by(*map(x.column, GROUP))
    )
    known = x.rows_of_all([_known(name) for name in FIGURES])
    return query.with_("known", as_=known).with_("placed", as_=_placed())


def _ranked(place: exp.Expr, numerator: exp.Expr, parts: int) -> exp.Expr:
    """The value at place ``numerator // parts``."""
    wanted = exp.IntDiv(this=exp.paren(numerator), expression=x.number(parts))
    return exp.Max(this=x.when(place.copy().eq(wanted), x.column("value")))


def _known(figure: str) -> exp.Select:
    same = [x.column(k, "c").eq(x.column(k, "m")) for k in ("uscc", "evaluated_on")]
    value = x.column(figure, "c")
    return (
        exp.select(
            x.column("evaluated_on", "c"),
            x.column("industry_section", "m"),
            x.named(x.text(figure), "figure"),
            x.named(value, "value"),
        )
        .from_("credit_figures AS c")
        .join("memberships AS m", on=x.every(same))
        .where(x.is_null(value.copy()).not_())
        .where(x.is_null(x.column("industry_section", "m")).not_())
    )


def _placed() -> exp.Select:
    group = [x.column(name) for name in GROUP]
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=group,
        order=exp.Order(expressions=[x.column("value")]),
    )
    size = exp.Window(
        this=exp.Count(this=exp.Star()), partition_by=[g.copy() for g in group]
    )
    placed = x.named(x.bigint(place), "place")
    return x.select_all("known", placed, x.named(x.bigint(size), "enterprises"))
