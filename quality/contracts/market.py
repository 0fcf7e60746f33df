"""Market regulation records: register, reports, licences, penalties, lists, inspections.

Field codes follow the licence/penalty upload formats (XK_/CF_) and the public register
(domain 2, 5). Not here: how an agency transports them (``assets/sources``).
"""

from __future__ import annotations

from quality.contracts.fields import DIVISION, authority, decided_on, legal_representative, party, updated_at
from quality.contracts.model import Check, Tier, coded, date, describe, flag, integer, money, month, prose, table, text, uscc

AGENCY = "market"


_facts = describe("records", AGENCY)


registrations = table(
    "registrations",
    _facts(
        "登记注册信息",
        "Registrations",
        ("uscc",),
        description="经营主体登记注册基本信息 Basic register entry of every enterprise.",
        source="GB/T 31952-2025 5.1; GB 32100-2015",
        minimum_rows=1,
        frequency="P1D",
    ),
    uscc(code="UNISCID", required=True),
    text("name", "企业名称", "Enterprise name", "ENTNAME", required=True),
    text("registration_no", "注册号", "Registration number", "REGNO"),
    text("enterprise_type", "企业类型", "Enterprise type", "ENTTYPE_CN"),
    coded("status", "enterprise_status", "登记状态", "Status", "REGSTATE_CN"),
    date("established_on", "成立日期", "Established on", "ESTDATE", required=True, not_future=True),
    legal_representative("NAME"),
    money("registered_capital_fen", "注册资本", "Registered capital", "REGCAP", unit="wan", minimum=0),
    text("domicile", "住所", "Domicile", "DOM"),
    text("division_code", "行政区划", "Division code", "DOMDISTRICT", pattern=DIVISION),
    text("industry_code", "行业代码", "Industry code (GB/T 4754)", "INDUSTRYCO", pattern=r"[A-T]?\d{0,4}"),
    prose("business_scope", "经营范围", "Business scope", "OPSCOPE"),
    text("authority", "登记机关", "Registration authority", "REGORG_CN"),
    date("deregistered_on", "注销日期", "Deregistered on", "CANDATE", not_future=True),
    updated_at(),
)

name_changes = table(
    "name_changes",
    _facts("名称变更信息", "Name changes", ("uscc", "changed_on"), description="企业名称变更历史 Former names with dates.", frequency="P1D"),
    uscc(code="UNISCID", required=True),
    text("former_name", "变更前名称", "Former name", "ALTBE", required=True),
    text("new_name", "变更后名称", "New name", "ALTAF", required=True),
    date("changed_on", "变更日期", "Changed on", "ALTDATE", required=True, not_future=True),
    updated_at(),
)

annual_reports = table(
    "annual_reports",
    _facts(
        "企业年度报告",
        "Annual reports",
        ("uscc", "report_year"),
        description="年度报告公示情况；经营数字由企业选择是否公示 Filing of yearly reports.",
        source="企业信息公示暂行条例 第八、九条",
        frequency="P1D",
    ),
    *party("UNISCID", "ENTNAME"),
    integer("report_year", "报告年度", "Report year", "ANCHEYEAR", required=True, minimum=2013, maximum=2100),
    date("filed_on", "报送日期", "Filed on", "ANCHEDATE", required=True, not_future=True),
    integer("employees", "从业人数", "Employees", "EMPNUM", tier=Tier.AUTHORISED, minimum=0),
    flag("employees_public", "从业人数是否公示", "Employees made public", "EMPNUMDIS", tier=Tier.INTERNAL),
    money("revenue_fen", "营业总收入", "Revenue", "VENDINC", unit="wan", tier=Tier.AUTHORISED),
    flag("revenue_public", "营业总收入是否公示", "Revenue made public", "VENDINCDIS", tier=Tier.INTERNAL),
    updated_at(),
)

