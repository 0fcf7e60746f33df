"""Yearly statements as published: transposed, in 万元, in two encodings.

Reads a balance sheet and an income statement whose first row holds the year ends, and
gives what ``annual.sql`` computes on. Not here: quarterly figures of the park
(``figures``).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sqlglot import exp

from assets import sql
from assets.reference import rows_query

REVENUE, RECEIVABLES = "营业收入", "应收账款"
ENCODINGS = ("utf-8-sig", "gb18030")
FEN = {"元": 100, "千元": 100_000, "万元": 1_000_000}
HEADING = re.compile(r"^(?P<item>.+?)[（(](?P<unit>元|千元|万元)[)）]?$")
MISSING = frozenset({"", "--", "-", "—"})
COLUMNS = {
    "firm": "TEXT",
    "year_end": "DATE",
    "revenue": "BIGINT",
    "receivables": "BIGINT",
}
Series = dict[date, int | None]


class StatementError(ValueError):
    """A published statement that cannot be read; says file and what is wrong."""


@dataclass(frozen=True)
class Published:
    """The two statements of a firm that the figures need."""

    firm: str
    balance: Path
    income: Path


def annual_query(firms: list[Published], days: int = 360) -> exp.Query:
    """The figures of every firm and year, by mean receivables and ``days`` a year."""
    rows = [row for firm in firms for row in statements_of(firm)]
    query = sql.bind(sql.load("assets.credit", "annual"), days=days)
    made = query.with_("annual_statements", as_=rows_query(COLUMNS, rows))
    first = made.find(exp.With)
    if first is not None:  # what the others read has to stand before them
        first.set("expressions", [first.expressions[-1], *first.expressions[:-1]])
    return made


def statements_of(firm: Published) -> list[tuple[str, date, int | None, int | None]]:
    """(firm, year end, revenue, receivables) in fen, oldest first.

    Raises:
        StatementError: a file has no year ends, or lacks the item.
    """
    income = series(firm.income, REVENUE)
    balance = series(firm.balance, RECEIVABLES)
    years = sorted(y for y in income.keys() | balance.keys() if _ends_a_year(y))
    return [(firm.firm, year, income.get(year), balance.get(year)) for year in years]


def series(path: Path, item: str) -> Series:
    """One item of a transposed statement by date, in fen; ``--`` is unknown.

    Raises:
        StatementError: see ``statements_of``.
    """
    head, *rows = _rows(path)
    dates = [_date(cell) for cell in head[1:]]
    if not any(dates):
        raise StatementError(f"{path.name}: the first row holds no dates")
    for heading, *cells in rows:
        found = HEADING.match(heading.strip())
        if found and found["item"] == item:
            scale = FEN[found["unit"]]
            pairs = zip(dates, cells, strict=False)
            return {day: _fen(path, cell, scale) for day, cell in pairs if day}
    raise StatementError(f"{path.name}: no row {item} with its unit")


def _rows(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return [r for r in csv.reader(content.decode(encoding).splitlines()) if r]
        except UnicodeDecodeError:
            continue
    raise StatementError(f"{path.name}: neither UTF-8 nor GB18030")


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell.strip())
    except ValueError:
        return None


def _ends_a_year(day: date) -> bool:
    return (day.month, day.day) == (12, 31)


def _fen(path: Path, cell: str, scale: int) -> int | None:
    written = cell.strip().replace(",", "")
    if written in MISSING:
        return None
    try:
        return int(Decimal(written) * scale)
    except InvalidOperation as error:
        raise StatementError(f"{path.name}: {cell!r} is no number") from error
