"""What a case keeps from counting counts in no measure either, from that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assets.cases.queries import all_honour_objections, all_warning_reviews
from assets.sql import to_sql
from publish.cases.actions import act
from publish.cases.office_cases import acknowledge, object_to_honour
from publish.registry.engine import open_registry
from quality.clock import Clock
from quality.identifiers.uscc import check_character
from tests.files.archive import FIRST, TODAY, Archive

REPAIRED_ON = date(2026, 11, 20)
MONTH_ENDS = [date(2025, 11, 30), date(2025, 12, 31)] + [
    date(2026, month, day)
    for month, day in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31), start=1)
]


def fined(archive: Archive, day: date) -> str:
    """A general fine."""
    given = {"decided_on": day, "decision_no": f"{day}", "penalty_kinds": "0202"}
    return archive.add("penalties", uscc=FIRST, **given)


def test_a_repaired_penalty_leaves_the_inspection_plan(archive: Archive):
    archive.enterprise()
    for day in (*MONTH_ENDS, TODAY):
        archive.grade("A", evaluated_on=day)
    key = fined(archive, date(2026, 1, 5))
    archive.case(key, "repaired", REPAIRED_ON)
    # Clean since the repair; on any day before, it still counted.
    assert archive.rows("inspection_frequencies", "exempt") == [(True,)]


def test_a_contested_penalty_warns_of_nothing_from_that_day(archive: Archive):
    archive.enterprise()
    for day in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), TODAY):
        archive.grade("B", evaluated_on=day)
    keys = [fined(archive, date(2026, 8, 1)), fined(archive, date(2026, 8, 3))]
    archive.case(keys[0], "contested", date(2026, 10, 15))
    columns = "since, ended_on, state"
    assert archive.rows("warnings", columns, "rule_id = 'penalties_clustered'") == [
        (date(2026, 8, 31), date(2026, 10, 31), "over")
    ]


def test_a_deleted_licence_is_no_lost_licence(archive: Archive):
    archive.enterprise()
    archive.grade("B")
    given = {"party_class": "legal", "decided_on": date(2026, 10, 1)}
    key = archive.add("permits", uscc=FIRST, valid_to=date(2026, 11, 1), **given)
    archive.case(key, "deleted", REPAIRED_ON)
    assert archive.rows("warnings", "rule_id") == []


def test_a_repaired_serious_record_gives_tolerance_back(archive: Archive):
    archive.enterprise()
    given = {"qualification": "new_economy", "granted_on": date(2025, 1, 1)}
    archive.add("qualifications", uscc=FIRST, **given)
    key = archive.add("serious_listings", uscc=FIRST, listed_on=date(2026, 3, 1))
    archive.case(key, "repaired", REPAIRED_ON)
    assert archive.rows("tolerance_periods", "ended_early_on, open") == [(None, True)]


def test_a_deleted_stage_of_the_standard_has_no_effect(archive: Archive):
    """Five passed; of the fifth the stage was recorded in error, so that four are left."""
    figures = "firm_group, figure, enterprises, median_before, median_after"
    keys = []
    for number in range(5):
        body = f"91370303MA3D0{number:03}X"
        uscc = body + check_character(body)
        archive.enterprise(uscc, f"企业{number}")
        day = date(2026, 3, 15)
        stage = {"status": "passed", "assessed_on": day}
        keys.append(archive.add("standard_status", uscc=uscc, **stage))
        for on, days in ((date(2026, 2, 28), 60 + number), (TODAY, 50 + number)):
            told = {"evaluated_on": on, "dso_centidays": days * 100}
            archive.add("credit_figures", uscc=uscc, **told)
    archive.case(keys[4], "deleted", REPAIRED_ON)
    # Medians of 60 to 63 and of 50 to 53 days; the fifth never began.
    assert archive.rows("standard_effects", figures) == [
        ("adopters", "dso_centidays", 4, 6100, 5100),
        ("others", "dso_centidays", 1, 6400, 5400),
    ]
    archive.make("target_progress")
    where = "target_id = 'standard_pilots'"
    assert archive.rows("target_progress", "reached", where) == [(4,)]


def registered(archive: Archive, registry: Path) -> None:
    """Let the pipeline read warnings in hand and objections from a registry."""
    url = f"sqlite:///{registry}"
    setup = replace(archive.setup, registry=url)
    for build in (all_warning_reviews, all_honour_objections):
        text = to_sql(build(setup))
        archive.connection.execute(f"CREATE TABLE {build.__name__} AS {text}")
        archive.made.add(build.__name__)


def test_a_warning_in_hand_says_who_has_it_and_why_it_was_closed(
    archive: Archive, tmp_path: Path
):
    archive.enterprise()
    for day in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), TODAY):
        archive.grade("B", evaluated_on=day)
    fined(archive, date(2026, 8, 1))
    fined(archive, date(2026, 8, 3))
    registry = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    clock, given = Clock(REPAIRED_ON), {"unit": "市场监管局", "words": "约谈"}
    case = acknowledge(registry, clock, "penalties_clustered", FIRST, **given)
    done = {"actor": "staff:市场监管局", "name": "", "note": "已约谈整改"}
    act(registry, clock, case.id, "resolve", **done)
    registry.dispose()
    registered(archive, tmp_path / "registry.db")
    columns = "state, acknowledged_on, unit, closed_on, closed_why"
    assert archive.rows("warnings", columns) == [
        ("closed", REPAIRED_ON, "市场监管局", REPAIRED_ON, "已约谈整改")
    ]


@pytest.mark.parametrize(
    ("action", "state"),
    [("", "contested"), ("uphold", "objected"), ("reject", "in_notice")],
)
def test_an_objection_taken_at_the_counter_holds_a_candidate_up(
    archive: Archive, tmp_path: Path, action: str, state: str
):
    archive.enterprise()
    archive.add("tenancies", uscc=FIRST, lease_from=date(2020, 1, 1), consent_no="1")
    evaluated = date(2026, 10, 31)
    archive.grade("A", evaluated_on=evaluated)
    archive.add("standard_status", uscc=FIRST, status="passed")
    archive.add(
        "honour_rounds",
        honour_list="standard_model",
        year=2026,
        evaluated_on=evaluated,
        notice_from=date(2026, 11, 17),
        notice_to=TODAY,
        valid_to=date(2027, 11, 30),
    )
    registry = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    clock, candidate = Clock(REPAIRED_ON), ("standard_model", 2026, FIRST)
    given = {"name": "甲公司", "words": "欠薪", "by": "信用办"}
    case = object_to_honour(registry, clock, candidate, **given)
    if action:
        done = {"actor": "staff:信用办", "name": "", "note": "已核实"}
        act(registry, clock, case.id, action, **done)
    registry.dispose()
    registered(archive, tmp_path / "registry.db")
    assert archive.rows("honour_candidates", "state") == [(state,)]
