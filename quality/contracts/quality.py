"""What the quality gate keeps: rows that were not accepted, and why.

Not here: the rules (``quality.rules``) and the workflow around a row (``publish``).
"""

from __future__ import annotations

from quality.contracts.model import Tier, coded, date, describe, integer, table, text

INTERNAL = Tier.INTERNAL


_facts = describe("quality", tier=INTERNAL)


quarantine = table(
    "quarantine",
    _facts(
        "隔离数据",
        "Quarantined rows",
        ("dataset", "batch_id", "row_number", "rule_id", "column"),
        description="未通过校验的报文行及原因，退回部门更正 Rows that were not accepted, with the reason, for the department to mend.",
    ),
    text("dataset", "数据集", "Dataset", required=True, tier=INTERNAL),
    text("batch_id", "批次编号", "Batch", required=True, tier=INTERNAL),
    integer("row_number", "行号", "Row number", required=True, minimum=1, tier=INTERNAL),
    text("rule_id", "规则编号", "Rule", required=True, tier=INTERNAL, example="penalties.decided_on.required"),
    text("column", "数据项", "Column", required=True, tier=INTERNAL),
    text("value", "报送值", "Value as sent", tier=INTERNAL),
    text("message_zh", "问题与处理", "Fault and remedy (Chinese)", required=True, tier=INTERNAL),
    text("message_en", "问题与处理（英文）", "Fault and remedy (English)", required=True, tier=INTERNAL),
    text("agency", "责任部门", "Department", required=True, tier=INTERNAL),
    text("raw", "原始报文行", "Row as sent", required=True, tier=INTERNAL),
    coded("state", "quarantine_state", "处理状态", "State", required=True, tier=INTERNAL),
    date("first_seen_on", "首次发现日期", "First seen on", required=True, tier=INTERNAL),
)
