"""The engine's queries in one place, for whoever materialises them.

Run in this order, each reads what the ones before made: ``credit_figures``,
``industry_benchmarks``, ``credit_indicators``, ``computed_grades``, ``explanations``,
``evidence``, ``advice``.
"""

from __future__ import annotations

from assets.credit.advice import advice_query
from assets.credit.evidence import evidence_query
from assets.credit.explanations import LATEST, explanations_query
from assets.credit.figures import benchmarks_query, countback_query, figures_query
from assets.credit.grades import grades_query
from assets.credit.indicators import indicators_query

__all__ = [
    "LATEST",
    "advice_query",
    "benchmarks_query",
    "countback_query",
    "evidence_query",
    "explanations_query",
    "figures_query",
    "grades_query",
    "indicators_query",
]
