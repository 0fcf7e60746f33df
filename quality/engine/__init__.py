"""Great Expectations, the verdict on every table: the only room that imports it.

GX costs five seconds and 250 MB to import, so nothing of it is imported before a
function here is called. Not here: what is expected (``quality.expectations``) and what
a failure means for a run (``quality.checks``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quality.engine.rows import Rows, held
from quality.verdicts import Verdict

if TYPE_CHECKING:
    from sqlalchemy import Table

    from quality.expectations import Expectation

__all__ = [
    "Examination",
    "Rows",
    "examine",
    "examine_suite",
    "held",
    "load",
    "validate",
    "write_data_docs",
]


@dataclass(frozen=True)
class Examination:
    """The verdicts on one table and GX's own document of them.

    Attributes:
        table: its name.
        verdicts: one for each expectation, in the order of the suite.
        document: plain JSON values for Data Docs; at most a few examples of violating
            rows for each expectation, and none of values that may be personal.
    """

    table: str
    verdicts: list[Verdict]
    document: Mapping[str, Any]


def examine(
    table: Table, rows: Rows, today: date, *, arriving: bool = False
) -> Examination:
    """Judge rows that ``quality.expectations.frame_query`` has made.

    Args:
        table: the contract.
        rows: a table with the columns of that query and no others.
        today: the evaluation date.
        arriving: the rows are candidates; the query must have been made so too.
    """
    with _without_spark():
        from quality.engine.validation import examination  # noqa: PLC0415

    return Examination(table.name, *examination(table, rows, today, arriving))


def examine_suite(name: str, suite: Sequence[Expectation], rows: Rows) -> Examination:
    """Judge ``rows`` by a suite that no contract makes (``quality.business``)."""
    with _without_spark():
        from quality.engine.validation import judged  # noqa: PLC0415

    return Examination(name, *judged(name, suite, rows))


def validate(
    table: Table, rows: Rows, today: date, *, arriving: bool = False
) -> list[Verdict]:
    """The verdicts of ``examine`` alone."""
    return examine(table, rows, today, arriving=arriving).verdicts


def write_data_docs(documents: Iterable[Mapping[str, Any]], folder: Path) -> Path:
    """Data Docs of one run, for engineers; gives the path of the index page.

    Args:
        documents: the documents of the run's examinations.
        folder: where the site is written; its pages of earlier runs are replaced.
    """
    with _without_spark():
        from quality.engine.data_docs import write  # noqa: PLC0415

    return write(documents, folder)


def load() -> None:
    """Import all that costs now, for a process from which others are forked."""
    with _without_spark():
        import quality.engine.validation  # noqa: F401, PLC0415


@contextmanager
def _without_spark() -> Iterator[None]:
    """Hide Spark from GX, which loads it where it is installed and never needs it here.

    Spark beside pandas 3 warns, and ends a process that has no main module. Once GX is
    loaded nothing is hidden: grading may run on Spark in this process.
    """
    if "great_expectations" in sys.modules:
        yield
        return
    loaded = {n: m for n, m in sys.modules.items() if n.partition(".")[0] == "pyspark"}
    for name in loaded:
        del sys.modules[name]
    sys.modules["pyspark"] = None  # type: ignore[assignment]  # Python's own "not here"
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(loaded)
