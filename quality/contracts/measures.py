"""What follows from a grade: incentives, inspection ratios, honour lists."""

from __future__ import annotations

from quality.contracts import park
from quality.contracts.model import Tier, coded, date, describe, flag, integer, money, month, reuse, table, text, uscc

_facts = describe("measures", tier=Tier.AUTHORISED)
AUTHORISED = Tier.AUTHORISED
catalogue = park.incentive_catalogue.c


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

incentive_grants = table(
    "incentive_grants",
    _facts(
        "激励兑现明细",
        "Incentives granted",
        ("uscc", "incentive_code", "month"),
        description="按上月末等级逐月兑现，受年度预算约束；降级次月自动终止 Month by month on the last month end's grade, within the budget.",
        source="淄高新管办字〔2023〕3号 三(三)3",
    ),
    uscc(required=True),
    reuse(catalogue.incentive_code),
    month("month", "所属月份", "Month", required=True, tier=AUTHORISED),
    reuse(catalogue.title),
    reuse(catalogue.incentive_kind),
    coded("letter", "park_grade", "依据等级", "Grade relied on", required=True, tier=AUTHORISED),
    date("decided_on", "等级评价日", "Grade of", required=True, tier=AUTHORISED),
    money("entitled_fen", "应享金额", "Entitled to", tier=AUTHORISED),
    money("granted_fen", "兑现金额", "Granted", tier=AUTHORISED),
    coded("state", "grant_state", "兑现状态", "State", required=True, tier=AUTHORISED),
)

incentive_periods = table(
    "incentive_periods",
    _facts(
        "激励享受期间",
        "Periods of incentives",
        ("uscc", "incentive_code", "from_month"),
        description="连续享受的期间、合计金额与终止原因 Periods without a gap, their worth, and why they ended.",
    ),
    uscc(required=True),
    reuse(catalogue.incentive_code),
    reuse(catalogue.title),
    reuse(catalogue.incentive_kind),
    month("from_month", "起始月份", "From", required=True, tier=AUTHORISED),
    month("to_month", "最后月份", "To", required=True, tier=AUTHORISED),
    integer("months", "月数", "Months", required=True, tier=AUTHORISED),
    money("granted_fen", "兑现金额", "Granted", required=True, tier=AUTHORISED),
    date("ended_on", "终止日期", "Ended on", tier=AUTHORISED),
    coded("end_reason", "grant_end", "终止原因", "Why it ended", tier=AUTHORISED),
)

incentive_costs = table(
    "incentive_costs",
    _facts(
        "激励成本",
        "Cost of incentives",
        ("month", "incentive_kind"),
        tier=Tier.GOVERNMENT,
        description="每月激励成本与年度预算执行 What the incentives cost per month, and what is left of the budget.",
    ),
    month("month", "月份", "Month", required=True),
    reuse(catalogue.incentive_kind),
    integer("enterprises", "享受企业数", "Enterprises", required=True),
    money("entitled_fen", "应享金额", "Entitled to", required=True, tier=Tier.GOVERNMENT),
    money("granted_fen", "兑现金额", "Granted"),
    money("largest_fen", "单户最大金额", "Largest single amount", tier=Tier.GOVERNMENT),
    money("year_granted_fen", "年内累计兑现", "Granted this year"),
    money("budget_fen", "年度预算", "Budget of the year"),
    text("unit", "预算单位", "Budget of", tier=Tier.GOVERNMENT),
)

approval_services = table(
    "approval_services",
    _facts(
        "信易批与绿色通道",
        "Services of approval",
        ("uscc", "item_code"),
        description="企业当前可用的承诺替代、容缺受理与绿色通道事项 Commitment instead of papers, papers to follow, green channel.",
        source="淄高新管办字〔2023〕3号 三(五)2; 山东省社会信用条例 第二十六条",
    ),
    uscc(required=True),
    text("item_code", "事项编号", "Item", required=True, tier=AUTHORISED),
    text("title", "事项名称", "Service", required=True, tier=AUTHORISED),
    coded("way", "approval_way", "办理方式", "Way", required=True, tier=AUTHORISED),
    flag("open", "是否可用", "Open", required=True, tier=AUTHORISED),
    text("reason", "理由", "Reason", required=True, tier=AUTHORISED),
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
