"""``creditpark downgrade``: what waits, and decisions about it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assets import sql
from assets.reference import rows_query
from orchestration.cli import main
from orchestration.lake.lake import LocalLake
from publish.cases.objections import object_to
from publish.registry.engine import open_registry, sqlite_url
from quality.clock import Clock
from tests.registry.files import FIRM, record
from tests.serving.world import publish

TODAY = date(2026, 11, 16)
SUBJECT = "91370303MAX8E9Y95B/2026-11-16/C"
COLUMNS = dict.fromkeys(
    [
        "subject",
        "enterprise_name",
        "letter",
        "pending_letter",
        "pending_state",
        "stage",
        "told_on",
        "objection_until",
        "confirmed_on",
        "reason_zh",
    ],
    "TEXT",
)
ROW = (SUBJECT, "山东珞铭", "B", "C", "graded", "pending", None, "2026-11-23", None)
REASON = "现列入经营异常名录（1项），扣80分"
BY = ("--by", "王", "--reason", "核实无误")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lake = LocalLake(tmp_path / "lake", Clock(TODAY))
    lake.write("downgrades", sql.to_sql(rows_query(COLUMNS, [(*ROW, REASON)])), "run")
    lake.engine.close()
    return tmp_path


def told(home: Path, *words: str) -> Result:
    given = {"CREDITPARK_HOME": str(home), "CREDITPARK_TODAY": str(TODAY)}
    return CliRunner().invoke(main, ["downgrade", *words], env=given)


def test_what_waits_is_told_in_lines_that_can_be_copied(home: Path):
    lines = told(home, "list").output.splitlines()
    assert lines == [
        f"{SUBJECT}  山东珞铭",
        "  B → C · pending · objection until 2026-11-23",
        f"  {REASON}",
    ]
    (row,) = json.loads(told(home, "list", "--json").output)
    assert (row["subject"], row["told_on"]) == (SUBJECT, None)


def test_a_decision_is_kept_told_and_can_be_taken_back(home: Path):
    assert "decision 1 is kept" in told(home, "confirm", SUBJECT, *BY).output
    assert "  decision 1: confirm on 2026-11-16\n" in told(home, "list").output
    assert "decision 2 is kept" in told(home, "undo", SUBJECT, *BY).output
    assert "decision" not in told(home, "list").output
    again = told(home, "undo", SUBJECT, *BY)
    assert (again.exit_code, again.output) == (
        1,
        f"Error: nothing is decided about {SUBJECT}\n",
    )


def test_what_does_not_wait_cannot_be_decided(home: Path):
    refused = told(home, "confirm", "X/1/B", *BY)
    assert refused.exit_code == 1
    assert "X/1/B does not wait: see `creditpark downgrade list`" in refused.output


def test_an_objection_of_today_is_answered_before_anything_is_confirmed(home: Path):
    publish(home, "20261115-aaaaaaaaaa", {"enterprises": [{"uscc": FIRM}]})
    registry = open_registry(sqlite_url(home / "registry.db"))
    contested = record(record_id=SUBJECT, dataset="downgrades", kind="downgrade")
    case = object_to(
        registry, Clock(TODAY), contested, request="已补缴", papers=[], actor="窗口"
    )
    refused = told(home, "confirm", SUBJECT, *BY)
    assert refused.output == (
        f"Error: {SUBJECT}: an objection is open; answer it first\n"
    )
    words = ("--note", "证据不足", "--by", "信用办")
    given = {"CREDITPARK_HOME": str(home), "CREDITPARK_TODAY": str(TODAY)}
    done = CliRunner().invoke(
        main, ["case", "move", case.id, "reject", *words], env=given
    )
    assert done.exit_code == 0, done.output
    assert "decision 1 is kept" in told(home, "confirm", SUBJECT, *BY).output
    registry.dispose()


def test_what_the_law_lets_take_effect_at_once_names_no_last_day(home: Path):
    row = (SUBJECT, "山东珞铭", "B", "D", "graded", "lawful", None, "2026-11-23", None)
    lake = LocalLake(home / "lake", Clock(TODAY))
    lake.write("downgrades", sql.to_sql(rows_query(COLUMNS, [(*row, REASON)])), "next")
    lake.engine.close()
    assert "  B → D · lawful\n" in told(home, "list").output
