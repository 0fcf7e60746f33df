"""Which rules a table has: read off its contract, column by column.

Not here: what the rules do (``kinds``) and say (``wording``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlglot import exp, parse_one

from quality.contracts.codelists import code_list
from quality.contracts.model import (
    Check,
    Facts,
    Item,
    Kind,
    Personal,
    facts_of,
    table_facts,
)
from quality.rules import kinds, wording
from quality.rules.model import Rule, Severity

# Kinds whose text may fail to parse; codes keep an unknown spelling, text is text.
PARSED_KINDS = frozenset(wording.SHAPES)


@cache
def rules_of(table: Table) -> tuple[Rule, ...]:
    """Every row rule of ``table``: column by column, then its hand-written checks."""
    facts = table_facts(table)
    derived = [rule for item in table.columns for rule in _column_rules(table, item)]
    checks = [_check(table, check, facts.agency) for check in facts.checks]
    return (*derived, *checks)


def _column_rules(table: Table, item: Item) -> Iterator[Rule]:
    facts, agency = facts_of(item), table_facts(table).agency
    base: dict[str, Any] = {
        "table": table.name,
        "columns": (item.name,),
        "agency": agency,
        "label": facts.zh,
    }
    parsed = agency is not None and facts.kind in PARSED_KINDS
    if facts.required:
        yield kinds.Required(**base, message=wording.required(facts), parsed=parsed)
    if parsed:
        field = facts.code or item.name
        yield kinds.Parsed(**base, message=wording.parsed(facts), field=field)
    yield from _content_rules(facts, base)
    yield from _range_rules(facts, base)


def _content_rules(facts: Facts, base: dict[str, Any]) -> Iterator[Rule]:
    if facts.kind is Kind.USCC:
        yield kinds.ValidUscc(**base, message=wording.uscc(facts))
        yield kinds.KnownAuthority(
            **base, message=wording.authority(facts), severity=Severity.WARNING
        )
    if facts.codes:
        yield _codes_rule(facts, facts.codes, base)
    if facts.pattern:
        message = wording.pattern(facts)
        yield kinds.Pattern(**base, message=message, pattern=facts.pattern)
    if facts.personal is Personal.FREE_TEXT:
        yield kinds.NoPersonalData(**base, message=wording.personal(facts))


def _codes_rule(facts: Facts, codes: str, base: dict[str, Any]) -> Rule:
    members, message = tuple(code_list(codes)), wording.member(facts)
    if facts.kind is Kind.CODE:
        return kinds.Member(**base, message=message, codes=members)
    one = "|".join(map(re.escape, members))
    several = f"(?:{one})(?:;(?:{one}))*"
    return kinds.Members(**base, message=message, pattern=several)


def _range_rules(facts: Facts, base: dict[str, Any]) -> Iterator[Rule]:
    if facts.not_future:
        yield kinds.NotFuture(**base, message=wording.not_future(facts))
    if facts.minimum is not None:
        message = wording.minimum(facts)
        yield kinds.Minimum(**base, message=message, limit=facts.minimum)
    if facts.maximum is not None:
        message = wording.maximum(facts)
        yield kinds.Maximum(**base, message=message, limit=facts.maximum)


def _check(table: Table, check: Check, agency: str | None) -> Rule:
    named = (c.name for c in parse_one(check.sql, read="duckdb").find_all(exp.Column))
    return kinds.SqlCheck(
        table=table.name,
        columns=tuple(dict.fromkeys(named)),
        message=wording.check(check),
        severity=Severity(check.severity),
        agency=agency,
        label=check.zh,
        check=check.id,
        sql=check.sql,
    )
