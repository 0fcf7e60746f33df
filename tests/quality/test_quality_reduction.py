"""GX sees the rows that tell of all, and says what it says of all: word for word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from quality import business, engine
from quality.contracts import market
from quality.engine import Examination
from quality.expectations import frame_query
from tests.quality.broken_rows import broken_rows
from tests.quality.candidate_rows import TODAY, Candidates

# GX 1.24 imports modules of the standard library that Python deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")


def repeated(given: Candidates) -> None:
    """Three thousand rows like the first, each with facts and a number of its own."""
    given.connection.execute(
        "INSERT INTO candidates SELECT c.* REPLACE (concat('号', n) AS decision_no, "
        f"concat('事实', n) AS facts, {given.rows} + n AS row_number) "
        "FROM candidates c, range(1, 3001) AS t(n) WHERE row_number = 1"
    )


def both(
    given: Candidates, *, arriving: bool = False
) -> tuple[Examination, Examination]:
    """What is found in all rows, and in those that tell of all, two thousand at a time."""
    query = frame_query(given.table, "candidates", TODAY, arriving=arriving)
    with engine.held(given.connection, query.sql("duckdb")) as rows:
        few = engine.Rows(rows.connection, rows.relation, at_once=0, vectors=1)
        assert rows.size <= rows.at_once
        whole, reduced = (
            engine.examine(given.table, judged, TODAY, arriving=arriving)
            for judged in (rows, few)
        )
    return whole, reduced


def told(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without the time of judging."""
    plain = dict(document)
    plain["meta"] = {k: v for k, v in plain["meta"].items() if k != "batch_markers"}
    return plain


@pytest.mark.parametrize("arriving", [True, False])
def test_broken_rows_are_found_as_if_every_row_were_seen(*, arriving: bool):
    given, _ = broken_rows(market.penalties)
    repeated(given)
    given.connection.execute("INSERT INTO candidates FROM candidates LIMIT 2")
    whole, reduced = both(given, arriving=arriving)
    assert reduced.verdicts == whole.verdicts
    assert told(reduced.document) == told(whole.document)
    assert [v.rule_id for v in whole.verdicts if v.success] == [
        "penalties.table.schema",
        "penalties.table.volume",
    ]


def test_sound_rows_are_counted_as_if_every_row_were_seen():
    given = Candidates(market.penalties)
    given.add(valid_to=None, fine_fen=None, penalty_kinds="0101")
    repeated(given)
    whole, reduced = both(given)
    assert reduced.verdicts == whole.verdicts
    assert told(reduced.document) == told(whole.document)
    assert [v.rule_id for v in whole.verdicts if not v.success] == []


def shares(sound: int, at_once: int) -> list[bool]:
    made = f"SELECT r AS frame__row, r <= {sound} AS within_a_lease FROM range(1, 101) t(r)"
    with engine.held(duckdb.connect(), made) as rows:
        judged = engine.Rows(rows.connection, rows.relation, at_once)
        suite = business.suite("site_visits")
        found = engine.examine_suite("site_visits.business", suite, judged)
    return [v.success for v in found.verdicts]


@pytest.mark.parametrize(("sound", "enough"), [(98, True), (97, False)])
def test_a_share_of_rows_is_counted_over_all_of_them(sound: int, *, enough: bool):
    assert shares(sound, at_once=0) == shares(sound, at_once=1000) == [enough]
