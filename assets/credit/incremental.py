"""Which enterprises a run has to grade anew: those whose inputs changed, no others.

Inputs are compared by a fingerprint per enterprise, not by a watermark, so that late,
corrected and deleted facts are seen alike. A grade is a function of the enterprise's own
rows, the date, the policy and the benchmark of its industry. Dates that were evaluated
before by the same statements are *pinned*: on them the affected alone are graded anew;
on all others everybody is, since windows, decay and publicity move with the day. Not
here: running it (``renewal``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from assets import sql
from assets.credit import expressions as x

PACKAGE = "assets.credit"
OWN = ("memberships", "credit_events", "financials")
FINGERPRINTS, NOW, AFFECTED = "fingerprints", "fingerprints_now", "affected"
PINNED = "pinned_dates"
BENCHMARKS, BENCHMARKS_BEFORE = "industry_benchmarks", "benchmarks_before"


@dataclass(frozen=True)
class Span:
    """Dates of which only the affected are graded anew.

    Attributes:
        pinned: evaluated before, and still to be.
        anew: to be evaluated for everybody.
        same_day: nothing but pinned dates.
        month_over: the newest date before was a month end, and is one of the earlier now.
    """

    pinned: tuple[date, ...]
    anew: tuple[date, ...]
    same_day: bool
    month_over: bool

    @property
    def newest(self) -> date:
        """The newest of all dates."""
        return max(self.pinned + self.anew)


def span(before: set[date], now: set[date]) -> Span | None:
    """What is pinned between two evaluations; ``None`` where all has to be graded.

    A fingerprint tells the newest date from the ones before, so that the earlier ones
    have to be the same, or to have grown by the newest of before.
    """
    if not before or not now:
        return None
    earlier = now - {max(now)}
    same_day, month_over = before == now, before == earlier
    if not (same_day or month_over or before - {max(before)} == earlier):
        return None
    pinned = now if same_day else earlier
    anew = tuple(sorted(now - pinned))
    return Span(tuple(sorted(pinned)), anew, same_day, month_over) if pinned else None


def fingerprints_query(read: Mapping[str, Sequence[str]]) -> exp.Query:
    """(uscc, own, latest, earlier) over every row an enterprise has in ``OWN``.

    Args:
        read: table -> the columns that a grade may depend on.
    """
    narrow: dict[str, exp.Query] = {
        table: exp.select(*map(x.column, columns)).from_(table)
        for table, columns in read.items()
    }
    return sql.put_into(sql.load(PACKAGE, FINGERPRINTS), narrow)


def columns_read(
    table: str, columns: Sequence[str], queries: Iterable[exp.Query]
) -> list[str]:
    """The columns of a table that statements name, and perhaps some more.

    Args:
        table: the table.
        columns: all it has.
        queries: the statements.
    """
    reading = [q for q in queries if table in sql.inputs(q)]
    if any(_takes_all(table, query) for query in reading):
        return [*columns]
    named = {i.name.casefold() for q in reading for i in q.find_all(exp.Identifier)}
    return [name for name in columns if name.casefold() in named]


def _takes_all(table: str, query: exp.Query) -> bool:
    """Whether a statement may read columns of a table without naming them.

    By a star, a pattern, a NATURAL join, or the whole row as one value.
    """
    places = [t for t in query.find_all(exp.Table) if t.name == table]
    if any(p.parent_select is not None and p.parent_select.is_star for p in places):
        return True
    if query.find(exp.Columns) or any(
        join.method.casefold() == "natural" for join in query.find_all(exp.Join)
    ):
        return True
    rows = {p.alias_or_name.casefold() for p in places}
    return any(
        not c.table and c.name.casefold() in rows for c in query.find_all(exp.Column)
    )


def affected_query(found: Span) -> exp.Query:
    """``affected``: new, gone or changed between two fingerprints.

    Reads ``fingerprints`` (of before) and ``fingerprints_now``.
    """
    query = sql.load(PACKAGE, AFFECTED)
    return sql.bind(query, same_day=found.same_day, month_over=found.month_over)


def benchmarked_query() -> exp.Query:
    """``affected`` with those whose industry has another benchmark than before."""
    return sql.load(PACKAGE, "benchmarked")


def renewed(build: Callable[[], exp.Query], found: Span) -> exp.Query:
    """The part of a statement over ``OWN`` that has to be computed anew.

    The affected on pinned dates, and everybody on the others.

    Args:
        build: gives the statement as a tree of its own, which is changed.
        found: the dates.
    """
    few: dict[str, exp.Query] = {table: only_affected(table) for table in OWN}
    few["evaluations"] = _dates(found.pinned)
    parts = [sql.put_into(build(), few)]
    if found.anew:
        days = _dates(found.anew)
        parts.append(sql.put_into(build(), {"evaluations": days}))
    whole = [exp.select("*").from_(part.subquery("part")) for part in parts]
    return sql.union(whole) if len(whole) > 1 else whole[0]


def only_affected(table: str) -> exp.Query:
    """The rows of a table that belong to affected enterprises."""
    return exp.select("*").from_(table).where(_is_affected(table))


def placed(query: exp.Query, names: Mapping[str, str]) -> exp.Query:
    """The tree itself, reading other tables by the same aliases."""
    reading = {old: exp.select("*").from_(new) for old, new in names.items()}
    return sql.put_into(query, reading)


def merged_query(
    old: str, new: str, found: Span, *, newest_only: bool = False
) -> exp.Query:
    """The old rows of the others on pinned dates, and the new rows.

    The dates stand in it as they are: files are then skipped by what they hold.

    Args:
        old: the table as it was.
        new: what was computed anew.
        found: the dates.
        newest_only: whether the table holds the newest date alone.
    """
    kept = exp.select("*").from_(old).where(exp.not_(_is_affected(old)))
    made = made_query(new, found, newest_only=newest_only)
    days = found.pinned
    if newest_only:
        days = tuple(d for d in days if d == found.newest)
    return exp.union(kept.where(_on(old, days)), made, distinct=False)


def made_query(new: str, found: Span, *, newest_only: bool = False) -> exp.Query:
    """The new rows that a table holds.

    Args:
        new: what was computed anew.
        found: the dates.
        newest_only: whether the table holds the newest date alone.
    """
    made = exp.select("*").from_(new)
    return made.where(_on(new, (found.newest,))) if newest_only else made


def affected_keys() -> exp.Query:
    """The codes of the affected."""
    return exp.select("uscc").from_(AFFECTED)


def newest_query(table: str) -> exp.Query:
    """The rows of a table of the newest date."""
    newest = exp.select(exp.Max(this=x.column("evaluated_on"))).from_("evaluations")
    day = x.column("evaluated_on", table)
    return exp.select("*").from_(table).where(day.eq(newest.subquery()))


def _on(table: str, days: tuple[date, ...]) -> exp.Expr:
    if not days:
        return exp.false()
    return x.column("evaluated_on", table).isin(*map(sql.literal, days))


def differing_query(one: exp.Query, other: exp.Query) -> exp.Query:
    """Rows that either query has and the other has not, as often as it has them."""
    both = []
    for left, right in ((one, other), (other, one)):
        rows = exp.select("*").from_(left.subquery("l"))
        others = exp.select("*").from_(right.subquery("r"))
        both.append(exp.except_(rows, others, distinct=False))
    return sql.union(exp.select("*").from_(part.subquery("d")) for part in both)


def _dates(days: tuple[date, ...]) -> exp.Query:
    rows = [exp.select(sql.literal(day).as_("evaluated_on")) for day in days]
    return sql.union(rows) if len(rows) > 1 else rows[0]


def _is_affected(table: str) -> exp.Expr:
    return exp.In(this=x.column("uscc", table), query=affected_keys().subquery())
