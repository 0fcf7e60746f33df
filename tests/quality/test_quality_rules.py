from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Table

from quality.contracts import market, metadata, park, tables_of
from quality.contracts.model import Check, describe, integer, table
from quality.rules import Severity, rules_of, violations_query
from tests.quality.broken_rows import broken_rows
from tests.quality.candidate_rows import TODAY, Candidates, Violation

RECORDS = tables_of("records")


@pytest.mark.parametrize("contract", RECORDS, ids=lambda t: t.name)
def test_each_rule_finds_its_one_broken_row_and_no_other(contract: Table) -> None:
    rows, expected = broken_rows(contract)
    assert rows.found() == expected


@pytest.mark.parametrize("contract", metadata.tables.values(), ids=lambda t: t.name)
def test_rule_ids_are_unique_and_messages_are_in_both_languages(
    contract: Table,
) -> None:
    rules = rules_of(contract)
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.message.zh and rule.message.en for rule in rules)
    assert all(rule.id.startswith(f"{contract.name}.") for rule in rules)


def test_rules_of_penalties_are_these() -> None:
    ids = [rule.id.removeprefix("penalties.") for rule in rules_of(market.penalties)]
    assert [
        i for i in ids if i.startswith(("decided_on", "penalty_kinds", "check"))
    ] == [
        "penalty_kinds.required",
        "penalty_kinds.codes",
        "decided_on.required",
        "decided_on.parsed",
        "decided_on.not_future",
        "check.penalty_period",
        "check.penalty_publicity",
        "check.fine_amount",
        "check.fine_unit",
    ]


def test_only_hand_written_and_authority_rules_warn() -> None:
    warning = {r.id for t in RECORDS for r in rules_of(t) if r.severity == "warning"}
    assert {w for w in warning if not w.endswith(".authority")} == {
        "penalties.check.fine_amount",
        "penalties.check.fine_unit",
    }


def test_a_violation_names_row_rule_column_value_and_severity() -> None:
    rows = Candidates(market.penalties)
    rows.add(status="作废")
    rows.add(unparsed={"decided_on": "去年六月"})
    rows.add(valid_to=date(2025, 6, 1))
    period = "penalties.check.penalty_period"
    assert rows.violations() == [
        Violation(1, "penalties.status.code", "status", "作废"),
        Violation(2, "penalties.decided_on.parsed", "decided_on", "去年六月"),
        Violation(3, period, "valid_to,decided_on", "2025-06-01, 2025-06-30"),
    ]


def test_a_renamed_field_is_read_from_the_raw_line() -> None:
    rows = Candidates(market.registrations)
    rows.add()
    rows.connection.execute(
        """UPDATE candidates SET established_on = NULL, unparsed = ['established_on'],
        raw = '{"成立日期(年月日)": "昨天"}'"""
    )
    fields = {"established_on": "成立日期(年月日)"}
    query = violations_query(market.registrations, "candidates", TODAY, fields)
    found = rows.connection.execute(query.sql("duckdb")).fetchall()
    assert [row[1:4] for row in found] == [
        ("registrations.established_on.parsed", "established_on", "昨天")
    ]


def test_a_row_that_breaks_two_rules_is_named_twice() -> None:
    rows = Candidates(park.commitments)
    rows.add(uscc="91370303MA3C00003E", content="电话13912345678")
    assert [rule for _, rule in rows.found()] == [
        "commitments.content.no_personal_data",
        "commitments.uscc.uscc",
    ]


def test_personal_data_are_not_repeated_in_the_violation() -> None:
    rows = Candidates(market.penalties)
    rows.add(facts="当事人张某，身份证号11010519491231002X，电话13912345678")
    [violation] = rows.violations()
    assert violation.value == "当事人张某，身份证号******************，电话***********"


def test_today_itself_is_not_in_the_future() -> None:
    rows = Candidates(market.penalties)
    rows.add(decided_on=TODAY)
    assert rows.violations() == []


def test_rows_that_satisfy_all_optional_fields_are_sound() -> None:
    rows = Candidates(market.penalties)
    rows.add(
        penalty_kinds="0101;0201",
        fine_fen=500_000,
        confiscated_fen=0,
        valid_to=date(2026, 6, 30),
        publicity_to=date(2028, 6, 30),
        licence_withdrawn="食品经营许可证 JY13703030000000",
    )
    assert rows.violations() == []


def test_a_check_may_speak_of_today() -> None:
    contract = table(
        "tests_of_today",
        describe("test", "park")(
            "测试",
            "Test",
            ("year",),
            checks=(Check("past", "year < year($today)", "须早于今年", "Before now"),),
        ),
        integer("year", "年度", "Year", required=True),
    )
    try:
        rows = Candidates(contract)
        rows.add(year=TODAY.year - 1)
        rows.add(year=TODAY.year)
        assert rows.found() == [(2, "tests_of_today.check.past")]
    finally:
        metadata.remove(contract)


def test_predicates_are_never_null() -> None:
    rows, _ = broken_rows(market.penalties)
    predicates = ", ".join(
        f"({rule.predicate(TODAY).sql('duckdb')}) IS NULL"
        for rule in rules_of(market.penalties)
    )
    answers = rows.connection.execute(f"SELECT {predicates} FROM candidates").fetchall()
    assert not any(any(row) for row in answers)


def test_messages_name_field_fault_and_remedy() -> None:
    messages = {rule.id: rule for rule in rules_of(market.penalties)}
    fine = messages["penalties.fine_fen.parsed"]
    assert fine.message.zh == (
        "“罚款金额”（CF_NR_FK）无法识别，请填写金额（单位：万元）"
    )
    assert fine.message.en == (
        "'Fine' (CF_NR_FK) cannot be read: write an amount in units of 10,000 yuan"
    )
    assert fine.agency == "market"
    assert fine.severity is Severity.ERROR
