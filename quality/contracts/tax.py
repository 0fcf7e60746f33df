"""Tax records: payment credit, arrears, serious cases, quarterly statements.

Only the A list, arrears notices and serious cases are public (domain 3); figures are
for those an enterprise authorises. Not here: how grades are used (``assets/credit``).
"""

from __future__ import annotations

from quality.contracts.fields import updated_at
from quality.contracts.model import Check, Item, Tier, coded, date, describe, integer, money, prose, table, text

AGENCY = "tax"
# A thousand milliard yuan, more than any firm sells or owes in a quarter: beyond it a unit is
# mixed up, and figures made of it would not fit whole numbers of 64 bits.
LARGEST_FEN = 10**14
TAXPAYER_ID = r"[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-Z]{15}"


_facts = describe("records", AGENCY)


def _taxpayer() -> list[Item]:
    return [
        text("taxpayer_id", "纳税人识别号", "Taxpayer number", "nsrsbh", required=True, pattern=TAXPAYER_ID, example="91370303MA3C00003D"),
        text("party_name", "纳税人名称", "Taxpayer name", "nsrmc", required=True),
    ]


tax_credit_grades = table(
    "tax_credit_grades",
    _facts(
        "纳税缴费信用级别",
        "Tax-payment credit grades",
        ("taxpayer_id", "year"),
        tier=Tier.AUTHORISED,
        description="年度纳税缴费信用评价结果；仅A级向社会公开 Yearly grades; only the A list is public.",
        source="纳税缴费信用管理办法 (STA 2025 No. 12)",
        frequency="P1Y",
    ),
    *_taxpayer(),
    integer("year", "评价年度", "Year assessed", "pjnd", required=True, minimum=2014, maximum=2100),
    coded("grade", "tax_credit_grade", "信用级别", "Grade", "xydj", required=True, tier=Tier.AUTHORISED),
    text("authority", "评价单位", "Assessing authority", "pjdw"),
    date("decided_on", "评定日期", "Decided on", "pdsj", not_future=True),
    updated_at("gxsj"),
)

tax_arrears = table(
    "tax_arrears",
    _facts(
        "欠税公告",
        "Tax arrears notices",
        ("taxpayer_id", "tax_kind", "quarter_end"),
        description="企业欠税按季公告，不含滞纳金和罚款 Quarterly notices.",
        source="欠税公告办法（试行）; 税收征收管理法 第四十五条",
        frequency="P3M",
        refused=("fddbrzjhm",),
        checks=(Check("cleared_order", "cleared_on >= announced_on", "清缴日期不得早于公告日期", "Settlement must not precede the notice"),),
    ),
    *_taxpayer(),
    text("tax_kind", "欠税税种", "Tax", "qssz", required=True),
    date("quarter_end", "公告期", "Quarter ended", "ggq", required=True, not_future=True),
    money("balance_fen", "欠税余额", "Balance owed", "qsye", required=True, minimum=0, maximum=LARGEST_FEN),
    money("newly_owed_fen", "当期新发生的欠税金额", "Newly owed", "dqxfsqsje", minimum=0, maximum=LARGEST_FEN),
    text("authority", "公告机关", "Announced by", "ggjg", required=True),
    date("announced_on", "公告日期", "Announced on", "ggrq", required=True, not_future=True),
    date("cleared_on", "清缴日期", "Settled on", "qjrq", not_future=True),
    updated_at("gxsj"),
)

serious_tax_cases = table(
    "serious_tax_cases",
    _facts(
        "重大税收违法失信主体",
        "Serious tax cases",
        ("taxpayer_id", "case_no"),
        description="重大税收违法失信主体信息公布 Published serious tax violators.",
        source="重大税收违法失信主体信息公布管理办法 (STA Order 54)",
        frequency="P1D",
        refused=("fddbrzjhm", "cwfzrzjhm"),
        checks=(Check("listing_order", "removed_on >= listed_on", "停止公布日期不得早于公布日期", "Removal must not precede publication"),),
    ),
    *_taxpayer(),
    text("case_no", "案件编号", "Case number", "ajbh", required=True),
    text("nature", "案件性质", "Nature", "ajxz", required=True),
    prose("facts", "主要违法事实", "Facts", "zywfss", required=True),
    prose("handling", "相关法律依据及处理处罚情况", "Basis and handling", "clcfqk", required=True),
    text("authority", "公布机关", "Published by", "gbjg", required=True),
    date("listed_on", "公布日期", "Published on", "gbrq", required=True, not_future=True),
    date("removed_on", "停止公布日期", "Publication stopped on", "tzgbrq", not_future=True),
    updated_at("gxsj"),
)

financial_statements = table(
    "financial_statements",
    _facts(
        "季度财务报表",
        "Quarterly financial statements",
        ("taxpayer_id", "quarter_end"),
        tier=Tier.AUTHORISED,
        description="季度营业收入、赊销收入与应收账款，授权查询 Trade secrets, by authorisation.",
        source="domain 12",
        frequency="P3M",
    ),
    *_taxpayer(),
    date("quarter_end", "所属期止", "Quarter ended", "sssqz", required=True, not_future=True),
    money("revenue_fen", "营业收入（本季）", "Revenue of the quarter", "yysr", required=True, minimum=-LARGEST_FEN, maximum=LARGEST_FEN, tier=Tier.AUTHORISED),
    money("credit_sales_fen", "赊销收入（本季）", "Credit sales of the quarter", "sxsr", minimum=-LARGEST_FEN, maximum=LARGEST_FEN, tier=Tier.AUTHORISED),
    money("receivables_begin_fen", "应收账款期初", "Receivables, opening", "yszkqc", minimum=-LARGEST_FEN, maximum=LARGEST_FEN, tier=Tier.AUTHORISED),
    money("receivables_end_fen", "应收账款期末", "Receivables, closing", "yszkqm", minimum=-LARGEST_FEN, maximum=LARGEST_FEN, tier=Tier.AUTHORISED),
    date("filed_on", "报送日期", "Filed on", "bsrq", tier=Tier.AUTHORISED, not_future=True),
    updated_at("gxsj"),
)
