"""The measures station, and the policy's tables it joins."""

from __future__ import annotations

import dagster as dg

from assets import sql
from assets.measures import policies, queries
from assets.measures.policy_rules import policy_rules
from assets.station import Build, Statement, station

STATION = "measures"
POLICY_TABLES: dict[str, tuple[Build, str]] = {
    "policy_letters": (queries.policy_letters, "等级与抽查比例 Letters, best first."),
    "policy_risk_ratios": (
        queries.policy_risk_ratios,
        "风险分类抽查比例 Ratios by class.",
    ),
    "policy_exemptions": (queries.policy_exemptions, "免检条件 Inspection exemptions."),
    "policy_honour_letters": (
        queries.policy_honour_letters,
        "名录等级条件 Grades by list.",
    ),
    "policy_honour_severities": (
        queries.policy_honour_severities,
        "领跑企业不得有的失信 What leaders are free of.",
    ),
    "policy_honour_kinds": (
        queries.policy_honour_kinds,
        "助跑企业条件 What they hold.",
    ),
    "policy_rules": (policy_rules, "评价规则逐条 The rules as the public reads them."),
}
MEASURES: dict[str, Build] = {
    "incentives": queries.dated("incentives"),
    "incentive_grants": queries.dated("incentive_grants"),
    "incentive_periods": queries.dated("incentive_periods"),
    "incentive_costs": queries.dated("incentive_costs"),
    "approval_services": queries.dated("approval_services"),
    "inspection_standings": queries.inspection_standings,
    "inspection_frequencies": queries.dated("inspection_frequencies"),
    "inspection_draws": queries.dated("inspection_draws"),
    "inspection_visits": queries.dated("inspection_visits"),
    "inspection_assignments": queries.dated("inspection_assignments"),
    "inspection_seals": queries.dated("inspection_seals"),
    "inspection_loads": queries.dated("inspection_loads"),
    "inspection_savings": queries.dated("inspection_savings"),
    "tolerance_periods": queries.dated("tolerance_periods"),
    "first_offences": queries.dated("first_offences"),
    "honour_candidates": queries.honour_candidates,
    "honour_lists": queries.honour_lists,
    "honour_notices": queries.dated("honour_notices"),
    "target_progress": queries.dated("target_progress"),
    "warning_signals": queries.dated("warning_signals"),
    "warnings": queries.dated("warnings"),
    "warning_evidence": queries.dated("warning_evidence"),
    "warning_backtest": queries.dated("warning_backtest"),
    "enterprise_profiles": queries.dated("enterprise_profiles"),
    "finance_matches": queries.dated("finance_matches"),
    "finance_results": queries.dated("finance_results"),
    "policy_matches": queries.dated("policy_matches"),
    "policy_progress": queries.dated("policy_progress"),
    "standard_progress": queries.dated("standard_progress"),
    "standard_effects": queries.dated("standard_effects"),
    "government_integrity": queries.dated("government_integrity"),
}


def policy_statements() -> list[Statement]:
    """The policy's own tables, and the office's files."""
    bound = [Statement(n, b, (), zh) for n, (b, zh) in POLICY_TABLES.items()]
    return [*bound, *policies.policy_files()]


def measures_statements() -> list[Statement]:
    """What the measures step runs, in order."""
    return [
        Statement(name, build, sql.inputs(sql.load(queries.PACKAGE, name)))
        for name, build in MEASURES.items()
    ]


def measures_assets(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """The measures step; adds its tables to ``made_by``."""
    statements = measures_statements()
    made_by.update({s.table: STATION for s in statements})
    return station(STATION, statements, made_by)
