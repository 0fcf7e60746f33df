"""The release: what stands in ``authorised.db``, for whom an enterprise let look.

Not here: what is public, and guidance (``publication`` and its neighbours).
"""

from __future__ import annotations

from quality.contracts import credit, files, measures
from quality.contracts.model import Tier, describe, facts_of, reuse, table

_confidential = describe("publication", tier=Tier.AUTHORISED)

authorised_grades = table(
    "authorised_grades", _confidential("信用等级（授权）", "Grades", ("uscc", "evaluated_on")), *[reuse(item) for item in credit.grades.columns]
)

authorised_grade_history = table(
    "authorised_grade_history",
    _confidential(
        "月末等级历史（授权）",
        "Grade history",
        ("uscc", "evaluated_on", "known_on"),
        description="每个月末的等级及自何日起如此认定：可按当时所知或现在所知查询 Month-end grades as known then and as known now.",
    ),
    *[reuse(item) for item in credit.grades.columns],
    reuse(credit.grade_history.c.known_on, tier=Tier.AUTHORISED),
)

authorised_explanations = table(
    "authorised_explanations",
    _confidential("评分说明（授权）", "Explanations", ("uscc", "evaluated_on", "rule_id")),
    *[reuse(item) for item in credit.explanations.columns],
)

authorised_figures = table(
    "authorised_figures",
    _confidential("信用管理指标（授权）", "Credit-management figures", ("uscc", "evaluated_on")),
    *[reuse(item) for item in credit.credit_figures.columns],
)

authorised_incentives = table(
    "authorised_incentives", _confidential("企业激励（授权）", "Incentives", ("uscc", "incentive_code")), *[reuse(item) for item in measures.incentives.columns]
)

authorised_financials = table(
    "authorised_financials",
    _confidential("财务数据（授权）", "Financials", ("uscc", "quarter_end")),
    *[reuse(item) for item in files.financials.columns if facts_of(item).tier is not Tier.INTERNAL],
)
