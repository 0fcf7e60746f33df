"""Grading beside its floors: a bare decode and a bare group-by of the same Parquet files.

``python -m benchmarks.grading --enterprises 100000`` grades made-up enterprises of twelve
events each, explains, compares with the run before, and grades one in a hundred anew.
Then a small policy is graded four ways (``rivals``), by at most 100,000 enterprises.
Each figure is the median of three, and a ratio to the baseline of the same run.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter

import click

from assets import sql
from assets.credit import engine, incremental
from assets.credit.loading import load_policy
from assets.reference import evaluations
from benchmarks.rivals import Rivals
from orchestration.lake.engine import Engine, quoted
from orchestration.settings import POLICY

TODAY = date(2026, 11, 23)
RUNS, EVENTS, TOUCHED = 3, 12, 100
MOST_RIVALS = 100_000  # SQLite and pandas take their time
INPUTS = ("memberships", "credit_events", "financials")
USED = "uscc, kind, value, severity, happened_on, ended_on, publish_until, period, quantity"
DIFF = """
SELECT uscc, b.letter AS before, a.letter AS after
FROM computed_grades AS a FULL JOIN grades_before AS b USING (uscc, evaluated_on)
WHERE (a.letter, a.state, a.score_points)
  IS DISTINCT FROM (b.letter, b.state, b.score_points)
"""


class Town:
    """Made-up enterprises as Parquet files, and the statements that grade them."""

    def __init__(self, folder: Path, enterprises: int) -> None:
        self.engine, self.size = Engine(folder / "spill"), enterprises
        self.run(f"SET VARIABLE enterprises = {enterprises}")
        self.run(f"SET VARIABLE events = {EVENTS}")
        self.run(Path(__file__).with_name("ledger.sql").read_text("utf-8"))
        for table in INPUTS:
            path = folder / f"{table}.parquet"
            self.engine.write_parquet(f"SELECT * FROM {table} ORDER BY uscc", path)
            self.run(f"DROP TABLE {table}")
            self.run(f"CREATE VIEW {table} AS FROM read_parquet({quoted(path)})")
        self.make("evaluations", sql.to_sql(evaluations(TODAY, TODAY)))
        policy = load_policy(POLICY / "zibo-gaoxin-2026.yaml")
        self.graded = {
            "credit_figures": engine.figures_query(),
            "industry_benchmarks": engine.benchmarks_query(),
            "credit_indicators": engine.indicators_query(policy),
            "computed_grades": engine.grades_query(policy),
        }
        self.explained = engine.explanations_query(policy)
        self.again = incremental.restricted(engine.indicators_query(policy))

    def run(self, text: str) -> None:
        """Run a statement."""
        self.engine.connection.execute(text)

    def make(self, table: str, text: str) -> None:
        """Make a table anew."""
        self.run(f"CREATE OR REPLACE TABLE {table} AS {text}")

    def decode(self) -> None:
        """Read every column that grading reads, and nothing else."""
        columns = ", ".join(f"max({name})" for name in USED.split(", "))
        self.run(f"SELECT {columns} FROM credit_events")

    def group(self) -> None:
        """The least that any grading has to do."""
        self.make("counted", "SELECT uscc, count(*) FROM credit_events GROUP BY uscc")

    def grade(self) -> None:
        """Figures, benchmarks, indicators, grades."""
        for name, query in self.graded.items():
            self.make(name, sql.to_sql(query))

    def explain(self) -> None:
        """One row for every rule that fired."""
        self.make("explanations", sql.to_sql(self.explained))

    def compare(self) -> None:
        """Whose standing differs from the run before."""
        self.make("moved", DIFF)

    def touch(self) -> None:
        """Say that one in a hundred enterprises has changed."""
        some = f"SELECT uscc FROM memberships WHERE hash(uscc) % {TOUCHED} = 0"
        self.make("affected", some)

    def grade_affected(self) -> None:
        """Indicators of the touched alone, and the others' from before."""
        for table in incremental.OWN:
            only = sql.to_sql(incremental.only_affected(table))
            # A view, so that only the columns that grading reads are decoded.
            self.run(f"CREATE OR REPLACE VIEW affected_{table} AS {only}")
        self.make("some_indicators", sql.to_sql(self.again))

    def merge(self) -> None:
        """Write the whole table anew."""
        merged = incremental.merged_query("credit_indicators", "some_indicators")
        self.make("merged_indicators", sql.to_sql(merged))


def measure(enterprises: int) -> None:
    """Print each step beside the bare group-by."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), enterprises)
        click.echo(
            f"grading, {enterprises:,} enterprises, {enterprises * EVENTS:,} events"
        )
        bare = median(town.group)
        line("bare decode of the columns grading reads", median(town.decode), bare)
        line("bare GROUP BY uscc", bare, bare)
        full = median(town.grade)
        line("figures, indicators, grades", full, bare)
        town.make("grades_before", "FROM computed_grades")
        line("explanations", median(town.explain), bare)
        line("diff against the run before", median(town.compare), bare)
        town.touch()
        some = median(town.grade_affected)
        line("1 % touched: their indicators", some, bare)
        whole = some + median(town.merge)
        line("1 % touched: and the table written anew", whole, bare)
        click.echo(f"  1 % touched: {100 * some / full:.0f} % of grading everybody, ")
        click.echo(f"  {100 * whole / full:.0f} % with writing; peak {peak():.2f} GiB")


def rival(enterprises: int) -> None:
    """Print ours beside statements by hand, pandas and SQLite, once they agree."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), enterprises)
        four = Rivals(town.engine.connection, TODAY)
        if not four.agree():
            raise click.ClickException(
                "the four ways disagree: no time is worth telling"
            )
        times = {name: median(way) for name, way in four.ways().items()}
    click.echo(f"a small policy, {enterprises:,} enterprises, against ours")
    for name, seconds in times.items():
        line(name, seconds, times["ours"])


def median(work: Callable[[], object]) -> float:
    """Seconds, the median of three runs."""
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return statistics.median(times)


def peak() -> float:
    """The most memory this process has held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def line(name: str, seconds: float, baseline: float) -> None:
    """One step with its ratio."""
    click.echo(f"  {name:45} {seconds:8.2f} s  {seconds / baseline:6.2f} x")


@click.command()
@click.option("--enterprises", default=100_000, show_default=True, help="How many.")
def main(enterprises: int) -> None:
    """Grade made-up enterprises beside the floors."""
    measure(enterprises)
    rival(min(enterprises, MOST_RIVALS))


if __name__ == "__main__":
    main()
