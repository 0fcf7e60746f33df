"""What the policy engine produces: figures, grades and their explanations.

The wide indicator table is shaped by the policy document, not declared here.
"""

from __future__ import annotations

from quality.contracts.model import Tier, coded, date, describe, flag, integer, reuse, table, text, uscc

AUTHORISED = Tier.AUTHORISED
INTERNAL = Tier.INTERNAL


_facts = describe("credit", tier=Tier.AUTHORISED)


credit_figures = table(
    "credit_figures",
    _facts(
        "信用管理指标",
        "Credit-management figures",
        ("uscc", "evaluated_on"),
        description="销售增长率、赊销占比、应收账款周转天数与周转率 Sales growth, credit-sales share, DSO, turnover.",
        source="domain 12; notice 三(三)2",
    ),
    uscc(required=True),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=AUTHORISED),
    date("quarter_end", "最近季度", "Latest quarter", tier=AUTHORISED),
    integer("quarters", "可用季度数", "Quarters available (of eight)", tier=AUTHORISED),
    integer("sales_growth_bp", "销售增长率", "Sales growth", unit="bp", tier=AUTHORISED),
    integer("credit_sales_share_bp", "赊销占比", "Credit-sales share", unit="bp", tier=AUTHORISED),
    integer("dso_centidays", "应收账款周转天数", "Days sales outstanding", unit="1/100 day", tier=AUTHORISED),
    integer("dso_annual_centidays", "应收账款周转天数（年末法）", "DSO, year-end receivables", unit="1/100 day", tier=AUTHORISED),
    integer("dso_average_centidays", "应收账款周转天数（平均法）", "DSO, mean receivables", unit="1/100 day", tier=AUTHORISED),
    integer("dso_countback_centidays", "应收账款周转天数（倒推法）", "DSO, counted back", unit="1/100 day", tier=AUTHORISED),
    integer("turnover_bp", "应收账款周转率", "Receivables turnover", unit="1/10000 times", tier=AUTHORISED),
)

industry_benchmarks = table(
    "industry_benchmarks",
    _facts(
        "行业基准",
        "Industry benchmarks",
        ("evaluated_on", "industry_section", "figure"),
        tier=Tier.INTERNAL,
        description="园区同行业企业指标的中位数与四分位距 Median and quartile distance of the park's own enterprises.",
        source="domain 12",
    ),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=INTERNAL),
    coded("industry_section", "industry_section", "行业门类", "Industry section", required=True, tier=INTERNAL),
    text("figure", "指标", "Figure", required=True, tier=INTERNAL),
    integer("enterprises", "企业数", "Enterprises", required=True, tier=INTERNAL),
    integer("median", "中位数", "Median", required=True, tier=INTERNAL),
    integer("spread", "四分位距", "Distance between the quartiles", required=True, tier=INTERNAL),
)

grades = table(
    "grades",
    _facts(
        "信用等级",
        "Grades",
        ("uscc", "evaluated_on"),
        description="生效的园区信用等级：每月末及评价日；降级经告知、异议、确认后生效 The park grade in force at each month end and on the evaluation date; a lower one only after notice, objection and confirmation.",
        source="notice 三(一)1",
    ),
    uscc(required=True),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=AUTHORISED),
    text("policy_id", "评价规则版本", "Policy", required=True, tier=AUTHORISED),
    coded("state", "grade_state", "评价状态", "State", required=True, tier=AUTHORISED),
    integer("score_points", "信用分（千分之一分）", "Score, thousandths of a point", unit="1/1000 point", tier=AUTHORISED),
    coded("letter", "park_grade", "信用等级", "Grade", tier=AUTHORISED),
    integer("completeness_bp", "数据完整度", "Completeness", unit="bp", required=True, tier=AUTHORISED),
    flag("vetoed", "是否一票否决", "Vetoed", required=True, tier=AUTHORISED),
    text("veto_rule", "否决或限制规则", "Veto or cap rule", tier=AUTHORISED),
)

computed_grades = table(
    "computed_grades",
    _facts(
        "计算等级",
        "Computed grades",
        ("uscc", "evaluated_on"),
        tier=Tier.INTERNAL,
        description="按规则计算的等级；降级告知、异议、确认之前不生效 What the rules give; a lower letter is not in force before notice, objection and confirmation.",
        source="domain 11.4",
    ),
    *[reuse(item) for item in grades.columns],
)

grade_ledger = table(
    "grade_ledger",
    _facts(
        "等级台账",
        "Grade ledger",
        ("uscc", "known_on"),
        tier=Tier.INTERNAL,
        description="每次运行当日的计算等级，有变化才添一行，既往不改 What was computed on the days of runs, a row where it changed; the past is never changed.",
        source="domain 11.4",
    ),
    reuse(grades.c.uscc),
    date("known_on", "计算日期", "Computed on", required=True, tier=INTERNAL),
    *[reuse(grades.c[name]) for name in ("policy_id", "state", "letter", "score_points")],
)

