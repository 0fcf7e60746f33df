"""The files station: reference tables, identities, enterprises, the ledger."""

from __future__ import annotations

import dagster as dg

from assets import reference, sql
from assets.files import queries, severity
from assets.files.decisions import decisions_query
from assets.measures.definitions import policy_statements
from assets.station import Statement, statement, station

STATION = "files"
REFERENCE = "reference"

REFERENCE_TABLES = [
    statement("codes", reference.codes(), "代码表 Every code list."),
    Statement(
        "policy_severity",
        lambda _: severity.severity_query(severity.shipped()),
        (),
        "失信程度划分 Classes of penalties.",
    ),
    statement(
        "policy_publicity", reference.policy_publicity(), "公示期限 Publicity periods."
    ),
    statement(
        "policy_terms",
        reference.policy_terms(),
        "名单期限与宽限期 Terms of lists, grace of payments.",
    ),
    Statement(
        "evaluations",
        lambda s: reference.evaluations(s.sources.history_from, s.today),
        (),
        "评价日 Month ends of the history, and today.",
    ),
    Statement(
        "identity_decisions",
        lambda s: decisions_query(s.identity_decisions),
        (),
        "主体认定 What the office decided about who a written party is.",
    ),
    Statement(
        "working_days",
        lambda s: reference.working_days(s.sources.history_from, s.today),
        (),
        "工作日历，含调休 Working days with make-up days.",
    ),
    *policy_statements(),
]


TABLES = [
    Statement(
        "identities",
        lambda setup: queries.identities(setup.sources.membership),
        sql.inputs(sql.load(queries.PACKAGE, "identities")),
    ),
    statement("identity_candidates", queries.identity_candidates()),
    Statement(
        "enterprises",
        lambda setup: queries.enterprises(setup.today, setup.sources.membership),
        sql.inputs(sql.load(queries.PACKAGE, "enterprises")),
    ),
    Statement(
        "memberships",
        lambda setup: queries.memberships(setup.sources.membership),
        sql.inputs(sql.load(queries.PACKAGE, "memberships")),
    ),
    statement(
        "penalty_classes",
        queries.penalty_classes(),
        "处罚分类与期限 Class and dates of penalties.",
    ),
    statement("credit_events", queries.credit_events()),
    statement("financials", queries.financials()),
]


def files_assets(made_by: dict[str, str]) -> list[dg.AssetsDefinition]:
    """The reference and files steps; adds their tables to ``made_by``."""
    made_by.update({s.table: REFERENCE for s in REFERENCE_TABLES})
    first = station(REFERENCE, REFERENCE_TABLES, made_by)
    second = station(STATION, TABLES, made_by)
    made_by.update({s.table: STATION for s in TABLES})
    return [first, second]
