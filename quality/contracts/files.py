"""The credit file: one entry per enterprise and one ledger of everything that happened.

Derived from records; five classes of GB/T 31952-2025. Not here: scores (``credit``).
"""

from __future__ import annotations

from quality.contracts import market, park, tax
from quality.contracts.model import Tier, coded, date, describe, flag, integer, money, reuse, table, text, uscc

INTERNAL = Tier.INTERNAL
register = market.registrations.c


_facts = describe("files", tier=Tier.INTERNAL)


enterprises = table(
    "enterprises",
    _facts("企业信用档案", "Enterprises", ("uscc",), description="一企一档 One file per enterprise.", source="GB/T 31952-2025"),
    uscc(required=True),
    reuse(register.name),
    text("former_names", "曾用名", "Former names"),
    reuse(register.enterprise_type),
    reuse(register.status),
    reuse(register.established_on),
    reuse(register.legal_representative),
    reuse(register.registered_capital_fen),
    reuse(register.domicile),
    reuse(register.division_code),
    reuse(register.industry_code),
    coded("industry_section", "industry_section", "行业门类", "Industry section"),
    reuse(register.business_scope),
    reuse(register.authority),
    reuse(register.deregistered_on),
    flag("in_park", "是否在园", "In the park", required=True),
    reuse(park.tenancies.c.building),
    date("tenant_since", "入驻日期", "Tenant since", tier=Tier.AUTHORISED),
    flag("consented", "是否授权采集园区信息", "Consent to park data", tier=INTERNAL),
    text("record_key", "记录标识", "Record key", tier=INTERNAL),
)

memberships = table(
    "memberships",
    _facts("在园情况", "Memberships", ("uscc", "evaluated_on"), description="每个评价日在园并参评的企业 Who is in the park and graded on which date."),
    uscc(required=True),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=INTERNAL),
    reuse(register.established_on),
    coded("industry_section", "industry_section", "行业门类", "Industry section"),
    flag("consented", "是否授权采集园区信息", "Consent to park data", required=True, tier=INTERNAL),
)

identities = table(
    "identities",
    _facts(
        "主体标识对照",
        "Identities",
        ("dataset", "party_code", "party_name", "dated_on"),
        description="来文代码与档案主体的对照：代码、组织机构代码桥接、唯一名称（曾用名限其使用期内的来文） How a written code was joined to a file.",
    ),
    text("dataset", "数据集", "Dataset", required=True, tier=INTERNAL),
    text("party_code", "来文代码", "Code as written", required=True, tier=INTERNAL),
    text("party_name", "来文名称", "Name as written", required=True, tier=INTERNAL),
    date("dated_on", "来文日期", "Document dated", tier=INTERNAL),
    uscc(tier=INTERNAL),
    text("joined_by", "匹配方式", "Joined by", required=True, tier=INTERNAL, example="decision | code | registration_no | bridge | name | review"),
)

identity_candidates = table(
    "identity_candidates",
    _facts(
        "待认定主体",
        "Parties that wait for review",
        ("party_code", "party_name", "rank"),
        description="无法自动认定的来文主体及候选企业、得分、理由；由信用办认定，不自动合并 Candidates with score and reasons; nobody is joined by a score.",
    ),
    text("party_code", "来文代码", "Code as written", required=True, tier=INTERNAL),
    text("party_name", "来文名称", "Name as written", required=True, tier=INTERNAL),
    integer("rank", "名次", "Rank (0: nobody is near)", required=True, minimum=0, tier=INTERNAL),
    text("datasets", "涉及数据集", "Datasets", required=True, tier=INTERNAL),
    uscc("candidate_uscc", "候选企业代码", "Candidate's code", tier=INTERNAL),
    text("candidate_name", "候选企业名称", "Candidate's name", tier=INTERNAL),
    integer("score", "得分（千分）", "Score, thousandths", minimum=0, maximum=1000, tier=INTERNAL),
    text("reasons", "理由", "Reasons", required=True, tier=INTERNAL),
)

credit_events = table(
    "credit_events",
    _facts(
        "信用事件",
        "Credit events",
        ("event_id",),
        description="全部正面、中性、负面事实的总账 One ledger of positive, neutral and negative facts.",
        source="全国公共信用信息基础目录; domain 7.1",
    ),
    text("event_id", "事件标识", "Event id", required=True, tier=INTERNAL),
    uscc(required=True),
    coded("category", "catalogue_category", "目录类别", "Catalogue category", required=True),
    coded("kind", "event_kind", "事件类型", "Kind", required=True),
    coded("polarity", "polarity", "性质", "Polarity", required=True),
    coded("severity", "severity", "失信程度", "Severity"),
    text("value", "取值", "Value (grade, result, level)"),
    text("title", "摘要", "Title", required=True),
    text("authority", "机关", "Authority"),
    text("document_no", "文号", "Document number"),
    integer("period", "所属期", "Period (year or yyyymm)"),
    date("happened_on", "发生日期", "Happened on", required=True),
    date("ended_on", "终止日期", "Ended on (removed, settled, expired)"),
    money("amount_fen", "金额", "Amount"),
    integer("quantity", "数量", "Quantity"),
    date("publish_until", "公示截止日期", "Publish until"),
    date("repairable_from", "可申请修复日期", "Repairable from"),
    date("void_from", "停止使用日期", "Not used from (repaired, contested)", tier=INTERNAL),
    text("dataset", "来源数据集", "Dataset", required=True, tier=INTERNAL),
    text("record_key", "记录标识", "Record key", required=True, tier=INTERNAL),
)

financials = table(
    "financials",
    _facts("财务数据", "Financials", ("uscc", "quarter_end"), tier=Tier.AUTHORISED, description="季度经营数据 Quarterly figures."),
    uscc(required=True),
    reuse(tax.financial_statements.c.quarter_end),
    reuse(tax.financial_statements.c.revenue_fen),
    reuse(tax.financial_statements.c.credit_sales_fen),
    reuse(tax.financial_statements.c.receivables_begin_fen),
    reuse(tax.financial_statements.c.receivables_end_fen),
    text("record_key", "记录标识", "Record key", required=True, tier=INTERNAL),
)
