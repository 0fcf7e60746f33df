"""What an enterprise is told: sentences, sums, and the records behind them."""

from __future__ import annotations

from datetime import date, timedelta

from assets.credit import engine
from assets.credit.policy import Policy
from tests.credit.ledger import TODAY, Park, policy_with

DAY = timedelta(days=1)
MONTH_ENDS = (date(2026, 4, 30), date(2026, 5, 31), TODAY)


def busy(park: Park, uscc: str = "E1") -> str:
    """An enterprise with a record of nearly every kind."""
    park.enterprise(uscc)
    park.event(uscc, "tax_credit", date(2026, 4, 20), period=2025, value="A")
    park.event(uscc, "tax_credit", date(2025, 4, 20), period=2024, value="B")
    park.event(uscc, "labour_grade", date(2026, 3, 1), period=2025, value="A")
    park.event(uscc, "annual_report", date(2026, 6, 1), period=2025, value="on_time")
    park.event(uscc, "standard", date(2026, 1, 1), value="operating")
    park.event(uscc, "credit_managers", date(2026, 1, 1), quantity=2)
    park.event(uscc, "commitment", date(2026, 1, 1), value="fully")
    for severity, days in (("general", 365), ("minor", 90)):
        park.event(
            uscc,
            "penalty",
            TODAY - 30 * DAY,
            severity=severity,
            value="0201",
            publish_until=TODAY + (days - 30) * DAY,
            event_id=f"{uscc}-{severity}",
        )
    for month in range(12):
        year, rest = divmod(2025 * 12 + 5 + month, 12)
        due = date(year, rest + 1, 28)
        park.event(uscc, "contribution", due, period=year * 100 + rest, value="on_time")
        value = "late" if month == 3 else "on_time"
        park.event(uscc, "fee_payment", due, value=value, ended_on=due)
    return uscc


def test_reasons_read_well_in_both_languages(park: Park, shipped: Policy):
    busy(park)
    why = park.graded(shipped).why("E1")
    told = {rule: (row["reason_zh"], row["reason_en"]) for rule, row in why.items()}
    assert told["tax_credit_grade"] == (
        "最近一次纳税缴费信用评价为A级，加30分",
        "Newest tax-payment credit grade is A: +30 points",
    )
    assert told["credit_standard"] == (
        "《企业信用管理工作指南》贯标进度：运行，加15分",
        "Credit-management standard, System operating: +15 points",
    )
    # 30 points * 335 days left // 365 days.
    assert why["penalty_general"]["points"] == -27_534
    assert told["penalty_general"] == (
        "公示期内的一般行政处罚1件，按剩余公示期折算，扣27.534分",
        "General penalties in publicity, 1, by the time left: -27.534 points",
    )
    assert told["credit_managers"][0] == "配备信用管理师2名，加10分"
    assert told["base"] == ("基础分", "Base score")


def test_values_are_shown_in_their_unit(park: Park, shipped: Policy):
    busy(park)
    for ended in (date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)):
        park.statement(
            "E1",
            ended,
            revenue_fen=100,
            credit_sales_fen=100,
            receivables_begin_fen=0,
            receivables_end_fen=225,
        )
    park.industry(8)
    why = park.graded(shipped).why("E1")
    assert why["dso"]["raw_value"] == "202.5"
    assert why["dso"]["reason_zh"] == (
        "应收账款周转天数（DSO）202.5天，与园区同行业比较，扣10分"
    )
    # 11 of 12 on time: 91.66 %, which is below the band; told only if it fired.
    assert "fees_on_time" not in why


def test_a_negative_percentage_keeps_its_sign(park: Park):
    text = """
  - id: g
    dimension: d
    zh: 增长
    en: Growth
    value: {figure: sales_growth_bp}
    rules:
      - {id: g, zh: "{value}，{points}，{change}", en: "{value} {points} {change}",
         source: s, bands: [{below: 0, points: -1}, {from: 0, points: 1.5}]}
"""
    for uscc, sales in (("down", 995), ("up", 1250)):
        park.enterprise(uscc)
        for year in (2024, 2025):
            for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
                revenue = 1000 if year == 2024 else sales
                park.statement(uscc, date(year, month, day), revenue_fen=revenue)
    out = park.graded(policy_with(text))
    told = {u: out.why(u)["g"]["reason_en"] for u in ("down", "up")}
    assert told == {"down": "-0.5% 1 -1 point", "up": "25% 1.5 +1.5 points"}
    assert out.why("down")["g"]["reason_zh"] == "-0.5%，1，扣1分"


