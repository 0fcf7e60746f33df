"""SQL as trees, and the small tables that statements join."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import duckdb
import pytest
from sqlglot import exp

from assets import reference, sql, station
from assets.files import definitions as files
from assets.files import severity
from assets.measures import definitions as measures
from quality.contracts import metadata, tables_of


def rows(query: exp.Query) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql.to_sql(query)).fetchall()


def test_a_statement_names_the_tables_it_reads_and_not_its_own():
    query = sql.parse(
        "WITH own AS (SELECT * FROM penalties) SELECT * FROM own JOIN permits USING (u) "
        "WHERE x IN (SELECT x FROM honours)"
    )
    assert sql.inputs(query) == ("honours", "penalties", "permits")


def test_values_are_bound_as_literals_and_never_as_sql():
    query = sql.parse("SELECT $name AS name, $day AS day, $n AS n, $nothing AS nothing")
    assert sql.parameters(query) == {"name", "day", "n", "nothing"}
    bound = sql.bind(
        query, name="'; DROP TABLE x; --", day=date(2026, 2, 28), n=7, nothing=None
    )
    assert sql.parameters(bound) == set()
    assert rows(bound) == [("'; DROP TABLE x; --", date(2026, 2, 28), 7, None)]
    assert sql.parameters(query) != set()  # the statement itself is as it was


def test_a_value_that_is_not_given_is_named():
    with pytest.raises(sql.UnboundParameterError) as caught:
        sql.bind(sql.parse("SELECT $today, $other"), today=date(2026, 1, 1))
    assert str(caught.value) == "no value for $other; known: ['today']"


@pytest.mark.parametrize("text", ["DROP TABLE x", "CREATE TABLE x AS SELECT 1"])
def test_only_queries_are_statements(text: str):
    with pytest.raises(ValueError, match="not a SELECT"):
        sql.parse(text)


def test_evaluations_are_every_month_end_and_today():
    assert reference.month_ends(date(2023, 12, 15), date(2024, 3, 30)) == [
        date(2023, 12, 31),
        date(2024, 1, 31),
        date(2024, 2, 29),
    ]
    found = rows(reference.evaluations(date(2026, 9, 1), date(2026, 11, 23)))
    assert sorted(found) == [
        (date(2026, 9, 30),),
        (date(2026, 10, 31),),
        (date(2026, 11, 23),),
    ]
    month_end = rows(reference.evaluations(date(2026, 11, 1), date(2026, 11, 30)))
    assert month_end == [(date(2026, 11, 30),)]


def test_the_severity_table_covers_every_kind_of_penalty_without_gap_or_overlap():
    bands: dict[str, list[tuple[int, float]]] = {}
    for row in rows(severity.severity_query(severity.shipped())):
        kind, low, high = row[1:4]
        bands.setdefault(str(kind), []).append(
            (int(str(low or 0)), float("inf") if high is None else float(str(high)))
        )
    codes = {
        code for name, code, *_ in rows(reference.codes()) if name == "penalty_kind"
    }
    assert set(bands) == codes
    for kind, found in bands.items():
        edges = sorted(found)
        assert edges[0][0] == 0, kind
        assert edges[-1][1] == float("inf"), kind
        assert all(a[1] == b[0] for a, b in pairwise(edges)), kind


def test_publicity_is_as_the_state_council_set_it():
    assert [row[:4] for row in rows(reference.policy_publicity())] == [
        ("minor", False, 0, 3),
        ("general", True, 3, 12),
        ("serious", True, 12, 36),
    ]


def test_an_empty_table_keeps_its_columns_and_types():
    query = reference.rows_query({"a": "TEXT", "b": "DATE"}, [])
    with duckdb.connect() as connection:
        found = connection.execute(sql.to_sql(query))
        assert [d[0] for d in found.description or ()] == ["a", "b"]
        assert found.fetchall() == []


def test_every_contract_table_shows_its_columns_in_dagster():
    for table in metadata.tables.values():
        schema = station.schema_metadata(table.name)["dagster/column_schema"]
        assert [c.name for c in schema.columns] == [c.name for c in table.columns]
        assert all(c.description and c.tags["tier"] for c in schema.columns)
    assert station.schema_metadata("policy_letters") == {}


def test_every_table_of_files_and_measures_has_a_statement():
    made = {s.table for s in files.TABLES} | set(measures.MEASURES)
    assert {t.name for room in ("files", "measures") for t in tables_of(room)} <= made
