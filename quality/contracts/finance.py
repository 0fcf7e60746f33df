"""Finance, support policies, the credit-management standard, and the administration.

Matches are recommendations to one enterprise; what is public are catalogues and sums of
five or more. Not here: what banks and applicants send (``service``).
"""

from __future__ import annotations

from quality.contracts import park, service, tax
from quality.contracts.model import Tier, coded, date, describe, flag, integer, money, reuse, table, text, uscc

AUTHORISED, GOVERNMENT = Tier.AUTHORISED, Tier.GOVERNMENT
_facts = describe("measures", tier=AUTHORISED)
product, support, clause = park.financial_products.c, service.support_policies.c, service.standard_clauses.c

enterprise_profiles = table(
    "enterprise_profiles",
    _facts(
        "企业画像",
        "Stage and size",
        ("uscc",),
        description="发展阶段与规模，用于匹配 Life-cycle stage and size, for matching.",
        source="统计上大中小微型企业划分办法",
    ),
    uscc(required=True),
    coded("industry_section", "industry_section", "行业门类", "Industry section", tier=AUTHORISED),
    coded("stage", "life_stage", "发展阶段", "Life-cycle stage", tier=AUTHORISED),
    coded("size", "enterprise_size", "企业规模", "Size", tier=AUTHORISED),
    integer("insured", "参保人数", "Insured persons", tier=AUTHORISED),
    reuse(tax.financial_statements.c.revenue_fen, required=False),
    integer("age_months", "成立月数", "Age, months", tier=AUTHORISED),
)

profile = enterprise_profiles.c
finance_matches = table(
    "finance_matches",
    _facts(
        "金融产品匹配",
        "Products that fit",
        ("uscc", "product_code"),
        description="按等级、阶段、行业、资质匹配的金融产品与理由 Which products fit, and why.",
        source="淄高新管办字〔2023〕3号 三(五)3",
    ),
    uscc(required=True),
    reuse(product.product_code),
    reuse(product.name),
    reuse(product.bank),
    coded("letter", "park_grade", "信用等级", "Grade", required=True, tier=AUTHORISED),
    reuse(profile.stage),
    reuse(profile.size),
    text("reason", "匹配理由", "Reason", required=True, tier=AUTHORISED),
)

finance_results = table(
    "finance_results",
    _facts(
        "信用融资成效",
        "What credit bought",
        ("year", "letter"),
        tier=GOVERNMENT,
        description="按申请时等级汇总的申请、授信、利率与逾期 Applications by the grade held when applying.",
    ),
    integer("year", "年度", "Year", required=True),
    text("letter", "申请时等级", "Grade when applying", required=True, example="A|B|C|D|N（未评）"),
    integer("applied", "申请笔数", "Applications", required=True),
    integer("enterprises", "申请企业数", "Enterprises", required=True),
    integer("granted", "授信笔数", "Granted"),
    integer("borrowers", "授信企业数", "Borrowers", required=True, tier=GOVERNMENT),
    money("granted_fen", "授信金额", "Amount granted"),
    money("largest_fen", "单笔最大金额", "Largest single amount", tier=GOVERNMENT),
    integer("average_rate_bp", "加权平均年利率", "Average rate", unit="bp"),
    integer("defaulted", "逾期笔数", "Defaulted"),
)

policy_matches = table(
    "policy_matches",
    _facts(
        "惠企政策匹配",
        "Policies that fit",
        ("policy_code", "uscc"),
        description="当月可申报政策的符合企业、理由与推送窗口（每月第一周） Whom this month's policies are for, why, and when they are pushed.",
        source="淄高新管办字〔2023〕3号 三(四)2",
    ),
    reuse(support.policy_code),
    uscc(required=True),
    reuse(support.title),
    reuse(support.opens_on),
    reuse(support.closes_on),
    reuse(support.amount_fen),
    text("reason", "符合条件的理由", "Why it qualifies", tier=AUTHORISED),
    date("push_from", "推送起", "Push from", required=True, tier=AUTHORISED),
    date("push_until", "推送止", "Push until", required=True, tier=AUTHORISED),
    coded("application_state", "application_state", "申报状态", "Application", tier=AUTHORISED),
    flag("push", "是否推送", "To be pushed", required=True, tier=AUTHORISED),
)

policy_progress = table(
    "policy_progress",
    _facts(
        "政策兑现进度",
        "Progress of support",
        ("policy_code",),
        tier=GOVERNMENT,
        description="各项政策的符合、申报、审定与兑现 Matched, applied, approved and paid per policy.",
    ),
    reuse(support.policy_code),
    integer("matched", "符合企业数", "Enterprises it fits"),
    integer("applied", "申报企业数", "Applied"),
    integer("approved", "审定企业数", "Approved", tier=GOVERNMENT),
    integer("paid", "兑现企业数", "Paid"),
    money("paid_fen", "兑现金额", "Amount paid"),
    money("largest_fen", "单户最大金额", "Largest single amount", tier=GOVERNMENT),
    integer("median_days", "申报到兑现天数（中位数）", "Days from application to payment, median"),
)

standard_progress = table(
    "standard_progress",
    _facts(
        "贯标进度",
        "Progress by clause",
        ("uscc", "clause"),
        description="贯标企业逐条状态与证明 Status and evidence of every clause.",
        source="DB3703/T 7.1、7.2-2022",
    ),
    uscc(required=True),
    reuse(clause.clause),
    reuse(clause.status),
    reuse(clause.assessed_on, required=False),
    reuse(clause.evidence),
    reuse(clause.reviewer, required=False),
    flag("proven", "通过且有证明", "Passed with evidence", required=True, tier=AUTHORISED),
)

standard_effects = table(
    "standard_effects",
    _facts(
        "贯标成效",
        "What the standard brought",
        ("firm_group", "figure"),
        tier=GOVERNMENT,
        description="四项信用管理指标贯标前后的中位数，与未贯标企业对照 Medians of the four figures before and after, beside others.",
        source="淄高新管办字〔2023〕3号 三(三)2",
    ),
    coded("firm_group", "firm_group", "企业组别", "Group", required=True),
    coded("figure", "credit_figure", "指标", "Figure", required=True),
    integer("enterprises", "企业数", "Enterprises", required=True),
    integer("median_before", "贯标前中位数", "Median before", required=True),
    integer("median_after", "当前中位数", "Median now", required=True),
)

government_integrity = table(
    "government_integrity",
    _facts(
        "政务诚信统计",
        "The administration's record",
        ("side", "name"),
        tier=Tier.PUBLIC,
        description="各领域、各单位承诺兑现情况；无证明材料的不算兑现 Promises by area and unit; none is kept without evidence.",
        source="淄高新管办字〔2023〕3号 三(六)",
    ),
    text("side", "统计口径", "By", required=True, example="area | unit"),
    text("name", "领域或单位", "Area or unit", required=True),
    integer("promises", "承诺数", "Promises", required=True),
    integer("kept", "按期兑现", "Kept", required=True),
    integer("kept_late", "逾期兑现", "Kept late", required=True),
    integer("unproven", "缺证明材料", "Without evidence", required=True),
    integer("open", "办理中", "Open", required=True),
    integer("overdue", "逾期未兑现", "Overdue", required=True),
    integer("longest_overdue_days", "最长逾期天数", "Longest overdue, days", required=True),
    integer("kept_bp", "按期兑现率", "Share kept in time", unit="bp"),
)
