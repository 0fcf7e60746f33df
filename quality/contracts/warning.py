"""Early warnings on three levels: enterprise, industrial chain, area; and their back-test.

A warning is a hint for those who serve and supervise, never public and never a reason for
a grade.
"""

from __future__ import annotations

from quality.contracts import service
from quality.contracts.model import Tier, coded, date, describe, integer, reuse, table, text

GOVERNMENT = Tier.GOVERNMENT
_facts = describe("measures", tier=GOVERNMENT)
review = service.warning_reviews.c

warning_signals = table(
    "warning_signals",
    _facts(
        "预警信号",
        "Warning signals",
        ("rule_id", "subject", "evaluated_on"),
        description="每个评价日触发的预警规则 Every rule that fires, at every evaluation.",
        source="淄高新管办字〔2023〕3号 三(四)3",
    ),
    coded("level", "warning_level", "预警层级", "Level", required=True, tier=GOVERNMENT),
    reuse(review.rule_id),
    reuse(review.subject),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=GOVERNMENT),
    integer("value", "指标值", "Value", required=True, tier=GOVERNMENT),
    text("path", "传导路径", "Path along the chain", tier=GOVERNMENT),
)

signal = warning_signals.c
warnings = table(
    "warnings",
    _facts(
        "风险预警",
        "Warnings",
        ("warning_id",),
        description="连续信号合并为一条预警：起始日、理由、传导路径与处置 Since when, why, along which path, and what was done.",
        source="淄高新管办字〔2023〕3号 三(四)3",
    ),
    text("warning_id", "预警编号", "Warning", required=True, tier=GOVERNMENT),
    reuse(signal.level),
    reuse(signal.rule_id),
    reuse(signal.subject),
    text("subject_name", "对象名称", "Subject's name", required=True, tier=GOVERNMENT),
    coded("colour", "warning_colour", "预警级别", "Colour", required=True, tier=GOVERNMENT),
    date("since", "起始日期", "Since", required=True, tier=GOVERNMENT),
    date("ended_on", "解除日期", "Ended on", tier=GOVERNMENT),
    reuse(signal.value),
    integer("limit_value", "阈值", "Limit", required=True, tier=GOVERNMENT),
    text("reason", "理由", "Reason", required=True, tier=GOVERNMENT),
    text("reason_en", "理由（英文）", "Reason (English)", required=True, tier=GOVERNMENT),
    reuse(signal.path),
    reuse(review.acknowledged_on, required=False),
    reuse(review.unit, required=False),
    reuse(review.closed_on),
    reuse(review.closed_why),
    coded("state", "warning_state", "状态", "State", required=True, tier=GOVERNMENT),
)

warning_evidence = table(
    "warning_evidence",
    _facts(
        "预警依据",
        "Evidence of warnings",
        ("warning_id", "event_id"),
        tier=Tier.INTERNAL,
        description="预警所依据的记录 The records that a standing warning rests on.",
    ),
    text("warning_id", "预警编号", "Warning", required=True, tier=GOVERNMENT),
    text("event_id", "事件标识", "Event id", required=True, tier=Tier.INTERNAL),
    date("happened_on", "发生日期", "Happened on", required=True, tier=GOVERNMENT),
    text("title", "摘要", "Title", required=True, tier=GOVERNMENT),
    text("value", "取值", "Value", tier=GOVERNMENT),
    text("dataset", "来源数据集", "Dataset", required=True, tier=Tier.INTERNAL),
    text("record_key", "记录标识", "Record key", required=True, tier=Tier.INTERNAL),
)

warning_backtest = table(
    "warning_backtest",
    _facts(
        "预警回测",
        "Back-test of warnings",
        ("rule_id",),
        description="按历史检验：命中、误报、提前天数与随机概率 Hits, false alarms, days ahead, and the chance without a warning.",
    ),
    reuse(signal.rule_id),
    reuse(signal.level),
    integer("horizon_months", "检验期（月）", "Horizon, months", required=True, tier=GOVERNMENT),
    integer("warnings", "预警数", "Warnings judged", required=True, tier=GOVERNMENT),
    integer("hits", "命中数", "Grade fell within the horizon", required=True, tier=GOVERNMENT),
    integer("false_alarms", "误报数", "False alarms", required=True, tier=GOVERNMENT),
    integer("hit_bp", "命中率", "Share of hits", unit="bp", tier=GOVERNMENT),
    integer("chance_bp", "无预警降级概率", "Chance of a fall at any time", unit="bp", tier=GOVERNMENT),
    integer("median_lead_days", "提前天数中位数", "Days ahead, median", tier=GOVERNMENT),
    integer("falls", "降级次数", "Falls of a grade", tier=GOVERNMENT),
    integer("falls_foreseen", "提前预警的降级次数", "Falls with a warning before", tier=GOVERNMENT),
)
