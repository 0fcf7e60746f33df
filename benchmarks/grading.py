"""Grading beside its floors: a bare decode and a bare group-by of the same Parquet files.

``python -m benchmarks.grading --enterprises 100000`` grades made-up enterprises of twelve
events each, explains, and compares with the run before, from Parquet to Parquet as a run
does; then one in a hundred has a new fact, and a run of the same day grades anew whom it
touches. Then a small policy is graded four ways (``rivals``), by at most 200,000.
Figures are processor seconds, the median of three (below a million), beside the baseline
of the same run.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

import click

from assets import sql
from assets.credit.definitions import computing_statements
from assets.credit.renewal import RENEWED, Renewal, anew
from assets.reference import evaluations
from assets.setup import Setup
from assets.sources.declaration import Membership, Sources
from assets.station import make
from benchmarks.rivals import Rivals
from orchestration.lake.lake import LocalLake
from orchestration.settings import POLICY
from quality.clock import Clock

TODAY, YEAR_AGO = date(2026, 11, 23), date(2025, 11, 30)
RUNS, EVENTS, TOUCHED, MILLION = 3, 12, 100, 1_000_000
MEMORY = "1536MB"  # what DuckDB may hold before it spills; Python needs a little more
MOST_RIVALS = 200_000  # SQLite and pandas take their time
ARRIVED = "arrived"
INPUTS = ("memberships", "credit_events", "financials")
GRADING = computing_statements()[:4]  # figures, benchmarks, indicators, grades
EXPLAINED = computing_statements()[:5]
USED = "uscc, kind, value, severity, happened_on, ended_on, publish_until, period, quantity"
DIFF = """
SELECT uscc, b.letter AS before, a.letter AS after
FROM computed_grades AS a FULL JOIN grades_before AS b USING (uscc, evaluated_on)
WHERE (a.letter, a.state, a.score_points)
  IS DISTINCT FROM (b.letter, b.state, b.score_points)
