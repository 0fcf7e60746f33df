"""Park records behind the measures: plans, decisions, applications, feedback of banks.

What staff decide (acknowledged warnings, rounds of honours, inspection plans) arrives
like any other record and is never changed here. Not here: tenancies, fees and merits
(``park``). Field codes are the column headers of the office's files.
"""

from __future__ import annotations

from quality.contracts.fields import party
from quality.contracts.model import Check, Item, Tier, coded, date, describe, integer, money, table, text, timestamp
from quality.contracts.park import AGENCY, CODE, NAME

_facts = describe("records", AGENCY)
GOVERNMENT, AUTHORISED = Tier.GOVERNMENT, Tier.AUTHORISED


def _version() -> Item:
    return timestamp("updated_at", "数据更新时间", "Updated at", tier=Tier.INTERNAL, required=True)


inspection_staff = table(
    "inspection_staff",
    _facts(
        "检查人员库",
        "Inspectors",
        ("inspector_no",),
        tier=GOVERNMENT,
        description="双随机检查人员库，只记执法证编号，不记姓名 Numbers of inspectors; no names.",
        source="优化营商环境条例 第五十四条",
        frequency="P1M",
    ),
    text("inspector_no", "执法证编号", "Inspector's number", "执法证编号", required=True, tier=GOVERNMENT),
    coded("department", "inspection_department", "所属部门", "Department", "所属部门", required=True, tier=GOVERNMENT),
    date("active_from", "入库日期", "Active from", "入库日期", required=True, tier=GOVERNMENT),
    date("active_to", "出库日期", "Active to", "出库日期", tier=GOVERNMENT),
    _version(),
)

inspection_plans = table(
    "inspection_plans",
    _facts(
        "部门联合双随机抽查计划",
        "Joint inspection plans",
        ("plan_no",),
        description="一次抽查、全面体检：各部门联合计划与公开抽取的种子 Joint plans with the seed that was drawn in public.",
        source="淄高新管办字〔2023〕3号 三(二)2; domain 5.4",
        frequency="P3M",
        checks=(Check("plan_period", "period_to >= period_from", "检查期止不得早于检查期起", "A plan must not end before it starts"),),
    ),
    text("plan_no", "计划编号", "Plan number", "计划编号", required=True, example="GXSSJ2026-04"),
    text("title", "计划名称", "Plan", "计划名称", required=True),
    text("departments", "参与部门", "Departments", "参与部门", required=True, codes="inspection_department"),
    date("drawn_on", "抽取日期", "Drawn on", "抽取日期", required=True),
    date("period_from", "检查期起", "From", "检查期起", required=True),
    date("period_to", "检查期止", "To", "检查期止", required=True),
    text("seed", "随机种子", "Seed", "随机种子", required=True, example="0731952846"),
    text("population_sha256", "对象库哈希", "Fingerprint of the population", "对象库哈希"),
    _version(),
)

standard_clauses = table(
    "standard_clauses",
    _facts(
        "贯标条款评定",
        "Status by clause of the standard",
        ("uscc", "clause", "assessed_on"),
        tier=AUTHORISED,
        description="《企业信用管理工作指南》逐条评定状态与证明材料 Status, evidence and reviewer clause by clause.",
        source="DB3703/T 7.1、7.2-2022",
        frequency="P1M",
    ),
    *party(CODE, NAME),
    coded("clause", "standard_clause", "条款", "Clause", "条款", required=True, tier=AUTHORISED),
    coded("status", "standard_stage", "状态", "Status", "状态", required=True, tier=AUTHORISED),
    date("assessed_on", "评定日期", "Assessed on", "评定日期", required=True, not_future=True, tier=AUTHORISED),
    text("evidence", "证明材料", "Evidence", "证明材料", tier=AUTHORISED),
    text("reviewer", "评定单位", "Reviewer", "评定单位", required=True, tier=AUTHORISED),
    _version(),
)