def test_rows_add_up_to_the_score_on_every_date(park: Park, shipped: Policy):
    busy(park)
    out = park.graded(shipped, *MONTH_ENDS)
    query = engine.explanations_query(shipped, on=None).sql("duckdb")
    sums = park.connection.execute(
        f"SELECT evaluated_on, SUM(points)::BIGINT FROM ({query}) GROUP BY ALL"
    ).fetchall()
    scores = {(r["evaluated_on"], r["score_points"]) for r in out.computed_grades}
    assert set(sums) == scores
    assert len(scores) == 3
    # Without being asked for more, only the newest evaluation is told.
    assert {r["evaluated_on"] for r in out.explanations} == {TODAY}


def test_each_row_rests_on_the_records_it_names(park: Park, shipped: Policy):
    busy(park)
    newest = park.rows["credit_events"][0]["event_id"]
    out = park.graded(shipped, *MONTH_ENDS)
    found: dict[str, set[str]] = {}
    for row in out.evidence:
        assert (row["uscc"], row["evaluated_on"]) == ("E1", TODAY)
        found.setdefault(row["rule_id"], set()).add(row["event_id"])
    fired = set(out.why("E1"))
    assert set(found) == fired - {"base", "limit_minor_matters"}
    assert found["tax_credit_grade"] == {newest}
    assert found["penalty_general"] == {"E1-general"}
    assert found["penalty_minor"] == {"E1-minor"}
    assert len(found["contributions_on_time"]) == 12
    keys = {(r["event_id"], r["dataset"], r["record_key"]) for r in out.evidence}
    assert ("E1-minor", "penaltys", "key-E1-minor") in keys


def test_a_rule_on_a_figure_rests_on_its_statements(park: Park, shipped: Policy):
    busy(park)
    for year, month, day in ((2023, 12, 31), (2025, 12, 31), (2026, 3, 31)):
        park.statement(
            "E1",
            date(year, month, day),
            revenue_fen=100,
            credit_sales_fen=100,
            receivables_end_fen=300,
        )
    park.industry(8)
    out = park.graded(shipped)
    found = {
        (r["event_id"], r["dataset"])
        for r in out.evidence
        if (r["uscc"], r["rule_id"]) == ("E1", "dso")
    }
    statements = "financial_statements"
    assert found == {("E1-2025-12-31", statements), ("E1-2026-03-31", statements)}


def test_a_veto_is_told_with_its_records(park: Park, shipped: Policy):
    park.enterprise("E1")
    listed = park.event("E1", "serious_listing", date(2026, 1, 5), severity="serious")
    out = park.graded(shipped)
    assert out.grade("E1")["letter"] == "D"
    told = out.why("E1")["veto_serious_listing"]
    assert (told["points"], told["raw_value"]) == (0, "1")
    assert told["legal_source"].endswith("（市场监管总局令第44号）")
    rests = {(r["rule_id"], r["event_id"]) for r in out.evidence}
    assert ("veto_serious_listing", listed) in rests


def test_keys_of_explanations_and_evidence_are_unique(park: Park, shipped: Policy):
    busy(park, "E1")
    busy(park, "E2")
    out = park.graded(shipped, *MONTH_ENDS)
    told = [(r["uscc"], r["rule_id"]) for r in out.explanations]
    rests = [(r["uscc"], r["rule_id"], r["event_id"]) for r in out.evidence]
    assert len(told) == len(set(told)) == 20
    assert len(rests) == len(set(rests)) == 40


def test_what_minor_matters_give_back_is_told_under_the_limit(
    park: Park, shipped: Policy
):
    uscc = park.enterprise("E1", consented=False)
    park.event(uscc, "tax_credit", date(2026, 4, 20), period=2025, value="M")
    park.event(uscc, "labour_grade", date(2026, 3, 1), period=2025, value="B")
    park.event(uscc, "annual_report", date(2026, 6, 1), period=2025, value="late")
    park.event(uscc, "abnormal_listing", date(2026, 6, 1), value="1")
    for number in range(2):
        park.event(uscc, "commitment", date(2026, 1, 1 + number), value="fully")
    out = park.graded(shipped)
    # 1000 + 20 + 10 - 80 = 950, the bound of A: the late report costs nothing.
    assert out.points(uscc) == {
        "base": 1_000_000,
        "clean_record": 20_000,
        "commitment_kept": 10_000,
        "abnormal_listing": -80_000,
        "annual_report_late": -20_000,
        "limit_minor_matters": 20_000,
        "cap_abnormal": 0,
    }
    row = out.why(uscc)["limit_minor_matters"]
    assert (row["dimension"], row["indicator"]) == ("supervision", "letter_limit")
    assert row["reason_zh"] == "轻微失信不改变信用等级，返还部分扣分，加20分"
    # Listed as abnormal, the letter is B at most, whatever the points.
    assert (out.grade(uscc)["score_points"], out.grade(uscc)["letter"]) == (
        950_000,
        "B",
    )
