"""Business suites: across tables and against earlier loads, with figures by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from quality import business, engine
from quality.contracts import metadata
from quality.contracts.model import engine_type, table_facts

FIRST, SECOND = "91370303MA3C00003D", "91370303MA3C000118"


def look_up(connection: Any) -> None:
    for name, text in business.LOOKUPS.items():
        connection.execute(f"CREATE TABLE {name} AS {text}")


@pytest.fixture
def tables() -> Any:
    """Two registered enterprises, one founded late; three penalties."""
    connection = duckdb.connect()
    connection.execute(
        f"""
        CREATE TABLE registrations AS SELECT * FROM (VALUES
          ('{FIRST}', '甲', DATE '2010-01-01'), ('{SECOND}', '乙', DATE '2025-01-01')
        ) AS v(uscc, name, established_on);
        CREATE TABLE name_changes AS SELECT '{SECOND}' AS uscc, '旧乙' AS former_name;
        CREATE TABLE penalties AS SELECT * FROM (VALUES
          ('{FIRST}', '甲', DATE '2020-01-01'),
          ('{SECOND}', '旧乙', DATE '2020-01-01'),
          ('91370303MA3C0002X0', '丙', DATE '2020-01-01')
        ) AS v(uscc, party_name, decided_on);
        CREATE TABLE tenancies AS SELECT '{FIRST}' AS uscc
        """
    )
    look_up(connection)
    yield connection
    connection.close()


def test_rows_are_looked_up_in_the_other_tables(tables: Any):
    found = tables.execute(business.frame_sql("penalties", "penalties")).fetchall()
    assert {row[1:] for row in found} == {
        (True, True, True),
        (True, True, False),  # fined before it was founded
        (False, None, None),  # nobody the register knows
    }


def test_the_suite_warns_where_too_few_rows_are_as_expected(tables: Any):
    suite = business.suite("penalties")
    with engine.held(tables, business.frame_sql("penalties", "penalties")) as rows:
        found = engine.examine_suite("penalties.business", suite, rows)
    assert {v.rule_id: (v.success, v.unexpected_count) for v in found.verdicts} == {
        "penalties.business.registered": (False, 1),  # two of three, 95 % asked
        "penalties.business.named_as_registered": (True, 0),
        "penalties.business.decided_on_after_founding": (False, 1),
    }
    told = found.document["results"][0]["expectation_config"]["description"]
    assert told.startswith("当事企业应在登记信息中（95%以上）")


def drifted(old: dict[str, int], new: dict[str, int]) -> dict[str, int | None]:
    connection = duckdb.connect()
    columns = business.coded_columns("labour_grades")
    rows = [
        (code, day)
        for day, load in ((date(2026, 1, 1), old), (date(2026, 2, 1), new))
        for code, count in load.items()
        for _ in range(count)
    ]
    connection.execute("CREATE TABLE v (grade TEXT, received_on DATE)")
    connection.executemany("INSERT INTO v VALUES (?, ?)", rows)
    text = business.drift_sql("labour_grades", "v")
    assert columns == ["grade"]
    row = connection.execute(text).fetchone()
    assert row is not None
    return {"grade": row[1]}


@pytest.mark.parametrize(
    ("old", "new", "distance"),
    [
        ({"A": 100, "B": 100}, {"A": 300, "B": 300}, 0),
        # 50 and 50 per cent became 90 and 10: four rows in ten changed.
        ({"A": 100, "B": 100}, {"A": 90, "B": 10}, 4000),
        ({"A": 150}, {"C": 150}, 10_000),
        ({"A": 99}, {"C": 150}, None),  # too few to say
    ],
)
def test_drift_is_the_part_of_the_rows_that_changed(
    old: dict[str, int], new: dict[str, int], distance: int | None
):
    assert drifted(old, new) == {"grade": distance}


def test_a_drift_is_told_with_its_table_and_field():
    distances = {("labour_grades", "grade"): 4000, ("permits", "status"): None}
    with engine.held(duckdb.connect(), business.drift_frame_sql(distances)) as rows:
        found = engine.examine_suite("drift", business.drift_suite(distances), rows)
    assert [v.success for v in found.verdicts] == [False, True]
    assert found.verdicts[0].message.zh.startswith("劳动保障守法诚信等级“")


def test_every_rule_names_columns_that_exist():
    connection = duckdb.connect()
    for table in metadata.tables.values():
        if table_facts(table).room == "records":
            columns = ", ".join(f'"{c.name}" {engine_type(c)}' for c in table.columns)
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
    look_up(connection)
    for name in business.BUSINESS:
        assert connection.execute(business.frame_sql(name, name)).fetchall() == []
