from __future__ import annotations

from datetime import date
from typing import Any

from quality.contracts.quality import quarantine
from quality.quarantine import department, message_of, rule_of, sheet

ENTRY: dict[str, Any] = {
    "dataset": "penalties",
    "batch_id": "b1",
    "row_number": 7,
    "rule_id": "penalties.check.penalty_period",
    "column": "valid_to,decided_on",
    "value": "2025-06-01, 2025-06-30",
    "message_zh": "",
    "message_en": "",
    "agency": "market",
    "raw": '{"CF_YXQ": "2025/06/01"}',
    "state": "open",
    "first_seen_on": date(2026, 11, 23),
}


def test_an_entry_has_the_columns_of_the_contract() -> None:
    assert list(ENTRY) == list(quarantine.columns.keys())


def test_a_mistyped_code_is_suggested_for_and_never_corrected() -> None:
    rule = "penalties.uscc.uscc"
    plain = message_of(rule)
    told = message_of(rule, "9I370303MA3COOOO3D")
    assert told.zh == (
        f"{plain.zh}（疑似形近字符误写，可能为91370303MA3C00003D；请核对，平台不代为更正）"
    )
    assert told.en.startswith(plain.en)
    assert message_of(rule, "91370303MA3C00003E") == plain
    decided = "penalties.decided_on.required"
    assert message_of(decided, "9I370303MA3COOOO3D") == message_of(decided)


def test_the_message_of_a_violation_comes_from_its_rule() -> None:
    message = message_of("penalties.decided_on.required")
    assert message.zh == "“处罚决定日期”（CF_JDRQ）为必填项，请补填"
    assert message.en == "'Decided on' (CF_JDRQ) is required: fill it in"


def test_unknown_columns_and_retired_rules_have_a_message_too() -> None:
    assert message_of("penalties.unknown_column").zh.startswith("数据项不在约定目录内")
    assert message_of("penalties.decided_on.gone").zh == "规则已停用，请重新校验该行"
    assert message_of("gone.decided_on.required").en == (
        "retired rule: judge the row again"
    )
    assert rule_of("gone.decided_on.required") is None


def test_the_sheet_tells_the_department_what_to_do() -> None:
    header, row = sheet([ENTRY])
    assert len(header) == len(row) == 11
    assert dict(zip(header, row, strict=True)) == {
        "数据集": "行政处罚信息",
        "批次编号": "b1",
        "行号": "7",
        "数据项": "处罚有效期、处罚决定日期",
        "字段代码": "CF_YXQ, CF_JDRQ",
        "报送值": "2025-06-01, 2025-06-30",
        "问题与处理": "处罚有效期不得早于决定日期，请核对后更正",
        "规则编号": "penalties.check.penalty_period",
        "首次发现日期": "2026-11-23",
        "状态": "待处理",
        "原始报文行": '{"CF_YXQ": "2025/06/01"}',
    }


def test_the_sheet_in_english() -> None:
    header, row = sheet([ENTRY], "en")
    assert header[:4] == ("Dataset", "Batch", "Row", "Column")
    assert row[3] == "Effective until, Decided on"
    assert row[9] == "Waiting for the department"


def test_rows_with_personal_data_are_not_exported() -> None:
    rule = "penalties.facts.no_personal_data"
    entry = {
        **ENTRY,
        "rule_id": rule,
        "column": "facts",
        "raw": '{"CF_SY": "13912345678"}',
    }
    _, row = sheet([entry])
    assert row[-1] == "（含个人信息，不予导出）"


def test_a_field_no_contract_knows_keeps_its_name() -> None:
    entry = {**ENTRY, "rule_id": "penalties.unknown_column", "column": "CF_NEW"}
    _, row = sheet([entry])
    assert row[3:5] == ("CF_NEW", "CF_NEW")


def test_departments_by_their_official_names() -> None:
    assert department("tax") == "税务局"
    assert department("tax", "en") == "Tax"
    assert department("customs") == "customs"
