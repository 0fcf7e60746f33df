"""The same small policy graded four ways: ours, by hand in DuckDB, by pandas, by SQLite.

Each gives (uscc, thousandths of points, letter); they must agree before they are timed.
Ours is compiled from ``rivals.yaml``; the others are what a careful engineer writes for it.
The frames of pandas and the tables of SQLite are filled beforehand, untimed, which favours
them. Not here: the whole shipped policy (``grading``).
"""
# ruff: noqa: E501  statements read better than they wrap

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets import sql
from assets.credit import engine
from assets.credit.loading import load_policy

Rows = list[tuple[str, int, str]]
POLICY = Path(__file__).with_name("rivals.yaml")
READ = "uscc, kind, value, severity, period, happened_on, ended_on, void_from, publish_until"
LETTERS = (
    "CASE WHEN points >= 1000000 THEN 'A' WHEN points >= 950000 THEN 'B' ELSE 'C' END"
)
SCORED = f"""
SELECT uscc, points, {LETTERS} AS letter FROM (
  SELECT uscc, 1000000 + {{greatest}}(-200000, {{least}}(100000,
      {{least}}(2000 * contributions, 24000) - {{least}}(20000 * reports, 20000)
    + CASE substr(tax, 17) WHEN 'A' THEN 30000 WHEN 'C' THEN -40000 ELSE 0 END
    + CASE substr(labour, 17) WHEN 'A' THEN 15000 WHEN 'C' THEN -60000 ELSE 0 END
    - {{least}}(penalties, 120000) + {{least}}(5000 * commitments, 30000))) AS points
  FROM wide)
"""
BY_HAND = """
CREATE OR REPLACE TABLE wide AS
SELECT m.uscc,
  coalesce(f.contributions, 0) AS contributions, coalesce(f.reports, 0) AS reports,
  coalesce(f.tax, '') AS tax, coalesce(f.labour, '') AS labour,
  coalesce(f.penalties, 0) AS penalties, coalesce(f.commitments, 0) AS commitments
FROM memberships AS m LEFT JOIN (
  SELECT uscc,
    count(DISTINCT CASE WHEN kind = 'contribution' AND value = 'on_time'
      AND happened_on > $day - INTERVAL 12 MONTH THEN period END) AS contributions,
    count(CASE WHEN kind = 'annual_report' AND value = 'late'
      AND happened_on > $day - INTERVAL 18 MONTH THEN 1 END) AS reports,
    max(CASE WHEN kind = 'tax_credit' THEN lpad(period::TEXT, 6, '0') || happened_on || value END) AS tax,
    max(CASE WHEN kind = 'labour_grade' THEN lpad(period::TEXT, 6, '0') || happened_on || value END) AS labour,
    sum(CASE WHEN kind = 'penalty' AND severity = 'general' AND (ended_on IS NULL OR ended_on > $day)
      THEN 30000 * greatest(date_diff('day', $day, publish_until), 0)
        // date_diff('day', happened_on, publish_until) END)::BIGINT AS penalties,
    count(CASE WHEN kind = 'commitment' AND value = 'fully'
      AND happened_on > $day - INTERVAL 36 MONTH THEN 1 END) AS commitments
  FROM credit_events
  WHERE happened_on <= $day AND (void_from IS NULL OR void_from > $day)
  GROUP BY uscc) AS f USING (uscc)
"""
IN_SQLITE = """
CREATE TABLE wide AS
SELECT m.uscc,
  coalesce(f.contributions, 0) AS contributions, coalesce(f.reports, 0) AS reports,
  coalesce(f.tax, '') AS tax, coalesce(f.labour, '') AS labour,
  coalesce(f.penalties, 0) AS penalties, coalesce(f.commitments, 0) AS commitments
FROM memberships AS m LEFT JOIN (
  SELECT uscc,
    count(DISTINCT CASE WHEN kind = 'contribution' AND value = 'on_time'
      AND happened_on > date(:day, '-12 months') THEN period END) AS contributions,
    count(CASE WHEN kind = 'annual_report' AND value = 'late'
      AND happened_on > date(:day, '-18 months') THEN 1 END) AS reports,
    max(CASE WHEN kind = 'tax_credit' THEN printf('%06d', period) || happened_on || value END) AS tax,
    max(CASE WHEN kind = 'labour_grade' THEN printf('%06d', period) || happened_on || value END) AS labour,
    sum(CASE WHEN kind = 'penalty' AND severity = 'general' AND (ended_on IS NULL OR ended_on > :day)
      THEN 30000 * max(CAST(julianday(publish_until) - julianday(:day) AS INTEGER), 0)
        / CAST(julianday(publish_until) - julianday(happened_on) AS INTEGER) END) AS penalties,
    count(CASE WHEN kind = 'commitment' AND value = 'fully'
      AND happened_on > date(:day, '-36 months') THEN 1 END) AS commitments
  FROM credit_events
  WHERE happened_on <= :day AND (void_from IS NULL OR void_from > :day)
  GROUP BY uscc) AS f USING (uscc)
"""


