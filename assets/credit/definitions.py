"""The credit station: figures, indicators, grades, explanations, evidence."""

from __future__ import annotations

import dagster as dg

from assets.credit import engine
from assets.station import Statement, statement, station

STATION = "credit"
LEDGER = (
    "credit_events",
    "credit_figures",
    "evaluations",
    "industry_benchmarks",
    "memberships",
)


def credit_statements() -> list[Statement]:
    """What the credit step runs, in order; the policy is the setup's."""
    return [
        statement("credit_figures", engine.figures_query()),
        statement("industry_benchmarks", engine.benchmarks_query()),
        Statement(
            "credit_indicators",
            lambda s: engine.indicators_query(s.policy),
            LEDGER,
            "指标宽表 One column per indicator and per rule.",
        ),
        Statement(
            "grades", lambda s: engine.grades_query(s.policy), ("credit_indicators",)
        ),
        Statement(
            "explanations",
            lambda s: engine.explanations_query(s.policy),
            ("credit_indicators", "evaluations", "grades"),
        ),
        Statement(
            "evidence",
            lambda s: engine.evidence_query(s.policy),
            ("credit_events", "credit_indicators", "evaluations", "explanations"),
        ),
        Statement(
            "advice",
            lambda s: engine.advice_query(s.policy),
            ("credit_indicators", "evaluations", "grades"),
        ),
    ]


def credit_assets(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """The credit step; adds its tables to ``made_by``."""
    statements = credit_statements()
    made_by.update({s.table: STATION for s in statements})
    return station(STATION, statements, made_by)
