"""The model card: weights from the document, spread and stability from the grades."""

from __future__ import annotations

from datetime import date, timedelta

from assets.credit.card import described, measured, spread_query, stability_query
from assets.credit.policy import Policy
from tests.credit.ledger import TODAY, Park
from tests.credit.ledger import Row as Found

ENDS = (date(2026, 4, 30), date(2026, 5, 31), TODAY)


def rows(park: Park, query: str) -> list[Found]:
    found = park.connection.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def known(park: Park, uscc: str) -> None:
    for kind in ("tax_credit", "labour_grade", "annual_report"):
        park.event(uscc, kind, date(2025, 4, 20), period=2024, value="B")


def test_the_card_tells_weights_rules_and_whom_it_spares(shipped: Policy):
    told = described(shipped)
    assert "| 行政监管 Administrative supervision | +25 | -200 | 21 % |" in told
    for _, rule in shipped.rules():
        assert f"`{rule.id}` {rule.method} |" in told
    assert "Younger than 6 months without data: not graded." in told
    assert "minor matters remind for 36 months" in told


def test_spread_by_age_and_steadiness_are_counted(park: Park, shipped: Policy):
    for number in range(6):
        known(park, park.enterprise(f"OLD{number}", industry_section="C"))
    for number in range(5):
        young = TODAY - timedelta(days=700)
        uscc = park.enterprise(f"YOUNG{number}", established_on=young)
        known(park, uscc)
        park.event(uscc, "tax_credit", date(2026, 5, 3), period=2025, value="D")
    park.graded(shipped, *ENDS, upto="computed_grades")
    spread = rows(park, spread_query(TODAY).sql("duckdb"))
    by_age = {r["member"]: r for r in spread if r["facet"] == "age"}
    assert {k: r["enterprises"] for k, r in by_age.items()} == {
        "2 1-3 年 years": 5,
        "4 ≥10 年 years": 6,
    }
    assert by_age["4 ≥10 年 years"]["a"] == 6
    # Tax grade D: 80 points, and at most C.
    assert by_age["2 1-3 年 years"]["c"] == 5
    steady = rows(park, stability_query().sql("duckdb"))
    assert [(r["month_end"], r["kept"], r["worse"]) for r in steady] == [
        (TODAY, 11, 0),
        (date(2026, 5, 31), 6, 5),
    ]
    text = measured(TODAY, spread, steady)
    assert "| 2 1-3 年 years | 5 | 0 | 0 | 5 | 0 | 0 | 0 | 100 % |" in text
    assert "| 2026-05-31 | 11 | 6 | 0 | 5 | 55 % |" in text


def test_groups_below_five_are_told_together(park: Park, shipped: Policy):
    for number, section in enumerate("AABBC"):
        known(park, park.enterprise(f"E{number}", industry_section=section))
    park.graded(shipped, upto="computed_grades")
    spread = rows(park, spread_query(TODAY).sql("duckdb"))
    industry = [
        (r["member"], r["enterprises"]) for r in spread if r["facet"] == "industry"
    ]
    assert industry == [("其他（不足5家） fewer than five", 5)]
