"""What every scenario is: its sizes, what is measured, beside which baseline, the aim.

Said once; the harness, the report and the charts are made from it. Not here: the work
itself (a module a scenario), running it (``harness``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.meter import Cost

# What a step gives: nothing, or the costs of its parts by name.
Work = Callable[[], Mapping[str, Cost] | None]
Steps = Mapping[str, Work]
THREE, ONE = 3, 1
PRINTED = "printed"
LONG = 1_000_000  # from this size on a scenario runs once, and the report says so


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes:
        name: on the command line.
        zh: its title in Chinese.
        en: its title.
        unit: what a size counts.
        quick: the size of ``make bench-quick``; ``None``: not part of it.
        sizes: the sizes of ``make bench``; others may be asked for.
        baseline: the step that the others are given as a ratio to.
        aim: what we want, in words.
        module: has ``prepare(name, folder, size)`` and ``steps(name, folder, size)``;
            with ``printed``, ``module:function`` of a size.
        printed: it tells its own figures.
        once: a size that runs once, so that the quick sizes take three minutes.
    """

    name: str
    zh: str
    en: str
    unit: str
    quick: int | None
    sizes: tuple[int, ...]
    baseline: str
    aim: str
    module: str
    printed: bool = False
    once: int | None = None

    def prepare(self, folder: Path, size: int) -> None:
        """Make what all runs of a size share; not measured."""
        if not self.printed:
            import_module(self.module).prepare(self.name, folder, size)

    def steps(self, folder: Path, size: int) -> Steps:
        """The steps, in the order to run them."""
        module, _, function = self.module.partition(":")
        if self.printed:
            work = getattr(import_module(module), function)
            return {PRINTED: lambda: work(size)}
        found: Steps = import_module(module).steps(self.name, folder, size)
        return found

    def runs(self, size: int) -> int:
        """How often a size is measured."""
        return ONE if size >= LONG or size == self.once else THREE


SCENARIOS = (
    Scenario(
        "night",
        "整夜流程",
        "The whole night, landing to switched release",
        "enterprises",
        1_000,
        (1_000, 10_000, 100_000),
        "floor: read and write the same bytes",
        "10 minutes and 6 GiB at 1,000,000",
        "benchmarks.night_steps",
        once=1_000,
    ),
    Scenario(
        "again",
        "增量之夜",
        "The next night, one enterprise in a hundred changed, the same day",
        "enterprises",
        None,
        (10_000, 100_000),
        "a full night of both deliveries",
        "25 % of a full night, identical",
        "benchmarks.again_steps",
    ),
    Scenario(
        "spill",
        "内存受限之夜",
        "The night with an eighth of the memory",
        "enterprises",
        None,
        (100_000,),
        "the night, as usual",
        "the same release; memory follows the setting",
        "benchmarks.spill_steps",
        once=100_000,
    ),
    Scenario(
        "pulling",
        "HTTP 拉取",
        "Pulling an agency over HTTP, beside a plain requests loop",
        "enterprises",
        60,
        (500,),
        "plain requests loop",
        "1.5x",
        "benchmarks.pulling",
    ),
    Scenario(
        "json",
        "JSON 入库",
        "JSON pages to accepted records, beside a bare DuckDB reader",
        "records",
        10_000,
        (10_000, 100_000, 1_000_000),
        "bare DuckDB reader",
        "3x in processor time",
        "benchmarks.collecting",
    ),
    Scenario(
        "csv",
        "CSV 入库",
        "One CSV file to accepted records, beside a bare DuckDB reader",
        "records",
        10_000,
        (10_000, 100_000, 1_000_000),
        "bare DuckDB reader",
        "3x in processor time",
        "benchmarks.collecting",
    ),
    Scenario(
        "suite",
        "GX 校验",
        "Great Expectations on penalties, beside the same rules in DuckDB",
        "records",
        10_000,
        (10_000, 100_000, 1_000_000),
        "the same predicates in DuckDB",
        "5x",
        "benchmarks.collecting",
    ),
    Scenario(
        "rivals",
        "同一评价任务",
        "Records to grades: ours, by hand, pandas, SQLite, PostgreSQL",
        "enterprises",
        10_000,
        (10_000, 100_000),
        "ours",
        "no way faster",
        "benchmarks.rival_steps",
    ),
    Scenario(
        "grading",
        "评价",
        "Grading beside a bare GROUP BY, and one enterprise in a hundred anew",
        "enterprises",
        None,
        (10_000, 100_000, 1_000_000),
        "bare GROUP BY",
        "see the printed ratios",
        "benchmarks.grading:measure",
        printed=True,
    ),
    Scenario(
        "release",
        "发布",
        "Building a release beside SQLite filling the same tables",
        "enterprises",
        None,
        (10_000, 100_000),
        "bare SQLite",
        "2x",
        "benchmarks.release:main",
        printed=True,
    ),
    Scenario(
        "serving",
        "网站",
        "The site beside stock Datasette and a bare endpoint",
        "enterprises",
        None,
        (10_000,),
        "stock Datasette",
        "see the printed ratios",
        "benchmarks.serving:main",
        printed=True,
    ),
    Scenario(
        "api",
        "银行接口",
        "The bank interface beside a bare Starlette endpoint",
        "enterprises",
        None,
        (10_000,),
        "bare Starlette",
        "see the printed ratios",
        "benchmarks.api:run",
        printed=True,
    ),
)  # fmt: skip
BY_NAME = {s.name: s for s in SCENARIOS}
