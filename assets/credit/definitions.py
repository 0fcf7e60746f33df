"""The credit station: figures, indicators, grades, explanations, what is in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets import sql
from assets.credit import compiled, engine, governance
from assets.credit.history import remember_ends
from assets.credit.renewal import Renewal
from assets.station import Making, Statement, statement, station
from assets.stores import Lake

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
    return [*computing_statements(), *standing_statements(), LEDGER_STATEMENT]


def computing_statements() -> list[Statement]:
    """What the rules give, and why."""
    return [
        statement("credit_figures", engine.figures_query()),
        statement("industry_benchmarks", engine.benchmarks_query()),
        Statement(
            "credit_indicators",
            lambda s: engine.indicators_query(s.policy),
            LEDGER,
            "最近评价日指标宽表 One column per indicator and per rule, of the newest date.",
            lambda s: compiled.told(s.policy),
        ),
        Statement(
            "computed_grades",
            lambda s: engine.grades_query(s.policy),
            ("credit_indicators",),
        ),
        Statement(
            "explanations",
            lambda s: engine.explanations_query(s.policy),
            ("credit_indicators", "evaluations", "computed_grades"),
        ),
        Statement(
            "evidence",
            lambda s: engine.evidence_query(s.policy),
            ("credit_events", "credit_indicators", "evaluations", "explanations"),
        ),
        Statement(
            "advice",
            lambda s: engine.advice_query(s.policy),
            ("credit_indicators", "evaluations", "computed_grades"),
        ),
    ]


def standing_statements() -> list[Statement]:
    """What is in force, and which downgrades wait."""
    return [
        Statement(
            "grade_acts",
            governance.acts_query,
            (),
            "降级的告知、异议与确认 What was done about downgrades, and when.",
        ),
        Statement(
            "grade_steps",
            lambda s: governance.steps_query(s.policy, s.today),
            (
                "computed_grades",
                "evaluations",
                "grade_acts",
                "working_days",
            ),
            "等级阶段 Standings in force, announced, contested or withheld.",
        ),
        Statement(
            "grades",
            lambda s: governance.effective_query(s.policy),
            ("computed_grades", "grade_steps"),
            figures=_letters,
        ),
        Statement(
            "downgrades",
            lambda s: governance.downgrades_query(s.today),
            ("computed_grades", "enterprises", "explanations", "grade_steps"),
        ),
    ]


def _letters(lake: Lake) -> dict[str, int]:
    """Enterprises by letter on the newest day; those without one as ``grade_none``."""
    query = (
        "SELECT coalesce(letter, 'none'), count(*) "
        f"FROM {lake.relation('grades')} WHERE evaluated_on = "
        "(SELECT max(evaluated_on) FROM grades) GROUP BY ALL ORDER BY ALL"
    )
    counted = lake.records.connect().execute(query).fetchall()
    return {f"grade_{letter}": number for letter, number in counted}


LEDGER_STATEMENT = Statement(
    governance.LEDGER,
    lambda s: governance.ledger_query(s.today),
    ("computed_grades",),
)


SAME = dg.AssetCheckSpec(
    "graded_anew_is_the_same",
    asset=dg.AssetKey([STATION, "credit_indicators"]),
    blocking=True,
    description="抽样全量重算与现有指标一致 A sample graded anew is what stands.",
)


def credit_assets(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """The credit step; adds its tables to ``made_by``."""
    statements = credit_statements()
    made_by.update({s.table: STATION for s in statements})
    return station(STATION, statements, made_by, begin=_begin, checks=[SAME])


def _begin(context: dg.AssetExecutionContext) -> Making:
    """Grade whom something changed for, and keep what the next run compares with."""
    lake, setup = context.resources.lake, context.resources.setup
    run = context.run.run_id
    _open_ledger(lake, run)
    renewal = Renewal(lake, setup, run, computing_statements())

    def finish() -> Iterator[Any]:
        # Month ends go into the history before anything is published of it.
        remember_ends(lake, setup, run)
        differing = renewal.differing()
        if not differing:
            renewal.remember()
        yield dg.AssetCheckResult(
            check_name=SAME.name,
            asset_key=SAME.asset_key,
            passed=not differing,
            metadata={"differing rows": differing, **renewal.told()},
        )

    return Making(renewal.make, finish)


def _open_ledger(lake: Lake, run: str) -> None:
    """The ledger is read before it is written: an empty one stands first."""
    if not lake.has(governance.LEDGER):
        empty = sql.to_sql(governance.empty_ledger())
        lake.write(governance.LEDGER, empty, f"{run}-empty")
