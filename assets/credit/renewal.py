"""A run of the credit station that grades anew only what changed, where that is equal.

What ``incremental`` gives as queries is run here against the lake: the state of the run
before is read, and struck out before anything is written, so that a run that is killed is
followed by one that grades everybody. Everything is graded when the policy, a statement or
the engine changed, when the dates do not follow on those before, and when the setting asks
for it. Not here: which statements there are (``definitions``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import duckdb
from sqlglot import exp

from assets import sql
from assets.credit import incremental as inc
from assets.credit.ranges import CODES, Range, ranges, within
from assets.reference import rows_query
from assets.setup import Setup
from assets.station import Statement, make
from assets.stores import Lake

STATE = "graded_state"
STATE_COLUMNS = {"evaluated_on": "DATE", "basis": "TEXT", "fingerprints": "TEXT"}
# Written in turn: the state names the one that holds, and nothing is copied.
IN_TURN = ("fingerprints_even", "fingerprints_odd")
FIGURES, INDICATORS, GRADES = "credit_figures", "credit_indicators", "computed_grades"
EXPLANATIONS, SAMPLE = "explanations", "sampled_indicators"
FROM_FACTS = (FIGURES, INDICATORS)
# Kept of the newest date alone: what led to the grades of a past one can be had again
# (``orchestration.asof``), and to write it every night would cost more than to grade.
NEWEST_ONLY = (INDICATORS, EXPLANATIONS, "evidence", "advice")
RENEWED = (FIGURES, INDICATORS, GRADES, EXPLANATIONS, "evidence", "advice")
CHAINED = (INDICATORS, GRADES, EXPLANATIONS)  # read by what is made after them
SAMPLED = 100  # every run proves one enterprise in so many


def anew(table: str) -> str:
    """Name of what was computed anew of a table."""
    return f"{table}_anew"


class Renewal:
    """One run of the station's computing statements.

    Attributes:
        span: what is pinned; ``None`` when everybody is graded.
    """

    def __init__(
        self, lake: Lake, setup: Setup, run: str, statements: Sequence[Statement]
    ) -> None:
        self.lake, self.setup, self.run = lake, setup, run
        self.statements = {s.table: s for s in statements}
        self.queries = {s.table: s.build(setup) for s in statements}
        self.fingerprints = inc.fingerprints_query(
            {table: self._columns_read(table) for table in inc.OWN}
        )
        self.basis = self._basis()
        lake.relation("evaluations")
        rows = self._rows("SELECT evaluated_on FROM evaluations")
        self.dates = {day for (day,) in rows}
        graded, self.before = self._state()
        self.span = self._span(graded)
        self.ranges = self._ranges()
        self.now = IN_TURN[self.before == IN_TURN[0]]
        self._keep(self.now, self.fingerprints)
        self._strike()
        if self.span:
            self._prepare(self.span)

    def make(self, item: Statement) -> tuple[int, str]:
        """Make a table of the station; gives its rows and its statement."""
        if self.span and item.table in RENEWED:
            return self._renew(item.table, self.span)
        made = self._whole(item)
        if self.span and item.table == inc.BENCHMARKS:
            self._keep(inc.AFFECTED, inc.benchmarked_query())
        if item.table == GRADES and len(self.dates) > 1:
            self._keep(INDICATORS, inc.newest_query(INDICATORS))
        return made

    def remember(self) -> None:
        """Keep what the next run compares with; the last thing a run does."""
        known = exp.select(
            "evaluated_on",
            sql.literal(self.basis).as_("basis"),
            sql.literal(self.now).as_("fingerprints"),
        )
        self._keep(STATE, known.from_("evaluations"))

    def told(self) -> dict[str, int]:
        """How many enterprises and dates were graded anew, as numbers by name."""
        if not self.span:
            return {}
        self.lake.relation(inc.AFFECTED)
        row = self._rows(f"SELECT count(*) FROM {inc.AFFECTED}")[0]
        return {
            "affected enterprises": int(row[0]),
            "pinned dates": len(self.span.pinned),
            "dates graded for everybody": len(self.span.anew),
        }

    def differing(self) -> int:
        """Rows in which a sample graded from all its facts differs from what stands.

        The sample moves with the day, so that all are proved in so many days.
        """
        part = self.setup.today.toordinal() % SAMPLED
        some = f"hash(uscc) % {SAMPLED} = {part}"
        few: dict[str, exp.Query] = {
            table: exp.select("*").from_(table).where(some) for table in inc.OWN
        }
        few[FIGURES] = sql.put_into(self._fresh(FIGURES), few)
        self._keep(SAMPLE, sql.put_into(self._fresh(INDICATORS), few))
        grades = inc.placed(self._fresh(GRADES), {INDICATORS: SAMPLE})
        parts = {INDICATORS: inc.newest_query(SAMPLE), GRADES: grades}
        return sum(
            self._differing(sample, exp.select("*").from_(table).where(some))
            for table, sample in parts.items()
        )

    def _differing(self, sample: exp.Query, stands: exp.Query) -> int:
        query = inc.differing_query(sample, stands)
        for name in sql.inputs(query):
            self.lake.relation(name)
        return int(self._rows(f"SELECT count(*) FROM ({sql.to_sql(query)})")[0][0])

    def _columns_read(self, table: str) -> list[str]:
        described = self._rows(f'DESCRIBE "{self.lake.relation(table)}"')
        columns = [str(name) for name, *_ in described]
        return inc.columns_read(table, columns, self.queries.values())

    def _basis(self) -> str:
        """Tells one set of statements from another; equal bases give equal rows."""
        parts = [duckdb.__version__, self.setup.policy.sha256]
        queries = (self.fingerprints, *self.queries.values())
        parts += [sql.to_sql(query) for query in queries]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _state(self) -> tuple[set[date], str]:
        """The dates of the run before by the same statements, and its fingerprints."""
        if not self.lake.has(STATE):
            return set(), ""
        self.lake.relation(STATE)
        rows = self._rows(
            f"SELECT evaluated_on, fingerprints FROM {STATE} WHERE basis = '{self.basis}'"
        )
        return {day for day, _ in rows}, rows[0][1] if rows else ""

    def _span(self, before: set[date]) -> inc.Span | None:
        needed = (*self.statements, self.before)
        if not before or self.setup.grade_everybody:
            return None
        if not all(map(self.lake.has, needed)):
            return None
        return inc.span(before, self.dates)

    def _strike(self) -> None:
        """Nothing is known of the run before until this one has ended."""
        self.lake.write(STATE, sql.to_sql(rows_query(STATE_COLUMNS, [])), self.run)

    def _prepare(self, span: inc.Span) -> None:
        days = rows_query({"evaluated_on": "DATE"}, [(d,) for d in span.pinned])
        self._keep(inc.PINNED, days)
        taken = {inc.FINGERPRINTS: self.before, inc.NOW: self.now}
        self._keep(inc.AFFECTED, inc.placed(inc.affected_query(span), taken))
        self._keep(inc.BENCHMARKS_BEFORE, exp.select("*").from_(inc.BENCHMARKS))

    def _ranges(self) -> list[Range]:
        """The ranges of codes to grade one after the other; one where there are few."""
        self.lake.relation("memberships")
        ((rows,),) = self._rows("SELECT count(*) FROM memberships")
        number = -(-rows // (self.setup.grade_at_once or max(rows, 1)))
        codes = [code for (code,) in self._rows(CODES)] if number > 1 else []
        return ranges(codes, number) if codes else [Range(None, None)]

    def _whole(self, item: Statement) -> tuple[int, str]:
        """Make a table for everybody."""
        if item.table not in RENEWED:
            return make(self.lake, item, self.setup, self.run)
        text = sql.to_sql(self.queries[item.table], pretty=True)
        return self._in_ranges(item.table, lambda: self._fresh(item.table)), text

    def _in_ranges(self, table: str, build: Callable[[], exp.Query]) -> int:
        """Write a table of what a query gives for each range; gives its rows."""
        read = (*inc.OWN, *RENEWED, *map(anew, RENEWED))
        queries = [within(build(), read, part) for part in self.ranges]
        return self._keep(table, *queries)

    def _renew(self, table: str, span: inc.Span) -> tuple[int, str]:
        self._in_ranges(anew(table), lambda: self._changed(table, span))
        text = sql.to_sql(self.queries[table], pretty=True)
        newest_only = table in NEWEST_ONLY
        if span.same_day:
            made = inc.made_query(anew(table), span, newest_only=newest_only)
            return self._change(table, inc.affected_keys(), made), text
        merged = inc.merged_query(table, anew(table), span, newest_only=newest_only)
        return self._keep(table, merged), text

    def _changed(self, table: str, span: inc.Span) -> exp.Query:
        """The part of a table to compute anew."""
        if table in FROM_FACTS:
            return inc.renewed(lambda: self._fresh(table), span)
        made = {name: anew(name) for name in CHAINED if name != table}
        return inc.placed(self._fresh(table), made)

    def _fresh(self, table: str) -> exp.Query:
        """A statement as a tree that nobody else holds; building one beats copying."""
        built = self.statements[table].build(self.setup)
        return built.copy() if built is self.queries[table] else built

    def _keep(self, table: str, *queries: exp.Query) -> int:
        return self.lake.write(table, self._texts(*queries), self.run)

    def _change(self, table: str, keys: exp.Query, rows: exp.Query) -> int:
        gone, made = self._texts(keys, rows)
        return self.lake.write_changed(table, gone, made, self.run)

    def _texts(self, *queries: exp.Query) -> tuple[str, ...]:
        """The statements, once the tables they read can be read by name."""
        for name in {name for query in queries for name in sql.inputs(query)}:
            self.lake.relation(name)
        return tuple(map(sql.to_sql, queries))

    def _rows(self, text: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = (
            self.lake.records.connect().execute(text).fetchall()
        )
        return found