permits = table(
    "permits",
    _facts(
        "行政许可信息",
        "Administrative licences",
        ("authority_uscc", "decision_no", "uscc"),
        description="行政许可决定（双公示） Licence decisions.",
        source="domain 2.3; 双公示 2018 format",
        frequency="P1D",
        refused=("XK_FR_ZJLX", "XK_FR_SFZH", "XK_XDR_ZJLX", "XK_XDR_ZJHM"),
        checks=(Check("permit_period", "valid_to >= valid_from", "有效期至不得早于有效期自", "A licence must not end before it starts"),),
    ),
    *party("XK_XDR_SHXYM", "XK_XDR_MC"),
    coded("party_class", "party_class", "行政相对人类别", "Class of party", "XK_XDR_LB", required=True),
    legal_representative("XK_FRDB"),
    text("document_name", "行政许可决定文书名称", "Decision document", "XK_XKWS", required=True),
    text("decision_no", "行政许可决定文书号", "Decision number", "XK_WSH", required=True, example="淄高新许字〔2025〕12号"),
    coded("licence_kind", "licence_kind", "许可类别", "Kind of licence", "XK_XKLB", required=True),
    text("certificate_name", "许可证书名称", "Certificate", "XK_XKZS", required=True),
    text("certificate_no", "许可编号", "Certificate number", "XK_XKBH"),
    prose("content", "许可内容", "Content", "XK_NR", required=True),
    decided_on("XK_JDRQ", "许可决定日期"),
    date("valid_from", "有效期自", "Valid from", "XK_YXQZ", required=True),
    date("valid_to", "有效期至", "Valid to", "XK_YXQZI"),
    *authority("XK_XKJG", "XK_XKJGDM", "许可机关"),
    coded("status", "record_status", "当前状态", "Record status", "XK_ZT", required=True),
    text("source_unit", "数据来源单位", "Source unit", "XK_LYDW", required=True),
    uscc("source_unit_uscc", "数据来源单位代码", "Source unit's code", "XK_LYDWDM", required=True),
    updated_at(),
)

