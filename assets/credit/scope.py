"""Which enterprises are graded on which dates, and the dates their windows start.

Who is graded on a date stands in ``memberships`` (``assets/files``). Not here: what
counts within a window (``events``).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from assets.credit.expressions import back, column, named
from assets.credit.policy import Policy
from assets.credit.rule_checks import filters_of, trends_of

DATES = "dates"
SCOPE = "scope"


def months_back(months: int) -> str:
    """Name of the column of ``dates``: the evaluation date less so many months."""
    return f"back_{months}m"


def days_back(days: int) -> str:
    """Name of the column of ``dates``: the evaluation date less so many days."""
    return f"back_{days}d"


def _spans(policy: Policy) -> Iterable[tuple[str, int, str]]:
    filters = [found for _, found in filters_of(policy)]
    filters += [f for _, t in trends_of(policy) for f in (t.earlier(), t.recent())]
    months = {f.within_months for f in filters} - {None}
    months |= {family.from_month for family in policy.grading.families}
    months.add(policy.grading.new_enterprise_months)
    days = {f.older_than_days for f in filters} | {f.younger_than_days for f in filters}
    for amount in sorted(m for m in months if m is not None):
        yield months_back(amount), amount, "MONTH"
    for amount in sorted(d for d in days if d is not None):
        yield days_back(amount), amount, "DAY"


def dates(policy: Policy) -> exp.Select:
    """One row per evaluation date, with every date its windows start from."""
    day = column("evaluated_on")
    starts = [
        named(back(day.copy(), amount, unit), name)
        for name, amount, unit in _spans(policy)
    ]
    return exp.select(day, *starts).distinct().from_("evaluations")


def scope() -> exp.Select:
    """One row per enterprise and evaluation date it is graded on."""
    same = column("evaluated_on", "m").eq(column("evaluated_on", "d"))
    facts = ("established_on", "consented", "industry_section")
    return (
        exp.select(
            column("uscc", "m"),
            exp.column(exp.Star(), table="d"),
            *[column(name, "m") for name in facts],
        )
        .from_("memberships AS m")
        .join(f"{DATES} AS d", on=same)
    )
