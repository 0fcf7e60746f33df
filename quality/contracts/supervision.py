"""Supervision by credit: standings, replayable draws, joint visits, load, tolerance.

Grades and risk classes guide supervision and are never public; what is public is how a
draw was made and how much trouble was saved, as sums of five or more.
"""

from __future__ import annotations

from quality.contracts import measures, service
from quality.contracts.model import Tier, coded, date, describe, flag, integer, reuse, table, text, uscc

GOVERNMENT = Tier.GOVERNMENT
_facts = describe("measures", tier=GOVERNMENT)
plan = service.inspection_plans.c
frequency = measures.inspection_frequencies.c

inspection_standings = table(
    "inspection_standings",
    _facts(
        "监管分类",
        "Standing in supervision",
        ("standing_on", "uscc"),
        description="今日与各抽取日的抽查比例和免检理由 Ratio and exemption today and on every day of a draw.",
        source="domain 5.4; 淄高新管办字〔2023〕3号 三(二)2",
    ),
    date("standing_on", "日期", "Standing on", required=True, tier=GOVERNMENT),
    uscc(required=True, tier=GOVERNMENT),
    date("graded_on", "等级评价日", "Grade of", required=True, tier=GOVERNMENT),
    coded("letter", "park_grade", "信用等级", "Grade", tier=GOVERNMENT),
    coded("risk_class", "risk_class", "风险类别", "Risk class", tier=GOVERNMENT),
    reuse(frequency.ratio_bp),
    reuse(frequency.exempt),
    reuse(frequency.reason),
)

standing = inspection_standings.c
inspection_draws = table(
    "inspection_draws",
    _facts(
        "双随机抽取",
        "Draws",
        ("plan_no", "uscc"),
        description="每个计划的全部抽查对象与抽取结果，可凭种子重演 The whole population of each plan and who was drawn; anybody can replay it.",
        source="优化营商环境条例 第五十四条",
    ),
    reuse(plan.plan_no),
    uscc(required=True, tier=GOVERNMENT),
    reuse(standing.letter),
    reuse(standing.risk_class),
    reuse(standing.ratio_bp),
    reuse(standing.exempt),
    reuse(standing.reason),
    reuse(standing.graded_on),
    integer("stratum", "同比例对象数", "Enterprises of the same ratio", required=True, tier=GOVERNMENT),
    integer("place", "随机序位", "Place by chance", required=True, tier=GOVERNMENT),
    flag("drawn", "是否抽中", "Drawn", required=True, tier=GOVERNMENT),
)

inspection_visits = table(
    "inspection_visits",
    _facts("联合检查任务", "Joint visits", ("plan_no", "uscc"), description="进一家门、办多家事：被抽中企业一次完成的全部检查事项 One visit with all checks."),
    reuse(plan.plan_no),
    uscc(required=True, tier=GOVERNMENT),
    reuse(plan.period_from),
    reuse(plan.period_to),
    text("departments", "参与部门", "Departments", codes="inspection_department", tier=GOVERNMENT),
    text("items", "检查事项", "Checks", tier=GOVERNMENT),
    text("spared", "免除事项", "Checks spared", tier=GOVERNMENT),
    reuse(standing.exempt),
    reuse(standing.reason),
)

inspection_assignments = table(
    "inspection_assignments",
    _facts("检查人员抽取", "Inspectors drawn", ("plan_no", "uscc", "department", "inspector_no"), description="随机选派的检查人员编号 Inspectors by number."),
    reuse(plan.plan_no),
    uscc(required=True, tier=GOVERNMENT),
    reuse(service.inspection_staff.c.department),
    reuse(service.inspection_staff.c.inspector_no),
)

inspection_seals = table(
    "inspection_seals",
    _facts(
        "抽取留痕", "Seals of draws", ("plan_no",), description="对象库哈希与抽取数量，与公布的哈希核对 Fingerprint of the population beside the announced one."
    ),
    reuse(plan.plan_no),
    reuse(plan.seed),
    reuse(standing.graded_on),
    integer("population", "抽查对象数", "Population", required=True),
    integer("drawn", "抽中数", "Drawn", required=True),
    integer("drawn_exempt", "抽中且免除一般事项数", "Drawn and spared ordinary checks", required=True, tier=GOVERNMENT),
    text("population_sha256", "对象库哈希", "Fingerprint of the population", required=True, tier=GOVERNMENT),
    text("announced_sha256", "公布的哈希", "Announced fingerprint", tier=GOVERNMENT),
)