penalties = table(
    "penalties",
    _facts(
        "行政处罚信息",
        "Administrative penalties",
        ("authority_uscc", "decision_no", "uscc"),
        description="行政处罚决定（双公示） Penalty decisions.",
        source="行政处罚法 第九、四十八条; domain 2.2",
        frequency="P1D",
        refused=("CF_FR_ZJLX", "CF_FR_ZJHM", "CF_FR_SFZH", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_XDR_SFZ"),
        checks=(
            Check("penalty_period", "valid_to >= decided_on", "处罚有效期不得早于决定日期", "The effective period must not end before the decision"),
            Check("penalty_publicity", "publicity_to >= decided_on", "公示截止期不得早于决定日期", "Publicity must not end before the decision"),
            Check(
                "fine_amount",
                "(penalty_kinds LIKE '%0201%') = (COALESCE(fine_fen, 0) > 0)",
                "罚款金额应与处罚类别一致",
                "A fine has an amount, and only a fine has one",
                "warning",
            ),
            Check("fine_unit", "fine_fen <= 10000000000", "罚款超过1亿元，疑似万元/元混淆", "A fine above 100 million yuan: check the unit", "warning"),
        ),
    ),
    *party("CF_XDR_SHXYM", "CF_XDR_MC"),
    coded("party_class", "party_class", "行政相对人类别", "Class of party", "CF_XDR_LB", required=True),
    legal_representative("CF_FRDB"),
    text("decision_no", "行政处罚决定书文号", "Decision number", "CF_WSH", required=True, example="淄高新市监处罚〔2023〕12号"),
    text("violation_kind", "违法行为类型", "Kind of violation", "CF_WFXW", required=True),
    prose("facts", "违法事实", "Facts", "CF_SY", required=True),
    prose("legal_basis", "处罚依据", "Legal basis", "CF_YJ", required=True),
    text("penalty_kinds", "处罚类别", "Kinds of penalty", "CF_CFLB", required=True, codes="penalty_kind", example="0101;0201"),
    prose("content", "处罚内容", "Content", "CF_NR", required=True),
    money("fine_fen", "罚款金额", "Fine", "CF_NR_FK", unit="wan", minimum=0),
    money("confiscated_fen", "没收违法所得、没收非法财物的金额", "Confiscated", "CF_NR_WFFF", unit="wan", minimum=0),
    text("licence_withdrawn", "暂扣或吊销证照名称及编号", "Licence withheld or revoked", "CF_NR_ZKDX"),
    decided_on("CF_JDRQ", "处罚决定日期"),
    date("valid_to", "处罚有效期", "Effective until", "CF_YXQ"),
    date("publicity_to", "公示截止期", "Publicity until", "CF_GSJZQ"),
    *authority("CF_CFJG", "CF_CFJGDM", "处罚机关"),
    text("source_unit", "数据来源单位", "Source unit", "CF_SJLY", required=True),
    uscc("source_unit_uscc", "数据来源单位代码", "Source unit's code", "CF_SJLYDM", required=True),
    coded("status", "record_status", "当前状态", "Record status", "CF_ZT", required=True),
    updated_at(),
)

abnormal_listings = table(
    "abnormal_listings",
    _facts(
        "经营异常名录信息",
        "Abnormal-operation listings",
        ("uscc", "listed_on", "reason"),
        description="经营异常名录列入与移出 Listings and removals.",
        source="企业经营异常名录管理办法; domain 5.1",
        frequency="P1D",
        checks=(Check("listing_order", "removed_on >= listed_on", "移出日期不得早于列入日期", "Removal must not precede listing"),),
    ),
    *party("UNISCID", "ENTNAME"),
    coded("reason", "abnormal_reason", "列入原因", "Reason", "SPECAUSE", required=True),
    date("listed_on", "列入日期", "Listed on", "ABNTIME", required=True, not_future=True),
    *authority("DECORG_CN", zh="列入决定机关"),
    date("removed_on", "移出日期", "Removed on", "REMDATE", not_future=True),
    text("removal_reason", "移出原因", "Removal reason", "REMEXCPRES_CN"),
    updated_at(),
)

serious_listings = table(
    "serious_listings",
    _facts(
        "严重违法失信名单信息",
        "Serious-dishonesty listings",
        ("uscc", "listed_on", "decision_no"),
        description="市场监督管理严重违法失信名单 Serious unlawful and dishonest entities.",
        source="市场监督管理严重违法失信名单管理办法 (Order 44); domain 5.2",
        frequency="P1D",
        checks=(Check("listing_order", "removed_on >= listed_on", "移出日期不得早于列入日期", "Removal must not precede listing"),),
    ),
    *party("UNISCID", "ENTNAME"),
    text("decision_no", "列入决定文号", "Decision number", "LISTNO", required=True),
    prose("reason", "列入原因", "Reason", "SERILLREA_CN", required=True),
    date("listed_on", "列入日期", "Listed on", "ABNTIME", required=True, not_future=True),
    *authority("DECORG_CN", zh="列入决定机关"),
    date("removed_on", "移出日期", "Removed on", "REMDATE", not_future=True),
    updated_at(),
)

inspection_results = table(
    "inspection_results",
    _facts(
        "双随机抽查检查结果",
        "Inspection results",
        ("uscc", "plan_no", "inspected_on"),
        description="“双随机、一公开”抽查检查结果 Results of random inspections.",
        source="domain 5.4",
        frequency="P1D",
    ),
    *party("UNISCID", "ENTNAME"),
    text("plan_no", "抽查计划编号", "Plan number", "PLANNO", required=True),
    text("task", "抽查任务名称", "Task", "TASKNAME", required=True),
    date("inspected_on", "检查日期", "Inspected on", "INSDATE", required=True, not_future=True),
    *authority("INSAUTH_CN", zh="检查机关"),
    coded("result", "inspection_result", "检查结果", "Result", "INSRES", required=True),
    updated_at(),
)

risk_classes = table(
    "risk_classes",
    _facts(
        "企业信用风险分类",
        "Credit-risk classes",
        ("uscc", "month"),
        tier=Tier.GOVERNMENT,
        description="市场监管部门企业信用风险分类，仅供监管使用，不得公示 Internal to supervision.",
        source="国市监信发〔2022〕6号; domain 5.3",
        frequency="P1M",
    ),
    uscc(code="UNISCID", required=True, tier=Tier.GOVERNMENT),
    month("month", "评定月份", "Month", "PERIOD", required=True, tier=Tier.GOVERNMENT),
    coded("risk_class", "risk_class", "风险类别", "Risk class", "RISKCLASS", required=True, tier=Tier.GOVERNMENT),
    updated_at(),
)
