"""The release: what stands in ``public.db`` and in ``authorised.db``.

Every column repeats a field of a record and its tier; the release builder writes to the
public file only the columns whose tier is public, and a gate checks it. A table whose
rows are limited in time carries ``publish_until`` (the last day a row may be shown).
Not here: how pages show it.
"""

from __future__ import annotations

from quality.contracts import files, finance, honours, market, measures, park, service, supervision, tax
from quality.contracts.model import Item, Tier, coded, date, describe, integer, reuse, table, text, uscc

TIME_LIMIT = "publish_until"


_facts = describe("publication")


def _until() -> Item:
    return date(TIME_LIMIT, "公示截止日期", "Published until")


def _subject() -> list[Item]:
    return [uscc(required=True), text("enterprise_name", "企业名称", "Enterprise", required=True)]


def _id() -> Item:
    return text("record_id", "记录编号", "Record id", required=True)


def _source() -> list[Item]:
    return [text("source", "数据来源单位", "Source", required=True), date("collected_on", "采集日期", "Collected on", required=True)]


e, p, x = files.enterprises.c, market.penalties.c, market.permits.c

public_enterprises = table(
    "public_enterprises",
    _facts(
        "企业信用档案", "Credit files", ("uscc",), description="企业登记注册基础信息与公开的园区信用等级 Register entry and, where published, the park grade."
    ),
    uscc(required=True),
    reuse(e.name),
    reuse(e.former_names),
    reuse(e.enterprise_type),
    reuse(e.status),
    reuse(e.established_on),
    reuse(e.legal_representative),
    reuse(e.registered_capital_fen),
    reuse(e.domicile),
    reuse(e.industry_code),
    text("industry_section_name", "行业门类", "Industry section"),
    reuse(e.business_scope),
    reuse(e.authority),
    reuse(e.in_park),
    coded("published_grade", "park_grade", "园区信用等级", "Park grade", example="只公开政策规定可公开的等级"),
    date("graded_on", "评价日期", "Graded on"),
    *_source(),
)

public_licences = table(
    "public_licences",
    _facts("行政许可", "Licences", ("record_id",), description="行政许可公示 Published licence decisions.", source="双公示"),
    _id(),
    *_subject(),
    reuse(x.decision_no),
    reuse(x.document_name),
    reuse(x.licence_kind),
    reuse(x.certificate_name),
    reuse(x.certificate_no),
    reuse(x.content),
    reuse(x.decided_on),
    reuse(x.valid_from),
    reuse(x.valid_to),
    reuse(x.authority),
    *_source(),
)

public_penalties = table(
    "public_penalties",
    _facts(
        "行政处罚",
        "Penalties",
        ("record_id",),
        description="在公示期内的行政处罚 Penalties whose publicity period is open.",
        source="信用修复管理办法 (NDRC Order 36)",
    ),
    _id(),
    *_subject(),
    reuse(p.decision_no),
    reuse(p.violation_kind),
    reuse(p.facts),
    reuse(p.legal_basis),
    reuse(p.penalty_kinds),
    reuse(p.content),
    reuse(p.fine_fen),
    reuse(p.confiscated_fen),
    reuse(p.decided_on),
    reuse(p.authority),
    coded("severity", "severity", "失信程度", "Severity", required=True),
    date("repairable_from", "可申请修复日期", "Repairable from"),
    _until(),
    *_source(),
)

public_listings = table(
    "public_listings",
    _facts("异常与严重失信名单", "Listings", ("record_id",), description="经营异常名录与各类严重失信主体名单（列入期间） Live abnormal and serious listings."),
    _id(),
    *_subject(),
    coded("listing", "event_kind", "名单", "List", required=True),
    text("reason", "列入原因", "Reason", required=True),
    date("listed_on", "列入日期", "Listed on", required=True),
    text("authority", "决定机关", "Authority", required=True),
    date("repairable_from", "可申请修复日期", "Repairable from"),
    _until(),
    *_source(),
)

