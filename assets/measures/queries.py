"""The statements of the measures station, bound to the policy and the day."""

from __future__ import annotations

from sqlglot import exp

from assets import sql
from assets.reference import rows_query
from assets.setup import Setup
from assets.station import Build

PACKAGE = "assets.measures"


def dated(name: str) -> Build:
    """How to build a statement that needs nothing but the day."""

    def build(setup: Setup) -> exp.Query:
        return sql.bind(sql.load(PACKAGE, name), today=setup.today)

    return build


def inspection_standings(setup: Setup) -> exp.Query:
    """Ratio and exemption of every enterprise on the days that matter."""
    rules = setup.policy.measures.inspection
    return sql.bind(
        sql.load(PACKAGE, "inspection_standings"),
        today=setup.today,
        ratio_bp_not_graded=rules.ratio_bp_not_graded,
    )


def honour_candidates(setup: Setup) -> exp.Query:
    """Every round of the honour lists, judged as of its own day."""
    lists = setup.policy.measures.honours
    return sql.bind(
        sql.load(PACKAGE, "honour_candidates"),
        today=setup.today,
        month_ends=lists.leader.month_ends,
        standard_stage=lists.standard_model.stage,
    )


def honour_lists(setup: Setup) -> exp.Query:
    """The four honour lists."""
    lists = setup.policy.measures.honours
    return sql.bind(
        sql.load(PACKAGE, "honour_lists"),
        today=setup.today,
        tax_a_grade=lists.tax_a.grade,
        leader_zh=lists.leader.zh,
        leader_en=lists.leader.en,
        supported_zh=lists.supported.zh,
        supported_en=lists.supported.en,
        standard_zh=lists.standard_model.zh,
        standard_en=lists.standard_model.en,
        tax_a_zh=lists.tax_a.zh,
        tax_a_en=lists.tax_a.en,
    )


def policy_letters(setup: Setup) -> exp.Query:
    """``policy_letters(letter, rank, published, ratio_bp)``: letters, best first."""
    policy = setup.policy
    ratios = policy.measures.inspection.ratio_bp_by_letter
    rows = [
        (letter, rank, letter in policy.publication.letters, ratios.get(letter))
        for letter, rank in policy.ranks().items()
    ]
    columns = {
        "letter": "TEXT",
        "rank": "INT",
        "published": "BOOLEAN",
        "ratio_bp": "BIGINT",
    }
    return rows_query(columns, rows)


def policy_risk_ratios(setup: Setup) -> exp.Query:
    """``policy_risk_ratios(risk_class, ratio_bp)``."""
    ratios = setup.policy.measures.inspection.ratio_bp_by_risk_class
    return rows_query({"risk_class": "TEXT", "ratio_bp": "BIGINT"}, [*ratios.items()])


def policy_exemptions(setup: Setup) -> exp.Query:
    """``policy_exemptions(qualification, letter, zh)``: whom random checks pass over."""
    rows = [
        (qualification, letter, rule.zh)
        for rule in setup.policy.measures.inspection.exemptions
        for qualification in rule.qualifications
        for letter in rule.letters
    ]
    return rows_query(dict.fromkeys(("qualification", "letter", "zh"), "TEXT"), rows)


def policy_honour_letters(setup: Setup) -> exp.Query:
    """``policy_honour_letters(honour_list, letter)``: grades each list accepts."""
    lists = setup.policy.measures.honours
    accepted = {
        "leader": lists.leader.letters,
        "supported": lists.supported.letters,
        "standard_model": lists.standard_model.letters,
    }
    rows = [(name, letter) for name, letters in accepted.items() for letter in letters]
    return rows_query(dict.fromkeys(("honour_list", "letter"), "TEXT"), rows)


def policy_honour_severities(setup: Setup) -> exp.Query:
    """``policy_honour_severities(severity)``: what a leader must be free of."""
    found = setup.policy.measures.honours.leader.no_open_severities
    return rows_query({"severity": "TEXT"}, [(s,) for s in found])


def policy_honour_kinds(setup: Setup) -> exp.Query:
    """``policy_honour_kinds(kind)``: what a supported enterprise must hold one of."""
    found = setup.policy.measures.honours.supported.any_of_kinds
    return rows_query({"kind": "TEXT"}, [(k,) for k in found])
