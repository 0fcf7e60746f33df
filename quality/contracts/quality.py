"""What the quality gate keeps: rows that were not accepted and why, how agencies deliver.

Not here: the rules (``quality.rules``) and the workflow around a row (``publish``).
"""

from __future__ import annotations

from quality.contracts.model import Item, Tier, coded, date, describe, integer, table, text

INTERNAL = Tier.INTERNAL


_facts = describe("quality", tier=INTERNAL)


GOVERNMENT = Tier.GOVERNMENT


def _share(name: str, zh: str, en: str) -> Item:
    return integer(name, f"{zh}（万分比）", f"{en}, of 10,000", tier=GOVERNMENT, minimum=0, maximum=10_000)


def _number(name: str, zh: str, en: str) -> Item:
    return integer(name, zh, en, tier=GOVERNMENT, minimum=0)


agency_scorecards = table(
    "agency_scorecards",
    describe("quality", tier=GOVERNMENT)(
        "部门数据质量评分表",
        "Agency scorecards",
        ("dataset",),
        description="各部门各数据集的及时、完整、合规、重复与迟到更正情况，供部门改进报送 How complete, timely and clean each agency's deliveries are.",
        source="双公示 7 working days (domain 2.1); assets/sources/policy/timeliness.csv",
    ),
    text("dataset", "数据集", "Dataset", required=True, tier=GOVERNMENT),
    text("label_zh", "数据集名称", "Dataset (Chinese)", required=True, tier=GOVERNMENT),
    text("agency", "部门", "Agency", required=True, tier=GOVERNMENT),
    _number("rows_in", "接收行数", "Rows received"),
    _number("records", "现有记录数", "Records"),
    _share("quarantined_bp", "隔离率", "Share quarantined"),
    _number("open_rows", "待更正行数", "Rows waiting to be mended"),
    _share("duplicates_bp", "重复率", "Share of duplicates"),
    _share("completeness_bp", "完整率", "Share of fields filled"),
    _number("statutory_days", "法定工作日", "Statutory working days"),
    _number("timed", "计时记录数", "Records timed"),
    _share("on_time_bp", "及时率", "Share in time"),
    integer("median_days", "用时中位数（工作日）", "Median working days", tier=GOVERNMENT),
    _number("late_corrections", "迟到更正数", "Records corrected more than 30 days on"),
    date("covered_to", "数据截至", "Data up to", tier=GOVERNMENT),
    text("state", "到数状态", "State", required=True, tier=GOVERNMENT),
)

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
