"""The same small policy graded four ways: ours, by hand in DuckDB, by pandas, by SQLite.

Each makes the four tables of the credit station, a statement each: the wide one (values
and points by rule), grades, one row for every rule that fired, and who has moved since
the grades before. Grades, explanations and moves must agree before they are timed. Ours is
compiled from ``rivals.yaml``; the others are what a careful engineer writes for it, with
the columns that say of which day, policy, dimension and indicator a row is. The frames of
pandas have none of these, and like the tables of SQLite are filled beforehand, untimed,
which favours them. Not here: the whole shipped policy (``grading``).
"""
# ruff: noqa: E501  statements read better than they wrap

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets import sql
from assets.credit import engine
from assets.credit.loading import load_policy

Rows = list[tuple[Any, ...]]
POLICY = Path(__file__).with_name("rivals.yaml")
READ = "uscc, kind, value, severity, period, happened_on, ended_on, void_from, publish_until"
TOLD = {
    "contributions": ("缴费", "Paid"),
    "reports": ("逾期", "Late"),
    "tax": ("税", "Tax"),
    "labour": ("劳动", "Labour"),
    "penalties": ("处罚", "Penalty"),
    "commitments": ("守诺", "Kept"),
}
SUM = " + ".join(f"p_{rule}" for rule in TOLD)
RULE = "SELECT uscc, evaluated_on, 'd' AS dimension, '{0}' AS indicator, '{0}' AS rule_id, CAST({0} AS TEXT) AS raw_value, p_{0} AS points, '{1}' AS reason_zh, '{2}' AS reason_en, 's' AS legal_source FROM wide WHERE p_{0} <> 0"
# What follows the values, by table; the names of SQLite's two functions differ.
POINTED = f"""
SELECT *, total - ({SUM}) AS adjusted FROM (
  SELECT *, {{greatest}}(-200000, {{least}}(100000, {SUM})) AS total FROM (
    SELECT uscc, {{day}} AS evaluated_on, contributions, reports, nullif(substr(tax, 17), '') AS tax,
      nullif(substr(labour, 17), '') AS labour, penalties, commitments,
      {{least}}(2000 * contributions, 24000) AS p_contributions,
      -{{least}}(20000 * reports, 20000) AS p_reports,
      CASE substr(tax, 17) WHEN 'A' THEN 30000 WHEN 'C' THEN -40000 ELSE 0 END AS p_tax,
      CASE substr(labour, 17) WHEN 'A' THEN 15000 WHEN 'C' THEN -60000 ELSE 0 END AS p_labour,
      -{{least}}(decayed, 120000) AS p_penalties,
      {{least}}(5000 * commitments, 30000) AS p_commitments
    FROM ({{measured}}) AS measured) AS pointed) AS summed
"""
AFTER = {
    "graded": """
SELECT uscc, evaluated_on, 'rivals' AS policy_id, 'graded' AS state, 1000000 + total AS points, CASE WHEN total >= 0 THEN 'A' WHEN total >= -50000 THEN 'B' ELSE 'C' END AS letter
FROM wide
""",
    "explained": " UNION ALL ".join(
        [
            "SELECT uscc, evaluated_on, 'base' AS dimension, 'base' AS indicator, 'base' AS rule_id, NULL AS raw_value, 1000000 AS points, '基础分' AS reason_zh, 'Base score' AS reason_en, 'benchmarks/rivals.py' AS legal_source FROM wide",
            *(RULE.format(rule, *told) for rule, told in TOLD.items()),
            "SELECT uscc, evaluated_on, 'd', 'dimension_bounds', 'adj_d', NULL, adjusted, '“维度”得分超出上下限', 'Dimension is out of its range', 'benchmarks/rivals.py' FROM wide WHERE adjusted <> 0",
        ]
    ),
    "moved": """
SELECT a.uscc, b.letter AS before, a.letter AS after
FROM graded AS a LEFT JOIN grades_before AS b ON b.uscc = a.uscc
WHERE a.letter IS DISTINCT FROM b.letter OR a.points IS DISTINCT FROM b.points
UNION ALL
SELECT uscc, letter, NULL FROM grades_before WHERE uscc NOT IN (SELECT uscc FROM graded)
""",
}
OURS_MOVED = """
SELECT uscc, b.letter AS before, a.letter AS after
FROM computed_grades AS a FULL JOIN grades_before AS b USING (uscc)
WHERE (a.letter, a.score_points) IS DISTINCT FROM (b.letter, b.points)
"""
# One in a hundred had a point more: as many move as a day's new facts would.
BEFORE = "SELECT uscc, CASE WHEN uscc LIKE '%00' THEN score_points + 1000 ELSE score_points END AS points, letter FROM computed_grades"
ANSWERS = (
    "SELECT uscc, points, letter FROM graded",
    "SELECT uscc, rule_id, coalesce(raw_value, ''), points FROM explained",
    "SELECT uscc FROM moved",
)
BY_HAND = """
SELECT m.uscc,
  coalesce(f.contributions, 0) AS contributions, coalesce(f.reports, 0) AS reports,
  coalesce(f.tax, '') AS tax, coalesce(f.labour, '') AS labour,
  coalesce(f.penalties, 0) AS penalties, coalesce(f.decayed, 0) AS decayed, coalesce(f.commitments, 0) AS commitments
FROM memberships AS m LEFT JOIN (
  SELECT uscc,
    count(DISTINCT CASE WHEN kind = 'contribution' AND value = 'on_time'
      AND happened_on > $day - INTERVAL 12 MONTH THEN period END) AS contributions,
    count(CASE WHEN kind = 'annual_report' AND value = 'late'
      AND happened_on > $day - INTERVAL 18 MONTH THEN 1 END) AS reports,
    max(CASE WHEN kind = 'tax_credit' THEN lpad(period::TEXT, 6, '0') || happened_on || value END) AS tax,
    max(CASE WHEN kind = 'labour_grade' THEN lpad(period::TEXT, 6, '0') || happened_on || value END) AS labour,
    count(CASE WHEN kind = 'penalty' AND severity = 'general' AND (ended_on IS NULL OR ended_on > $day) THEN 1 END) AS penalties,
    sum(CASE WHEN kind = 'penalty' AND severity = 'general' AND (ended_on IS NULL OR ended_on > $day)
      THEN 30000 * greatest(date_diff('day', $day, publish_until), 0)
        // date_diff('day', happened_on, publish_until) END)::BIGINT AS decayed,
    count(CASE WHEN kind = 'commitment' AND value = 'fully'
      AND happened_on > $day - INTERVAL 36 MONTH THEN 1 END) AS commitments
  FROM credit_events
  WHERE happened_on <= $day AND (void_from IS NULL OR void_from > $day)
  GROUP BY uscc) AS f USING (uscc)
"""
IN_SQLITE = """
SELECT m.uscc,
  coalesce(f.contributions, 0) AS contributions, coalesce(f.reports, 0) AS reports,
  coalesce(f.tax, '') AS tax, coalesce(f.labour, '') AS labour,
  coalesce(f.penalties, 0) AS penalties, coalesce(f.decayed, 0) AS decayed, coalesce(f.commitments, 0) AS commitments
FROM memberships AS m LEFT JOIN (
  SELECT uscc,
    count(DISTINCT CASE WHEN kind = 'contribution' AND value = 'on_time'
      AND happened_on > date(:day, '-12 months') THEN period END) AS contributions,
    count(CASE WHEN kind = 'annual_report' AND value = 'late'
      AND happened_on > date(:day, '-18 months') THEN 1 END) AS reports,
    max(CASE WHEN kind = 'tax_credit' THEN printf('%06d', period) || happened_on || value END) AS tax,
    max(CASE WHEN kind = 'labour_grade' THEN printf('%06d', period) || happened_on || value END) AS labour,
    count(CASE WHEN kind = 'penalty' AND severity = 'general' AND (ended_on IS NULL OR ended_on > :day) THEN 1 END) AS penalties,
    sum(CASE WHEN kind = 'penalty' AND severity = 'general' AND (ended_on IS NULL OR ended_on > :day)
      THEN 30000 * max(CAST(julianday(publish_until) - julianday(:day) AS INTEGER), 0)
        / CAST(julianday(publish_until) - julianday(happened_on) AS INTEGER) END) AS decayed,
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
        for name, query in (
            ("credit_figures", engine.figures_query()),
            ("industry_benchmarks", engine.benchmarks_query()),
        ):
            self._make(name, sql.to_sql(query))
        self.statements = {
            "credit_indicators": sql.to_sql(engine.indicators_query(policy)),
            "computed_grades": sql.to_sql(engine.grades_query(policy)),
            "explanations": sql.to_sql(engine.explanations_query(policy)),
        }
        for name, text in self.statements.items():
            self._make(name, text)
        self._make("grades_before", BEFORE)
        self.statements["our_moved"] = OURS_MOVED
        self.members = [u for (u,) in self._rows("SELECT uscc FROM memberships")]
        self._fill_sqlite()
        self.frame: Any = connection.sql(f"SELECT {READ} FROM credit_events").df()
        self.before: Any = connection.sql("SELECT * FROM grades_before").df()

    def ways(self) -> dict[str, Callable[[], None]]:
        """By name, ours first."""
        return {
            "ours": self.ours,
            "by hand": self.by_hand,
            "pandas": self.pandas,
            "SQLite": self.sqlite,
        }

    def agree(self) -> bool:
        """Whether all four give the same, after each has run."""
        for way in self.ways().values():
            way()
        first = self.answers()
        rest = (
            [sorted(self._rows(text)) for text in ANSWERS],
            [sorted(self.lite.execute(text).fetchall()) for text in ANSWERS],
            [sorted(rows) for rows in self.framed],
        )
        return all(rows == first for rows in rest)

    def answers(self) -> list[Rows]:
        """Our own grades, explanations and moves, in order."""
        ours = (
            "SELECT uscc, score_points, letter FROM computed_grades",
            "SELECT uscc, rule_id, coalesce(raw_value, ''), points FROM explanations",
            "SELECT uscc FROM our_moved",
        )
        return [sorted(self._rows(text)) for text in ours]

    def ours(self) -> None:
        """Indicators, grades, explanations and moves, compiled."""
        for name, text in self.statements.items():
            self._make(name, text)

    def by_hand(self) -> None:
        """One statement a table."""
        day = f"DATE '{self.day}'"
        for name, text in stations(BY_HAND.replace("$day", day), day).items():
            self._make(name, text)

    def sqlite(self) -> None:
        """The same statements in SQLite, whose tables are filled beforehand."""
        given = {"day": self.day.isoformat()}
        for name, text in stations(IN_SQLITE, ":day", "max", "min").items():
            self.lite.execute(f"DROP TABLE IF EXISTS {name}")
            used = given if ":day" in text else {}
            self.lite.execute(f"CREATE TABLE {name} AS {text}", used)

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
        self.framed = _scored(wide, self.before)

    def _make(self, name: str, text: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text}")

    def _rows(self, query: str) -> list[Any]:
        return self.connection.execute(query).fetchall()

    def _fill_sqlite(self) -> None:
        self.lite = sqlite3.connect(":memory:")
        given = {
            "memberships": "uscc",
            "credit_events": READ,
            "grades_before": "uscc, points, letter",
        }
        for table, columns in given.items():
            names = columns.split(", ")
            self.lite.execute(f"CREATE TABLE {table} ({columns})")
            marks = ", ".join("?" * len(names))
            texts = ", ".join(
                f"CAST({n} AS TEXT)" if n.endswith(("_on", "_from", "_until")) else n
                for n in names
            )
            rows = self._rows(f"SELECT {texts} FROM {table}")
            self.lite.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        self.lite.execute("CREATE UNIQUE INDEX before_by_code ON grades_before (uscc)")


def stations(
    measured: str, day: str, greatest: str = "greatest", least: str = "least"
) -> dict[str, str]:
    """The four statements by the table each makes."""
    wide = POINTED.format(measured=measured, day=day, greatest=greatest, least=least)
    return {"wide": wide, **AFTER}


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
        "penalties": fined.groupby("uscc").size(),
        "decayed": (30_000 * left // whole).groupby(fined.uscc).sum(),
        "commitments": kept[kept.value == "fully"].groupby("uscc").size(),
    }


def _newest(found: Any) -> Any:
    ordered = found.sort_values(["period", "happened_on", "value"])
    return ordered.groupby("uscc").value.last()


def _scored(wide: Any, before: Any) -> list[Rows]:
    import numpy as np  # noqa: PLC0415

    counts = ("contributions", "reports", "penalties", "decayed", "commitments")
    filled = wide.assign(**{n: wide[n].fillna(0).astype("int64") for n in counts})
    points = {
        "contributions": (2_000 * filled.contributions).clip(upper=24_000),
        "reports": -(20_000 * filled.reports).clip(upper=20_000),
        "tax": filled.tax.map({"A": 30_000, "C": -40_000}).fillna(0).astype("int64"),
        "labour": filled.labour.map({"A": 15_000, "C": -60_000})
        .fillna(0)
        .astype("int64"),
        "penalties": -filled.decayed.clip(upper=120_000),
        "commitments": (5_000 * filled.commitments).clip(upper=30_000),
    }
    whole = sum(points.values())
    total = whole.clip(-200_000, 100_000)  # type: ignore[attr-defined]
    letters = np.select([total >= 0, total >= -50_000], ["A", "B"], "C")
    graded = filled.assign(points=total + 1_000_000, letter=letters)[
        ["points", "letter"]
    ].reset_index()
    told = _explained(filled, points, total - whole)
    both = graded.merge(before, on="uscc", how="outer", suffixes=("", "_before"))
    moved = both[
        (both.letter != both.letter_before) | (both.points != both.points_before)
    ]
    return [
        [*zip(graded.uscc, map(int, graded.points), graded.letter, strict=True)],
        [*told.itertuples(index=False, name=None)],
        [(uscc,) for uscc in moved.uscc],
    ]


def _explained(filled: Any, points: Mapping[str, Any], adjusted: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    def told(rule: str, raw: Any, given: Any) -> Any:
        fired = given != 0
        frame = pd.DataFrame(
            {"rule_id": rule, "raw": raw, "points": given}, index=filled.index
        )
        return frame[fired]

    parts = [told("base", "", pd.Series(1_000_000, index=filled.index))]
    parts += [
        told(rule, filled[rule].astype(str), given) for rule, given in points.items()
    ]
    parts.append(told("adj_d", "", adjusted))
    return pd.concat(parts).reset_index()
