"""Park records: what the zone's own administration knows (files with Chinese headers).

Rent and fees are market credit information: collected by agreement, with a consent
number, never public (Shandong Regulation art. 17). Field codes are the column headers.
"""

from __future__ import annotations

from quality.contracts.fields import party
from quality.contracts.model import Check, Item, Tier, coded, date, describe, integer, money, month, prose, table, text, timestamp, uscc

AGENCY = "park"
COMMITMENT_CODE = r"\d{6}20\d{6}\d{6}"


_facts = describe("records", AGENCY)


def _version() -> Item:
    # Park files carry no time stamp: the date in the file name orders the versions.
    return timestamp("updated_at", "数据更新时间", "Updated at", tier=Tier.INTERNAL, required=True)


CODE, NAME = "统一社会信用代码", "企业名称"

tenancies = table(
    "tenancies",
    _facts(
        "园区入驻信息",
        "Tenancies",
        ("uscc", "lease_from"),
        tier=Tier.AUTHORISED,
        description="入驻合同；园区成员资格只以此为准 Membership of the park comes from here alone.",
        source="domain 1.4",
        frequency="P1D",
        minimum_rows=0,
        checks=(Check("lease_period", "lease_to >= lease_from", "租期止不得早于租期起", "A lease must not end before it starts"),),
    ),
    *party(CODE, NAME),
    text("building", "楼宇", "Building", "楼宇", required=True, tier=Tier.AUTHORISED),
    integer("area_m2", "租赁面积（平方米）", "Area in m²", "租赁面积", minimum=0, tier=Tier.AUTHORISED),
    date("lease_from", "租期起", "Lease from", "租期起", required=True, tier=Tier.AUTHORISED),
    date("lease_to", "租期止", "Lease to", "租期止", tier=Tier.AUTHORISED),
    text("consent_no", "授权书编号", "Consent number", "授权书编号", tier=Tier.INTERNAL),
    _version(),
)

fee_payments = table(
    "fee_payments",
    _facts(
        "租金与管理费缴纳",
        "Rent and fee payments",
        ("uscc", "fee_kind", "month"),
        tier=Tier.AUTHORISED,
        description="市场信用信息，凭企业授权采集 Collected with the tenant's consent.",
        source="山东省社会信用条例 第十七条",
        frequency="P1M",
    ),
    *party(CODE, NAME),
    coded("fee_kind", "fee_kind", "费用类别", "Kind of fee", "费用类别", required=True, tier=Tier.AUTHORISED),
    month("month", "所属月份", "Month", "所属月份", required=True, tier=Tier.AUTHORISED),
    date("due_on", "应缴日期", "Due on", "应缴日期", required=True, tier=Tier.AUTHORISED),
    money("due_fen", "应缴金额", "Due", "应缴金额(元)", required=True, minimum=0, tier=Tier.AUTHORISED),
    money("paid_fen", "实缴金额", "Paid", "实缴金额(元)", minimum=0, tier=Tier.AUTHORISED),
    date("paid_on", "缴纳日期", "Paid on", "缴纳日期", tier=Tier.AUTHORISED, not_future=True),
    text("consent_no", "授权书编号", "Consent number", "授权书编号", required=True, tier=Tier.INTERNAL),
    _version(),
)