"""
FACTS = """
SELECT * FROM given
UNION ALL BY NAME
SELECT * REPLACE (concat('new-', event_id) AS event_id) FROM given
WHERE hash(uscc) % $touched = 0 AND event_id LIKE '%-3' AND event_id NOT LIKE 'new%'
ORDER BY uscc
"""


class Town:
    """Made-up enterprises in a lake, and the statements that grade them."""

    def __init__(self, folder: Path, enterprises: int) -> None:
        self.folder, self.size, self.runs = folder, enterprises, 0
        self.lake = LocalLake(folder / "lake", Clock(TODAY), MEMORY)
        self.engine = self.lake.engine
        self.setup = Setup(
            Clock(TODAY),
            Sources(name="b", history_from=TODAY, membership=Membership(), agencies={}),
            POLICY / "zibo-gaoxin-2026.yaml",
            folder,
            folder,
            grade_at_once=MILLION,
        )
        self.run("SET preserve_insertion_order = false")
        self.run(f"SET VARIABLE enterprises = {enterprises}")
        self.run(f"SET VARIABLE events = {EVENTS}")
        self.run(Path(__file__).with_name("ledger.sql").read_text("utf-8"))
        self.keep("financials", "SELECT * FROM financials")
        self.run("DROP TABLE financials")
        cuts = [*range(0, enterprises, MILLION), enterprises]
        parts = (f"FROM made_events({a}, {b})" for a, b in pairwise(cuts))
        self.keep("credit_events", tuple(parts))
        for table in INPUTS[1:]:
            self.lake.relation(table)
        self.run("ALTER TABLE memberships RENAME TO members")
        self.evaluate(TODAY, TODAY)

    def evaluate(self, first: date, today: date) -> None:
        """Everybody is to be graded on every month end from a day on, and on another."""
        self.setup = replace(self.setup, clock=Clock(today))
        self.keep("evaluations", sql.to_sql(evaluations(first, today)))
        self.lake.relation("evaluations")
        dated = "SELECT m.* REPLACE (d.evaluated_on AS evaluated_on) FROM members AS m"
        self.keep("memberships", f"{dated} CROSS JOIN evaluations AS d ORDER BY uscc")
        self.lake.relation("memberships")

    def run(self, text: str) -> None:
        """Run a statement."""
        self.engine.connection.execute(text)

    def keep(self, table: str, text: str | tuple[str, ...]) -> None:
        """Make a new snapshot of a table."""
        self.lake.write(table, text, f"run-{self.runs}")

    def make(self, table: str, text: str) -> None:
        """Make a table of this connection anew."""
        self.run(f"CREATE OR REPLACE TABLE {table} AS {text}")

    def decode(self) -> None:
        """Read every column that grading reads, and nothing else."""
        columns = ", ".join(f"max({name})" for name in USED.split(", "))
        self.run(f"SELECT {columns} FROM credit_events")

    def group(self, table: str = "credit_events") -> None:
        """The least that any grading has to do."""
        self.make("counted", f"SELECT uscc, count(*) FROM {table} GROUP BY uscc")

    def arrive(self) -> None:
        """The events in no order, as registers deliver them."""
        self.keep(ARRIVED, "SELECT uscc FROM credit_events ORDER BY hash(event_id)")
        self.lake.relation(ARRIVED)

    def tally(self) -> None:
        """As many plain counts as the policy measures facts, and nothing else."""
        policy = self.setup.policy
        facts = sum(bool(i.value.filter) for i in policy.indicators)
        facts += sum(bool(r.decay) for _, r in policy.rules())
        facts += len(policy.grading.families)
        each = (
            f"count(CASE WHEN period = {n} THEN 1 END) AS c{n}" for n in range(facts)
        )
        columns = ", ".join(each)
        self.make("counted", f"SELECT uscc, {columns} FROM credit_events GROUP BY uscc")

    def copy(self) -> None:
        """Write the wide table's bytes, and compute nothing."""
        self.lake.relation("credit_indicators")
        self.keep("copied", "SELECT * FROM credit_indicators")

    def grade(self) -> None:
        """Figures, benchmarks, indicators, grades."""
        for statement in GRADING:
            make(self.lake, statement, self.setup, f"run-{self.runs}")

    def explain(self) -> None:
        """One row for every rule that fired."""
        make(self.lake, EXPLAINED[-1], self.setup, f"run-{self.runs}")

    def remember(self) -> None:
        """Keep the grades to compare the next ones with."""
        self.lake.relation("computed_grades")
        self.keep("grades_before", "SELECT * FROM computed_grades")

    def compare(self) -> None:
        """Whose standing differs from the run before."""
        for table in ("computed_grades", "grades_before"):
            self.lake.relation(table)
        self.keep("moved", DIFF)

    def touch(self) -> None:
        """Give one in a hundred enterprises a fact that it had not."""
        stands = self.lake.tables.query("credit_events")
        facts = FACTS.replace("$touched", str(TOUCHED))
        given = f"WITH given AS ({stands}) {facts}"
        self.runs += 1
        self.keep("credit_events", given)
        self.lake.relation("credit_events")

    def night(self, *, everybody: bool = False) -> Timed:
        """The credit station of a run, up to explanations; its seconds by table."""
        self.runs += 1
        lake = Timed(self.lake)
        setup = replace(self.setup, grade_everybody=everybody)
        renewal = Renewal(lake, setup, f"run-{self.runs}", EXPLAINED)  # type: ignore[arg-type]
        for statement in EXPLAINED:
            renewal.make(statement)
        renewal.remember()
        return lake


class Timed:
    """A lake that tells what writing each table cost, in processor seconds."""

    def __init__(self, lake: LocalLake) -> None:
        self.lake, self.seconds = lake, dict[str, float]()

    def __getattr__(self, name: str) -> object:
        return getattr(self.lake, name)

    def write(self, table: str, text: str | tuple[str, ...], run: str) -> int:
        """As the lake's."""
        return self._timed(table, partial(self.lake.write, table, text, run))

    def write_changed(self, table: str, keys: str, rows: str, run: str) -> int:
        """As the lake's."""
        work = partial(self.lake.write_changed, table, keys, rows, run)
        return self._timed(table, work)

    def _timed(self, table: str, work: Callable[[], int]) -> int:
        start = process_time()
        rows = work()
        spent = process_time() - start
        self.seconds[table] = self.seconds.get(table, 0.0) + spent
        return rows

    @property
    def writing(self) -> float:
        """Seconds for merging what is new into what stood."""
        return sum(s for t, s in self.seconds.items() if t in RENEWED)

    @property
    def whole(self) -> float:
        """Seconds for all tables."""
        return sum(self.seconds.values())