bank_feedback = table(
    "bank_feedback",
    _facts(
        "银行授信反馈",
        "Feedback of banks",
        ("application_no",),
        tier=AUTHORISED,
        description="融资申请、授信、利率与逾期反馈，只作汇总公开 What became of applications; public as aggregates only.",
        source="淄高新管办字〔2023〕3号 三(五)3",
        frequency="P1M",
        checks=(Check("decision_order", "decided_on >= applied_on", "审批日期不得早于申请日期", "A decision must not precede the application"),),
    ),
    text("application_no", "申请编号", "Application number", "申请编号", required=True, tier=AUTHORISED),
    *party(CODE, NAME),
    text("product_code", "产品编号", "Product code", "产品编号", required=True, tier=AUTHORISED),
    date("applied_on", "申请日期", "Applied on", "申请日期", required=True, not_future=True, tier=AUTHORISED),
    coded("state", "loan_state", "状态", "State", "状态", required=True, tier=AUTHORISED),
    date("decided_on", "审批日期", "Decided on", "审批日期", not_future=True, tier=AUTHORISED),
    money("granted_fen", "授信金额", "Granted", "授信金额(万元)", unit="wan", minimum=0, tier=AUTHORISED),
    integer("rate_bp", "年利率（基点）", "Rate, basis points", "年利率(基点)", minimum=0, tier=AUTHORISED),
    _version(),
)

support_policies = table(
    "support_policies",
    _facts(
        "惠企政策",
        "Support policies",
        ("policy_code",),
        description="政策直通车：政策条件、标准与申报期 Support policies with whom they are for and when.",
        source="淄高新管办字〔2023〕3号 三(四)2",
        frequency="P1M",
        checks=(Check("policy_window", "closes_on >= opens_on", "申报截止不得早于申报开始", "A window must not close before it opens"),),
    ),
    text("policy_code", "政策编号", "Policy code", "政策编号", required=True),
    text("title", "政策名称", "Policy", "政策名称", required=True),
    coded("minimum_grade", "park_grade", "最低信用等级", "Minimum grade", "最低信用等级"),
    text("qualifications", "资质条件", "Qualifications (any of)", "资质条件", codes="qualification"),
    text("industry_sections", "行业门类", "Industry sections (any of)", "行业门类", codes="industry_section"),
    integer("maximum_age_months", "成立年限上限（月）", "Established at most, months", "成立年限上限(月)", minimum=0),
    money("amount_fen", "支持标准", "Support", "支持标准(万元)", unit="wan", minimum=0),
    date("opens_on", "申报开始", "Opens on", "申报开始", required=True),
    date("closes_on", "申报截止", "Closes on", "申报截止", required=True),
    text("authority", "主管部门", "Authority", "主管部门", required=True),
    text("legal_basis", "依据", "Legal basis", "依据", required=True),
    _version(),
)

policy_applications = table(
    "policy_applications",
    _facts(
        "政策申报与兑现",
        "Applications for support",
        ("application_no",),
        tier=AUTHORISED,
        description="申报（附信用承诺）、审核与兑现状态 Applications with their commitment, decision and payment.",
        source="淄高新管办字〔2023〕3号 三(四)2",
        frequency="P1M",
        checks=(Check("payment_order", "paid_on >= applied_on", "兑现日期不得早于申报日期", "Payment must not precede the application"),),
    ),
    text("application_no", "申报编号", "Application number", "申报编号", required=True, tier=AUTHORISED),
    text("policy_code", "政策编号", "Policy code", "政策编号", required=True, tier=AUTHORISED),
    *party(CODE, NAME),
    date("applied_on", "申报日期", "Applied on", "申报日期", required=True, not_future=True, tier=AUTHORISED),
    text("commitment_code", "承诺编码", "Commitment code", "承诺编码", tier=AUTHORISED),
    coded("state", "application_state", "状态", "State", "状态", required=True, tier=AUTHORISED),
    money("approved_fen", "核定金额", "Approved", "核定金额(元)", minimum=0, tier=AUTHORISED),
    date("paid_on", "兑现日期", "Paid on", "兑现日期", not_future=True, tier=AUTHORISED),
    _version(),
)

