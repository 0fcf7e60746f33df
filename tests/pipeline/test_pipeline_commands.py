"""Commands that look at what a run has made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orchestration.cli import main
from tests.pipeline.conftest import TODAY, Run, copied

Command = Callable[..., Result]


def command(home: Path) -> Command:
    given = {
        "CREDITPARK_HOME": str(home),
        "CREDITPARK_TODAY": TODAY.isoformat(),
        "COLUMNS": "200",
    }
    return lambda *words: CliRunner().invoke(main, [*words], env=given)


@pytest.fixture(scope="module")
def creditpark(base: Run) -> Command:
    return command(base.home)


@pytest.fixture(scope="module")
def fined(base: Run) -> str:
    """A graded enterprise with penalties that count."""
    where = f"rule_id = 'penalty_general' AND evaluated_on = '{TODAY}'"
    return str(base.table("explanations", "uscc", where)[0][0])


def test_a_credit_file_shows_every_point_and_its_evidence(
    creditpark: Command, fined: str
):
    result = creditpark("file", fined, "--json")
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.output)
    assert found["enterprise"]["uscc"] == fined
    points = sum(line["points"] for line in found["explanation"])
    assert points == found["grade"]["score_points"]
    evidence = [e for e in found["evidence"] if e["rule_id"] == "penalty_general"]
    assert evidence
    assert all(e["batch_id"] and e["row_number"] > 0 for e in evidence)


def test_a_credit_file_is_readable(creditpark: Command, fined: str):
    result = creditpark("file", fined)
    assert result.exit_code == 0
    assert fined in result.output
    assert "zibo-gaoxin-2026 · 2026-11-23" in result.output
    assert "penalty_general" in result.output
    assert "penalties 20230101-20261123-" in result.output


def test_a_file_outside_the_park_has_no_grade(creditpark: Command, base: Run):
    (uscc,) = base.table("enterprises", "uscc", "NOT in_park")[0]
    result = creditpark("file", uscc)
    assert result.exit_code == 0
    assert "not in the park: no grade" in result.output


def test_a_code_without_a_file_is_told(creditpark: Command):
    result = creditpark("file", "91370303MA3C00003D")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: 91370303MA3C00003D has no credit file; check the code\n"
    )


def test_releases_are_listed_verified_and_compared(creditpark: Command, base: Run):
    (listed,) = json.loads(creditpark("release", "list", "--json").output)
    assert (listed["id"], listed["serves"]) == (base.report["release"], "*")
    assert listed["counts"] > sum(base.report["published"].values())
    assert base.report["release"] in creditpark("release", "list").output
    verified = creditpark("release", "verify")
    assert verified.output == f"{base.report['release']}: whole\n"
    diff = json.loads(creditpark("release", "diff").output)
    assert diff["release"] == base.report["release"]
    assert diff["previous"] is None


def test_a_damaged_release_is_told_file_by_file(base: Run, tmp_path: Path):
    home = copied(base, tmp_path)
    page = home / "releases" / base.report["release"] / "diff.json"
    page.write_text(page.read_text("utf-8") + " ", "utf-8")
    result = command(home)("release", "verify")
    assert result.exit_code == 1
    assert result.stdout == "diff.json: content differs from its checksum\n"
    assert f"{base.report['release']}: 1 files differ" in result.stderr


def test_the_quarantine_is_listed_row_by_row_with_its_rule(
    creditpark: Command, base: Run
):
    rows = json.loads(creditpark("quarantine", "list", "--json").output)
    places = {(r["dataset"], r["batch_id"], r["row_number"]) for r in rows}
    assert len(places) == base.report["totals"]["quarantined"]
    assert {r["rule_id"] for r in rows} == set(base.report["reasons"])
    assert set(rows[0]) == {
        "id",
        "state",
        "dataset",
        "batch_id",
        "row_number",
        "rule_id",
        "column",
        "value",
    }
    one = ("quarantine", "list", "--dataset", "permits", "--json")
    permits = json.loads(creditpark(*one).output)
    assert permits == [r for r in rows if r["dataset"] == "permits"]
    assert "permits.uscc.uscc" in creditpark(*one[:-1]).output
    by_rule = json.loads(creditpark("quarantine", "list", "--by-rule", "--json").output)
    assert sum(r["rows"] for r in by_rule) == sum(base.report["reasons"].values())


def test_a_quarantined_row_is_shown_and_handed_back(
    creditpark: Command, tmp_path: Path
):
    (row, *_) = json.loads(creditpark("quarantine", "list", "--json").output)
    shown = json.loads(creditpark("quarantine", "show", row["id"], "--json").output)
    assert row["rule_id"] in {r["rule_id"] for r in shown["reasons"]}
    assert isinstance(shown["raw"], dict)
    missing = creditpark("quarantine", "show", "no-such-number")
    assert (missing.exit_code, "see quarantine list" in missing.output) == (1, True)
    file = tmp_path / "mend.xlsx"
    told = creditpark("quarantine", "export", "--agency", "tax", str(file)).output
    assert file.read_bytes()[:2] == b"PK"
    assert re.search(r"mend\.xlsx: \d+ rows, \d+ reasons", told.replace("\n", ""))


def test_looking_changes_nothing(creditpark: Command, base: Run):
    def state() -> dict[str, int]:
        files = (p for p in base.settings.lake_folder.rglob("*") if p.is_file())
        return {str(p): p.stat().st_mtime_ns for p in files}

    before = state()
    creditpark("quarantine", "list")
    creditpark("release", "list")
    assert state() == before