def measure(enterprises: int) -> None:
    """Print each step beside the bare group-by."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), enterprises)
        click.echo(
            f"grading, {enterprises:,} enterprises, {enterprises * EVENTS:,} events"
        )
        if enterprises > MILLION:
            many(town)
            return
        town.arrive()
        begun = perf_counter()
        times = RUNS if enterprises < MILLION else 1
        arrived = median(partial(town.group, ARRIVED))
        bare = median(town.group)
        line("bare decode of the columns grading reads", median(town.decode), bare)
        line("bare GROUP BY uscc", bare, bare)
        line("bare GROUP BY uscc, rows as they arrive", arrived, bare)
        line("the same with a count a fact of the policy", median(town.tally), bare)
        line("figures, indicators, grades", median(town.grade, times), bare)
        line("of that: writing the wide table", median(town.copy, times), bare)
        town.remember()
        line("explanations", median(town.explain, times), bare)
        line("diff against the run before", median(town.compare), bare)
        click.echo(
            f"  {perf_counter() - begun:.1f} s on the wall, peak {peak():.2f} GiB"
        )
        renew(town, bare)
        if enterprises < MILLION:
            town.evaluate(YEAR_AGO, TODAY)
            renew(town, bare, tomorrow=True)


def many(town: Town) -> None:
    """Print what grading so many takes that it is done part by part of the codes."""
    bare, begun = median(town.group, 1), perf_counter()
    line("bare GROUP BY uscc", bare, bare)
    lake = town.night(everybody=True)
    for table, seconds in lake.seconds.items():
        line(table, seconds, bare)
    each = 1e6 * lake.whole / town.size
    click.echo(f"  {lake.whole:.1f} processor s, {each:.1f} millionths for each")
    click.echo(f"  {perf_counter() - begun:.1f} s on the wall, peak {peak():.2f} GiB")


def renew(town: Town, bare: float, *, tomorrow: bool = False) -> None:
    """Print what a run costs when one in a hundred is touched, beside a full one."""
    when = "a new day, 12 month ends" if tomorrow else "the same day"
    town.night(everybody=True)
    town.touch()
    if tomorrow:
        town.evaluate(YEAR_AGO, TODAY + timedelta(days=1))
    lake = town.night()
    if anew("credit_indicators") not in lake.seconds:
        raise click.ClickException("the run graded everybody: nothing to tell")
    full = town.night(everybody=True).whole
    computing, whole = lake.whole - lake.writing, lake.whole
    line(f"everybody anew, {when}", full, bare)
    line("1 % touched: found and graded anew", computing, bare)
    line("1 % touched: and the tables written", whole, bare)
    click.echo(f"  1 % touched: {100 * computing / full:.0f} % of grading everybody,")
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


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Processor seconds, the median of so many runs."""
    times = []
    for _ in range(runs):
        start = process_time()
        work()
        times.append(process_time() - start)
    return statistics.median(times)


def peak() -> float:
    """The most memory this process has held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def line(name: str, seconds: float, baseline: float) -> None:
    """One step with its ratio."""
    click.echo(f"  {name:45} {seconds:8.2f} s  {seconds / baseline:6.2f} x")


@click.command()
@click.option("--enterprises", default=100_000, show_default=True, help="How many.")
@click.option("--rivals/--no-rivals", default=True, help="Also the four ways.")
def main(enterprises: int, *, rivals: bool) -> None:
    """Grade made-up enterprises beside the floors."""
    measure(enterprises)
    if rivals:
        rival(min(enterprises, MOST_RIVALS))


if __name__ == "__main__":
    main()