commitments = table(
    "commitments",
    _facts(
        "信用承诺及履约践诺",
        "Credit commitments and their fulfilment",
        ("commitment_code",),
        description="信用承诺20项标准字段 The standard items of a commitment.",
        source="domain 8.2; 经营主体信用承诺实施指南",
        frequency="P1D",
        checks=(
            Check(
                "commitment_date_in_code",
                "substr(commitment_code, 7, 8) = strftime(committed_on, '%Y%m%d')",
                "承诺编码中的日期应等于承诺作出日期",
                "The date inside the code is the commitment's date",
            ),
            Check("commitment_validity", "valid_to >= committed_on", "承诺有效期不得早于承诺作出日期", "A commitment must not expire before it is made"),
            Check(
                "unfulfilled_content",
                "fulfilment NOT IN ('partly', 'none') OR unfulfilled_content IS NOT NULL",
                "未全部履行的，应填写未履行的承诺内容",
                "What was not fulfilled must be stated",
            ),
        ),
    ),
    text("commitment_code", "承诺编码", "Commitment code", "承诺编码", required=True, pattern=COMMITMENT_CODE, example="37030020230217000011"),
    text("party_name", "承诺人名称", "Name as recorded", "承诺人名称", required=True),
    coded("party_class", "party_class", "承诺人类别", "Class of party", "承诺人类别", required=True),
    uscc(code="承诺人代码", required=True),
    coded("commitment_kind", "commitment_kind", "承诺类型", "Kind of commitment", "承诺类型", required=True),
    prose("reason", "承诺事由", "Occasion", "承诺事由", required=True),
    prose("content", "承诺内容", "Content", "承诺内容", required=True),
    prose("breach_liability", "违诺责任", "Liability for breach", "违诺责任", required=True),
    date("committed_on", "承诺作出日期", "Made on", "承诺作出日期", required=True, not_future=True),
    date("valid_to", "承诺有效期", "Valid to", "承诺有效期"),
    coded("fulfilment", "fulfilment", "承诺履行状态", "Fulfilment", "承诺履行状态", required=True),
    prose("unfulfilled_content", "未履行的承诺内容", "Unfulfilled content", "未履行的承诺内容"),
    prose("breach_handling", "违诺责任追究内容", "Handling of the breach", "违诺责任追究内容"),
    date("fulfilment_on", "承诺履行状态认定日期", "Fulfilment established on", "承诺履行状态认定日期", not_future=True),
    text("confirming_unit", "认定单位", "Confirmed by", "认定单位"),
    uscc("confirming_unit_uscc", "认定单位代码", "Confirming unit's code", "认定单位代码"),
    text("authority", "承诺受理单位", "Accepted by", "承诺受理单位", required=True),
    uscc("authority_uscc", "承诺受理单位代码", "Accepting unit's code", "承诺受理单位代码", required=True),
    coded("publication", "publication_kind", "公开类型", "Publication", "公开类型", required=True),
    text("remarks", "备注", "Remarks", "备注", tier=Tier.INTERNAL),
    _version(),
)

site_visits = table(
    "site_visits",
    _facts(
        "走访服务记录",
        "Site visits",
        ("uscc", "visited_on", "team"),
        tier=Tier.INTERNAL,
        description="监管服务队上门走访记录 Visits of the supervision and service teams.",
        source="notice 三(一)2",
        frequency="P1D",
    ),
    *party(CODE, NAME),
    date("visited_on", "走访日期", "Visited on", "走访日期", required=True, not_future=True, tier=Tier.INTERNAL),
    text("team", "走访小组", "Team", "走访小组", required=True, tier=Tier.INTERNAL),
    text("topic", "走访主题", "Topic", "走访主题", required=True, tier=Tier.INTERNAL),
    prose("findings", "走访情况", "Findings", "走访情况", tier=Tier.INTERNAL),
    _version(),
)

safety_checks = table(
    "safety_checks",
    _facts(
        "安全生产检查",
        "Safety checks",
        ("uscc", "checked_on", "authority"),
        tier=Tier.GOVERNMENT,
        description="园区安全生产检查与隐患整改 Hazards found and mended.",
        frequency="P1D",
        checks=(Check("hazards_mended", "hazards_mended <= hazards_found", "整改数不得大于隐患数", "No more hazards mended than found"),),
    ),
    *party(CODE, NAME),
    date("checked_on", "检查日期", "Checked on", "检查日期", required=True, not_future=True, tier=Tier.GOVERNMENT),
    text("authority", "检查单位", "Checked by", "检查单位", required=True, tier=Tier.GOVERNMENT),
    coded("result", "safety_result", "检查结论", "Conclusion", "检查结论", required=True, tier=Tier.GOVERNMENT),
    integer("hazards_found", "发现隐患数", "Hazards found", "发现隐患数", minimum=0, tier=Tier.GOVERNMENT),
    integer("hazards_mended", "已整改数", "Hazards mended", "已整改数", minimum=0, tier=Tier.GOVERNMENT),
    _version(),
)

