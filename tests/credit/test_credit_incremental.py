"""Grading the changed enterprises alone gives what grading everybody gives."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import duckdb
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from assets.credit import engine, incremental
from assets.credit.loading import load_policy
from assets.credit.policy import Policy
from tests.credit.ledger import SHIPPED, TODAY, Park
from tests.credit.parks import happen, report, town

FEW = settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
)
DATES = (TODAY, date(2026, 3, 31))
SIZE = 40
MADE = ("credit_figures", "credit_indicators", "computed_grades", "explanations")


def statements(policy: Policy) -> dict[str, str]:
    queries = {
        "credit_figures": engine.figures_query(),
        "industry_benchmarks": engine.benchmarks_query(),
        "credit_indicators": engine.indicators_query(policy),
        "computed_grades": engine.grades_query(policy),
        "explanations": engine.explanations_query(policy, on=None),
    }
    return {name: query.sql("duckdb") for name, query in queries.items()}


def run(connection: duckdb.DuckDBPyConnection, name: str, text: str) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text}")


def change(park: Park, dice: Random) -> None:
    """A batch: new facts, corrected and withdrawn ones, restated years, newcomers."""
    names = [row["uscc"] for row in park.rows["enterprises"]]
    for _ in range(dice.randrange(1, 5)):
        uscc = dice.choice(names)
        happen(park, uscc, dice)
    events, statements_ = park.rows["credit_events"], park.rows["financials"]
    if dice.random() < 0.7:
        del events[dice.randrange(len(events))]
    if dice.random() < 0.7:
        events[dice.randrange(len(events))]["ended_on"] = TODAY - timedelta(days=1)
    if dice.random() < 0.5:
        statements_[dice.randrange(len(statements_))]["credit_sales_fen"] = 7
    if dice.random() < 0.5:
        report(park, park.enterprise(f"NEW{dice.random()}"), dice)
    if dice.random() < 0.5:
        gone = dice.choice(park.rows["enterprises"])
        gone["deregistered_on"] = TODAY - timedelta(days=40)


def columns(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    tables = (*incremental.OWN, "industry_benchmarks")
    return {
        table: tuple(r[0] for r in connection.execute(f"DESCRIBE {table}").fetchall())
        for table in tables
    }


def fingerprint(connection: duckdb.DuckDBPyConnection) -> None:
    query = incremental.fingerprints_query(columns(connection))
    run(connection, incremental.FINGERPRINTS, query.sql("duckdb"))


def graded_anew(connection: duckdb.DuckDBPyConnection, policy: Policy) -> int:
    """Grade the affected alone and merge; gives how many they were."""
    connection.execute("ALTER TABLE fingerprints RENAME TO fingerprints_before")
    made = statements(policy)
    # Benchmarks of an industry need its figures; both are cheap, and made in full.
    for name in ("credit_figures", "industry_benchmarks"):
        connection.execute(f"CREATE OR REPLACE TABLE {name}_old AS FROM {name}")
        run(connection, name, made[name])
    fingerprint(connection)
    run(connection, "affected", incremental.affected_query().sql("duckdb"))
    for table in incremental.OWN:
        only = incremental.only_affected(table).sql("duckdb")
        run(connection, f"affected_{table}", only)
    indicators = incremental.restricted(engine.indicators_query(policy))
    run(connection, "new_indicators", indicators.sql("duckdb"))
    merged = incremental.merged_query("credit_indicators", "new_indicators")
    run(connection, "credit_indicators", merged.sql("duckdb"))
    for name in ("computed_grades", "explanations"):
        run(connection, name, made[name])
    row = connection.execute("SELECT count(*) FROM affected").fetchone()
    return int(row[0]) if row else 0


@FEW
@given(seed=st.integers(0, 10_000))
def test_incremental_equals_full_both_ways(seed: int):
    shipped = load_policy(SHIPPED)
    dice = Random(seed)  # noqa: S311  a reproducible town, no secret
    with duckdb.connect() as connection:
        park = town(Park(connection), SIZE, seed)
        park._load(DATES)
        for name, text in statements(shipped).items():
            run(connection, name, text)
        fingerprint(connection)
        change(park, dice)
        park._load(DATES)
        affected = graded_anew(connection, shipped)
        assert 0 < affected < SIZE
        for name in MADE:
            connection.execute(f"ALTER TABLE {name} RENAME TO merged_{name}")
        for name, text in statements(shipped).items():
            run(connection, name, text)
        for name in MADE:
            for one, other in ((name, f"merged_{name}"), (f"merged_{name}", name)):
                query = f"SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other}"
                assert connection.execute(query).fetchall() == []


def test_nothing_changed_is_nothing_to_do_in_whatever_order_rows_lie(shipped: Policy):
    with duckdb.connect() as connection:
        park = town(Park(connection), SIZE)
        park._load(DATES)
        made = statements(shipped)
        for name in ("credit_figures", "industry_benchmarks", "credit_indicators"):
            run(connection, name, made[name])
        fingerprint(connection)
        for rows in park.rows.values():
            rows.reverse()
        park._load(DATES[::-1])
        assert graded_anew(connection, shipped) == 0
