"""The statements print for Spark too, and hold nothing that engines differ in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlglot
from sqlglot import exp

from assets.credit import engine
from assets.credit.policy import Policy

BUILDERS: dict[str, Callable[[Policy], exp.Query]] = {
    "credit_figures": lambda _: engine.figures_query(),
    "industry_benchmarks": lambda _: engine.benchmarks_query(),
    "credit_indicators": engine.indicators_query,
    "computed_grades": engine.grades_query,
    "explanations": engine.explanations_query,
    "evidence": engine.evidence_query,
}
READS = {
    "credit_figures": {"financials", "evaluations", "memberships"},
    "industry_benchmarks": {"credit_figures", "memberships"},
    "credit_indicators": {
        "memberships",
        "industry_benchmarks",
        "credit_events",
        "credit_figures",
        "evaluations",
    },
    "computed_grades": {"credit_indicators"},
    "explanations": {"credit_indicators", "computed_grades", "evaluations"},
    "evidence": {
        "explanations",
        "credit_events",
        "credit_figures",
        "evaluations",
        "financials",
    },
}
TYPES = {"BIGINT", "TEXT", "DATE"}


@dataclass(frozen=True)
class Printed:
    """One statement, printed for both engines, and Spark's read back."""

    name: str
    query: exp.Query
    spark: str
    again: exp.Expr


@pytest.fixture(scope="module", params=BUILDERS)
def printed(request: pytest.FixtureRequest, shipped: Policy) -> Printed:
    query = BUILDERS[request.param](shipped)
    spark = query.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    again = sqlglot.parse_one(spark, read="spark")
    return Printed(request.param, query, spark, again)


def test_it_prints_for_spark_and_reads_back_the_same(printed: Printed):
    assert isinstance(printed.again, exp.Query)
    assert printed.again.sql("spark") == printed.spark


def test_it_divides_whole_numbers_and_casts_to_int64_text_and_dates_only(
    printed: Printed,
):
    for tree in (printed.query, printed.again):
        assert not list(tree.find_all(exp.Div))
        casts = {cast.to.sql("duckdb") for cast in tree.find_all(exp.Cast)}
        assert casts <= TYPES, casts
        numbers = [n for n in tree.find_all(exp.Literal) if not n.is_string]
        assert all(number.is_int for number in numbers)


def test_every_sum_comes_back_as_int64(printed: Printed):
    for total in printed.query.find_all(exp.Sum):
        outer = total.parent
        outer = outer.parent if isinstance(outer, exp.Window) else outer
        assert isinstance(outer, exp.Cast), total.sql()
        assert outer.to.sql("duckdb") == "BIGINT"


def test_every_division_is_by_a_constant_or_guarded(printed: Printed):
    for division in printed.query.find_all(exp.IntDiv):
        constant = division.expression.is_int
        assert constant or division.find_ancestor(exp.Case), division.sql()


def test_the_tables_read_are_the_agreed_ones(printed: Printed):
    own = {cte.alias for cte in printed.query.find_all(exp.CTE)}
    read = {table.name for table in printed.query.find_all(exp.Table)} - own
    assert read == READS[printed.name]