public_tax_arrears = table(
    "public_tax_arrears",
    _facts("欠税公告", "Tax arrears notices", ("record_id",), description="未清缴的欠税公告 Open notices.", source="欠税公告办法"),
    _id(),
    *_subject(),
    reuse(tax.tax_arrears.c.tax_kind),
    reuse(tax.tax_arrears.c.balance_fen),
    reuse(tax.tax_arrears.c.newly_owed_fen),
    reuse(tax.tax_arrears.c.quarter_end),
    reuse(tax.tax_arrears.c.announced_on),
    reuse(tax.tax_arrears.c.authority),
    _until(),
    *_source(),
)

public_honours = table(
    "public_honours",
    _facts("诚信荣誉", "Honours", ("record_id",), description="荣誉、资质与诚信名录 Awards, qualifications and honour lists."),
    _id(),
    *_subject(),
    text("honour", "名称", "Honour", required=True),
    text("honour_en", "名称（英文）", "Honour (English)"),
    coded("honour_list", "honour_list", "名录", "List"),
    integer("year", "年度", "Year", required=True),
    coded("level", "honour_level", "级别", "Level"),
    date("awarded_on", "授予日期", "Awarded on", required=True),
    date("valid_to", "有效期至", "Valid to"),
    text("authority", "授予单位", "Awarded by"),
    text("reason", "理由", "Reason"),
    text("reason_en", "理由（英文）", "Reason (English)"),
    *_source(),
)

c = park.commitments.c
public_commitments = table(
    "public_commitments",
    _facts("信用承诺", "Commitments", ("record_id",), description="标记为可向社会公开的信用承诺及履约 Commitments open to the public."),
    _id(),
    *_subject(),
    reuse(c.commitment_code),
    reuse(c.commitment_kind),
    reuse(c.reason),
    reuse(c.committed_on),
    reuse(c.valid_to),
    reuse(c.fulfilment),
    reuse(c.authority),
    _until(),
    *_source(),
)

i = market.inspection_results.c
public_inspections = table(
    "public_inspections",
    _facts("抽查检查结果", "Inspection results", ("record_id",), description="“双随机、一公开”检查结果 Results of random inspections."),
    _id(),
    *_subject(),
    reuse(i.plan_no),
    reuse(i.task),
    reuse(i.inspected_on),
    reuse(i.result),
    reuse(i.authority),
    _until(),
    *_source(),
)

a, b = service.inspection_plans.c, supervision.inspection_seals.c
public_inspection_plans = table(
    "public_inspection_plans",
    _facts("联合抽查计划", "Joint inspection plans", ("plan_no",), description="部门联合双随机抽查计划与抽取依据 Plans with the seed and size of every draw."),
    *[reuse(item) for item in (a.plan_no, a.title, a.departments, a.drawn_on, a.period_from, a.period_to, a.seed, a.population_sha256)],
    reuse(b.population),
    reuse(b.drawn),
)

d = supervision.inspection_savings.c
public_inspection_savings = table(
    "public_inspection_savings",
    _facts(
        "减负成效",
        "Trouble saved",
        ("letter",),
        description="每百户企业每年预期检查次数，少于5家不公布 Expected visits a year per hundred enterprises; cells below five are hidden.",
    ),
    *[reuse(item) for item in (d.letter, d.enterprises, d.before_per_hundred, d.after_per_hundred, d.ordinary_per_hundred)],
)

h = honours.honour_candidates.c
public_honour_notices = table(
    "public_honour_notices",
    _facts(
        "名录公示", "Candidates in public notice", ("record_id",), description="公示期内的诚信名录候选企业 Candidates of the honour lists during their notice."
    ),
    _id(),
    *_subject(),
    reuse(h.honour_list),
    reuse(h.year),
    reuse(h.notice_from),
    reuse(h.notice_to),
    _until(),
)

r = finance.finance_results.c
public_finance_results = table(
    "public_finance_results",
    _facts(
        "信用融资成效",
        "What credit bought",
        ("year", "letter"),
        description="按申请时等级汇总的授信，少于5家不公布 Loans by the grade held when applying; cells below five are hidden.",
    ),
    *[reuse(item) for item in (r.year, r.letter, r.enterprises, r.applied, r.granted, r.granted_fen, r.average_rate_bp, r.defaulted)],
)

