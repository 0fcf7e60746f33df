"""The severity table: which penalties are minor, general, serious (domain 6.2).

``policy/severity.csv`` is the office's. A line holds for one kind of penalty, for every
authority or for one, for fines from ``amount_from_fen`` up to below ``amount_below_fen``,
and for decisions from ``valid_from`` on, up to ``valid_to`` where it has ended. Of the
lines that fit, one for the authority goes before one for all. Not here: how penalties
are classed with it (``penalty_classes.sql``).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import combinations
from typing import Any

from sqlglot import exp

from assets.problems import Problem, ProblemsError
from assets.reference import rows_query
from quality.contracts.codelists import code_list
from quality.identifiers import IdentifierError, parse

FILE = "severity.csv"
COLUMNS = {
    "authority_uscc": "TEXT",
    "penalty_kind": "TEXT",
    "amount_from_fen": "BIGINT",
    "amount_below_fen": "BIGINT",
    "severity": "TEXT",
    "valid_from": "DATE",
    "valid_to": "DATE",
    "source": "TEXT",
    "certainty": "TEXT",
}
CERTAINTIES = ("V", "V2", "M", "D")
ENDLESS, FOREVER = 2**63 - 1, date.max


class SeverityError(ProblemsError):
    """A severity table that cannot be used."""


@dataclass(frozen=True)
class Line:
    """One sound line; spans are half-open."""

    number: int
    authority: str
    kind: str
    amounts: tuple[int, int]
    days: tuple[date, date]
    cells: tuple[str | None, ...]


def shipped() -> str:
    """The text of the table in force."""
    return (files("assets.files") / "policy" / FILE).read_text("utf-8")


def severity_query(text: str) -> exp.Query:
    """``policy_severity`` of a table's text.

    Raises:
        SeverityError: it has mistakes; all are listed with their lines.
    """
    lines, problems = read(text)
    if problems:
        raise SeverityError(problems)
    return rows_query(COLUMNS, [line.cells for line in lines])


def read(text: str) -> tuple[list[Line], list[Problem]]:
    """The sound lines of a table, and every mistake in order of line."""
    rows = csv.reader(text.splitlines(), strict=True)
    if next(rows, []) != [*COLUMNS]:
        told = f"the columns are {','.join(COLUMNS)}"
        return [], [Problem(FILE, 1, "header", told)]
    lines, problems = list[Line](), list[Problem]()
    for number, cells in enumerate(rows, 2):
        found = [*_cell_problems(number, cells)]
        problems += found
        if not found:
            lines.append(_line(number, cells))
    return lines, sorted([*problems, *_between(lines)])


def _cell_problems(number: int, cells: list[str]) -> Iterator[Problem]:
    if len(cells) != len(COLUMNS):
        told = f"{len(cells)} cells instead of {len(COLUMNS)}"
        yield Problem(FILE, number, "line", told)
        return
    row = dict(zip(COLUMNS, cells, strict=True))
    for column, known in (
        ("penalty_kind", [*code_list("penalty_kind")]),
        ("severity", ["minor", "general", "serious"]),
        ("certainty", CERTAINTIES),
    ):
        if row[column] not in known:
            told = f"{row[column]!r} is none of {', '.join(known)}"
            yield Problem(FILE, number, column, told)
    try:
        _ = row["authority_uscc"] and parse(row["authority_uscc"])
    except IdentifierError as error:
        yield Problem(FILE, number, "authority_uscc", str(error))
    if not row["source"].strip():
        yield Problem(FILE, number, "source", "every line names what it rests on")
    yield from _span_problems(number, row)


def _span_problems(number: int, row: dict[str, str]) -> Iterator[Problem]:
    amounts = [row["amount_from_fen"], row["amount_below_fen"]]
    if any(a and not (a.isascii() and a.isdigit()) for a in amounts):
        yield Problem(FILE, number, "amount_from_fen", "amounts are whole fen")
    elif all(amounts) and int(amounts[0]) >= int(amounts[1]):
        yield Problem(FILE, number, "amount_below_fen", "must be above amount_from_fen")
    try:
        start, end = _day(row["valid_from"]), _day(row["valid_to"])
    except ValueError:
        yield Problem(FILE, number, "valid_from", "write days as YYYY-MM-DD")
        return
    if start is None:
        yield Problem(
            FILE, number, "valid_from", "every line says from which day it holds"
        )
    elif end and end <= start:
        yield Problem(FILE, number, "valid_to", "must be after valid_from")


def _line(number: int, cells: list[str]) -> Line:
    row = dict(zip(COLUMNS, cells, strict=True))
    amounts = (
        int(row["amount_from_fen"] or 0),
        int(row["amount_below_fen"] or ENDLESS),
    )
    days = (_day(row["valid_from"]) or date.min, _day(row["valid_to"]) or FOREVER)
    kept = tuple(cell or None for cell in cells)
    return Line(number, row["authority_uscc"], row["penalty_kind"], amounts, days, kept)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _between(lines: Sequence[Line]) -> Iterator[Problem]:
    """Two lines for the same penalty; an amount no line holds; a kind without a line."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.authority, line.kind].append(line)
    for (authority, _), found in groups.items():
        for a, b in combinations(found, 2):
            if _meet(a.amounts, b.amounts) and _meet(a.days, b.days):
                told = f"holds for what line {a.number} holds for too"
                yield Problem(FILE, b.number, "amount_from_fen", told)
        if not authority:
            yield from _gaps(found)
    lacking = [k for k in code_list("penalty_kind") if ("", k) not in groups]
    for kind in lacking if lines else ():
        yield Problem(
            FILE, 1, "penalty_kind", f"no line for {kind} and every authority"
        )


def _gaps(found: Sequence[Line]) -> Iterator[Problem]:
    """Amounts that no line in force with another one holds."""
    for line in found:
        low, high = line.amounts
        beside = [b.amounts for b in found if _meet(b.days, line.days)]
        if low > 0 and not any(b[1] == low for b in beside):
            yield Problem(
                FILE, line.number, "amount_from_fen", f"no line ends at {low}"
            )
        if high < ENDLESS and not any(b[0] == high for b in beside):
            told = f"no line begins at {high}"
            yield Problem(FILE, line.number, "amount_below_fen", told)


def _meet(a: tuple[Any, Any], b: tuple[Any, Any]) -> bool:
    return bool(a[0] < b[1] and b[0] < a[1])
