"""Grades of any day, and policies beside each other, over a real run's records."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from assets import sql
from orchestration import asof
from orchestration.cli import main
from orchestration.comparison_job import JOB
from orchestration.location import MONTH_ENDS, build_definitions
from orchestration.pending import RANGE_END, RANGE_START
from orchestration.places import make_setup
from orchestration.settings import POLICY
from tests.pipeline.conftest import EARLIER, TODAY, Run

SHIPPED = POLICY / "zibo-gaoxin-2026.yaml"
EXPLAINED = "uscc, rule_id, points, reason_zh, reason_en, raw_value"


def creditpark(run: Run, *words: str) -> Result:
    given = {
        "CREDITPARK_HOME": str(run.home),
        "CREDITPARK_TODAY": TODAY.isoformat(),
        "COLUMNS": "200",
    }
    return CliRunner().invoke(main, [*words], env=given)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policy with dearer general penalties."""
    text = SHIPPED.read_text("utf-8")
    changed = text.replace("decay: {points: -30, cap: -120}", "decay: {points: -60}")
    assert changed != text
    path = tmp_path_factory.mktemp("policy") / "stricter.yaml"
    path.write_text(changed.replace("id: zibo-gaoxin-2026", "id: stricter"), "utf-8")
    return path


def replayed(run: Run, table: str, columns: str, on: Any, known: Any) -> list[Any]:
    setup = make_setup(run.settings)
    replay = asof.grade(asof.archive(run.lake, setup, on, known), setup)
    query = f"SELECT {columns} FROM {table} ORDER BY ALL"
    return replay.engine.connection.execute(query).fetchall()


def test_a_grade_as_known_then_is_the_grade_that_was_given_then(
    outage: Run, repaired: Run
):
    """In September one agency was down; what came later must not change that grade."""
    given = outage.table("grades", "*", f"evaluated_on = '{EARLIER}'")
    assert replayed(repaired, "grades", "*", EARLIER, EARLIER) == given
    told = outage.table("explanations", EXPLAINED)
    assert replayed(repaired, "explanations", EXPLAINED, EARLIER, EARLIER) == told
    now = replayed(repaired, "grades", "*", EARLIER, TODAY)
    assert now != given
    assert {row[0] for row in now} >= {row[0] for row in given}


def test_a_month_end_of_a_run_is_what_a_replay_of_that_day_says(repaired: Run):
    day = "2026-07-31"
    given = repaired.table("grades", "*", f"evaluated_on = '{day}'")
    on = repaired.rows(f"(SELECT DATE '{day}' AS day)", "day")[0][0]
    assert replayed(repaired, "grades", "*", on, TODAY) == given


def history(run: Run, order: str) -> list[Any]:
    """The newest (or oldest) grade we held of every month end."""
    columns = "* EXCLUDE (known_on)"
    newest = (
        f"(SELECT * FROM {run.lake.relation('grade_history')} QUALIFY row_number() "
        f"OVER (PARTITION BY uscc, evaluated_on ORDER BY known_on {order}) = 1)"
    )
    return run.rows(newest, columns, f"evaluated_on < '{EARLIER}'")


def test_month_ends_stay_as_known_then_beside_as_known_now(outage: Run, repaired: Run):
    ends = f"evaluated_on = last_day(evaluated_on) AND evaluated_on < '{EARLIER}'"
    then, now = (run.table("grades", "*", ends) for run in (outage, repaired))
    assert then != now  # what came late has changed some
    held = {row[:2]: row for row in history(repaired, "ASC")}
    assert [held[row[:2]] for row in then] == then
    assert history(repaired, "DESC") == now
    days = {row[0] for row in repaired.table("grade_history", "known_on")}
    assert days == {EARLIER, TODAY}
    published = repaired.table("authorised_grade_history")
    assert published == repaired.table("grade_history")


def test_any_span_of_month_ends_is_one_run_and_adds_nothing_twice(base: Run):
    before = base.table("grade_history")
    definitions = build_definitions(make_setup(base.settings), base.lake)
    tags = {RANGE_START: "2026-03-01", RANGE_END: "2026-10-01"}
    result = definitions.resolve_job_def(MONTH_ENDS).execute_in_process(tags=tags)
    assert result.success
    assert len(result.get_asset_materialization_events()) == 8  # one for each month
    assert base.table("grade_history") == before