honour_rounds = table(
    "honour_rounds",
    _facts(
        "诚信名录评定轮次",
        "Rounds of the honour lists",
        ("honour_list", "year"),
        description="领导小组办公室的评定轮次：评价日、公示期与批准文件 Evaluation date, public notice and approval of each round.",
        source="淄高新管办字〔2023〕3号 三(七)、四; 山东省社会信用条例 第三十三条",
        frequency="P1Y",
        checks=(
            Check("notice_period", "notice_to >= notice_from", "公示止不得早于公示起", "A notice must not end before it starts"),
            Check("approval_order", "decided_on > notice_to", "批准日期应在公示期满之后", "Approval follows the public notice"),
        ),
    ),
    coded("honour_list", "honour_list", "名录", "List", "名录", required=True),
    integer("year", "年度", "Year", "年度", required=True),
    date("evaluated_on", "评价日期", "Candidates as of", "评价日期", required=True),
    date("notice_from", "公示起", "Notice from", "公示起", required=True),
    date("notice_to", "公示止", "Notice to", "公示止", required=True),
    date("decided_on", "批准日期", "Approved on", "批准日期"),
    text("document_no", "批准文号", "Approval document", "批准文号"),
    date("valid_to", "有效期至", "Valid to", "有效期至", required=True),
    _version(),
)

honour_objections = table(
    "honour_objections",
    _facts(
        "名录公示异议",
        "Objections to candidates",
        ("honour_list", "year", "uscc", "raised_on"),
        tier=GOVERNMENT,
        description="公示期内的异议及处理结果，不记异议人 Objections during the notice; never by whom.",
        frequency="P1Y",
    ),
    coded("honour_list", "honour_list", "名录", "List", "名录", required=True, tier=GOVERNMENT),
    integer("year", "年度", "Year", "年度", required=True, tier=GOVERNMENT),
    *party(CODE, NAME),
    date("raised_on", "提出日期", "Raised on", "提出日期", required=True, not_future=True, tier=GOVERNMENT),
    coded("state", "objection_state", "处理结果", "Result", "处理结果", required=True, tier=GOVERNMENT),
    date("decided_on", "处理日期", "Decided on", "处理日期", not_future=True, tier=GOVERNMENT),
    text("reason", "处理理由", "Reason", "处理理由", tier=GOVERNMENT),
    _version(),
)

warning_reviews = table(
    "warning_reviews",
    _facts(
        "预警处置记录",
        "Handling of warnings",
        ("subject", "rule_id", "acknowledged_on"),
        tier=GOVERNMENT,
        description="预警的认领与关闭，记处置单位与理由 Who took a warning up, and why it was closed.",
        source="淄高新管办字〔2023〕3号 三(四)3",
        frequency="P1D",
        checks=(Check("closing_order", "closed_on >= acknowledged_on", "关闭日期不得早于认领日期", "A warning is closed after it is taken up"),),
    ),
    text("subject", "预警对象", "Subject (code, building or industry)", "预警对象", required=True, tier=GOVERNMENT),
    text("rule_id", "预警规则", "Rule", "预警规则", required=True, tier=GOVERNMENT, example="rent_late"),
    date("acknowledged_on", "认领日期", "Acknowledged on", "认领日期", required=True, not_future=True, tier=GOVERNMENT),
    text("unit", "处置单位", "Handled by", "处置单位", required=True, tier=GOVERNMENT),
    date("closed_on", "关闭日期", "Closed on", "关闭日期", not_future=True, tier=GOVERNMENT),
    text("closed_why", "关闭理由", "Closed because", "关闭理由", tier=GOVERNMENT),
    _version(),
)
