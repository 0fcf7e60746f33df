"""What cases mean for records, and what each enterprise may do about its own.

Not here: the cases themselves, which are state of the registry (``publish.registry``).
"""

from __future__ import annotations

from quality.contracts import files
from quality.contracts.model import Tier, coded, date, describe, flag, reuse, table, text, uscc

_facts = describe("cases", tier=Tier.INTERNAL)
event = files.credit_events.c


case_effects = table(
    "case_effects",
    _facts(
        "事项对记录的效力",
        "Effects of cases",
        ("record_id", "effect"),
        description="修复、异议等事项今日对记录的效力，发布与评价均据此执行 What decided and open cases mean for a record today.",
        source="domain 6, 7.3",
    ),
    text("record_id", "记录标识", "Record id", required=True, tier=Tier.INTERNAL),
    text("dataset", "数据集", "Dataset", required=True, tier=Tier.INTERNAL),
    coded("effect", "case_effect", "效力", "Effect", required=True, tier=Tier.INTERNAL),
    date("effective_from", "生效日期", "Effective from", required=True, tier=Tier.INTERNAL),
    text("case_id", "事项编号", "Case", required=True, tier=Tier.INTERNAL),
)

repair_guidance = table(
    "repair_guidance",
    _facts(
        "修复指引",
        "Repair guidance",
        ("record_id",),
        tier=Tier.AUTHORISED,
        description="每家企业每条可修复的失信记录：何时可申请、何时自动届满，只向企业本身出示 Every repairable record, from when and until when; shown to its enterprise alone.",
        source="信用修复管理办法; domain 6.2",
    ),
    uscc(required=True),
    text("enterprise_name", "企业名称", "Enterprise", required=True),
    text("record_id", "记录标识", "Record id", required=True),
    text("dataset", "数据集", "Dataset", required=True),
    reuse(event.kind),
    reuse(event.title),
    reuse(event.authority),
    reuse(event.document_no),
    reuse(event.severity),
    date("decided_on", "认定日期", "Decided on", required=True),
    reuse(event.repairable_from),
    reuse(event.publish_until),
    date("longest_until", "最长公示截止日期", "Longest publicity ends"),
    flag("shown", "是否公示中", "Public now", required=True),
)

due_notices = table(
    "due_notices",
    _facts(
        "应告知事项",
        "Notices due",
        ("notice_kind", "subject"),
        description="今日应告知企业的事项：失信告知、修复开放、公示届满、承诺与证照到期、年报 What enterprises are to be told today.",
        source="notice 三(四); domain 6.5",
    ),
    coded("notice_kind", "notice_kind", "告知类型", "Kind", required=True, tier=Tier.INTERNAL),
    text("subject", "对象", "Subject", required=True, tier=Tier.INTERNAL),
    uscc(required=True, tier=Tier.INTERNAL),
    text("enterprise_name", "企业名称", "Enterprise", required=True, tier=Tier.INTERNAL),
    text("title", "摘要", "Title", required=True, tier=Tier.INTERNAL),
    text("authority", "机关", "Authority", tier=Tier.INTERNAL),
    text("document_no", "文号", "Document number", tier=Tier.INTERNAL),
    date("decided_on", "认定日期", "Decided on", tier=Tier.INTERNAL),
    date("acts_on", "关键日期", "The day it is about", tier=Tier.INTERNAL),
    date("repairable_from", "可申请修复日期", "Repairable from", tier=Tier.INTERNAL),
    date("publish_until", "公示截止日期", "Publish until", tier=Tier.INTERNAL),
)