def test_the_file_of_a_past_day_says_what_was_known(outage: Run, repaired: Run):
    (uscc, score) = outage.table(
        "grades", "uscc, score_points", f"evaluated_on = '{EARLIER}' AND letter = 'B'"
    )[0]
    day = EARLIER.isoformat()
    result = creditpark(repaired, "file", uscc, "--on", day, "--known", day, "--json")
    found = json.loads(result.output)
    assert found["grade"]["score_points"] == score
    assert sum(line["points"] for line in found["explanation"]) == score
    assert found["known_at"] == day
    assert {e["received_on"] for e in found["evidence"]} == {day}
    assert all(e["raw"] for e in found["evidence"])
    assert all(line["points_gained"] > 0 or line["lifts"] for line in found["advice"])


def test_what_nobody_knew_is_told(base: Run):
    (uscc,) = base.table("grades", "uscc")[0]
    result = creditpark(
        base, "file", uscc, "--on", "2026-06-30", "--known", "2020-01-01"
    )
    assert result.exit_code == 1
    assert "nothing had arrived by 2020-01-01" in result.output


def test_comparing_tells_everyone_who_moves_and_why(
    base: Run, stricter: Path, tmp_path: Path
):
    page = tmp_path / "report.html"
    words = ["compare", SHIPPED.stem, str(stricter), "--html", str(page), "--json"]
    result = creditpark(base, "policy", *words)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    graded = Counter(
        row[0] if row[1] == "graded" else row[1]
        for row in base.table("grades", "letter, state", f"evaluated_on = '{TODAY}'")
    )
    before = {d["standing"]: d["before"] for d in found["distribution"]}
    assert {k: n for k, n in before.items() if n} == dict(graded)
    assert sum(d["after"] for d in found["distribution"]) == sum(graded.values())
    moving = {rule["rule_id"] for rule in found["rules"]}
    assert "penalty_general" in moving
    assert found["movers"] or found["scored"]
    for mover in found["movers"]:
        change = mover["score_after"] - mover["score_before"]
        told = sum(
            (r["points_after"] or 0) - (r["points_before"] or 0) for r in mover["rules"]
        )
        assert change == told < 0
    written = page.read_text("utf-8")
    assert "<script" not in written
    chart = ET.fromstring(  # noqa: S314  our own page
        written[written.index("<svg") : written.index("</svg>") + 6]
    )
    named = chart.get("aria-labelledby", "").split()
    assert [e.get("id") for e in chart if e.get("id")] == named == ["dt", "dd"]


def test_a_policy_beside_itself_moves_nobody(base: Run):
    result = creditpark(base, "policy", "compare", str(SHIPPED), SHIPPED.stem)
    assert result.exit_code == 0
    assert "0 change their letter or state, 0 more their score alone" in result.output
    missing = creditpark(base, "policy", "compare", "nowhere", SHIPPED.stem)
    assert (missing.exit_code, "one of zibo-gaoxin-2026" in missing.output) == (1, True)


def test_the_comparison_is_a_job_too(base: Run, stricter: Path):
    setup = make_setup(base.settings)
    job = build_definitions(setup, base.lake).resolve_job_def(JOB)
    config = dg.RunConfig({"compare_policies": {"config": {"new": str(stricter)}}})
    result = job.execute_in_process(
        run_config=config, resources={"lake": base.lake, "setup": setup}
    )
    assert result.success
    report = base.home / "reports" / "policy-comparison.html"
    assert "stricter" in report.read_text("utf-8")


def test_the_sql_of_an_indicator_gives_the_points_of_the_run(base: Run):
    for indicator, rule in (("penalties_general", "penalty_general"), ("dso", "dso")):
        result = creditpark(base, "policy", "sql", indicator)
        for table in sql.inputs(sql.parse(result.output)):
            base.lake.relation(table)
        found = base.rows(
            f"({result.output.strip().rstrip(';')})",
            f"uscc, p_{rule}",
            f"evaluated_on = '{TODAY}' AND p_{rule} <> 0",
        )
        told = base.table(
            "explanations", "uscc, points", f"rule_id = '{rule}' AND points <> 0"
        )
        graded = {row[0] for row in base.table("explanations", "uscc")}
        assert [row for row in found if row[0] in graded] == told
    unknown = creditpark(base, "policy", "sql", "penaltys")
    assert (unknown.exit_code, "did you mean" in unknown.output) == (1, True)
