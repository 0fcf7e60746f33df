"""No statement holds one growing table against another row by row.

Such a join costs the square of the enterprises: unseen at sixty, a night at a million.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets import sql
from assets.cases.definitions import EFFECTS, NOTICES
from assets.credit.definitions import credit_statements
from assets.files.definitions import REFERENCE_TABLES, TABLES
from assets.measures.definitions import measures_statements
from assets.publication.definitions import publication_statements
from assets.sources import candidates
from assets.station import Statement
from orchestration.places import make_setup
from tests.pipeline.conftest import Run

ROW_BY_ROW = ("BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN", "CROSS_PRODUCT", "IE_JOIN")
# One row, however many were read: what is held against it is held against one.
SINGLE = ("UNGROUPED_AGGREGATE", "STREAMING_LIMIT", "DUMMY_SCAN")
# As many as the office writes, not as there are enterprises.
FEW = {
    *(s.table for s in REFERENCE_TABLES),
    *("financial_products", "incentive_catalogue", "government_commitments"),
    *("inspection_staff", "inspection_plans", "support_policies", "honour_rounds"),
    *("standings", "policy_notices", "industry_benchmarks", "codes"),
}


def statements() -> list[Statement]:
    """Every statement of a night but the reference tables, which read nothing."""
    made = [*EFFECTS, *TABLES, *NOTICES, *credit_statements(), *measures_statements()]
    return [*made, *publication_statements()]


@pytest.fixture(scope="module")
def planner() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that holds tables under their names, so that plans tell them."""
    with duckdb.connect() as made:
        made.execute("SET disabled_optimizers = 'common_subplan'")
        candidates.prepare(made)
        yield made


def test_no_statement_costs_the_square_of_the_enterprises(
    base: Run, planner: duckdb.DuckDBPyConnection, tmp_path: Path
):
    setup, held, told = make_setup(base.settings), set[str](), []
    for item in statements():
        query = item.build(setup)
        for name in {*sql.inputs(query)} - held:
            rows = tmp_path / f"{name}.parquet"
            base.lake.engine.write_parquet(f'FROM "{base.lake.relation(name)}"', rows)
            planner.execute(f"CREATE OR REPLACE TABLE \"{name}\" AS FROM '{rows}'")
            held.add(name)
        told += [f"{item.table}: {bad}" for bad in squares(planner, sql.to_sql(query))]
    assert told == []


def test_a_test_beside_the_key_of_an_outer_join_is_found(
    planner: duckdb.DuckDBPyConnection,
):
    for name in ("parties", "enterprises"):
        planner.execute(f"CREATE OR REPLACE TABLE {name} AS FROM range(9) AS r(code)")
    joined = "SELECT * FROM parties p LEFT JOIN enterprises e ON"
    beside = "p.code > 3 AND e.code = p.code"
    inside = "e.code = CASE WHEN p.code > 3 THEN p.code END"
    assert len([*squares(planner, f"{joined} {beside}")]) == 1
    assert [*squares(planner, f"{joined} {inside}")] == []


def squares(connection: duckdb.DuckDBPyConnection, text: str) -> Iterator[str]:
    """What a statement's plan holds against each other that grows on both sides."""
    row = connection.execute(f"EXPLAIN (FORMAT json) {text}").fetchone()
    assert row is not None
    for root in json.loads(row[1]):
        yield from _found(root, _defined(root))


def _found(node: dict[str, Any], known: dict[str, set[str]]) -> Iterator[str]:
    if node["name"] in ROW_BY_ROW:
        sides = [_growing(child, known) for child in node["children"]]
        if all(sides):
            yield f"{node['name']} {node['extra_info']} of {sides}"
    for child in node["children"]:
        yield from _found(child, known)


def _growing(node: dict[str, Any], known: dict[str, set[str]]) -> set[str]:
    """The growing tables that a part of a plan has rows of."""
    if node["name"].strip() in SINGLE:
        return set()
    told = node.get("extra_info", {})
    if "Table" in told:
        return {str(told["Table"]).rpartition(".")[2]} - FEW
    if node["name"].startswith("CTE_SCAN"):
        return known.get(str(told.get("CTE Index")), set())
    return {name for child in node["children"] for name in _growing(child, known)}


def _defined(root: dict[str, Any]) -> dict[str, set[str]]:
    """The growing tables behind each common table expression of a plan."""
    known: dict[str, set[str]] = {}

    def visit(node: dict[str, Any]) -> None:
        for child in node["children"]:
            visit(child)
        if node["name"].startswith("CTE") and node["children"]:
            index = str(node.get("extra_info", {}).get("Table Index"))
            known[index] = _growing(node["children"][0], known)

    visit(root)
    return known
