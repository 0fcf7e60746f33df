"""All rules of a table over a relation of candidate rows, as one query.

A candidate relation has the contract's columns (typed), ``unparsed`` (TEXT[]: columns
whose value was there and was not understood, never NULL), ``raw`` (JSON text of the row
as sent) and ``row_number`` (BIGINT). Blank text is NULL; of a code column the unknown
spelling is kept. The relation is read once; only rows that violate something are looked
at rule by rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Table
from sqlglot import exp

from quality.rules.derive import rules_of
from quality.rules.kinds import Parsed
from quality.rules.model import RAW, ROW, UNPARSED, Rule

_SUSPECTS = "suspects"


def violations_query(
    table: Table,
    relation: str,
    today: date,
    fields: Mapping[str, str] | None = None,
) -> exp.Query:
    """One row per violation: ``row_number, rule_id, column, value, severity``.

    Args:
        table: the contract.
        relation: name of a candidate relation.
        today: the evaluation date.
        fields: the agency's field of a column, where it differs from the contract.
    """
    rules = [_with_field(rule, fields or {}) for rule in rules_of(table)]
    first, *rest = (_violations(number, rule) for number, rule in enumerate(rules))
    query: exp.Query = first
    for other in rest:
        query = exp.union(query, other, distinct=False, copy=False)
    suspects = _suspects(table, relation, today)
    return query.with_(_SUSPECTS, as_=suspects, materialized=True, copy=False)


def broken(table: Table, today: date) -> exp.Expr:
    """True for a candidate row that violates at least one rule, else false."""
    tests = (rule.predicate(today) for rule in rules_of(table))
    return exp.paren(exp.or_(exp.false(), *tests, copy=False), copy=False)


def _with_field(rule: Rule, fields: Mapping[str, str]) -> Rule:
    field = fields.get(rule.columns[0])
    if field is None or not isinstance(rule, Parsed):
        return rule
    return replace(rule, field=field)


def _suspects(table: Table, relation: str, today: date) -> exp.Select:
    """The candidates that violate at least one rule, with one flag a rule."""
    names = [ROW, UNPARSED, RAW, *(c.name for c in table.columns)]
    flags = [
        exp.alias_(rule.predicate(today), _flag(number), quoted=True, copy=False)
        for number, rule in enumerate(rules_of(table))
    ]
    judged = exp.select(*map(_column, names), *flags, copy=False)
    judged = judged.from_(exp.to_table(relation), copy=False)
    broken = exp.or_(*(_column(flag.alias) for flag in flags), copy=False)
    marked = exp.select("*").from_(judged.subquery("judged", copy=False), copy=False)
    return marked.where(broken, copy=False)


def _violations(number: int, rule: Rule) -> exp.Select:
    values = {
        ROW: _column(ROW),
        "rule_id": exp.Literal.string(rule.id),
        "column": exp.Literal.string(",".join(rule.columns)),
        "value": rule.offending,
        "severity": exp.Literal.string(rule.severity),
    }
    named = (
        exp.alias_(value, name, quoted=True, copy=False)
        for name, value in values.items()
    )
    rows = exp.select(*named, copy=False).from_(_SUSPECTS, copy=False)
    return rows.where(_column(_flag(number)), copy=False)


def _flag(number: int) -> str:
    return f"rule_{number}"


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
