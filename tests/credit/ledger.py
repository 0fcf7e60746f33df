"""A park in memory: enterprises, events, statements, and what the engine says of them.

All enterprises are invented.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Table

import assets.credit
from assets.credit import engine
from assets.credit.loading import parse_policy
from assets.credit.policy import Policy
from quality.contracts import files

Row = dict[str, Any]
SHIPPED = Path(assets.credit.__file__).parent / "policies" / "zibo-gaoxin-2026.yaml"
TODAY = date(2026, 6, 30)
TYPES = {"BIGINT": "BIGINT", "DATE": "DATE", "BOOLEAN": "BOOLEAN", "TEXT": "VARCHAR"}

FRAME = """
id: test-policy
zh: 测试
en: Test
valid_from: 2026-01-01
source: 测试依据
score: {base: 1000, minimum: 500, maximum: 1500}
grading:
  minimum_completeness_bp: 0
  new_enterprise_months: 0
  families:
    - {id: tax, zh: 税, en: Tax, when: {kind: tax_credit}}
dimensions:
  - {id: d, zh: 维度, en: Dimension, floor: -500, ceiling: 500}
bands:
  - {letter: A, from: 950, colour: green}
  - {letter: B, from: 850, colour: yellow}
  - {letter: C, from: 700, colour: red}
  - {letter: D, colour: black}
governance: {objection_working_days: 5, confirmation: office, source: s}
publication: {letters: [A], source: s}
measures:
  inspection:
    ratio_bp_by_letter: {A: 100, B: 300, C: 1000, D: 3000}
    ratio_bp_by_risk_class: {A: 100, B: 300, C: 1000, D: 3000}
    ratio_bp_not_graded: 300
    source: s
  incentives: {states: [graded], source: s}
  honours:
    leader: {id: l, zh: 领, en: L, letters: [A], month_ends: 6, source: s}
    supported:
      {id: s, zh: 助, en: S, letters: [A], top: 20, any_of_kinds: [honour], source: s}
    standard_model: {id: m, zh: 贯, en: M, letters: [A], stage: passed, source: s}
    tax_a: {id: t, zh: 税, en: T, grade: A, source: s}
"""


def columns(table: Table) -> dict[str, str]:
    """DuckDB column types of a contract."""
    return {c.name: TYPES[str(c.type)] for c in table.columns}


BENCHMARKS = engine.benchmarks_query().sql("duckdb")
FIGURES = engine.figures_query().sql("duckdb")
INPUTS: dict[str, dict[str, str]] = {
    "enterprises": columns(files.enterprises),
    "credit_events": columns(files.credit_events),
    "financials": columns(files.financials),
    "evaluations": {"evaluated_on": "DATE"},
}
MEMBERSHIPS = """
SELECT uscc, evaluated_on, established_on, industry_section, consented
FROM enterprises JOIN (SELECT DISTINCT evaluated_on FROM evaluations)
  ON in_park AND established_on <= evaluated_on
  AND (deregistered_on IS NULL OR deregistered_on > evaluated_on)
"""


@cache
def compiled(policy_hash: str) -> dict[str, str]:
    """The engine's statements for a policy, by table."""
    policy = POLICIES[policy_hash]
    queries = {
        "credit_indicators": engine.indicators_query(policy),
        "computed_grades": engine.grades_query(policy),
        "explanations": engine.explanations_query(policy),
        "evidence": engine.evidence_query(policy),
    }
    made = {name: query.sql("duckdb") for name, query in queries.items()}
    return {"credit_figures": FIGURES, "industry_benchmarks": BENCHMARKS} | made


POLICIES: dict[str, Policy] = {}


@dataclass
class Outcome:
    """What the engine made, as rows of dictionaries."""

    tables: dict[str, list[Row]]

    def __getattr__(self, name: str) -> list[Row]:
        return self.tables[name]

    def one(self, table: str, uscc: str, on: date = TODAY) -> Row:
        rows = [
            r
            for r in self.tables[table]
            if r["uscc"] == uscc and r["evaluated_on"] == on
        ]
        assert len(rows) == 1, f"{len(rows)} rows of {uscc} in {table} on {on}"
        return rows[0]

    def grade(self, uscc: str, on: date = TODAY) -> Row:
        return self.one("computed_grades", uscc, on)

    def why(self, uscc: str) -> dict[str, Row]:
        rows = [r for r in self.tables["explanations"] if r["uscc"] == uscc]
        return {r["rule_id"]: r for r in rows}

    def points(self, uscc: str) -> dict[str, int]:
        return {rule: row["points"] for rule, row in self.why(uscc).items()}


