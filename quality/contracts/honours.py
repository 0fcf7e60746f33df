"""Honour lists: rounds with candidates, public notice, approval, delisting; targets.

Not here: awards that others gave (``park.honours``).
"""

from __future__ import annotations

from quality.contracts import service
from quality.contracts.model import Tier, coded, date, describe, flag, integer, reuse, table, text, uscc

AUTHORISED, GOVERNMENT = Tier.AUTHORISED, Tier.GOVERNMENT
_facts = describe("measures", tier=GOVERNMENT)
rounds = service.honour_rounds.c

honour_candidates = table(
    "honour_candidates",
    _facts(
        "诚信名录评定",
        "Candidates of the honour lists",
        ("honour_list", "year", "uscc"),
        description="各轮次候选、公示、异议、批准与除名 Candidates, notice, objections, approval and delisting of every round.",
        source="淄高新管办字〔2023〕3号 三(七); domain 11.5",
    ),
    reuse(rounds.honour_list),
    reuse(rounds.year),
    uscc(required=True),
    text("enterprise_name", "企业名称", "Enterprise", required=True),
    integer("place", "名次", "Place", required=True, tier=GOVERNMENT),
    integer("score_points", "信用分（千分之一分）", "Score, thousandths of a point", tier=AUTHORISED),
    reuse(rounds.notice_from),
    reuse(rounds.notice_to),
    date("listed_on", "批准日期", "Approved on"),
    reuse(rounds.document_no),
    reuse(rounds.valid_to),
    date("delisted_on", "除名日期", "Taken off on", tier=GOVERNMENT),
    text("delisting_reason", "除名理由", "Taken off because", tier=GOVERNMENT),
    coded("state", "honour_state", "状态", "State", required=True),
)

honour_lists = table(
    "honour_lists",
    _facts(
        "诚信名录",
        "Honoured enterprises",
        ("honour_list", "year", "uscc"),
        tier=Tier.PUBLIC,
        description="诚信领跑、守信助跑、贯标示范、A级纳税人 Honoured enterprises by list and year.",
        source="notice 三(七)",
    ),
    coded("honour_list", "honour_list", "名录", "List", required=True),
    integer("year", "年度", "Year", required=True),
    uscc(required=True),
    text("enterprise_name", "企业名称", "Enterprise", required=True),
    date("listed_on", "列入日期", "Listed on", required=True),
    date("valid_to", "有效期至", "Valid to"),
    text("document_no", "批准文号", "Approval document"),
    text("reason", "列入理由", "Reason", required=True),
    text("reason_en", "列入理由（英文）", "Reason (English)", required=True),
)

honour_notices = table(
    "honour_notices",
    _facts(
        "名录公示期核验",
        "Length of notices",
        ("honour_list", "year"),
        description="公示期工作日数是否达到规定 Whether each notice was long enough, in working days.",
    ),
    reuse(rounds.honour_list),
    reuse(rounds.year),
    reuse(rounds.notice_from),
    reuse(rounds.notice_to),
    integer("notice_workdays", "公示工作日数", "Working days of notice", required=True, tier=GOVERNMENT),
    integer("wanted_workdays", "规定工作日数", "Working days wanted", required=True, tier=GOVERNMENT),
    flag("sufficient", "是否达到", "Long enough", required=True, tier=GOVERNMENT),
)

target_progress = table(
    "target_progress",
    _facts(
        "创建指标进度",
        "Progress of the notice's targets",
        ("target_id",),
        tier=Tier.PUBLIC,
        description="贯标、守信助跑、信用管理师等指标的目标与完成数 Targets of the notice and what was reached.",
        source="淄高新管办字〔2023〕3号 三",
    ),
    text("target_id", "指标编号", "Target", required=True),
    text("title", "指标", "Target (Chinese)", required=True),
    text("title_en", "指标（英文）", "Target (English)", required=True),
    integer("wanted", "目标数", "Wanted", required=True),
    date("due_on", "完成时限", "Due on", required=True),
    integer("reached", "完成数（不足5不公布）", "Reached (hidden below five)"),
)
