"""The tables of ``policy/``: what the office edits about measures, as SQL reads it.

Every file names its source and how sure we are of it. Not here: the grading policy and
what it says of ratios and honours (``queries``).
"""

from __future__ import annotations

from functools import partial

from sqlglot import exp

from assets.reference import policy_file
from assets.setup import Setup
from assets.station import Statement

PACKAGE = "assets.measures"
_NUMBERS = """
below_months budget_fen clean_months flat_ratio_bp from_months horizon_months
inspectors_per_visit limit_value month_ends notice_workdays place quota remind_months
repeat_months revenue_from_fen rounds_per_year staff_from tolerance_months wanted
window_months year
"""
INTEGERS = dict.fromkeys(_NUMBERS.split(), "BIGINT")
FLAGS = dict.fromkeys(("cumulative", "exemptible", "delist_on_veto"), "BOOLEAN")
TYPES = INTEGERS | FLAGS | {"due_on": "DATE"}
FILES = {
    "incentive_terms": "激励措施的叠加规则 Which measures add up.",
    "incentive_budgets": "激励年度预算 Yearly budgets.",
    "approval_items": "信易批、容缺受理与绿色通道事项 Services of approval.",
    "inspection_checks": "部门联合抽查事项清单 Checks by department.",
    "inspection_departments": "各部门单独抽查的次数与比例 Rounds before they were joint.",
    "clean_exemptions": "守信免检条件 Who is spared ordinary checks for a clean file.",
    "tolerance_terms": "包容期 Terms of tolerance.",
    "first_offence_items": "轻微违法首违不罚清单 Minor first offences.",
    "honour_terms": "名录公示、名额与除名条件 Notice, quota and delisting.",
    "targets": "创建指标 Targets of the notice.",
    "warning_rules": "预警规则、窗口与阈值 Rules, windows and limits of warnings.",
    "chain_segments": "产业链环节与目标数 Segments of the chains and how many are wanted.",
    "life_stages": "发展阶段 Life-cycle stages by age.",
    "enterprise_sizes": "企业规模划分 Sizes by staff and revenue.",
}


def policy_files() -> list[Statement]:
    """``policy_<file>`` for every file."""
    return [
        Statement(f"policy_{name}", partial(_read, name), (), described)
        for name, described in FILES.items()
    ]


def _read(name: str, _: Setup) -> exp.Query:
    return policy_file(PACKAGE, name, TYPES)
