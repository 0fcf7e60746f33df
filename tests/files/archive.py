"""An archive in memory: records by hand, and what the shipped SQL makes of them.

All enterprises are invented.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from assets import sql
from assets.cases import definitions as cases
from assets.files import definitions as files
from assets.measures import definitions as measures
from assets.publication import definitions as publication
from assets.setup import Setup
from assets.sources.declaration import Membership, Sources
from assets.station import Statement
from orchestration.lake.records import LINEAGE
from orchestration.settings import POLICY
from quality.clock import Clock
from quality.contracts import metadata, tables_of
from quality.contracts.codelists import code_list
from quality.contracts.model import Item, Kind, engine_type, facts_of

TODAY = date(2026, 11, 23)
FIRST, SECOND, THIRD = (
    "91370303MA3C00003D",
    "91370303MA3C000118",
    "91370303MA3C0002X0",
)
ZONE = "11370300004217629L"
RECEIVED = date(2026, 11, 2)
_DEFAULTS: dict[Kind, Any] = {
    Kind.TEXT: "文字",
    Kind.USCC: FIRST,
    Kind.DATE: date(2025, 6, 30),
    Kind.MONTH: date(2025, 6, 1),
    Kind.TIMESTAMP: datetime.fromisoformat("2025-07-01 09:00:00"),
    Kind.MONEY: 100,
    Kind.INTEGER: 2024,
    Kind.FLAG: True,
}
_TEXTS: dict[tuple[str, date, str], tuple[tuple[str, ...], str]] = {}
CREDIT = ("grades", "grade_history", "explanations", "credit_figures", "evidence")
CREDIT += ("downgrades",)


@cache
def statements() -> dict[str, Statement]:
    """Every statement of the shipped stations, by the table it makes."""
    published = [publication._statement(t.name) for t in tables_of("publication")]
    made = [Statement(name, build, ()) for name, build in measures.MEASURES.items()]
    handled = [*cases.EFFECTS, *cases.NOTICES]
    found = [*files.REFERENCE_TABLES, *files.TABLES, *handled, *made, *published]
    return {s.table: s for s in found}


class Archive:
    """Record and credit tables that a test fills, on one connection."""

    def __init__(
        self, today: date = TODAY, membership: Membership | None = None
    ) -> None:
        self.today, self.keys, self.made = today, 0, set[str]()
        self.statements = statements()
        self.setup = Setup(
            clock=Clock(today),
            sources=Sources(
                name="test",
                history_from=date(2026, 1, 1),
                membership=membership or Membership(),
                agencies={},
            ),
            policy_file=POLICY / "zibo-gaoxin-2026.yaml",
            releases=Path("releases"),
            docs=Path("docs"),
        )
        self.connection = duckdb.connect()
        for table in tables_of("records"):
            self._create(table.name, LINEAGE)
        for name in CREDIT:
            self._create(name, {})
        # The engine's own table: no contract, filled by the sources station.
        self.connection.execute("CREATE TABLE source_status (dataset TEXT)")

    def _create(self, name: str, more: dict[str, str]) -> None:
        columns = {c.name: engine_type(c) for c in metadata.tables[name].columns} | more
        listed = ", ".join(f'"{c}" {t}' for c, t in columns.items())
        self.connection.execute(f'CREATE TABLE "{name}" ({listed})')

    def add(self, table: str, **values: Any) -> str:
        """Add a record, sound but for the values given; gives its key."""
        self.keys += 1
        key = f"{table}-{self.keys}"
        row = {c.name: _default(c) for c in metadata.tables[table].columns}
        if table not in CREDIT:
            row |= {"record_key": key, "received_on": RECEIVED, "batch_id": "b"}
        unknown = set(values) - set(row)
        assert not unknown, unknown
        row |= values
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.connection.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})', [*row.values()]
        )
        return key

    def enterprise(
        self, uscc: str = FIRST, name: str = "甲公司", **values: Any
    ) -> None:
        """Register an enterprise."""
        self.add("registrations", uscc=uscc, name=name, **values)

    def grade(self, letter: str | None = "A", uscc: str = FIRST, **values: Any) -> None:
        """Give a grade, today unless told otherwise."""
        given: dict[str, Any] = {
            "uscc": uscc,
            "evaluated_on": self.today,
            "state": "graded" if letter else "not_graded",
            "letter": letter,
            "score_points": 1_000_000 if letter else None,
        }
        self.add("grades", **given | values)

    def make(self, table: str) -> None:
        """Make a derived table and everything it reads."""
        if table in self.made or table not in self.statements:
            return
        reads, text = self._text(table)
        for name in reads:
            self.make(name)
        self.connection.execute(f'CREATE TABLE "{table}" AS {text}')
        self.made.add(table)

    def _text(self, table: str) -> tuple[tuple[str, ...], str]:
        """What a statement reads, and its SQL; built once for a day and a membership."""
        known = (table, self.today, str(self.setup.sources.membership))
        if known not in _TEXTS:
            query = self.statements[table].build(self.setup)
            _TEXTS[known] = (sql.inputs(query), sql.to_sql(query))
        return _TEXTS[known]

    def rows(self, table: str, columns: str = "*", where: str = "true") -> list[Any]:
        """Rows of a table, made first if it is derived, sorted."""
        self.make(table)
        query = f'SELECT {columns} FROM "{table}" WHERE {where} ORDER BY ALL'
        return self.connection.execute(query).fetchall()

    def case(self, record: str, effect: str, since: date) -> None:
        """Let a case have an effect on a record."""
        values = [record, "penalties", effect, since, "XF20261001000001"]
        self.make("case_effects")
        self.connection.execute(
            "INSERT INTO case_effects VALUES (?, ?, ?, ?, ?)", values
        )

    def event(self, key: str) -> dict[str, Any]:
        """The ledger line of a record, without what every line has."""
        self.make("credit_events")
        found = self.connection.execute(
            "SELECT * EXCLUDE (event_id, record_key, uscc) FROM credit_events "
            "WHERE event_id = ?",
            [key],
        )
        names = [d[0] for d in found.description or ()]
        (row,) = found.fetchall()
        line = dict(zip(names, row, strict=True))
        return {name: value for name, value in line.items() if value is not None}


def _default(column: Item) -> Any:
    facts = facts_of(column)
    if not facts.required:
        return None
    if facts.codes:
        return next(iter(code_list(facts.codes)))
    return _DEFAULTS[facts.kind]