q, y = service.support_policies.c, finance.policy_progress.c
public_support_policies = table(
    "public_support_policies",
    _facts(
        "惠企政策",
        "Support policies",
        ("policy_code",),
        description="政策直通车：条件、申报期与兑现，少于5家不公布 Whom policies are for and what was paid; numbers below five are hidden.",
    ),
    *[reuse(item) for item in (q.policy_code, q.title, q.minimum_grade, q.qualifications, q.industry_sections, q.maximum_age_months, q.amount_fen)],
    *[reuse(item) for item in (q.opens_on, q.closes_on, q.authority, q.legal_basis, y.matched)],
    reuse(y.applied, required=False),
    reuse(y.paid, required=False),
    reuse(y.paid_fen),
    reuse(y.median_days),
)

public_standard_effects = table(
    "public_standard_effects",
    _facts(
        "贯标成效",
        "What the standard brought",
        ("firm_group", "figure"),
        description="四项信用管理指标前后中位数，少于5家不公布 Medians before and after; groups below five are hidden.",
    ),
    *[reuse(item) for item in finance.standard_effects.columns],
)

public_government_integrity = table(
    "public_government_integrity",
    _facts("政务诚信统计", "The administration's record", ("side", "name"), description="各领域、各单位承诺兑现情况 Promises kept by area and unit."),
    *[reuse(item) for item in finance.government_integrity.columns],
)

public_targets = table(
    "public_targets",
    _facts("创建指标进度", "Targets", ("target_id",), description="贯标、守信助跑、信用管理师等指标进度 Targets of the notice and what was reached."),
    *[reuse(item) for item in honours.target_progress.columns],
)

g = park.government_commitments.c
public_government_commitments = table(
    "public_government_commitments",
    _facts("政务诚信承诺", "Government commitments", ("commitment_no",), description="管委会公开承诺与兑现 Promises of the administration."),
    reuse(g.commitment_no),
    reuse(g.area),
    reuse(g.title),
    reuse(g.owner_unit),
    reuse(g.committed_on),
    reuse(g.due_on),
    reuse(g.completed_on),
    reuse(g.evidence),
)

n = park.incentive_catalogue.c
public_incentives = table(
    "public_incentives",
    _facts("激励措施清单", "Incentive catalogue", ("incentive_code",), description="守信激励措施 Incentives and who may have them."),
    reuse(n.incentive_code),
    reuse(n.title),
    reuse(n.incentive_kind),
    reuse(n.minimum_grade),
    reuse(n.discount_bp),
    reuse(n.cap_fen),
    reuse(n.legal_basis),
    reuse(n.valid_from),
    reuse(n.valid_to),
    integer("beneficiaries", "享受企业数（不足5家不公布）", "Beneficiaries (hidden below five)"),
)

k = measures.incentive_costs.c
public_incentive_costs = table(
    "public_incentive_costs",
    _facts(
        "激励成本",
        "Cost of incentives",
        ("month", "incentive_kind"),
        description="每月激励成本；不足5家的月份不公布，一家占比过高的金额不公布 Per month; hidden below five or where one dominates.",
    ),
    reuse(k.month),
    reuse(k.incentive_kind),
    reuse(k.enterprises),
    reuse(k.granted_fen),
    reuse(k.year_granted_fen),
    reuse(k.budget_fen),
)

f = park.financial_products.c
public_financial_products = table(
    "public_financial_products",
    _facts("金融产品", "Financial products", ("product_code",), description="金融超市产品 Products offered."),
    reuse(f.product_code),
    reuse(f.bank),
    reuse(f.name),
    reuse(f.minimum_grade),
    reuse(f.maximum_fen),
    reuse(f.rate_from_bp),
    reuse(f.term_months),
    reuse(f.description),
    reuse(f.valid_to),
)

