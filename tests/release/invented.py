"""Invented publication relations, small enough to be read.

Shared by the tests of releases and by the process that is killed in one of them.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from publish.release.build import build_release
from publish.release.layout import ALL, WITHHELD, Served
from publish.release.model import Release, ReleaseInfo
from quality.clock import ZONE
from quality.contracts.codelists import code_list
from quality.contracts.model import Kind, facts_of

TODAY = date(2026, 11, 23)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TYPES = {
    Kind.DATE: "DATE",
    Kind.MONTH: "DATE",
    Kind.MONEY: "BIGINT",
    Kind.INTEGER: "BIGINT",
    Kind.FLAG: "BOOLEAN",
}
Row = dict[str, Any]


def uscc(number: int) -> str:
    """An invented credit code of the zone with both check digits right."""
    body = f"MA{random.Random(number).randrange(10**6):06d}"  # noqa: S311
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(c, 36) * w for c, w in zip(body, weights, strict=True)) % 11
    code = f"91370303{body}{'0' if rest == 11 else 'X' if rest == 10 else rest}"
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + USCC_ALPHABET[-total % 31]


def ask(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a SQLite file."""
    with closing(sqlite3.connect(path)) as db, db:
        return db.execute(sql, values).fetchall()


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """One connection for all builds, as in a run of the pipeline."""
    return duckdb.connect()


@dataclass
class Park:
    """Publication tables as plain rows, and the releases made from them."""

    folder: Path
    today: date = TODAY
    sources: dict[str, Any] = field(
        default_factory=lambda: {"published_letters": ["A"], "invented": True}
    )
    tables: dict[str, list[Row]] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Row:
        """Append a row; columns not given are filled as the contract demands."""
        served = next(t for t in ALL if t.contract == table)
        rows = self.tables.setdefault(table, [])
        filled = {c.name: _filler(c) for c in served.columns if not c.nullable}
        rows.append({**filled, **values})
        return rows[-1]

    def enterprise(self, number: int, name: str, **values: Any) -> str:
        """Append an enterprise with a grade; returns its credit code."""
        code = uscc(number)
        self.add("public_enterprises", uscc=code, name=name, **values)
        self.grade(code, "B", 75_000)
        return code

    def grade(self, code: str, letter: str, points: int) -> None:
        """Set today's grade, explained by one rule."""
        for table in ("authorised_grades", "authorised_explanations"):
            rows = self.tables.setdefault(table, [])
            rows[:] = [r for r in rows if r["uscc"] != code]
        key = {"uscc": code, "evaluated_on": self.today}
        self.add(
            "authorised_grades",
            **key,
            policy_id="park-2026",
            state="graded",
            letter=letter,
            score_points=points,
        )
        self.add(
            "authorised_explanations",
            **key,
            rule_id="basic",
            points=points,
            reason_zh="基础分",
            reason_en="Basic points",
        )

    def penalty(self, code: str, record_id: str, **values: Any) -> Row:
        """Append a penalty that may be published until next year."""
        lawful = {"severity": "general", "publish_until": date(2027, 5, 1)}
        return self.add(
            "public_penalties", uscc=code, record_id=record_id, **{**lawful, **values}
        )

    def withhold(self, record_id: str, reason: str) -> None:
        """Take a penalty out, for a reason in law."""
        rows = self.tables["public_penalties"]
        rows[:] = [r for r in rows if r["record_id"] != record_id]
        self.withheld[record_id] = reason

    def info(self) -> ReleaseInfo:
        """What the release is told."""
        return ReleaseInfo(
            today=self.today,
            policy_id="park-2026",
            policy_sha256="ab" * 32,
            built_at=datetime.combine(self.today, time(12), ZONE),
            known_at=self.today,
            sources=self.sources,
        )

    def build(self, **options: Any) -> Release:
        """Build a release from the rows as they are now."""
        connection = engine()
        relations = self.relations(connection)
        return build_release(connection, relations, self.info(), self.folder, **options)

    def relations(self, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
        """The rows as relations of a connection, by contract table."""
        connection.execute(
            "CREATE OR REPLACE TABLE made_withheld (record_id VARCHAR, reason VARCHAR)"
        )
        for item in self.withheld.items():
            connection.execute("INSERT INTO made_withheld VALUES (?, ?)", list(item))
        made = {t.contract: self._relation(connection, t) for t in ALL}
        return {**made, WITHHELD: "made_withheld"}

    def tomorrow(self) -> None:
        """Let a day pass."""
        self.today += timedelta(days=1)

    def _relation(self, connection: duckdb.DuckDBPyConnection, table: Served) -> str:
        columns = ", ".join(
            f'"{c.name}" {TYPES.get(facts_of(c).kind, "VARCHAR")}'
            for c in table.columns
        )
        name = f"made_{table.contract}"
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns}, note VARCHAR)")
        for row in self.tables.get(table.contract, ()):
            places = ", ".join("?" for _ in row)
            names = ", ".join(f'"{n}"' for n in row)
            sql = f"INSERT INTO {name} ({names}) VALUES ({places})"
            connection.execute(sql, list(row.values()))
        return name


def _filler(column: Any) -> Any:
    facts = facts_of(column)
    made = {
        Kind.DATE: date(2026, 5, 4),
        Kind.INTEGER: 0,
        Kind.MONEY: 0,
        Kind.FLAG: False,
        Kind.USCC: uscc(1),
    }
    if facts.kind is Kind.CODE:
        return next(iter(code_list(str(facts.codes))))
    return made.get(facts.kind, "甲")


def small_park(folder: Path) -> Park:
    """Three invented enterprises with a few records."""
    made = Park(folder)
    first = made.enterprise(1, "淄博鲁信新材料（集团）有限公司", published_grade="A")
    second = made.enterprise(
        2, "山东ABC科技股份有限公司", former_names="淄博甲乙科技有限公司；丙丁贸易行"
    )
    made.enterprise(3, "演示餐饮店")
    made.grade(first, "A", 92_000)
    made.penalty(first, "P1", content="罚款五千元", fine_fen=500_000)
    made.penalty(second, "P2", publish_until=date(2026, 11, 23))
    made.add("public_licences", uscc=second, record_id="L1", content='含"引号",逗号')
    made.add("public_honours", uscc=first, record_id="H1", honour="诚信领跑", year=2025)
    made.add("public_grade_statistics", evaluated_on=TODAY, letter="B", enterprises=7)
    made.add(
        "public_sources", dataset="penalties", rows_in=9, accepted=7, quarantined=2
    )
    return made
