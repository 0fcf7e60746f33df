"""Business suites, written by hand: across fields, across tables, against the last load.

What no contract of one table can say. Every rule is a boolean column that DuckDB computes
beside a table, and one expectation of Great Expectations on it; all of them warn, since a
pattern that is unusual is not yet wrong. Not here: rules of one row (``quality.rules``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.contracts import metadata, tables_of
from quality.contracts.model import Kind, facts_of, table_facts
from quality.expectations import FRAME_ROW, Expectation
from quality.rules import Message, Severity
from quality.verdicts import Aspect

SMALLEST_LOAD = 100  # rows; below it a distribution says nothing
DRIFT_LIMIT_BP = 3_000  # of all rows that would have to change their code


@dataclass(frozen=True)
class BusinessRule:
    """One expectation about the rows of a table.

    Attributes:
        id: its name, unique in the table.
        sql: true for a row that is as expected, NULL where nothing can be said; the table
            is ``t``, what is looked up in others is in ``LOOKUPS``.
        mostly: the share of rows that must be so.
        zh: what is expected, for a department head.
        en: the same in English.
    """

    id: str
    sql: str
    mostly: float
    zh: str
    en: str


# What rules look up in other record tables, made once for all of them.
LOOKUPS: dict[str, str] = {
    "registered": "SELECT uscc, min(established_on) AS established_on "
    "FROM registrations GROUP BY uscc",
    "registered_names": "SELECT uscc, name FROM registrations "
    "UNION SELECT uscc, former_name FROM name_changes",
    "leases": "SELECT DISTINCT uscc FROM tenancies",
}

_REGISTERED = BusinessRule(
    "registered",
    "EXISTS (SELECT 1 FROM registered r WHERE r.uscc = t.uscc)",
    0.95,
    "当事企业应在登记信息中（95%以上）",
    "The enterprise is in the register (95 %)",
)
_NAMED = BusinessRule(
    "named_as_registered",
    "(SELECT bool_or(t.party_name = n.name) FROM registered_names n "
    "WHERE n.uscc = t.uscc)",
    0.9,
    "来文名称应为登记的现名或曾用名（90%以上）",
    "The name as written is the registered one, now or before (90 %)",
)


def _after_founding(column: str, zh: str) -> BusinessRule:
    return BusinessRule(
        f"{column}_after_founding",
        f"t.{column} >= (SELECT min(r.established_on) FROM registered r "
        "WHERE r.uscc = t.uscc)",
        1.0,
        f"{zh}不应早于企业成立日期",
        f"{column} does not lie before the enterprise was founded",
    )


_COVERED = BusinessRule(
    "within_a_lease",
    "EXISTS (SELECT 1 FROM leases l WHERE l.uscc = t.uscc)",
    0.98,
    "当事企业应在园区租户名册中（98%以上）",
    "The enterprise has or had a lease (98 %)",
)

BUSINESS: dict[str, tuple[BusinessRule, ...]] = {
    "permits": (_REGISTERED, _NAMED, _after_founding("decided_on", "许可决定日期")),
    "penalties": (_REGISTERED, _NAMED, _after_founding("decided_on", "处罚决定日期")),
    "abnormal_listings": (_REGISTERED, _after_founding("listed_on", "列入日期")),
    "serious_listings": (_REGISTERED, _after_founding("listed_on", "列入日期")),
    "inspection_results": (_REGISTERED, _after_founding("inspected_on", "检查日期")),
    "annual_reports": (
        _REGISTERED,
        BusinessRule(
            "filed_after_the_year",
            "year(t.filed_on) > t.report_year",
            0.98,
            "年报应在报告年度结束后报送（98%以上）",
            "A report is filed after its year (98 %)",
        ),
    ),
    "social_contributions": (
        _REGISTERED,
        BusinessRule(
            "paid_not_above_twice_due",
            "t.paid_fen <= 2 * t.due_fen",
            0.99,
            "实缴金额不应超过应缴金额两倍（99%以上）",
            "Twice the amount due is not paid (99 %)",
        ),
    ),
    "labour_grades": (_REGISTERED, _NAMED),
    "tenancies": (_REGISTERED, _NAMED),
    "fee_payments": (_COVERED, _REGISTERED),
    "commitments": (_COVERED, _NAMED),
    "site_visits": (_COVERED,),
    "safety_checks": (_COVERED,),
}


def frame_sql(table: str, relation: str) -> str:
    """The rows of ``relation`` as booleans, one column a rule, for GX to judge."""
    rules = ", ".join(f'{rule.sql} AS "{rule.id}"' for rule in BUSINESS[table])
    return f"SELECT row_number() OVER () AS {FRAME_ROW}, {rules} FROM {relation} AS t"


def suite(table: str) -> tuple[Expectation, ...]:
    """What is expected of that frame."""
    return tuple(_expectation(table, rule) for rule in BUSINESS[table])


def _expectation(table: str, rule: BusinessRule) -> Expectation:
    kwargs = {"column": rule.id, "value_set": [True], "mostly": rule.mostly}
    return Expectation(
        f"{table}.business.{rule.id}",
        "ExpectColumnValuesToBeInSet",
        kwargs,
        Aspect.BUSINESS,
        Severity.WARNING,
        Message(rule.zh, rule.en),
        f"跨表：{rule.zh.partition('（')[0]}",
    )


def coded_columns(table: str) -> list[str]:
    """The columns whose distribution is compared with the earlier loads'."""
    columns = metadata.tables[table].columns
    return [c.name for c in columns if facts_of(c).kind is Kind.CODE]