qualifications = table(
    "qualifications",
    _facts(
        "企业资质认定",
        "Qualifications",
        ("uscc", "qualification", "granted_on"),
        description="高新技术、专精特新、瞪羚、独角兽、新业态企业认定 Recognised innovative enterprises.",
        frequency="P1M",
        checks=(Check("qualification_period", "valid_to >= granted_on", "有效期不得早于认定日期", "A qualification must not end before it is granted"),),
    ),
    *party(CODE, NAME),
    coded("qualification", "qualification", "资质类别", "Qualification", "资质类别", required=True),
    coded("level", "honour_level", "级别", "Level", "级别", required=True),
    text("certificate_no", "证书编号", "Certificate number", "证书编号"),
    date("granted_on", "认定日期", "Granted on", "认定日期", required=True, not_future=True),
    date("valid_to", "有效期至", "Valid to", "有效期至"),
    text("authority", "认定机关", "Granted by", "认定机关", required=True),
    _version(),
)

honours = table(
    "honours",
    _facts("表彰荣誉", "Honours", ("uscc", "title", "awarded_on"), description="诚实守信相关荣誉 Honours related to integrity.", frequency="P1M"),
    *party(CODE, NAME),
    text("title", "荣誉名称", "Honour", "荣誉名称", required=True),
    coded("level", "honour_level", "级别", "Level", "级别", required=True),
    text("document_no", "文件依据", "Document", "文件依据"),
    date("awarded_on", "授予日期", "Awarded on", "授予日期", required=True, not_future=True),
    date("valid_to", "有效期至", "Valid to", "有效期至"),
    text("authority", "授予单位", "Awarded by", "授予单位", required=True),
    _version(),
)

standard_status = table(
    "standard_status",
    _facts(
        "企业信用管理贯标",
        "Credit-management standard",
        ("uscc", "assessed_on"),
        description="《企业信用管理工作指南》贯标状态 Status under the local standard.",
        source="DB3703/T 7.1~7.3-2022",
        frequency="P1M",
    ),
    *party(CODE, NAME),
    coded("status", "standard_stage", "贯标状态", "Stage", "贯标状态", required=True),
    date("assessed_on", "评定日期", "Assessed on", "评定日期", required=True, not_future=True),
    text("assessor", "评定单位", "Assessor", "评定单位", required=True),
    _version(),
)

credit_managers = table(
    "credit_managers",
    _facts(
        "信用管理师人数",
        "Certified credit managers",
        ("uscc", "counted_on"),
        tier=Tier.AUTHORISED,
        description="持证信用管理师人数，只作汇总公开 A headcount; persons are never recorded.",
        source="notice 三(四)1",
        frequency="P3M",
    ),
    *party(CODE, NAME),
    date("counted_on", "统计日期", "Counted on", "统计日期", required=True, not_future=True),
    integer("certified", "持证人数", "Certified persons", "持证人数", required=True, minimum=0, tier=Tier.AUTHORISED),
    _version(),
)

supply_links = table(
    "supply_links",
    _facts(
        "供应链关系",
        "Supply-chain links",
        ("supplier_uscc", "customer_uscc"),
        tier=Tier.GOVERNMENT,
        description="企业间供应关系，用于产业链分析 Who supplies whom.",
        frequency="P1M",
    ),
    uscc("supplier_uscc", "供应商代码", "Supplier's code", "供应商代码", required=True, tier=Tier.GOVERNMENT),
    uscc("customer_uscc", "客户代码", "Customer's code", "客户代码", required=True, tier=Tier.GOVERNMENT),
    text("chain", "产业链", "Industrial chain", "产业链", required=True, tier=Tier.GOVERNMENT),
    date("since", "合作起始", "Since", "合作起始", tier=Tier.GOVERNMENT),
    date("until", "合作终止", "Until", "合作终止", tier=Tier.GOVERNMENT),
    _version(),
)

