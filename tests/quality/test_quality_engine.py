from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Table

from quality import engine
from quality.contracts import credit, files, labour, market, park, publication, tax
from quality.contracts.model import table_facts
from quality.engine import Examination
from quality.expectations import frame_query, suite_of
from quality.rules import Parsed, rules_of
from quality.verdicts import Aspect
from tests.quality.broken_rows import broken_rows
from tests.quality.candidate_rows import TODAY, Candidates

# GX 1.24 imports modules of the standard library that Python deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")


def examine(rows: Candidates, *, arriving: bool = True) -> Examination:
    query = frame_query(rows.table, "candidates", TODAY, arriving=arriving)
    with engine.held(rows.connection, query.sql("duckdb")) as held:
        return engine.examine(rows.table, held, TODAY, arriving=arriving)


def row_verdicts(examination: Examination) -> list[tuple[int, str]]:
    aspects = {Aspect.ROW_RULES, Aspect.BUSINESS}
    verdicts = [v for v in examination.verdicts if v.aspect in aspects]
    return sorted((row, v.rule_id) for v in verdicts for row in v.rows)


@pytest.mark.parametrize(
    "table",
    [
        market.penalties,
        market.registrations,
        park.commitments,
        labour.social_contributions,
        tax.tax_credit_grades,
    ],
    ids=lambda t: t.name,
)
def test_great_expectations_and_sql_name_the_same_rule_and_row(table: Table) -> None:
    rows, expected = broken_rows(table)
    assert row_verdicts(examine(rows)) == rows.found() == expected


def test_every_violating_row_is_named_however_many() -> None:
    rows = Candidates(tax.tax_credit_grades)
    for year in range(300):
        rows.add(year=year)
    rows.add(year=2024)
    [verdict] = [
        v
        for v in examine(rows).verdicts
        if v.rule_id == "tax_credit_grades.year.minimum"
    ]
    assert verdict.rows == tuple(range(1, 301))
    assert verdict.unexpected_count == 300
    assert not verdict.success
    assert verdict.message.zh == "“评价年度”（pjnd）不得小于2014，请更正"


def test_sound_rows_pass_every_expectation() -> None:
    rows = Candidates(market.penalties)
    rows.add()
    verdicts = examine(rows).verdicts
    assert len(verdicts) == len(suite_of(market.penalties, TODAY, arriving=True))
    assert [v.rule_id for v in verdicts if not v.success] == []


def test_an_empty_batch_fails_only_where_rows_are_promised() -> None:
    assert [v.success for v in examine(Candidates(park.honours)).verdicts].count(
        False
    ) == 0
    failed = [
        v for v in examine(Candidates(market.registrations)).verdicts if not v.success
    ]
    assert [(v.rule_id, v.observed) for v in failed] == [
        ("registrations.table.volume", "0")
    ]


def test_accepted_rows_are_judged_without_knowledge_of_parsing() -> None:
    rows = Candidates(labour.social_contributions)
    rows.add()
    rows.add(unparsed={"due_fen": "若干"})
    found = row_verdicts(examine(rows, arriving=False))
    assert found == [(2, "social_contributions.due_fen.required")]
    suite = suite_of(labour.social_contributions, TODAY)
    parsed = {
        r.id for r in rules_of(labour.social_contributions) if isinstance(r, Parsed)
    }
    assert parsed.isdisjoint(e.rule_id for e in suite)


def test_one_key_twice_at_one_time_is_found_and_a_new_version_is_not() -> None:
    rows = Candidates(labour.social_contributions)
    rows.add()
    rows.add(paid_fen=1)
    rows.add(updated_at="2025-08-01 09:00:00")
    [keys] = [v for v in examine(rows).verdicts if v.aspect is Aspect.KEYS]
    assert keys.rows == (1, 2)


def test_a_missing_column_fails_the_schema_and_what_looks_at_it() -> None:
    rows = Candidates(labour.social_contributions)
    rows.add()
    query = frame_query(rows.table, "candidates", TODAY).sql("duckdb")
    lacking = f"SELECT * EXCLUDE (insured) FROM ({query})"
    with engine.held(rows.connection, lacking) as held:
        verdicts = engine.validate(rows.table, held, TODAY)
    failed = {v.rule_id: v.observed or "" for v in verdicts if not v.success}
    assert set(failed) == {
        "social_contributions.table.schema",
        "social_contributions.insured.minimum",
    }
    assert (
        '"insured" in BatchData does not exist'
        in failed["social_contributions.insured.minimum"]
    )


def test_data_docs_show_chinese_sentences_and_no_personal_data(tmp_path: Path) -> None:
    rows, _ = broken_rows(market.penalties)
    penalties = examine(rows).document
    honours = examine(Candidates(park.honours)).document
    (tmp_path / "docs" / "validations" / "old").mkdir(parents=True)
    kept = [json.loads(json.dumps(d)) for d in (penalties, honours)]
    index = engine.write_data_docs(kept, tmp_path / "docs")
    assert index.is_file()
    pages = {p.stem: p for p in (tmp_path / "docs" / "validations").rglob("*.html")}
    assert set(pages) == {"penalties", "honours"}
    assert not (tmp_path / "docs" / "validations" / "old").exists()
    page = pages["penalties"].read_text("utf-8")
    assert "“处罚决定日期”（CF_JDRQ）为必填项，请补填" in page
    assert "91370303MA3C00003E" in page
    assert "13912345678" not in page
    assert "13912345678" not in json.dumps(penalties)


@pytest.mark.parametrize(
    "table",
    [files.credit_events, credit.grades, publication.public_penalties],
    ids=lambda t: t.name,
)
def test_derived_tables_are_judged_too(table: Table) -> None:
    rows = Candidates(table)
    rows.add()
    rows.add(**{table_facts(table).key[0]: None})
    rows.connection.execute("ALTER TABLE candidates DROP COLUMN unparsed")
    failed = [v for v in examine(rows, arriving=False).verdicts if not v.success]
    assert [(v.rule_id, v.rows) for v in failed] == [
        (f"{table.name}.{table_facts(table).key[0]}.required", (2,))
    ]
