"""Labour and social-security records (domain 4).

Amounts and headcounts are never public: Social Insurance Law art. 92.
"""

from __future__ import annotations

from quality.contracts.fields import authority, party, updated_at
from quality.contracts.model import Check, Tier, coded, date, describe, integer, money, month, prose, table, text

AGENCY = "labour"


_facts = describe("records", AGENCY)


social_contributions = table(
    "social_contributions",
    _facts(
        "社会保险费缴纳",
        "Social-insurance contributions",
        ("uscc", "month"),
        tier=Tier.AUTHORISED,
        description="单位按月应缴、实缴与参保人数 Monthly due, paid and insured headcount.",
        source="社会保险法 第六十、八十六条",
        frequency="P1M",
    ),
    *party("tyshxydm", "dwmc"),
    month("month", "费款所属期", "Month", "fkssq", required=True),
    money("due_fen", "应缴金额", "Due", "yjje", required=True, minimum=0, tier=Tier.AUTHORISED),
    money("paid_fen", "实缴金额", "Paid", "sjje", required=True, minimum=0, tier=Tier.AUTHORISED),
    integer("insured", "参保人数", "Insured persons", "cbrs", minimum=0, tier=Tier.AUTHORISED),
    date("paid_on", "入库日期", "Paid on", "rkrq", tier=Tier.AUTHORISED, not_future=True),
    updated_at("gxsj"),
)

labour_grades = table(
    "labour_grades",
    _facts(
        "劳动保障守法诚信等级",
        "Labour-law integrity grades",
        ("uscc", "year"),
        tier=Tier.AUTHORISED,
        description="年度评价，告知企业并归档，不向社会公布 Told to the enterprise, not published.",
        source="人社部规〔2016〕1号",
        frequency="P1Y",
    ),
    *party("tyshxydm", "dwmc"),
    integer("year", "评价年度", "Year assessed", "pjnd", required=True, minimum=2016, maximum=2100),
    coded("grade", "labour_grade", "诚信等级", "Grade", "cxdj", required=True, tier=Tier.AUTHORISED),
    text("authority", "评价机关", "Assessing authority", "pjjg", required=True),
    date("decided_on", "评定日期", "Decided on", "pdrq", required=True, not_future=True),
    updated_at("gxsj"),
)

wage_arrears_listings = table(
    "wage_arrears_listings",
    _facts(
        "拖欠农民工工资失信联合惩戒对象名单",
        "Wage-arrears listings",
        ("uscc", "listed_on", "decision_no"),
        description="列入与移出 Listings and removals; three years.",
        source="拖欠农民工工资失信联合惩戒对象名单管理暂行办法 (MOHRSS Order 45)",
        frequency="P1D",
        refused=("fddbrzjhm",),
        checks=(Check("listing_order", "removed_on >= listed_on", "移出日期不得早于列入日期", "Removal must not precede listing"),),
    ),
    *party("tyshxydm", "dwmc"),
    text("decision_no", "列入决定文号", "Decision number", "jdwh", required=True),
    prose("facts", "列入事由", "Reason", "lrsy", required=True),
    date("listed_on", "列入日期", "Listed on", "lrrq", required=True, not_future=True),
    *authority("lrjg", zh="列入机关"),
    date("removed_on", "移出日期", "Removed on", "ycrq", not_future=True),
    updated_at("gxsj"),
)