@dataclass
class Park:
    """Inputs of the engine, to be filled by a test."""

    connection: duckdb.DuckDBPyConnection
    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {name: [] for name in INPUTS}
    )

    def enterprise(self, uscc: str = "E1", **facts: Any) -> str:
        row = {"established_on": date(2015, 3, 1), "in_park": True, "consented": True}
        self.rows["enterprises"].append({"uscc": uscc, "name": uscc, **row, **facts})
        return uscc

    def event(self, uscc: str, kind: str, happened_on: date, **facts: Any) -> str:
        id_ = facts.pop("event_id", f"{kind}-{len(self.rows['credit_events'])}")
        row = {"event_id": id_, "uscc": uscc, "kind": kind, "happened_on": happened_on}
        row |= {"dataset": f"{kind}s", "record_key": f"key-{id_}"}
        self.rows["credit_events"].append(row | facts)
        return str(id_)

    def statement(self, uscc: str, quarter_end: date, **facts: Any) -> None:
        row = {"uscc": uscc, "quarter_end": quarter_end}
        row["record_key"] = f"{uscc}-{quarter_end}"
        self.rows["financials"].append(row | facts)

    def industry(self, size: int, section: str = "C") -> None:
        """As many peers as wanted, each with a DSO of 90 days at the newest quarter."""
        for enterprise in self.rows["enterprises"]:
            enterprise["industry_section"] = section
        for number in range(size):
            uscc = self.enterprise(f"PEER{number}", industry_section=section)
            self.statement(
                uscc, date(2026, 3, 31), credit_sales_fen=1, receivables_end_fen=1
            )

    def figures(self, *dates: date) -> Outcome:
        self._load(dates or (TODAY,))
        return Outcome({"credit_figures": self._run("credit_figures", FIGURES)})

    def values(self, policy: Policy, *dates: date) -> Outcome:
        """The wide table alone, which is all that a rule needs."""
        self._load(dates or (TODAY,))
        self._run("credit_figures", FIGURES)
        self._run("industry_benchmarks", BENCHMARKS)
        sql = engine.indicators_query(policy).sql("duckdb")
        return Outcome({"credit_indicators": self._run("credit_indicators", sql)})

    def graded(self, policy: Policy, *dates: date, upto: str = "evidence") -> Outcome:
        """The tables of the engine in order, as far as a test has use for them."""
        POLICIES[policy.sha256] = policy
        self._load(dates or (TODAY,))
        made: dict[str, list[Row]] = {}
        for name, sql in compiled(policy.sha256).items():
            made[name] = self._run(name, sql)
            if name == upto:
                break
        return Outcome(made)

    def _load(self, dates: tuple[date, ...]) -> None:
        self.rows["evaluations"] = [{"evaluated_on": day} for day in dates]
        for name, types in INPUTS.items():
            shape = json.dumps([types])
            text = json.dumps(self.rows[name], default=str)
            # DuckDB turns the whole list into rows: far faster than row by row.
            self.connection.execute(
                f"CREATE OR REPLACE TABLE {name} AS "
                f"SELECT unnest(from_json(?, '{shape}'), recursive := true)",
                [text],
            )
        self.connection.execute(f"CREATE OR REPLACE TABLE memberships AS {MEMBERSHIPS}")

    def _run(self, name: str, sql: str) -> list[Row]:
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")
        found = self.connection.execute(f"SELECT * FROM {name}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def policy_with(indicators: str, more: str = "", **scalars: str) -> Policy:
    """A small policy: the frame with indicators, more in YAML, and other numbers."""
    return parse_policy(policy_text(indicators, more, **scalars))


def policy_text(indicators: str, more: str = "", **scalars: str) -> str:
    """The document of a small policy."""
    text = FRAME
    for key, value in scalars.items():
        text, done = re.subn(rf"\b{key}: \w+", f"{key}: {value}", text)
        assert done, f"the frame has no {key}"
    return f"{text}\nindicators:\n{indicators}\n{more}"
