"""Suites: what Great Expectations is asked about each table, in plain values.

Row rules become expectations from the same objects that make the SQL; columns, key and
volume come from the contract. What GX cannot say over plain columns runs over helper
columns that DuckDB computes when the frame is made (``frame_query``). Not here: GX
(``quality.engine``) and the rules themselves (``quality.rules``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Table
from sqlglot import exp

from quality.contracts.model import table_facts
from quality.rules import (
    KnownAuthority,
    Maximum,
    Member,
    Members,
    Minimum,
    NoPersonalData,
    NotFuture,
    Parsed,
    Pattern,
    Required,
    Rule,
    Severity,
    SqlCheck,
    ValidUscc,
    rules_of,
)
from quality.rules.model import ROW, UNPARSED, bind, contains
from quality.rules.wording import Message
from quality.verdicts import Aspect

# Names with two underscores are the frame's own; contracts have none.
FRAME_ROW = "frame__row"
_VERSION = "updated_at"
_REVERSED: dict[type[exp.Expr], bool] = {
    exp.GTE: False,
    exp.GT: False,
    exp.LTE: True,
    exp.LT: True,
}


@dataclass(frozen=True)
class Expectation:
    """One expectation.

    Attributes:
        rule_id: the row rule it states, or ``<table>.table.<property>``.
        type: the name of the GX class, or of one in ``quality.engine.custom``.
        kwargs: its arguments.
        aspect: the asset check it counts for.
        severity: what a failure means.
        message: what is wrong with a violating row and what to do.
        title: its name in Chinese, told beside the message.
        where: a boolean column; only rows in which it is true are judged.
    """

    rule_id: str
    type: str
    kwargs: Mapping[str, Any]
    aspect: Aspect
    severity: Severity
    message: Message
    title: str
    where: str | None = None


Statement = tuple[str, dict[str, Any]]


def suite_of(
    table: Table, today: date, *, arriving: bool = False
) -> tuple[Expectation, ...]:
    """Everything expected of ``table`` on ``today``.

    Args:
        table: the contract.
        today: the evaluation date.
        arriving: judge candidate rows, which may hold values that were not understood.
    """
    rules = [r for r in rules_of(table) if arriving or not isinstance(r, Parsed)]
    return (
        *_table_suite(table, arriving),
        *(_of_rule(r, today, arriving) for r in rules),
    )


def frame_query(
    table: Table, relation: str, today: date, *, arriving: bool = False
) -> exp.Select:
    """The rows of ``relation`` as GX judges them: contract columns and helper columns.

    An arriving relation is one of candidates (``quality.rules.query``) and keeps its
    row numbers; the rows of any other are numbered here.
    """
    number: exp.Expr = exp.column(ROW, quoted=True)
    if not arriving:
        number = exp.Window(this=exp.func("ROW_NUMBER"))
    columns = [exp.column(c.name, quoted=True) for c in table.columns]
    helpers = _helpers(table, today, arriving)
    named = [exp.alias_(value, name, quoted=True) for name, value in helpers.items()]
    numbered = exp.alias_(number, FRAME_ROW, quoted=True)
    return exp.select(numbered, *columns, *named).from_(exp.to_table(relation))


def frame_columns(table: Table, arriving: bool) -> list[str]:
    """The columns of that query, in order."""
    helpers = _helpers(table, date.min, arriving)
    return [FRAME_ROW, *(c.name for c in table.columns), *helpers]


def _helpers(table: Table, today: date, arriving: bool) -> dict[str, exp.Expr]:
    found: dict[str, exp.Expr] = {}
    for rule in rules_of(table):
        if isinstance(rule, Parsed) and arriving:
            found[_parsed_name(rule)] = exp.not_(contains(UNPARSED, rule.columns[0]))
        elif isinstance(rule, SqlCheck) and _pair(rule) is None:
            found[f"check__{rule.check}"] = bind(rule.sound, today)
    return found


def _parsed_name(rule: Rule) -> str:
    return f"parsed__{rule.columns[0]}"


def _table_suite(table: Table, arriving: bool) -> list[Expectation]:
    facts = table_facts(table)
    # Records keep every version: one key may come again, at another time.
    versions = (_VERSION,) if facts.agency and _VERSION in table.columns else ()
    key = [*facts.key, *versions]
    unique: Statement = ("ExpectColumnValuesToBeUnique", {"column": key[0]})
    if len(key) > 1:
        unique = ("ExpectCompoundColumnsToBeUnique", {"column_list": key})
    columns = {"column_set": frame_columns(table, arriving), "exact_match": True}
    volume = {"min_value": facts.minimum_rows}
    return [
        _of_table(table, Aspect.SCHEMA, ("ExpectTableColumnsToMatchSet", columns)),
        _of_table(table, Aspect.KEYS, unique),
        _of_table(table, Aspect.VOLUME, ("ExpectTableRowCountToBeBetween", volume)),
    ]


def _of_table(table: Table, aspect: Aspect, statement: Statement) -> Expectation:
    message = _TABLE_MESSAGES[aspect]
    rule_id = f"{table.name}.table.{aspect}"
    title = f"全表：{_TABLE_NAMES[aspect]}"
    return Expectation(rule_id, *statement, aspect, Severity.ERROR, message, title)


_TABLE_NAMES = {
    Aspect.SCHEMA: "列完整",
    Aspect.KEYS: "主键唯一",
    Aspect.VOLUME: "行数下限",
}
_TABLE_MESSAGES = {
    Aspect.SCHEMA: Message("列应与契约一致", "Columns are those of the contract"),
    Aspect.KEYS: Message("主键不得重复", "Keys are unique"),
    Aspect.VOLUME: Message("行数不得少于下限", "No fewer rows than the contract asks"),
}


def _of_rule(rule: Rule, today: date, arriving: bool) -> Expectation:
    statement, kwargs = _statement(rule, today)
    error = rule.severity is Severity.ERROR
    conditional = arriving and isinstance(rule, Required) and rule.parsed
    return Expectation(
        rule.id,
        statement,
        kwargs,
        Aspect.ROW_RULES if error else Aspect.BUSINESS,
        rule.severity,
        rule.message,
        rule.title,
        where=_parsed_name(rule) if conditional else None,
    )


# Rules that look at one column, by the GX class that states them.
_TYPES: dict[type[Rule], str] = {
    Required: "ExpectColumnValuesToNotBeNull",
    ValidUscc: "ExpectColumnValuesToBeUscc",
    KnownAuthority: "ExpectColumnValuesToHaveKnownAuthority",
    NoPersonalData: "ExpectColumnValuesToHoldNoPersonalData",
    Member: "ExpectColumnValuesToBeInSet",
    Pattern: "ExpectColumnValuesToMatchRegex",
    Members: "ExpectColumnValuesToMatchRegex",
    NotFuture: "ExpectColumnValuesToBeBetween",
    Minimum: "ExpectColumnValuesToBeBetween",
    Maximum: "ExpectColumnValuesToBeBetween",
}


def _statement(rule: Rule, today: date) -> Statement:
    """The GX class and arguments that say what ``rule`` says."""
    if isinstance(rule, SqlCheck):
        return _pair(rule) or _true(f"check__{rule.check}")
    if isinstance(rule, Parsed):
        return _true(_parsed_name(rule))
    return _TYPES[type(rule)], {"column": rule.columns[0], **_arguments(rule, today)}


def _arguments(rule: Rule, today: date) -> dict[str, Any]:
    match rule:
        case Member():
            return {"value_set": list(rule.codes)}
        case Pattern():
            return {"regex": rf"\A(?:{rule.expression})\Z"}
        case NotFuture():
            # GX compares columns of dates with instants only.
            end = datetime.combine(today, time()) + timedelta(days=1)
            return {"max_value": end, "strict_max": True}
        case Minimum():
            return {"min_value": rule.limit}
        case Maximum():
            return {"max_value": rule.limit}
    return {}


def _true(column: str) -> Statement:
    return "ExpectColumnValuesToBeInSet", {"column": column, "value_set": [True]}


def _pair(rule: SqlCheck) -> Statement | None:
    """The pair expectation for a comparison of two columns."""
    tree = rule.sound
    if not isinstance(tree, tuple(_REVERSED)):
        return None
    left, right = tree.this, tree.expression
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
        return None
    larger, smaller = (right, left) if _REVERSED[type(tree)] else (left, right)
    return "ExpectColumnPairValuesAToBeGreaterThanB", {
        "column_A": larger.name,
        "column_B": smaller.name,
        "or_equal": isinstance(tree, exp.GTE | exp.LTE),
        "ignore_row_if": "either_value_is_missing",
    }
