"""Verdicts and counts as Dagster asset checks: one property each, with its numbers.

Not here: what is expected (``quality.expectations``), running it (``quality.engine``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
from sqlalchemy import Table

from quality.contracts.model import table_facts
from quality.rules import Severity, rules_of
from quality.verdicts import Aspect, Counts, Verdict

QUARANTINE_LIMIT_BP = 500  # of the rows that came in; above it someone should look
_SHOWN = 20
_WARNINGS = {Aspect.BUSINESS, Aspect.QUARANTINE_RATE}
_COUNTED = {Aspect.QUARANTINE_RATE, Aspect.CONSERVATION}

_DESCRIPTIONS = {
    Aspect.SCHEMA: "列与契约一致 Columns are those of the contract.",
    Aspect.KEYS: "主键不重复 Keys are unique.",
    Aspect.ROW_RULES: "入库行满足全部强制规则 Accepted rows satisfy every error rule.",
    Aspect.VOLUME: "行数不低于下限 No fewer rows than the contract asks.",
    Aspect.BUSINESS: "业务提示规则 Rules that warn and keep no row out.",
    Aspect.QUARANTINE_RATE: "隔离率不高于5% At most 5 % of the rows are quarantined.",
    Aspect.CONSERVATION: "接收=入库+隔离+重复 Every row in ended in exactly one place.",
}


class UncountedRowsError(ValueError):
    """Record tables are counted: give the counts of the rows that came in."""


def aspects_of(table: Table) -> list[Aspect]:
    """The properties checked on ``table``, in order; none that could never fail."""
    facts = table_facts(table)
    warns = any(rule.severity is Severity.WARNING for rule in rules_of(table))
    left_out = set()
    if not facts.minimum_rows:
        left_out.add(Aspect.VOLUME)
    if not warns:
        left_out.add(Aspect.BUSINESS)
    if facts.agency is None:
        left_out |= _COUNTED
    return [aspect for aspect in Aspect if aspect not in left_out]


def check_specs(asset_key: dg.AssetKey, table: Table) -> list[dg.AssetCheckSpec]:
    """The checks of ``table``'s asset; errors block what lies downstream.

    A key that an agency sent twice with two contents does not block either: versions
    are ordered, and the other agencies' data must flow.
    """
    return [
        dg.AssetCheckSpec(
            name=aspect.value,
            asset=asset_key,
            description=_DESCRIPTIONS[aspect],
            blocking=_blocks(aspect, table),
        )
        for aspect in aspects_of(table)
    ]


def _blocks(aspect: Aspect, table: Table) -> bool:
    sent = table_facts(table).agency is not None
    return aspect not in _WARNINGS and not (sent and aspect is Aspect.KEYS)


def results(
    asset_key: dg.AssetKey,
    table: Table,
    verdicts: Sequence[Verdict],
    counts: Counts | None = None,
) -> list[dg.AssetCheckResult]:
    """One result for each spec of ``check_specs``.

    Args:
        asset_key: the asset the table belongs to.
        table: the contract.
        verdicts: of ``quality.engine.validate`` on the accepted rows.
        counts: what became of the rows that came in; needed for record tables.

    Raises:
        UncountedRowsError: a record table without counts.
    """
    return [
        _counted(asset_key, aspect, table, counts)
        if aspect in _COUNTED
        else _judged(asset_key, aspect, [v for v in verdicts if v.aspect is aspect])
        for aspect in aspects_of(table)
    ]


def _counted(
    asset_key: dg.AssetKey, aspect: Aspect, table: Table, counts: Counts | None
) -> dg.AssetCheckResult:
    if counts is None:
        raise UncountedRowsError(f"{table.name}: no counts for check {aspect}")
    rate = counts.quarantined_bp <= QUARANTINE_LIMIT_BP
    return dg.AssetCheckResult(
        asset_key=asset_key,
        check_name=aspect.value,
        passed=counts.conserved if aspect is Aspect.CONSERVATION else rate,
        severity=_severity(aspect),
        metadata={
            "rows_in": counts.rows_in,
            "accepted": counts.accepted,
            "quarantined": counts.quarantined,
            "duplicates": counts.duplicates,
            "quarantined_bp": counts.quarantined_bp,
        },
    )


def _judged(
    asset_key: dg.AssetKey, aspect: Aspect, verdicts: Sequence[Verdict]
) -> dg.AssetCheckResult:
    failed = [verdict for verdict in verdicts if not verdict.success]
    return dg.AssetCheckResult(
        asset_key=asset_key,
        check_name=aspect.value,
        # What nobody looked at has not passed.
        passed=bool(verdicts) and not failed,
        severity=_severity(aspect),
        description="; ".join(v.message.zh for v in failed[:_SHOWN]) or None,
        metadata={
            "expectations": len(verdicts),
            "failed": len(failed),
            "violating_rows": len({row for v in failed for row in v.rows}),
            "failures": dg.MetadataValue.md("\n".join(_table_of(failed))),
        },
    )


def _table_of(failed: Sequence[Verdict]) -> Iterator[str]:
    if not failed:
        yield "—"
        return
    yield "| rule | rows | 说明 | observed |\n|---|---|---|---|"
    for verdict in sorted(failed, key=lambda v: -v.unexpected_count)[:_SHOWN]:
        yield (
            f"| {verdict.rule_id} | {verdict.unexpected_count} "
            f"| {verdict.message.zh} | {verdict.observed or ''} |"
        )


def _severity(aspect: Aspect) -> dg.AssetCheckSeverity:
    warns = aspect in _WARNINGS
    return dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR
