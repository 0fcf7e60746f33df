"""What follows from a grade: incentives, inspection ratios, honour lists."""

from __future__ import annotations

from quality.contracts import park
from quality.contracts.model import Tier, coded, date, describe, flag, integer, money, reuse, table, text, uscc

_facts = describe("measures", tier=Tier.AUTHORISED)


incentives = table(
    "incentives",
    _facts("企业激励", "Incentives", ("uscc", "incentive_code"), description="企业当前可享受的激励措施 What an enterprise may have today."),
    uscc(required=True),
    reuse(park.incentive_catalogue.c.incentive_code),
    reuse(park.incentive_catalogue.c.title),
    reuse(park.incentive_catalogue.c.incentive_kind),
    money("monthly_fen", "每月优惠金额", "Monthly amount", tier=Tier.AUTHORISED),
    text("reason", "理由", "Reason", required=True, tier=Tier.AUTHORISED),
)

inspection_frequencies = table(
    "inspection_frequencies",
    _facts(
        "抽查比例",
        "Inspection frequencies",
        ("uscc",),
        tier=Tier.GOVERNMENT,
        description="按信用等级与风险分类确定的双随机抽查比例 Sampling ratio by grade and risk class.",
        source="domain 5.4; notice 三(二)2",
    ),
    uscc(required=True, tier=Tier.GOVERNMENT),
    integer("ratio_bp", "抽查比例", "Sampling ratio", unit="bp", required=True, tier=Tier.GOVERNMENT),
    flag("exempt", "是否免检", "Exempt", required=True, tier=Tier.GOVERNMENT),
    text("reason", "理由", "Reason", required=True, tier=Tier.GOVERNMENT),
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
    text("reason", "列入理由", "Reason", required=True),
    text("reason_en", "列入理由（英文）", "Reason (English)", required=True),
)
