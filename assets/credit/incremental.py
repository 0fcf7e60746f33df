"""Which enterprises a run has to grade anew: those whose inputs changed, no others.

Inputs are compared by a fingerprint per enterprise, not by a watermark, so that late,
corrected and deleted facts are seen alike. A grade is a function of the enterprise's
own rows, the date, the policy and the benchmark of its industry; all four are in the
fingerprint. Not here: grading (``engine``) and when it is worth it (``orchestration``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from assets import sql
from assets.credit import expressions as x

OWN = ("memberships", "credit_events", "financials")
FINGERPRINTS, AFFECTED = "fingerprints", "affected"


def fingerprints_query(columns: Mapping[str, tuple[str, ...]]) -> exp.Query:
    """(uscc, fingerprint) over every row an enterprise has in ``OWN`` and benchmarks.

    The sum of the rows' hashes is the same in whatever order they lie; the count tells
    a row from its double.

    Args:
        columns: the columns of every table of ``OWN`` and of ``industry_benchmarks``.
    """
    rows = [_hashed(table, columns[table]) for table in OWN]
    rows.append(_benchmarks(columns["industry_benchmarks"]))
    total = exp.Sum(this=exp.cast(x.column("row_hash"), "INT128"))
    return (
        exp.select(
            x.column("uscc"),
            x.named(total, "hash_sum"),
            x.named(exp.Count(this=exp.Star()), "row_count"),
        )
        .from_(x.rows_of_all(rows).subquery("hashed"))
        .group_by(x.column("uscc"))
    )


def affected_query() -> exp.Query:
    """Enterprises that are new, gone or changed between two fingerprints.

    Reads ``fingerprints_before`` and ``fingerprints``.
    """
    return sql.load("assets.credit", AFFECTED)


def only_affected(table: str) -> exp.Query:
    """The rows of a table that belong to affected enterprises."""
    return exp.select("*").from_(table).where(_is_affected(table))


def restricted(query: exp.Query) -> exp.Query:
    """A statement of the engine over the affected alone (``affected_<table>``)."""
    names = {table: f"{AFFECTED}_{table}" for table in OWN}
    made: exp.Query = exp.replace_tables(query, names)
    return made


def merged_query(old: str, new: str) -> exp.Query:
    """The old rows of everybody else, and the new rows of the affected."""
    kept = exp.select("*").from_(old).where(exp.not_(_is_affected(old)))
    return exp.union(kept, exp.select("*").from_(new), distinct=False)


def _is_affected(table: str) -> exp.Expr:
    known = exp.select("uscc").from_(AFFECTED)
    return exp.In(this=x.column("uscc", table), query=known.subquery())


def _hashed(table: str, columns: tuple[str, ...]) -> exp.Select:
    return exp.select(
        x.column("uscc"), x.named(_hash([*map(x.column, columns)]), "row_hash")
    ).from_(table)


def _benchmarks(columns: tuple[str, ...]) -> exp.Select:
    same = [
        x.column(name, "b").eq(x.column(name, "m"))
        for name in ("evaluated_on", "industry_section")
    ]
    row = _hash([x.column(name, "b") for name in columns])
    return (
        exp.select(x.column("uscc", "m"), x.named(row, "row_hash"))
        .from_("memberships AS m")
        .join("industry_benchmarks AS b", on=x.every(same))
    )


def _hash(columns: list[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="hash", expressions=columns)
