"""Reference tables: code lists, the policy's tables, the dates to evaluate.

Small data that SQL joins; all of it comes from contracts, policy files and the clock.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files

from sqlglot import exp

from assets import sql
from quality.contracts.codelists import code_list, names
from quality.working_days import announced_years, is_working_day

PUBLICITY_TYPES = {
    "minimum_months": "INT",
    "maximum_months": "INT",
    "published": "BOOLEAN",
}

TERMS_TYPES = dict.fromkeys(
    ("maximum_months", "repair_after_months", "grace_months"), "INT"
)


def rows_query(
    columns: dict[str, str], rows: Iterable[Sequence[sql.Value]]
) -> exp.Query:
    """A table from values, typed column by column."""
    tuples = [tuple(sql.literal(value) for value in row) for row in rows]
    if not tuples:
        empty = [exp.cast(exp.null(), t).as_(c) for c, t in columns.items()]
        return exp.select(*empty).where(exp.false())
    values = exp.values(tuples, alias="v", columns=[*columns])
    typed = [exp.cast(exp.column(c, "v"), t).as_(c) for c, t in columns.items()]
    return exp.select(*typed).from_(values)


def codes() -> exp.Query:
    """``codes(list, code, zh, en)``: every code list."""
    columns = dict.fromkeys(("list", "code", "zh", "en"), "TEXT")
    members = (
        (name, c.code, c.zh, c.en) for name in names() for c in code_list(name).values()
    )
    return rows_query(columns, members)


def policy_publicity() -> exp.Query:
    """``policy_publicity``: shortest and longest publicity by class (domain 6.2)."""
    return policy_file("assets.files", "publicity", PUBLICITY_TYPES)


def policy_terms() -> exp.Query:
    """``policy_terms``: how long lists are public, when repair opens, days of grace."""
    return policy_file("assets.files", "terms", TERMS_TYPES)


def evaluations(first: date, today: date) -> exp.Query:
    """``evaluations(evaluated_on)``: every month end from ``first``, and today."""
    days = sorted({*month_ends(first, today), today})
    return rows_query({"evaluated_on": "DATE"}, [(day,) for day in days])


def working_days(first: date, today: date) -> exp.Query:
    """``working_days(day)``: from ``first`` to the end of what is announced, or today.

    A notice or period that runs past the announced years has fewer days here than it
    needs, and is told so where it is counted.
    """
    known_from, known_to = announced_years()
    start = max(first, date(known_from, 1, 1))
    end = min(date(today.year + 1, 12, 31), date(known_to, 12, 31))
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return rows_query({"day": "DATE"}, [(d,) for d in days if is_working_day(d)])


def month_ends(first: date, today: date) -> list[date]:
    """The month ends from ``first`` up to and including ``today``."""
    found: list[date] = []
    day = _month_end(first)
    while day <= today:
        found.append(day)
        day = _month_end(day + timedelta(days=1))
    return found


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def policy_file(
    package: str, name: str, types: Mapping[str, str] | None = None
) -> exp.Query:
    """A table of ``<package>/policy/<name>.csv``, which the office edits.

    Args:
        package: the room that owns the file.
        name: of the file, without its suffix.
        types: the types of columns that are not text.
    """
    text = (files(package) / "policy" / f"{name}.csv").read_text("utf-8")
    reader = csv.DictReader(text.splitlines(), strict=True)
    columns = {c: (types or {}).get(c, "TEXT") for c in reader.fieldnames or ()}
    return rows_query(columns, [[r[c] or None for c in columns] for r in reader])
