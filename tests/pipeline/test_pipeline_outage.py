"""An agency is down and a page is cut in half: the others flow, and it is made good."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from assets.stores import Window
from sandbox.ledger import AGENCY_OF, DATASETS
from tests.pipeline.conftest import EARLIER, TODAY, Run

MISSING = {*DATASETS["labour"], "tax_arrears"}


def test_a_missing_source_is_exit_three_and_is_named(outage: Run):
    assert outage.code == 3
    assert outage.report["success"] is True
    assert set(outage.report["missing"]) == MISSING
    states = {name: row["state"] for name, row in outage.datasets.items()}
    assert {n for n, state in states.items() if state == "failed"} == MISSING
    assert {state for n, state in states.items() if n not in MISSING} == {"current"}


def test_the_other_agencies_data_flow_into_a_release(outage: Run):
    for name, row in outage.datasets.items():
        assert (row["rows_in"] > 0) is (name not in MISSING), name
    assert outage.report["release"].startswith("20260915-")
    assert outage.report["published"]["enterprises"] > 50


def test_the_windows_of_what_failed_stay_open(outage: Run):
    whole = Window(date(2023, 1, 1), EARLIER)
    for name, agency in AGENCY_OF.items():
        if agency != "park":
            pending = outage.lake.landing.pending(name, whole)
            assert pending == ([whole] if name in MISSING else []), name


def test_the_public_sees_which_source_failed_and_no_error_text(outage: Run):
    current = outage.releases.current()
    assert current is not None
    path = outage.releases.path(current) / "public.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as public:
        rows = public.execute("SELECT dataset, state, message FROM sources").fetchall()
    assert {name for name, state, _ in rows if state == "failed"} == MISSING
    assert {m for _, state, m in rows if state == "failed"} == {
        "最近一次接收失败，系统将自动重试；页面显示最近一次数据"
    }


def test_what_is_missing_makes_nobodys_grade_bad(outage: Run):
    """Without labour data enterprises are graded on less, or not at all."""
    dated = f"evaluated_on = '{EARLIER}'"
    rows = outage.table("grades", "state, letter, veto_rule", dated)
    assert all(rule.startswith("veto_") for _, letter, rule in rows if letter == "D")
    assert {letter for state, letter, _ in rows if state == "not_graded"} == {None}


def test_the_next_run_makes_everything_good(outage: Run, repaired: Run):
    assert repaired.code == 0
    assert repaired.report["missing"] == []
    assert {row["state"] for row in repaired.datasets.values()} == {"current"}
    assert repaired.report["pulled_span"] == "2023-01-01..2026-11-23"
    for name, agency in AGENCY_OF.items():
        windows = [b.window for b in repaired.lake.landing.batches(name)]
        if name in MISSING:
            assert windows == [Window(date(2023, 1, 1), TODAY)], name
        elif agency != "park":
            assert windows == [
                Window(date(2023, 1, 1), EARLIER),
                Window(EARLIER, TODAY),
            ], name
    assert repaired.report["previous_release"] == outage.report["release"]


def test_split_pulls_and_an_outage_give_the_same_files_and_the_same_computed_grades(
    base: Run, repaired: Run
):
    same = {
        "credit_events": "event_id, kind, happened_on, severity",
        "enterprises": "uscc, name",
        "computed_grades": "uscc, evaluated_on, state, letter, score_points",
        "explanations": "uscc, evaluated_on, rule_id, points, reason_zh",
    }
    today = f"evaluated_on = DATE '{TODAY}'"
    for table, columns in same.items():
        where = today if "evaluated_on" in columns else "true"
        found = repaired.table(table, columns, where)
        assert found == base.table(table, columns, where), table
    for name, row in repaired.datasets.items():
        kept = row["accepted"] + row["quarantined"] + row["duplicates"]
        assert row["rows_in"] == kept, name
        if AGENCY_OF[name] != "park":
            assert row["rows_in"] == base.datasets[name]["rows_in"], name


def test_only_grades_that_wait_for_their_notice_differ_from_one_pull(
    base: Run, repaired: Run
):
    """What was in force in September holds until the enterprise was heard."""
    columns, today = "uscc, letter", f"evaluated_on = DATE '{TODAY}'"
    at_once = dict(base.table("grades", columns, today))
    kept = dict(repaired.table("grades", columns, today))
    differing = {uscc for uscc, letter in at_once.items() if kept[uscc] != letter}
    # One that follows from a list of the law does not wait.
    waiting = repaired.table("downgrades", "uscc", "stage <> 'lawful'")
    assert differing == {uscc for (uscc,) in waiting}
    assert differing
    assert base.table("downgrades", "uscc") == []


def test_every_changed_letter_is_explained_by_rules(outage: Run, repaired: Run):
    moves = repaired.report["moves"]
    diff = repaired.releases.diff(repaired.report["release"])
    assert len(moves) == diff["letters_moved"] > 0
    for move in moves:
        before, after = move["before"], move["after"]
        assert before["letter"] != after["letter"]
        assert before["evaluated_on"] == str(EARLIER)
        assert after["evaluated_on"] == str(TODAY)
        assert move["rules"]
        assert all(r["reason_zh"] and r["reason_en"] for r in move["rules"])
        if None not in (before["score_points"], after["score_points"]):
            moved = sum(
                (r["points_after"] or 0) - (r["points_before"] or 0)
                for r in move["rules"]
            )
            assert moved == after["score_points"] - before["score_points"]
    assert outage.report["moves"] == []  # a first release moves nobody


@pytest.mark.parametrize("name", sorted(MISSING))
def test_a_repaired_dataset_has_every_row(base: Run, repaired: Run, name: str):
    assert repaired.table(name, "record_key, content_hash") == base.table(
        name, "record_key, content_hash"
    )