class Rivals:
    """Four ways over the same Parquet files.

    Args:
        connection: with views ``memberships``, ``credit_events``, ``financials`` and the
            table ``evaluations``.
        day: the evaluation date.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, day: date) -> None:
        self.connection, self.day = connection, day
        policy = load_policy(POLICY)
        self.statements = {
            "credit_figures": sql.to_sql(engine.figures_query()),
            "industry_benchmarks": sql.to_sql(engine.benchmarks_query()),
            "credit_indicators": sql.to_sql(engine.indicators_query(policy)),
            "computed_grades": sql.to_sql(engine.grades_query(policy)),
        }
        for name in ("credit_figures", "industry_benchmarks"):
            self._make(name, self.statements[name])
        self.members = [u for (u,) in self._rows("SELECT uscc FROM memberships")]
        self._fill_sqlite()
        self.frame: Any = connection.sql(f"SELECT {READ} FROM credit_events").df()

    def ways(self) -> dict[str, Callable[[], None]]:
        """By name, ours first."""
        return {
            "ours": self.ours,
            "by hand": self.by_hand,
            "pandas": self.pandas,
            "SQLite": self.sqlite,
        }

    def agree(self) -> bool:
        """Whether all four give the same points and letters, after each has run."""
        for way in self.ways().values():
            way()
        first = sorted(
            self._rows("SELECT uscc, score_points, letter FROM computed_grades")
        )
        rest = (
            self._rows("SELECT uscc, points, letter FROM by_hand"),
            self.framed,
            self.lite.execute("SELECT uscc, points, letter FROM graded").fetchall(),
        )
        return all(sorted(rows) == first for rows in rest)

    def ours(self) -> None:
        """Indicators and grades, compiled."""
        for name in ("credit_indicators", "computed_grades"):
            self._make(name, self.statements[name])

    def by_hand(self) -> None:
        """One statement for indicators, one for grades."""
        self.connection.execute(BY_HAND.replace("$day", f"DATE '{self.day}'"))
        text = SCORED.format(greatest="greatest", least="least")
        self._make("by_hand", text)

    def sqlite(self) -> None:
        """The same two statements in SQLite, whose tables are filled beforehand."""
        for name in ("wide", "graded"):
            self.lite.execute(f"DROP TABLE IF EXISTS {name}")
        self.lite.execute(IN_SQLITE, {"day": self.day.isoformat()})
        text = SCORED.format(greatest="max", least="min")
        self.lite.execute(f"CREATE TABLE graded AS {text}")

    def pandas(self) -> None:
        """The same in frames."""
        import pandas as pd  # noqa: PLC0415

        frame, day = self.frame, pd.Timestamp(self.day)
        used = frame[
            (frame.happened_on <= day)
            & (frame.void_from.isna() | (frame.void_from > day))
        ]
        wide = pd.DataFrame(index=pd.Index(self.members, name="uscc"))
        for name, series in _measured(used, day).items():
            wide[name] = series
        self.framed = _scored(wide)

    def _make(self, name: str, text: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text}")

    def _rows(self, query: str) -> list[Any]:
        return self.connection.execute(query).fetchall()

    def _fill_sqlite(self) -> None:
        self.lite = sqlite3.connect(":memory:")
        for table, columns in (("memberships", "uscc"), ("credit_events", READ)):
            names = columns.split(", ")
            self.lite.execute(f"CREATE TABLE {table} ({columns})")
            marks = ", ".join("?" * len(names))
            texts = ", ".join(
                f"CAST({n} AS TEXT)" if n.endswith(("_on", "_from", "_until")) else n
                for n in names
            )
            rows = self._rows(f"SELECT {texts} FROM {table}")
            self.lite.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _measured(used: Any, day: Any) -> dict[str, Any]:
    """Every indicator as a series by enterprise."""
    import pandas as pd  # noqa: PLC0415

    def of(kind: str, months: int = 0) -> Any:
        found = used[used.kind == kind]
        start = day - pd.DateOffset(months=months)
        return found[found.happened_on > start] if months else found

    paid, late, kept = (
        of("contribution", 12),
        of("annual_report", 18),
        of("commitment", 36),
    )
    open_now = used.ended_on.isna() | (used.ended_on > day)
    fined = used[(used.kind == "penalty") & (used.severity == "general") & open_now]
    left = (fined.publish_until - day).dt.days.clip(lower=0)
    whole = (fined.publish_until - fined.happened_on).dt.days
    return {
        "contributions": paid[paid.value == "on_time"].groupby("uscc").period.nunique(),
        "reports": late[late.value == "late"].groupby("uscc").size(),
        "tax": _newest(of("tax_credit")),
        "labour": _newest(of("labour_grade")),
        "penalties": (30_000 * left // whole).groupby(fined.uscc).sum(),
        "commitments": kept[kept.value == "fully"].groupby("uscc").size(),
    }


def _newest(found: Any) -> Any:
    ordered = found.sort_values(["period", "happened_on", "value"])
    return ordered.groupby("uscc").value.last()


def _scored(wide: Any) -> Rows:
    import numpy as np  # noqa: PLC0415

    counts = ("contributions", "reports", "penalties", "commitments")
    filled = wide.assign(**{n: wide[n].fillna(0).astype("int64") for n in counts})
    points = (
        (2_000 * filled.contributions).clip(upper=24_000)
        - (20_000 * filled.reports).clip(upper=20_000)
        + filled.tax.map({"A": 30_000, "C": -40_000}).fillna(0).astype("int64")
        + filled.labour.map({"A": 15_000, "C": -60_000}).fillna(0).astype("int64")
        - filled.penalties.clip(upper=120_000)
        + (5_000 * filled.commitments).clip(upper=30_000)
    ).clip(-200_000, 100_000) + 1_000_000
    letters = np.select([points >= 1_000_000, points >= 950_000], ["A", "B"], "C")
    return [*zip(filled.index, map(int, points), map(str, letters), strict=True)]
