"""The rules of the policy as the public reads them: what counts, how much, on what law.

Everything comes from the policy document; nothing is worded here. Not here: what the
rules do (``assets.credit``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from assets.credit.policy import Policy, Sourced
from assets.credit.rules import Rule
from assets.reference import rows_query
from assets.setup import Setup

COLUMNS = {
    "position": "BIGINT",
    "part": "TEXT",
    "rule_id": "TEXT",
    "dimension_zh": "TEXT",
    "dimension_en": "TEXT",
    "name_zh": "TEXT",
    "name_en": "TEXT",
    "method": "TEXT",
    "points_from": "BIGINT",
    "points_to": "BIGINT",
    "letter": "TEXT",
    "source": "TEXT",
}
Row = tuple[str | int | None, ...]


def policy_rules(setup: Setup) -> exp.Query:
    """``policy_rules``: every rule of the policy in force, in its order."""
    rows = [(n, *row) for n, row in enumerate(_rows(setup.policy), start=1)]
    return rows_query(COLUMNS, rows)


def _rows(policy: Policy) -> Iterator[Row]:
    dimensions = {d.id: (d.zh, d.en) for d in policy.dimensions}
    for indicator in policy.indicators:
        for rule in indicator.rules:
            names = (*dimensions[indicator.dimension], indicator.zh, indicator.en)
            low, high = _range(rule)
            yield "points", rule.id, *names, rule.method, low, high, None, rule.source
    for limit in policy.limits:
        names = (*dimensions[limit.dimension], *_names(limit))
        letter = None if limit.keeps == "letter" else limit.keeps
        yield (
            *("limit", limit.id, *names, None, limit.floor, 0),
            *(letter, limit.source),
        )
    last = policy.bands[-1].letter
    for veto in policy.vetoes:
        yield _plain("veto", veto.id, veto, last)
    for cap in policy.caps:
        yield _plain("cap", cap.id, cap, cap.letter)
    lists = policy.measures.honours
    for name in ("leader", "supported", "standard_model", "tax_a"):
        yield _plain("honour", name, getattr(lists, name), None)


def _plain(part: str, rule_id: str, item: Sourced, letter: str | None) -> Row:
    return (part, rule_id, None, None, *_names(item), *_NO_POINTS, letter, item.source)


_NO_POINTS: Row = (None, None, None)


def _names(item: Sourced) -> tuple[str, str]:
    """The sentences without the place that only an enterprise's own case fills."""
    zh = item.zh.replace("，{change}", "")
    return zh, item.en.replace(": {change}", "")


def _range(rule: Rule) -> tuple[int, int]:
    """The least and the most that a rule gives, in thousandths of a point."""
    amounts = (*(rule.caps or rule.amounts), 0)
    return min(amounts), max(amounts)