downgrades = table(
    "downgrades",
    _facts(
        "拟降级",
        "Downgrades that wait",
        ("subject",),
        tier=Tier.INTERNAL,
        description="已告知、可异议、待确认的降级，及依法即时生效的降级；只向企业本身和信用办出示 Announced downgrades and those the law lets take effect at once; shown to the enterprise itself and the office.",
        source="domain 11.4; 山东省社会信用条例第三十九条",
    ),
    text("subject", "降级编号", "Downgrade", required=True, tier=AUTHORISED),
    uscc(required=True, tier=AUTHORISED),
    text("enterprise_name", "企业名称", "Enterprise", required=True, tier=AUTHORISED),
    coded("letter", "park_grade", "现行等级", "Grade in force", required=True, tier=AUTHORISED),
    coded("pending_letter", "park_grade", "拟定等级", "Grade to come", required=True, tier=AUTHORISED),
    coded("pending_state", "grade_state", "拟定状态", "State to come", required=True, tier=AUTHORISED),
    date("found_on", "计算日期", "Computed since", required=True, tier=AUTHORISED),
    date("told_on", "告知日期", "Told on", tier=AUTHORISED),
    date("objection_until", "异议截止日期", "Last day to object", tier=AUTHORISED),
    date("confirmed_on", "确认日期", "Confirmed on", tier=AUTHORISED),
    coded("stage", "downgrade_stage", "阶段", "Stage", required=True, tier=AUTHORISED),
    text("reason_zh", "原因", "Reason (Chinese)", tier=AUTHORISED),
    text("reason_en", "原因（英文）", "Reason (English)", tier=AUTHORISED),
)

grade_history = table(
    "grade_history",
    _facts(
        "月末等级历史",
        "Grade history",
        ("uscc", "evaluated_on", "known_on"),
        tier=Tier.INTERNAL,
        description="每个月末的等级及自何日起如此认定，只增不改 What we held of a month end, and from which day on; never changed.",
        source="domain 14.4",
    ),
    *[reuse(item) for item in grades.columns],
    date("known_on", "认定日期", "Known on", required=True, tier=INTERNAL),
)

explanations = table(
    "explanations",
    _facts(
        "评分说明",
        "Explanations",
        ("uscc", "evaluated_on", "rule_id"),
        description="每条生效规则一行，合计等于信用分 One row per rule that fired; the sum is the score.",
    ),
    uscc(required=True),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=AUTHORISED),
    text("dimension", "维度", "Dimension", required=True, tier=AUTHORISED),
    text("indicator", "指标", "Indicator", required=True, tier=AUTHORISED),
    text("rule_id", "规则编号", "Rule", required=True, tier=AUTHORISED),
    text("raw_value", "指标值", "Raw value", tier=AUTHORISED),
    integer("points", "分值（千分之一分）", "Points, thousandths", unit="1/1000 point", required=True, tier=AUTHORISED),
    text("reason_zh", "原因", "Reason (Chinese)", required=True, tier=AUTHORISED),
    text("reason_en", "原因（英文）", "Reason (English)", required=True, tier=AUTHORISED),
    text("legal_source", "依据", "Legal source", tier=AUTHORISED),
)

advice = table(
    "advice",
    _facts(
        "改进建议",
        "Improvement advice",
        ("uscc", "evaluated_on", "indicator"),
        description="企业可以做到的改变，按同一规则重新计算可得的分值与等级 What an enterprise can change, graded anew by the same rules.",
        source="notice 三(三)3",
    ),
    uscc(required=True),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=AUTHORISED),
    text("indicator", "指标", "Indicator", required=True, tier=AUTHORISED),
    text("action_zh", "建议", "Action (Chinese)", required=True, tier=AUTHORISED),
    text("action_en", "建议（英文）", "Action (English)", required=True, tier=AUTHORISED),
    integer("points_gained", "可得分值（千分之一分）", "Points gained, thousandths", unit="1/1000 point", required=True, tier=AUTHORISED),
    coded("letter_before", "park_grade", "现等级", "Grade now", required=True, tier=AUTHORISED),
    coded("letter_after", "park_grade", "可达等级", "Grade then", required=True, tier=AUTHORISED),
    flag("lifts", "是否提升等级", "Lifts the grade", required=True, tier=AUTHORISED),
)

evidence = table(
    "evidence",
    _facts(
        "评分依据",
        "Evidence",
        ("uscc", "rule_id", "event_id"),
        tier=Tier.INTERNAL,
        description="规则与所依据记录的对照，可追溯至原始报文行 Which records a rule rests on, down to the raw line.",
    ),
    uscc(required=True),
    date("evaluated_on", "评价日期", "Evaluated on", required=True, tier=Tier.INTERNAL),
    text("rule_id", "规则编号", "Rule", required=True, tier=Tier.INTERNAL),
    text("event_id", "事件标识", "Event id", required=True, tier=Tier.INTERNAL),
    text("dataset", "来源数据集", "Dataset", required=True, tier=Tier.INTERNAL),
    text("record_key", "记录标识", "Record key", required=True, tier=Tier.INTERNAL),
)
