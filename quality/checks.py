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
OFFICE = "/office"  # where the site shows offices what checks found
PAGE = f"{OFFICE}/checks.html"
_WARNINGS = {Aspect.BUSINESS, Aspect.QUARANTINE_RATE}
# What came in is compared with what the agency and the source configuration said; the
# rest of the day's data must flow all the same.
_TOLD = {Aspect.RECONCILIATION, Aspect.CONTRACT, Aspect.DECLARED_VOLUME}
_COUNTED = {Aspect.QUARANTINE_RATE, Aspect.CONSERVATION, *_TOLD}

_DESCRIPTIONS = {
    Aspect.SCHEMA: "列与契约一致 Columns are those of the contract.",
    Aspect.KEYS: "主键不重复 Keys are unique.",
    Aspect.ROW_RULES: "入库行满足全部强制规则 Accepted rows satisfy every error rule.",
    Aspect.VOLUME: "行数不低于下限 No fewer rows than the contract asks.",
    Aspect.BUSINESS: "业务提示规则 Rules that warn and keep no row out.",
    Aspect.QUARANTINE_RATE: "隔离率不高于5% At most 5 % of the rows are quarantined.",
    Aspect.CONSERVATION: "接收=入库+隔离+重复 Every row in ended in exactly one place.",
    Aspect.RECONCILIATION: (
        "接收行数与部门声明一致，原始报文无缺失 "
        "Rows are as many as declared, and no delivery is lost."
    ),
    Aspect.CONTRACT: "无未约定的数据项与代码 Nothing that nobody agreed, or it is told.",
    Aspect.DECLARED_VOLUME: "记录数在声明范围内 Records lie within the declared bounds.",
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
    if aspect in _WARNINGS | _TOLD:
        return False
    return not (sent and aspect is Aspect.KEYS)


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
    told = _told(aspect, counts)
    return dg.AssetCheckResult(
        asset_key=asset_key,
        check_name=aspect.value,
        passed=_holds(aspect, counts),
        severity=_counted_severity(aspect, counts),
        description="; ".join(told[:_SHOWN]) or None,
        metadata={
            "rows_in": counts.rows_in,
            "accepted": counts.accepted,
            "quarantined": counts.quarantined,
            "duplicates": counts.duplicates,
            "quarantined_bp": counts.quarantined_bp,
            "records": counts.records,
        },
    )


def _holds(aspect: Aspect, counts: Counts) -> bool:
    match aspect:
        case Aspect.CONSERVATION:
            return counts.conserved
        case Aspect.QUARANTINE_RATE:
            return counts.quarantined_bp <= QUARANTINE_LIMIT_BP
        case Aspect.DECLARED_VOLUME:
            return not (counts.too_few or counts.too_many)
    return not _told(aspect, counts)


def _told(aspect: Aspect, counts: Counts) -> list[str]:
    match aspect:
        case Aspect.RECONCILIATION:
            return [*counts.mismatches]
        case Aspect.CONTRACT:
            noticed = (f"{rule}: {rows} rows" for rule, rows in counts.notices.items())
            return [*counts.frozen, *noticed]
        case Aspect.DECLARED_VOLUME:
            bounds = f"{counts.minimum or 0}..{counts.maximum or '∞'}"
            return [f"{counts.records} records, declared {bounds}"]
    return []


def _counted_severity(aspect: Aspect, counts: Counts) -> dg.AssetCheckSeverity:
    lenient = (aspect is Aspect.CONTRACT and not counts.frozen) or (
        aspect is Aspect.DECLARED_VOLUME and not counts.too_few
    )
    return dg.AssetCheckSeverity.WARN if lenient else _severity(aspect)


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
            "page": dg.MetadataValue.text(PAGE),
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
