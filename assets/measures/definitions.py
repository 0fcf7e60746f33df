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
    "inspection_frequencies": queries.inspection_frequencies,
    "honour_lists": queries.honour_lists,
}


def policy_statements() -> list[Statement]:
    """The policy's own tables, and the office's files."""
    bound = [Statement(n, b, (), zh) for n, (b, zh) in POLICY_TABLES.items()]
    return [*bound, *policies.policy_files()]


def measures_assets(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """The measures step; adds its tables to ``made_by``."""
    statements = [
        Statement(name, build, sql.inputs(sql.load(queries.PACKAGE, name)))
        for name, build in MEASURES.items()
    ]
    made_by.update({s.table: STATION for s in statements})
    return station(STATION, statements, made_by)