financial_products = table(
    "financial_products",
    _facts("金融产品", "Financial products", ("product_code",), description="金融超市在售产品 Products in the finance supermarket.", frequency="P1M"),
    text("product_code", "产品编号", "Product code", "产品编号", required=True),
    text("bank", "金融机构", "Institution", "金融机构", required=True),
    text("name", "产品名称", "Product", "产品名称", required=True),
    coded("minimum_grade", "park_grade", "最低信用等级", "Minimum grade", "最低信用等级", required=True),
    money("maximum_fen", "最高额度", "Maximum amount", "最高额度(万元)", unit="wan", minimum=0),
    integer("rate_from_bp", "年利率起（基点）", "Rate from, basis points", "年利率起(基点)", minimum=0),
    integer("term_months", "期限（月）", "Term in months", "期限(月)", minimum=1),
    text("stages", "适用发展阶段", "Life-cycle stages (any of)", "适用阶段", codes="life_stage"),
    text("qualifications", "适用资质", "Qualifications (any of)", "适用资质", codes="qualification"),
    text("industry_sections", "适用行业", "Industry sections (any of)", "适用行业", codes="industry_section"),
    text("description", "产品说明", "Description", "产品说明"),
    date("valid_to", "有效期至", "Valid to", "有效期至"),
    _version(),
)

incentive_catalogue = table(
    "incentive_catalogue",
    _facts(
        "激励与政策清单",
        "Incentive and policy catalogue",
        ("incentive_code",),
        description="租金优惠、管理费打折、评选优先等激励措施 What good credit is worth here.",
        source="notice 三(三)3; 山东省社会信用条例 第二十六条",
        frequency="P1M",
    ),
    text("incentive_code", "措施编号", "Incentive code", "措施编号", required=True),
    text("title", "措施名称", "Incentive", "措施名称", required=True),
    coded("incentive_kind", "incentive_kind", "措施类别", "Kind", "措施类别", required=True),
    coded("minimum_grade", "park_grade", "最低信用等级", "Minimum grade", "最低信用等级", required=True),
    integer("discount_bp", "优惠比例（基点）", "Discount, basis points", "优惠比例(基点)", minimum=0, maximum=10000),
    money("cap_fen", "年度上限", "Yearly cap", "年度上限(元)", minimum=0),
    text("legal_basis", "依据", "Legal basis", "依据", required=True),
    date("valid_from", "生效日期", "Valid from", "生效日期", required=True),
    date("valid_to", "失效日期", "Valid to", "失效日期"),
    _version(),
)

government_commitments = table(
    "government_commitments",
    _facts(
        "政务诚信承诺",
        "The administration's own commitments",
        ("commitment_no",),
        description="管委会在六个领域的公开承诺及兑现情况 Public promises of the administration.",
        source="notice 三(六)",
        frequency="P1M",
        checks=(Check("government_completion", "completed_on >= committed_on", "兑现日期不得早于承诺日期", "A promise is kept after it is made"),),
    ),
    text("commitment_no", "承诺编号", "Number", "承诺编号", required=True),
    coded("area", "government_area", "领域", "Area", "领域", required=True),
    text("title", "承诺事项", "Promise", "承诺事项", required=True),
    text("owner_unit", "责任单位", "Responsible unit", "责任单位", required=True),
    date("committed_on", "承诺日期", "Made on", "承诺日期", required=True, not_future=True),
    date("due_on", "完成时限", "Due on", "完成时限", required=True),
    date("completed_on", "兑现日期", "Kept on", "兑现日期", not_future=True),
    text("evidence", "兑现情况说明", "Evidence", "兑现情况说明"),
    _version(),
)
