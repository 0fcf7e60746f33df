"""Candidate rows as the parser makes them, sound but for the changes given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
from sqlalchemy import Table

from quality.contracts.codelists import code_list
from quality.contracts.model import Item, Kind, facts_of
from quality.rules import violations_query

TODAY = date(2026, 11, 23)
ENTERPRISE = "91370303MA3C00003D"  # invented, both check digits right
ZONE = "11370300004217629L"  # the Zibo High-tech Zone authority

_DUCKDB = {
    Kind.DATE: "DATE",
    Kind.MONTH: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.MONEY: "BIGINT",
    Kind.INTEGER: "BIGINT",
    Kind.FLAG: "BOOLEAN",
}
_SOUND: dict[Kind, Any] = {
    Kind.TEXT: "文字",
    Kind.USCC: ENTERPRISE,
    Kind.DATE: date(2025, 6, 30),
    Kind.MONTH: date(2025, 6, 1),
    Kind.TIMESTAMP: datetime.fromisoformat("2025-07-01 09:00:00"),
    Kind.MONEY: 100,
    Kind.INTEGER: 2024,
    Kind.FLAG: True,
}
# Values that hand-written checks want to agree.
_AGREEING: dict[str, dict[str, Any]] = {
    "penalties": {"authority_uscc": ZONE},
    "commitments": {"commitment_code": "37030020250630000011"},
}


class Candidates:
    """A relation ``candidates`` of one table, on a connection of its own."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = 0
        self.connection = duckdb.connect()
        columns = ", ".join(
            f'"{c.name}" {_DUCKDB.get(facts_of(c).kind, "TEXT")}' for c in table.columns
        )
        self.connection.execute(
            f"CREATE TABLE candidates ({columns}, unparsed TEXT[], raw TEXT, "
            "row_number BIGINT)"
        )

    def add(self, unparsed: Mapping[str, str] | None = None, **changes: Any) -> int:
        """Add a row; gives its number. ``unparsed`` maps columns to raw values."""
        self.rows += 1
        unparsed = unparsed or {}
        values = {**sound_row(self.table), **dict.fromkeys(unparsed), **changes}
        fields = {c.name: facts_of(c).code or c.name for c in self.table.columns}
        raw = {fields[name]: text for name, text in unparsed.items()}
        marks = ", ".join("?" * (len(values) + 3))
        self.connection.execute(
            f"INSERT INTO candidates VALUES ({marks})",
            [*values.values(), list(unparsed), json.dumps(raw), self.rows],
        )
        return self.rows

    def violations(self) -> list[Violation]:
        """What the SQL of the rules finds, sorted."""
        query = violations_query(self.table, "candidates", TODAY).sql("duckdb")
        rows = self.connection.execute(query).fetchall()
        return sorted((Violation(*row) for row in rows), key=lambda v: (v.row, v.rule))

    def found(self) -> list[tuple[int, str]]:
        """(row, rule) of every violation, sorted."""
        return [(v.row, v.rule) for v in self.violations()]


@dataclass(frozen=True)
class Violation:
    """One row of ``violations_query``."""

    row: int
    rule: str
    column: str
    value: str | None
    severity: str = "error"


def sound_row(table: Table) -> dict[str, Any]:
    """A row without violations: what is required, and nothing else."""
    values = {c.name: _sound_value(c) for c in table.columns}
    return values | _AGREEING.get(table.name, {})


def _sound_value(column: Item) -> Any:
    facts = facts_of(column)
    if not facts.required:
        return None
    if facts.codes:
        return next(iter(code_list(facts.codes)))
    return facts.example if facts.pattern else _SOUND[facts.kind]
