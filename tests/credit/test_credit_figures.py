"""The four credit-management figures against hand-worked values."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from assets.credit.engine import countback_query
from quality.contracts import tax
from quality.contracts.model import facts_of
from tests.credit.ledger import TODAY, Park

# Eight quarters up to the first of 2026, oldest first.
QUARTERS = [
    date(2024, 6, 30),
    date(2024, 9, 30),
    date(2024, 12, 31),
    date(2025, 3, 31),
    date(2025, 6, 30),
    date(2025, 9, 30),
    date(2025, 12, 31),
    date(2026, 3, 31),
]
NAMES = ("sales_growth_bp", "credit_sales_share_bp", "dso_centidays", "turnover_bp")
YEARLY = ("dso_annual_centidays", "dso_average_centidays", "dso_countback_centidays")
YUAN = 100


def eight_quarters(park: Park, uscc: str = "E1") -> list[dict[str, Any]]:
    """Sales 100 a quarter, then 120; two thirds on credit; receivables 60 to 90."""
    park.enterprise(uscc)
    for number, ended in enumerate(QUARTERS):
        park.statement(
            uscc,
            ended,
            revenue_fen=(100 if number < 4 else 120) * YUAN,
            credit_sales_fen=80 * YUAN,
            receivables_begin_fen=60 * YUAN,
            receivables_end_fen=90 * YUAN,
        )
    return park.rows["financials"]


def figures(park: Park, on: date = date(2026, 6, 29)) -> dict[str, Any]:
    row = park.figures(on).one("credit_figures", "E1", on)
    return {name: row[name] for name in ("quarter_end", "quarters", *NAMES)}


def test_the_four_figures_of_eight_full_quarters(park: Park):
    eight_quarters(park)
    assert figures(park) == {
        "quarter_end": date(2026, 3, 31),
        "quarters": 8,
        "sales_growth_bp": 2000,  # 480 / 400 - 1 = 20.00 %
        "credit_sales_share_bp": 6666,  # 320 / 480 = 66.66 %
        "dso_centidays": 10125,  # 90 / 80 * 90 days = 101.25
        "turnover_bp": 42666,  # 320 / ((60 + 90) / 2) = 4.2666 times
    }


def test_falling_sales_are_a_negative_growth_rounded_down(park: Park):
    for row in eight_quarters(park)[4:]:
        row["revenue_fen"] = 66_67
    # 266.68 / 400 - 1 = -33.33 %
    assert figures(park)["sales_growth_bp"] == -3333


@pytest.mark.parametrize(
    ("changes", "undefined"),
    [
        ([(0, "revenue_fen", 0)] + [(n, "revenue_fen", 0) for n in (1, 2, 3)], [0]),
        ([(n, "revenue_fen", -1) for n in range(4)], [0]),
        ([(n, "revenue_fen", 0) for n in range(4, 8)], [1]),
        ([(4, "revenue_fen", -900_00)], [0, 1]),
        ([(7, "credit_sales_fen", None)], [1, 2, 3]),
        ([(5, "credit_sales_fen", None)], [1, 3]),
        ([(5, "credit_sales_fen", -1)], [1, 3]),
        ([(7, "credit_sales_fen", 0)], [2]),
        ([(7, "credit_sales_fen", 500_00)], [1]),  # more than all sales
        ([(7, "receivables_end_fen", None)], [2, 3]),
        ([(7, "receivables_end_fen", -1)], [2, 3]),
        ([(4, "receivables_begin_fen", None)], [3]),
        (
            [(4, "receivables_begin_fen", 0), (7, "receivables_end_fen", 0)],
            [3],
        ),
    ],
)
def test_an_undefined_figure_is_unknown_and_leaves_the_others(
    park: Park, changes: list[tuple[int, str, int | None]], undefined: list[int]
):
    rows = eight_quarters(park)
    for number, column, value in changes:
        rows[number][column] = value
    found = figures(park)
    assert [n for n, name in enumerate(NAMES) if found[name] is None] == undefined


@pytest.mark.parametrize(
    ("missing", "undefined"),
    [(0, [0]), (3, [0]), (5, [0, 1, 3])],
)
def test_a_missing_quarter_is_not_made_up(
    park: Park, missing: int, undefined: list[int]
):
    del eight_quarters(park)[missing]
    found = figures(park)
    assert found["quarters"] == 7
    assert [n for n, name in enumerate(NAMES) if found[name] is None] == undefined


def test_quarters_not_ended_by_the_date_are_not_known_yet(park: Park):
    eight_quarters(park)
    found = figures(park, date(2026, 3, 30))
    assert (found["quarter_end"], found["quarters"]) == (date(2025, 12, 31), 7)
    assert found["sales_growth_bp"] is None


def test_statements_older_than_nine_months_say_nothing_about_today(park: Park):
    eight_quarters(park)
    assert figures(park, date(2026, 12, 30))["quarters"] == 8
    assert park.figures(date(2026, 12, 31)).tables["credit_figures"] == []


def test_a_date_that_ends_no_quarter_is_left_out(park: Park):
    eight_quarters(park)
    park.statement("E1", date(2026, 3, 30), revenue_fen=10**12, credit_sales_fen=1)
    park.statement("E1", date(2026, 5, 31), revenue_fen=10**12, credit_sales_fen=1)
    assert figures(park)["sales_growth_bp"] == 2000


def test_sales_of_a_trillion_yuan_do_not_overflow(park: Park):
    for row in eight_quarters(park):
        row["revenue_fen"] = 10**14
        row["credit_sales_fen"] = row["receivables_end_fen"] = 10**14
    found = figures(park)
    assert (found["sales_growth_bp"], found["dso_centidays"]) == (0, 9000)


def test_enterprises_out_of_scope_have_no_figures(park: Park):
    eight_quarters(park)
    park.rows["enterprises"][0]["in_park"] = False
    assert park.figures().tables["credit_figures"] == []


def test_days_sales_outstanding_of_the_year_its_mean_and_counted_back(park: Park):
    eight_quarters(park)
    row = park.figures().one("credit_figures", "E1")
    assert [row[name] for name in YEARLY] == [
        10265,  # 90 / 320 * 365 = 102.656
        8554,  # 75 / 320 * 365 = 85.546
        # 90 - 80 = 10 of the quarter before: 90 days of 2026 Q1 + 10 / 80 * 92
        10150,
    ]


@pytest.mark.parametrize(
    ("changes", "undefined"),
    [
        ([(7, "credit_sales_fen", None)], [0, 1, 2]),
        ([(6, "credit_sales_fen", None)], [0, 1, 2]),
        ([(3, "credit_sales_fen", None)], []),  # not needed: used up before
        ([(7, "receivables_end_fen", None)], [0, 1, 2]),
        ([(7, "receivables_end_fen", -1)], [0, 1, 2]),
        ([(4, "receivables_begin_fen", None)], [1]),
        ([(7, "receivables_end_fen", 641 * YUAN)], [2]),  # more than eight quarters
        ([(n, "credit_sales_fen", 0) for n in range(8)], [0, 1, 2]),
    ],
)
def test_each_way_of_counting_days_is_unknown_for_its_own_reasons(
    park: Park, changes: list[tuple[int, str, int | None]], undefined: list[int]
):
    rows = eight_quarters(park)
    for number, column, value in changes:
        rows[number][column] = value
    row = park.figures().one("credit_figures", "E1")
    assert [n for n, name in enumerate(YEARLY) if row[name] is None] == undefined


def test_counting_back_stops_at_a_missing_quarter(park: Park):
    rows = eight_quarters(park)
    rows[7]["receivables_end_fen"] = 170 * YUAN  # needs the third quarter back
    assert days_counted_back(park) == 9000 + 9200 + 10 * 9200 // 80
    del rows[6]
    assert days_counted_back(park) is None


def days_counted_back(park: Park) -> int | None:
    row = park.figures().one("credit_figures", "E1")
    days: int | None = row["dso_countback_centidays"]
    return days


def test_the_worked_example_of_counting_back_gives_71_33_days(
    connection: duckdb.DuckDBPyConnection,
):
    """Receivables 250; sales Dec 100, Nov 120, Oct 90: 31 + 30 + 30 / 90 * 31 days."""
    months = [(date(2026, 12, 31), 31, 100), (date(2026, 11, 30), 30, 120)]
    months += [(date(2026, 10, 31), 31, 90)]
    connection.execute(
        "CREATE OR REPLACE TABLE sales_periods (uscc TEXT, evaluated_on DATE, "
        "period_end DATE, place BIGINT, days BIGINT, sales BIGINT, receivables BIGINT)"
    )
    for place, (ended, days, sales) in enumerate(months, 1):
        row = ["E1", TODAY, ended, place, days, sales, 250]
        connection.execute("INSERT INTO sales_periods VALUES (?,?,?,?,?,?,?)", row)
    found = connection.execute(countback_query().sql("duckdb")).fetchall()
    assert found == [("E1", TODAY, 7133)]


def test_the_largest_amounts_a_statement_may_hold_still_fit(park: Park):
    """The contract lets no more than 10^14 fen a quarter pass."""
    facts = facts_of(tax.financial_statements.c.revenue_fen)
    assert (facts.minimum, facts.maximum) == (-(10**14), 10**14)
    amounts = ("revenue", "credit_sales", "receivables_begin", "receivables_end")
    names = [f"{amount}_fen" for amount in amounts]
    for row in eight_quarters(park):
        row.update(dict.fromkeys(names, facts.maximum))
    found = park.figures(TODAY).one("credit_figures", "E1")
    assert {name: found[name] for name in (*NAMES, *YEARLY)} == {
        "sales_growth_bp": 0,
        "credit_sales_share_bp": 10_000,
        "dso_centidays": 9_000,
        "turnover_bp": 40_000,
        "dso_annual_centidays": 9_125,
        "dso_average_centidays": 9_125,
        "dso_countback_centidays": 9_000,
    }
    for row in park.rows["financials"]:
        row.update(dict.fromkeys(names, facts.minimum))
    found = park.figures(TODAY).one("credit_figures", "E1")
    assert {found[name] for name in (*NAMES, *YEARLY)} == {None}
