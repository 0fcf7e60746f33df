"""The first run: four agencies' data in, a published and explained release out."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.instance import open_instance
from quality.business import BUSINESS
from quality.contracts import tables_of
from sandbox import faults
from sandbox.headers import HEADERS
from sandbox.ledger import AGENCY_OF, DATASETS
from sandbox.universe import SEED, Universe, universe
from tests.pipeline.conftest import SIZE, TODAY, Run

HISTORY = date(2023, 1, 1)
# Rules that fire for somebody among sixty enterprises; the rest are rarer.
FIRED = {
    *("base", "annual_report_late", "annual_report_on_time", "abnormal_listing"),
    *("credit_managers", "credit_standard", "dso", "receivables_turnover"),
    *("sales_growth", "credit_sales_share", "high_tech", "fast_growing"),
    *("commitment_kept", "commitment_partly", "commitment_broken"),
    *("clean_record", "penalty_general", "penalty_serious", "inspection_clean"),
    *("tax_credit_grade", "tax_arrears", "labour_grade", "honour_local"),
    *("contributions_on_time", "contribution_late", "contribution_short"),
    *("serious_listing", "serious_tax_case", "wage_arrears_listing"),
    *("fees_on_time", "fees_overdue", "safety_passed", "safety_major"),
    "limit_park_fees",
    *("veto_serious_listing", "veto_serious_tax_case", "veto_wage_arrears"),
}


@pytest.fixture(scope="module")
def known() -> Universe:
    """What the agencies know that day."""
    return universe(SEED, SIZE, TODAY)


def due(known: Universe, dataset: str) -> list[Any]:
    """What the agencies had entered before that day."""
    return known.versions(dataset, None, TODAY)


def test_the_run_ends_well_and_says_so(base: Run):
    assert base.code == 0
    report = base.report
    assert report["success"] is True
    assert (report["failures"], report["missing"]) == ({}, [])
    assert report["pulled_span"] == "2023-01-01..2026-11-23"
    assert report["new_batches"] == len(AGENCY_OF)
    assert (report["unchanged"], report["previous_release"]) == (False, None)
    assert report["release"].startswith("20261123-")
    assert {row["state"] for row in report["datasets"]} == {"current"}


def test_every_row_the_agencies_sent_is_accounted_for(base: Run, known: Universe):
    for name, row in base.datasets.items():
        kept = row["accepted"] + row["quarantined"] + row["duplicates"]
        assert row["rows_in"] == kept, name
        if AGENCY_OF[name] != "park":
            assert row["rows_in"] == len(due(known, name)), name
        else:
            # A delivery holds every row once, as it stood at its end.
            assert row["rows_in"] == len({r.key for r in due(known, name)}), name
        for receipt in base.lake.records.receipts(name):
            assert receipt.balanced, receipt


def test_each_dataset_arrives_in_one_batch_with_its_raw_bytes(base: Run):
    for agency, names in DATASETS.items():
        for name in names:
            (batch,) = base.lake.landing.batches(name)
            assert batch.agency == agency
            assert all(page.stat().st_size for page in batch.pages)
            if agency == "park":
                assert batch.window is None
            else:
                assert str(batch.window) == "2023-01-01..2026-11-23"


def refused(base: Run, dataset: str) -> Counter[str]:
    """Quarantined rows as sent, blanks left out."""
    relation = base.lake.records.quarantine(dataset)
    rows = base.rows(relation, "DISTINCT batch_id, row_number, raw")
    return Counter(canonical(json.loads(raw)) for _, _, raw in rows)


def canonical(row: dict[str, Any]) -> str:
    filled = {k: str(v) for k, v in row.items() if v not in ("", None)}
    return json.dumps(filled, sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize("dataset", AGENCY_OF)
def test_every_planted_broken_row_is_quarantined_and_no_other(
    base: Run, known: Universe, dataset: str
):
    planted = [r for r in due(known, dataset) if "#" in r.key]
    kinds = Counter(r.key.partition("#")[2] for r in planted)
    broken = [r for r in planted if r.key.partition("#")[2] in faults.REFUSED]
    fields = HEADERS.get(dataset)
    sent = (
        {k: v for k, v in r.row.items() if not fields or k in fields} for r in broken
    )
    assert refused(base, dataset) == Counter(map(canonical, sent))
    assert base.datasets[dataset]["duplicates"] == kinds[faults.DUPLICATE]


def test_every_reason_is_a_rule_of_the_contract(base: Run):
    found = base.report["reasons"]
    assert sum(found.values()) >= base.report["totals"]["quarantined"] > 50
    prefixes = {rule.partition(".")[0] for rule in found}
    assert prefixes <= set(AGENCY_OF)
    kinds = {rule.rpartition(".")[2] for rule in found}
    assert {"required", "uscc", "parsed", "not_future", "code", "minimum"} <= kinds
    assert {"no_personal_data", "listing_order", "commitment_date_in_code"} <= kinds


def test_every_score_is_the_sum_of_its_explanation(base: Run):
    graded = base.table(
        "grades",
        "uscc, score_points",
        f"evaluated_on = '{TODAY}' AND score_points IS NOT NULL",
    )
    assert len(graded) == sum(base.report["graded"].get(k, 0) for k in "ABCD") > 40
    sums = base.rows(
        f"(SELECT uscc, CAST(sum(points) AS BIGINT) AS total FROM "
        f"{base.lake.relation('explanations')} WHERE evaluated_on = '{TODAY}' "
        "GROUP BY uscc)"
    )
    assert dict(sums) == dict(graded)


def test_rules_of_every_dimension_fire_and_every_point_has_a_reason(base: Run):
    rows = base.table("explanations", "rule_id, reason_zh, reason_en, legal_source")
    assert FIRED - {rule for rule, *_ in rows} == set()
    assert all(zh and en for _, zh, en, _ in rows)
    assert not any("{" in zh + en for _, zh, en, _ in rows)
    dimensions = {d for (d,) in base.table("explanations", "DISTINCT dimension")}
    assert len(dimensions) >= 8


def test_the_worst_grade_rests_on_a_statutory_list_alone(base: Run):
    columns = "letter, state, vetoed, veto_rule"
    rows = base.table("grades", columns, f"evaluated_on = '{TODAY}'")
    letters = Counter(letter for letter, *_ in rows)
    assert letters["D"] == base.report["graded"]["D"] > 0
    for letter, state, vetoed, rule in rows:
        if letter == "D":
            assert (state, vetoed) == ("graded", True)
            assert rule.startswith("veto_")
        if state == "not_graded":
            assert letter is None


def test_grades_stand_at_every_month_end_and_today(base: Run):
    days = [d for (d,) in base.table("grades", "DISTINCT evaluated_on")]
    assert len(days) == 47  # 46 month ends from January 2023, and today
    assert (days[0], days[-2], days[-1]) == (
        date(2023, 1, 31),
        date(2026, 10, 31),
        TODAY,
    )


def test_evidence_leads_back_to_the_raw_line(base: Run):
    columns = "uscc, dataset, record_key"
    found = base.table("evidence", columns, "dataset = 'penalties'")
    uscc, dataset, key = found[0]
    ((batch_id, number),) = base.table(
        dataset, "batch_id, row_number", f"record_key = '{key}'"
    )
    (batch,) = [b for b in base.lake.landing.batches(dataset) if b.id == batch_id]
    lines = [
        line
        for page in batch.pages
        for line in json.loads(page.read_bytes())["data"]["list"]
    ]
    assert lines[number - 1]["CF_XDR_SHXYM"] == uscc


def database(base: Run, name: str) -> sqlite3.Connection:
    current = base.releases.current()
    assert current is not None
    path = base.releases.path(current) / name
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def test_the_release_is_whole_and_holds_what_the_summary_says(base: Run):
    current = base.releases.current()
    assert current == base.report["release"]
    assert base.releases.verify(current) == ()
    with closing(database(base, "public.db")) as public:
        for name in ("enterprises", "penalties", "honours", "sources"):
            (rows,) = public.execute(f"SELECT count(*) FROM {name}").fetchone()
            assert rows == base.report["published"][name] > 0, name


def test_only_good_grades_are_public_and_tiers_are_apart(base: Run):
    with closing(database(base, "public.db")) as public:
        query = "SELECT DISTINCT published_grade FROM enterprises"
        assert {g for (g,) in public.execute(query)} <= {"A", "B", None}
        tables = {n for (n,) in public.execute("SELECT name FROM sqlite_master")}
    assert not {"grades", "explanations", "figures", "incentives_of"} & tables
    with closing(database(base, "authorised.db")) as authorised:
        query = "SELECT count(*) FROM grades"
        (rows,) = authorised.execute(query).fetchone()
    assert rows == len(base.table("grades", "uscc"))


def test_the_quality_of_every_record_table_is_documented(base: Run):
    documented = {d["suite_name"] for d in base.lake.documents()}
    assert documented == {
        *(t.name for t in tables_of("records")),
        *(f"{name}.business" for name in BUSINESS),
        "drift",
    }
    assert list((base.home / "docs").rglob("index.html"))


def test_dagster_knows_every_day_and_every_count(base: Run):
    days = (TODAY - HISTORY).days
    with open_instance(base.home) as instance:
        for agency in ("market", "tax", "labour"):
            key = dg.AssetKey(["landing", agency])
            assert len(instance.get_materialized_partitions(key)) == days
        event = instance.get_latest_materialization_event(
            dg.AssetKey(["records", "penalties"])
        )
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        latest = len(base.table("penalties"))
        assert metadata["dagster/row_count"].value == latest
        assert (
            metadata["quarantined"].value == base.datasets["penalties"]["quarantined"]
        )
        runs = {run.job_name: run.status for run in instance.get_runs()}
        done = dg.DagsterRunStatus.SUCCESS
        assert runs == {"nightly": done, "month_ends": done}


def test_nothing_half_written_is_left(base: Run):
    assert [*Path(base.home).rglob(".partial-*")] == []
    assert [p for p in base.settings.releases.iterdir() if p.name[0] == "."] in (
        [],
        [base.settings.releases / ".lock"],
    )


@pytest.fixture(scope="module")
def told(base: Run) -> dict[str, Any]:
    """What Dagster was told of every asset, by its key."""
    with open_instance(base.home) as instance:
        keys = instance.all_asset_keys()
        events = {k: instance.get_latest_materialization_event(k) for k in keys}
        return {
            "/".join(key.path): event.asset_materialization.metadata
            for key, event in events.items()
            if event and event.asset_materialization
        }


def from_columns(told: dict[str, Any], asset: str, column: str) -> set[str]:
    """``table.column`` of everything that a column is made of."""
    deps = told[asset]["dagster/column_lineage"].value.deps_by_column[column]
    return {f"{dep.asset_key.path[-1]}.{dep.column_name}" for dep in deps}


def test_a_published_column_leads_back_to_the_agencys_field(told: dict[str, Any]):
    assert from_columns(told, "publication/public_penalties", "fine_fen") == {
        "penalties.fine_fen"
    }
    assert from_columns(told, "records/penalties", "fine_fen") == {
        "market.penalties.CF_NR_FK"
    }
    # To read in the interface, which draws no lineage of columns by itself.
    shown = told["publication/public_penalties"]["columns_come_from"].value
    assert "| fine_fen | `records/penalties` fine_fen |" in shown
    assert from_columns(told, "credit/grades", "letter") == {
        "computed_grades.letter",
        "computed_grades.uscc",  # whether another standing is kept
    }


def test_every_table_tells_its_columns_origin_its_rows_and_its_time(
    told: dict[str, Any],
):
    stations = {"reference", "cases", "files", "credit", "measures", "publication"}
    others = {"cases/carried_out", "credit/grade_history"}
    made = {k for k in told if k.split("/")[0] in stations} - others
    assert len(made) > 100
    for name in made:
        assert {"dagster/column_lineage", "dagster/row_count", "seconds"} <= set(
            told[name]
        ), name


def test_trends_are_numbers_that_dagster_can_draw(base: Run, told: dict[str, Any]):
    letters = {"A", "B", "C", "D", "none"}
    drawn = {k: told["credit/grades"][f"grade_{k}"].value for k in letters}
    assert sum(drawn.values()) == sum(base.report["graded"].values())
    assert drawn["A"] == base.report["graded"]["A"]
    row = base.datasets["penalties"]
    percent = told["records/penalties"]["quarantine_percent"].value
    assert percent == round(100 * row["quarantined"] / row["rows_in"], 2)


def test_data_older_than_their_rhythm_would_warn(base: Run):
    with open_instance(base.home) as instance:
        key = dg.AssetCheckKey(dg.AssetKey(["records", "penalties"]), "fresh")
        (found,) = instance.event_log_storage.get_asset_check_execution_history(key, 1)
    assert found.event
    evaluation = found.event.asset_check_evaluation
    assert evaluation
    told = {k: v.value for k, v in evaluation.metadata.items()}
    assert (told["covered_to"], told["days_behind"]) == ("2026-11-22", 1)
    assert evaluation.passed
