"""The four credit-management figures against hand-worked values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.credit.ledger import Park

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