inspection_loads = table(
    "inspection_loads",
    _facts(
        "检查负担", "Inspection load", ("uscc",), description="联合抽查前后每年预期检查次数（万分之一次） Expected visits a year before and after, in 1/10000."
    ),
    uscc(required=True, tier=GOVERNMENT),
    reuse(standing.letter),
    reuse(standing.ratio_bp),
    reuse(standing.exempt),
    integer("before_bp", "各部门分别抽查", "Before, each by itself", required=True, tier=GOVERNMENT),
    integer("after_bp", "联合抽查", "After, jointly", required=True, tier=GOVERNMENT),
    integer("after_ordinary_bp", "其中一般事项", "Of these for ordinary checks", required=True, tier=GOVERNMENT),
    integer("visits_before", "前一年实际检查次数", "Visits in the year before", required=True, tier=GOVERNMENT),
    integer("visits", "近一年实际检查次数", "Visits within a year", required=True, tier=GOVERNMENT),
)

inspection_savings = table(
    "inspection_savings",
    _facts("减负成效", "Trouble saved", ("letter",), description="各等级每百户每年预期检查次数 Expected visits a year per hundred enterprises by grade."),
    text("letter", "等级", "Grade", required=True, example="A|B|C|D|N（未评）"),
    integer("enterprises", "企业数", "Enterprises", required=True),
    integer("exempt", "免除一般事项企业数", "Spared ordinary checks", required=True, tier=GOVERNMENT),
    integer("before_per_hundred", "分别抽查：每百户次数", "Before, per hundred", required=True),
    integer("after_per_hundred", "联合抽查：每百户次数", "After, per hundred", required=True),
    integer("ordinary_per_hundred", "其中一般事项", "Of these for ordinary checks", required=True),
)

tolerance_periods = table(
    "tolerance_periods",
    _facts(
        "包容期",
        "Tolerance periods",
        ("uscc", "qualification"),
        description="新业态企业触发式监管包容期，触碰底线即终止 Tolerance of new-economy enterprises until they touch the bottom line.",
        source="淄高新管办字〔2023〕3号 三(二)3",
    ),
    uscc(required=True, tier=GOVERNMENT),
    coded("qualification", "qualification", "资质类别", "Qualification", required=True, tier=GOVERNMENT),
    date("tolerated_from", "包容期起", "From", required=True, tier=GOVERNMENT),
    date("tolerated_until", "包容期止", "Until", required=True, tier=GOVERNMENT),
    date("ended_early_on", "触碰底线日期", "Bottom line touched on", tier=GOVERNMENT),
    flag("open", "是否有效", "Open", required=True, tier=GOVERNMENT),
    text("reason", "理由", "Reason", required=True, tier=GOVERNMENT),
)

first_offences = table(
    "first_offences",
    _facts(
        "轻微违法首违提醒",
        "Minor first offences",
        ("uscc", "item_code", "event_id"),
        description="轻微违法清单内的近期事项、是否首次与提醒 Recent matters of the list of minor offences, and the reminder due.",
        source="行政处罚法 第三十三条; 淄高新管办字〔2023〕3号 三(二)3",
    ),
    uscc(required=True, tier=GOVERNMENT),
    text("item_code", "清单编号", "Item", required=True, tier=GOVERNMENT),
    text("event_id", "事件标识", "Event id", required=True, tier=Tier.INTERNAL),
    text("title", "事项", "Matter", required=True, tier=GOVERNMENT),
    date("happened_on", "发生日期", "Happened on", required=True, tier=GOVERNMENT),
    flag("first_offence", "是否首次", "First of its kind", required=True, tier=GOVERNMENT),
    flag("tolerated", "是否在包容期", "Within tolerance", required=True, tier=GOVERNMENT),
    text("reminder", "提醒内容", "Reminder", required=True, tier=GOVERNMENT),
)
