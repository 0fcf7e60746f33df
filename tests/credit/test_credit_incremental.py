"""A run that grades the changed alone gives what a run that grades everybody gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.credit import renewal as module
from assets.credit.definitions import computing_statements
from assets.credit.incremental import span
from assets.credit.ranges import ranges
from assets.credit.renewal import Renewal
from assets.setup import Setup
from assets.sources.declaration import Membership, Sources
from assets.station import make
from orchestration.lake.engine import quoted
from orchestration.lake.lake import LocalLake
from quality.clock import Clock
from tests.credit.ledger import SHIPPED, TODAY, Park, policy_text
from tests.credit.parks import LIMITED, SMALL, happen, report, town

SIZE, SHIPPED_SEED, IN_PARTS = 40, 3, 20
APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), TODAY
BEFORE = date(2026, 6, 29)
GIVEN = ("memberships", "credit_events", "financials", "evaluations")
# What the second run writes: a few rows in parts, more of them as one file.
WRITTEN = {
    SHIPPED_SEED: ["run-2.anew.parquet", "run-2.gone.parquet"],
    20: ["run-2.parquet"],
}
MADE = tuple(s.table for s in computing_statements())


def setup(folder: Path, today: date) -> Setup:
    sources = Sources(
        name="test", history_from=MAY, membership=Membership(), agencies={}
    )
    # The shipped policy takes seconds to compile; it is graded where the tests begin.
    return Setup(Clock(today), sources, folder / "small.yaml", folder, folder)


class World:
    """A park whose files lie in a lake, and runs of the credit station over them."""

    def __init__(self, folder: Path, seed: int = 20230324) -> None:
        self.folder, self.runs = folder, 0
        text = policy_text(SMALL, LIMITED, minimum="350")
        (folder / "small.yaml").write_text(text, "utf-8")
        self.lake = LocalLake(folder / "lake", Clock(TODAY))
        self.park = town(Park(duckdb.connect()), SIZE, seed)

    def bring(self, *dates: date) -> None:
        """Put the files as they are into the lake, evaluated on these dates."""
        self.park._load(dates)
        for table in GIVEN:
            path = quoted(self.folder / f"{table}.parquet")
            self.park.connection.execute(f"COPY {table} TO {path}")
            self.lake.write(table, f"FROM read_parquet({path})", f"in-{self.runs}")

    def run(
        self, *dates: date, everybody: bool = False, at_once: int = SIZE * 9
    ) -> dict[str, int]:
        """Grade as a run does; gives what it tells."""
        self.bring(*dates)
        self.runs += 1
        made = setup(self.folder, max(dates))
        made = replace(made, grade_everybody=everybody, grade_at_once=at_once)
        renewal = Renewal(self.lake, made, f"run-{self.runs}", computing_statements())
        for statement in computing_statements():
            renewal.make(statement)
        assert renewal.differing() == 0
        renewal.remember()
        return renewal.told()

    def is_whole(self) -> bool:
        """Whether every table is what grading everybody from the same files gives."""
        made = setup(self.folder, TODAY)
        stands = {t: self.lake.tables.query(t) for t in MADE}
        for statement in computing_statements():
            make(self.lake, statement, made, "whole")
        connection = self.lake.engine.connection
        for table, stood in stands.items():
            before = f"FROM ({stood})"
            now = f"FROM ({self.lake.tables.query(table)})"
            if table == "credit_indicators":  # kept of the newest date alone
                now += (
                    " WHERE evaluated_on = (SELECT max(evaluated_on) FROM evaluations)"
                )
            for one, other in ((before, now), (now, before)):
                if connection.execute(f"{one} EXCEPT ALL {other}").fetchall():
                    return False
        return True


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.lake.engine.close()


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


@pytest.mark.parametrize("seed", WRITTEN)
def test_a_batch_on_the_same_day_grades_the_changed_alone(tmp_path: Path, seed: int):
    world = World(tmp_path, seed)
    if seed == SHIPPED_SEED:
        (tmp_path / "small.yaml").write_bytes(SHIPPED.read_bytes())
    world.run(MAY, JUNE)
    change(world.park, Random(seed))  # noqa: S311  a reproducible town, no secret
    told = world.run(MAY, JUNE)
    assert 0 < told["affected enterprises"] < SIZE
    assert (told["pinned dates"], told["dates graded for everybody"]) == (2, 0)
    kept = world.lake.store.names("tables/credit_indicators/run-2*")
    assert [n.rpartition("/")[2] for n in kept] == WRITTEN[seed]
    assert world.is_whole()


def test_a_new_day_grades_past_month_ends_for_the_changed_alone(world: World):
    # Part by part of the codes, in four to six parts; ``is_whole`` compares with one.
    dice = Random(5)  # noqa: S311  a reproducible town, no secret
    world.run(APRIL, MAY, at_once=IN_PARTS)
    change(world.park, dice)
    # The month is over: its end has become one of the pinned dates.
    told = world.run(APRIL, MAY, BEFORE, at_once=IN_PARTS)
    assert 0 < told["affected enterprises"] < SIZE
    assert (told["pinned dates"], told["dates graded for everybody"]) == (2, 1)
    assert world.is_whole()
    change(world.park, dice)
    told = world.run(APRIL, MAY, JUNE, at_once=IN_PARTS)
    assert 0 < told["affected enterprises"] < SIZE
    assert (told["pinned dates"], told["dates graded for everybody"]) == (2, 1)
    assert world.is_whole()


def test_whoever_may_not_compare_grades_everybody(world: World):
    world.run(JUNE)
    for rows in world.park.rows.values():
        rows.reverse()
    for event in world.park.rows["credit_events"]:
        event["title"] = "told otherwise"
    # Neither order nor what no statement reads is a change.
    assert world.run(JUNE)["affected enterprises"] == 0
    assert world.run(JUNE, everybody=True) == {}
    assert world.run(MAY, JUNE) == {}
    made = setup(world.folder, JUNE)
    other = replace(made, policy_file=SHIPPED)
    assert Renewal(world.lake, other, "other", computing_statements()).span is None
    # That run never ended: what it left is compared with by nobody.
    assert Renewal(world.lake, made, "next", computing_statements()).span is None


@pytest.mark.parametrize(
    ("table", "column", "on"),
    [
        ("credit_indicators", "total_points", JUNE),
        ("computed_grades", "completeness_bp", MAY),
    ],
)
def test_what_a_table_should_not_hold_is_found(
    world: World, table: str, column: str, on: date, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "SAMPLED", 1)  # of forty, one in a hundred is nobody
    world.run(MAY, JUNE)
    renewal = Renewal(
        world.lake, setup(world.folder, JUNE), "next", computing_statements()
    )
    wrong = f"CASE WHEN evaluated_on = DATE '{on}' THEN {column} + 1 ELSE {column} END"
    world.lake.relation(table)
    world.lake.write(table, f"SELECT * REPLACE ({wrong} AS {column}) FROM {table}", "x")
    differing = renewal.differing()
    world.lake.relation("sampled_indicators")
    query = f"SELECT count(*) FROM sampled_indicators WHERE evaluated_on = DATE '{on}'"
    row = world.lake.engine.connection.execute(query).fetchone()
    assert row is not None
    # Each as it stands and as it should be.
    assert differing == 2 * row[0] > 0


def test_dates_that_do_not_follow_on_pin_nothing():
    assert span(set(), {JUNE}) is None
    assert span({MAY}, {JUNE}) is None
    assert span({APRIL, JUNE}, {MAY, JUNE}) is None
    assert span({MAY, JUNE}, {MAY, BEFORE}).pinned == (MAY,)  # type: ignore[union-attr]


@given(
    st.lists(st.text("0123456789AXY", min_size=1, max_size=4), min_size=1),
    st.integers(1, 9),
)
def test_every_code_lies_in_one_range(codes: list[str], number: int):
    made = ranges(codes, number)
    assert 1 <= len(made) <= number
    for code in [*codes, "", "Z"]:
        held = [
            p
            for p in made
            if (p.low or "") <= code and (p.high is None or code < p.high)
        ]
        assert len(held) == 1