def drift_sql(table: str, versions: str) -> str:
    """How far the newest load's codes lie from the earlier ones', a column each.

    One row of basis points: half the sum of the differences of all shares (total variation
    distance), that is the part of the rows that would have to change. NULL where either
    side has fewer than ``SMALLEST_LOAD`` rows.
    """
    columns = coded_columns(table)
    distances = ", ".join(f'{_distance(c)} AS "{c}"' for c in columns)
    return (
        f"WITH loads AS (SELECT *, received_on = (SELECT max(received_on) FROM {versions}) "
        f"AS newest FROM {versions}) SELECT 1 AS {FRAME_ROW}, {distances}"
    )


def _distance(column: str) -> str:
    counts = (
        f'SELECT "{column}" AS code, count_if(newest) AS n, count_if(NOT newest) AS o '
        f'FROM loads WHERE "{column}" IS NOT NULL GROUP BY 1'
    )
    enough = f"least(sum(n), sum(o)) >= {SMALLEST_LOAD}"
    # Whole basis points: the sums are integers, only their ratio is rounded down.
    apart = (
        "sum(abs(n * total_o - o * total_n)) * 5000 // (max(total_n) * max(total_o))"
    )
    return (
        f"(SELECT CASE WHEN {enough} THEN CAST({apart} AS BIGINT) END FROM "
        "(SELECT *, CAST(sum(n) OVER () AS HUGEINT) AS total_n, "
        f"CAST(sum(o) OVER () AS HUGEINT) AS total_o FROM ({counts})))"
    )


def drift_frame_sql(distances: Mapping[tuple[str, str], int | None]) -> str:
    """One row with every distance, a column each, for GX to judge."""
    cells = (
        f'CAST({"NULL" if apart is None else apart} AS BIGINT) AS "{table}.{column}"'
        for (table, column), apart in distances.items()
    )
    return f"SELECT {', '.join([f'1 AS {FRAME_ROW}', *cells])}"


def drift_suite(places: Iterable[tuple[str, str]]) -> tuple[Expectation, ...]:
    """What is expected of that row: (table, column) by (table, column)."""
    return tuple(_no_drift(table, column) for table, column in places)


def _no_drift(table: str, column: str) -> Expectation:
    named, label = metadata.tables[table], facts_of(metadata.tables[table].c[column])
    limit = f"{DRIFT_LIMIT_BP // 100}%"
    return Expectation(
        f"{table}.drift.{column}",
        "ExpectColumnValuesToBeBetween",
        {"column": f"{table}.{column}", "max_value": DRIFT_LIMIT_BP},
        Aspect.BUSINESS,
        Severity.WARNING,
        Message(
            f"{table_facts(named).zh}“{label.zh}”的分布较以往各批变化应小于{limit}，请核实",
            f"'{label.en}' of {table} moves by less than {limit} between loads",
        ),
        f"{table_facts(named).zh}·{label.zh}：分布稳定",
    )


def drifting() -> list[str]:
    """The record tables with codes, in the order of declaration."""
    records = (t.name for t in tables_of("records"))
    return [name for name in records if coded_columns(name)]