public_grade_statistics = table(
    "public_grade_statistics",
    _facts(
        "信用等级分布",
        "Grade distribution",
        ("evaluated_on", "letter"),
        description="各评价日等级分布 Enterprises by grade at each evaluation; cells below five are hidden.",
    ),
    date("evaluated_on", "评价日期", "Evaluated on", required=True),
    text("letter", "等级", "Grade", required=True, example="A|B|C|D|N（未评）"),
    integer("enterprises", "企业数", "Enterprises"),
)

public_industry_statistics = table(
    "public_industry_statistics",
    _facts("行业信用分布", "Grades by industry", ("industry_section", "letter"), description="各行业等级分布，少于5家不公布 Cells below five are hidden."),
    text("industry_section", "行业门类代码", "Section", required=True),
    text("industry_section_name", "行业门类", "Industry section", required=True),
    text("letter", "等级", "Grade", required=True),
    integer("enterprises", "企业数", "Enterprises"),
)

public_chain_statistics = table(
    "public_chain_statistics",
    _facts("产业链信用分布", "Grades by industrial chain", ("chain", "letter"), description="各产业链等级分布，少于5家不公布 Cells below five are hidden."),
    text("chain", "产业链", "Industrial chain", required=True),
    text("letter", "等级", "Grade", required=True),
    integer("enterprises", "企业数", "Enterprises"),
)

public_policy_rules = table(
    "public_policy_rules",
    _facts(
        "评价规则",
        "Rules of evaluation",
        ("rule_id",),
        description="现行规则逐条：计分、上限、否决、封顶与名录条件及其依据 Every rule in force with its source of law.",
        source="评价规则文件 The policy document",
    ),
    integer("position", "序号", "Position", required=True),
    coded("part", "policy_part", "类别", "Part", required=True),
    text("rule_id", "规则编号", "Rule", required=True),
    text("dimension_zh", "维度", "Dimension (Chinese)"),
    text("dimension_en", "维度（英文）", "Dimension"),
    text("name_zh", "规则", "Rule (Chinese)", required=True),
    text("name_en", "规则（英文）", "Rule (English)", required=True),
    coded("method", "policy_method", "计分方式", "Method"),
    integer("points_from", "最低分（千分之一分）", "Fewest points", unit="1/1000 point"),
    integer("points_to", "最高分（千分之一分）", "Most points", unit="1/1000 point"),
    coded("letter", "park_grade", "对应等级", "Grade it leads to"),
    text("source", "依据", "Source of law", required=True),
)

public_sources = table(
    "public_sources",
    _facts("数据源状态", "Source status", ("dataset",), description="各数据集接收、质量与时效 Rows, quarantine and freshness per dataset."),
    text("dataset", "数据集", "Dataset", required=True),
    text("label_zh", "名称", "Name", required=True),
    text("label_en", "英文名称", "Name (English)", required=True),
    text("agency", "部门", "Agency", required=True),
    date("covered_to", "数据截止日", "Covered to"),
    date("last_delivery_on", "最近到数日期", "Last delivery"),
    text("state", "状态", "State", required=True, example="current | late | failed"),
    text("message", "说明", "Message"),
    integer("rows_in", "接收行数", "Rows received", required=True),
    integer("accepted", "入库行数", "Accepted", required=True),
    integer("quarantined", "隔离行数", "Quarantined", required=True),
    integer("duplicates", "重复行数", "Duplicates", required=True),
)

withheld_records = table(
    "withheld_records",
    describe("publication", tier=Tier.INTERNAL)(
        "不得公示的记录",
        "Withheld records",
        ("record_id",),
        description="今日不得公示的记录及法定原因，供闸门核对与旧批次回滚时隐藏 Records that must not be public today, and why.",
        source="国办发〔2025〕22号; NDRC Order 36; Shandong Social Credit Regulation art. 38, 39, 48",
    ),
    text("record_id", "记录编号", "Record id", required=True, tier=Tier.INTERNAL),
    coded("reason", "change_kind", "原因", "Reason", required=True, tier=Tier.INTERNAL),
)
