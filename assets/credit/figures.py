"""The four credit-management figures (notice 三(三)2, domain 12) as a query.

The statement is ``figures.sql``. Not here: what the figures are worth (the policy).
"""

from __future__ import annotations

from sqlglot import exp

from assets import sql


def figures_query() -> exp.Query:
    """``credit_figures`` from ``financials``, ``enterprises`` and ``evaluations``.

    Growth, share and their like are basis points, days are hundredths, turnover is
    ten-thousandths of a time; see the contract.
    """
    return sql.load("assets.credit", "figures")
