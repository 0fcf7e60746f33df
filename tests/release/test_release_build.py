"""What a finished release holds, and when a build has nothing to do."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from frictionless import Package
from openpyxl import load_workbook

from publish.release import bigrams, exports
from publish.release.build import build_release
from publish.release.errors import RelationError, ReleaseBusyError
from publish.release.files import exclusively
from publish.release.layout import ALL, PUBLIC, WITHHELD
from publish.release.model import Release
from quality.contracts import tables_of
from quality.contracts.model import Kind, Tier, facts_of
from tests.release.invented import Park, ask, uscc

OPEN_TABLES = {
    t.name.removeprefix("public_")
    for t in tables_of("publication")
    if t.name.startswith("public_")
}


def test_public_file_holds_the_public_columns_of_every_contract(made: Release):
    for table in PUBLIC:
        sql = "SELECT name FROM pragma_table_info(?)"
        names = [n for (n,) in ask(made.folder / "public.db", sql, table.name)]
        assert names == [
            c.name for c in table.source.columns if facts_of(c).tier is Tier.PUBLIC
        ]
    assert {t.name for t in PUBLIC} == OPEN_TABLES


def test_grades_stand_in_the_authorised_file_only(made: Release):
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sq%'"
    names = {n for (n,) in ask(made.folder / "authorised.db", sql)}
    graded = {"grades", "grade_history", "downgrades", "explanations"}
    private = graded | {"figures", "financials"}
    assert names == private | {"guidance", "incentives"}
    public = {n for (n,) in ask(made.folder / "public.db", sql)}
    assert not public & private


def test_dates_are_iso_text_flags_are_digits_and_rows_stand_in_key_order(made: Release):
    public = made.folder / "public.db"
    sql = "SELECT record_id, typeof(publish_until), publish_until FROM penalties"
    assert ask(public, sql) == [
        ("P1", "text", "2027-05-01"),
        ("P2", "text", "2026-11-23"),
    ]
    codes = [c for (c,) in ask(public, "SELECT uscc FROM enterprises ORDER BY rowid")]
    assert codes == sorted(codes)
    assert ask(public, "SELECT DISTINCT in_park FROM enterprises") == [(0,)]


def test_list_pages_find_an_index_for_dates_codes_and_names(made: Release):
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'penalties'"
    )
    names = {n for (n,) in ask(made.folder / "public.db", sql)}
    wanted = {"uscc", "decided_on", "publish_until", "severity", "enterprise_name"}
    assert {f"ix_penalties_{column}" for column in wanted} <= names


def test_release_table_says_what_the_release_is(made: Release):
    facts = dict(ask(made.folder / "public.db", "SELECT key, value FROM release"))
    assert facts == {
        "id": made.id,
        "today": "2026-11-23",
        "known_at": "2026-11-23",
        "created": "2026-11-23T12:00:00+08:00",
        "policy_id": "park-2026",
        "policy_sha256": "ab" * 32,
        "content_sha256": made.content_sha256,
        "published_letters": '["A"]',
        "invented": "1",
    }
    assert made.id == f"20261123-{made.content_sha256[:10]}"


def test_dictionary_explains_every_public_column_in_both_languages(made: Release):
    public = made.folder / "public.db"
    rows = ask(public, "SELECT * FROM dictionary WHERE column_name = 'fine_fen'")
    assert rows == [
        (
            *("penalties", "fine_fen", "罚款金额", "Fine", "money", "fen", None, 0),
            *("金额，单位：分", "行政处罚", "Penalties"),
        )
    ]
    (total,) = ask(public, "SELECT count(*) FROM dictionary")[0]
    assert total == sum(len(t.columns) for t in PUBLIC)
    sql = "SELECT zh, en FROM codes WHERE list = 'severity' AND code = 'serious'"
    assert ask(public, sql) == [("严重", "Serious")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("鲁信", {1}),
        ("材料集团", {1}),
        ("abc科技", {2}),
        ("东A", {2}),
        ("丙丁贸易", {2}),
        ("餐饮", {3}),
        ("有限公司", {1, 2}),
        ("公司丙丁", set()),
        ("火星", set()),
    ],
)
def test_enterprises_are_found_by_name_and_former_name(
    made: Release, query: str, found: set[int]
):
    sql = (
        "SELECT uscc FROM search_entries WHERE rowid IN"
        " (SELECT rowid FROM search WHERE search MATCH ?)"
    )
    rows = ask(made.folder / "public.db", sql, bigrams.match(query))
    assert {code for (code,) in rows} == {uscc(n) for n in found}


def test_enterprises_are_found_by_code_and_organisation_code(made: Release):
    sql = "SELECT count(*) FROM search WHERE search MATCH ?"
    public, code = made.folder / "public.db", uscc(2)
    for text in (code, code.lower(), code[8:], code[8:16], code[:17]):
        assert ask(public, sql, bigrams.match(text)) == [(1,)]
    assert ask(public, sql, bigrams.match("91370303")) == [(3,)]


def test_exports_hold_the_same_rows_in_five_formats(made: Release):
    folder = made.folder / "exports"
    assert len(list(folder.iterdir())) == 5 * len(OPEN_TABLES)
    text = (folder / "licences.csv").read_text("utf-8")
    [row] = csv.DictReader(text.splitlines())
    assert (row["record_id"], row["content"]) == ("L1", '含"引号",逗号')
    lines = (folder / "penalties.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    assert (first["fine_fen"], first["publish_until"]) == (500_000, "2027-05-01")
    whole = json.loads((folder / "penalties.json").read_text("utf-8"))
    assert whole == [json.loads(line) for line in lines]
    parquet = folder / "enterprises.parquet"
    rows = duckdb.execute(f"SELECT uscc, in_park FROM '{parquet}'").fetchall()
    assert rows == [(code, False) for code in sorted(uscc(n) for n in (1, 2, 3))]


def sheet(path: Path) -> list[dict[str, Any]]:
    """The rows of a workbook by column."""
    header, *rows = load_workbook(path).active.values
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_workbooks_hold_codes_and_dates_as_text_and_amounts_as_numbers(made: Release):
    rows = sheet(made.folder / "exports" / "penalties.xlsx")
    assert [r["record_id"] for r in rows] == ["P1", "P2"]
    assert (rows[0]["fine_fen"], rows[0]["publish_until"]) == (500_000, "2027-05-01")
    assert rows[0]["uscc"] == uscc(1)
    empty = sheet(made.folder / "exports" / "listings.xlsx")
    assert empty == []


@pytest.mark.parametrize("text", ["=1+1", "+8", "-2", "@a", "\t=1", "＝1+1", "－1"])
def test_text_that_looks_like_a_formula_stays_text(park: Park, text: str):
    park.tables["public_licences"][0]["content"] = text
    park.tables["public_penalties"][0]["fine_fen"] = -5
    folder = park.build().folder / "exports"
    with (folder / "licences.csv").open(encoding="utf-8", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert row["content"] == f"'{text}"
    assert "-5," in (folder / "penalties.csv").read_text("utf-8")  # an amount is none
    [cell] = [
        c for c in load_workbook(folder / "licences.xlsx").active[2] if c.value == text
    ]
    assert cell.data_type == "s"  # a string, not a formula
    [line] = json.loads((folder / "licences.json").read_text("utf-8"))
    assert line["content"] == text


def test_a_table_beyond_a_worksheet_has_no_workbook(
    park: Park, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exports, "MOST_SHEET_ROWS", 2)
    folder = park.build().folder
    made = {p.name for p in (folder / "exports").glob("enterprises.*")}
    assert made == {f"enterprises.{e}" for e in ("csv", "json", "jsonl", "parquet")}
    assert (folder / "exports" / "penalties.xlsx").is_file()
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert "exports/enterprises.xlsx" not in package["resources"][0]["alternatives"]


def test_the_data_package_is_valid_and_its_files_keep_what_it_says(made: Release):
    """Judged by the frictionless library: schema, types, keys, hashes and counts."""
    report = Package(str(made.folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == len(OPEN_TABLES)


def test_licence_and_citation_lie_beside_the_data(made: Release):
    assert "CC-BY-4.0" in (made.folder / "LICENSE.txt").read_text("utf-8")
    cited = yaml.safe_load((made.folder / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == made.id
    assert cited["date-released"] == "2026-11-23"
    assert (cited["type"], cited["license"]) == ("dataset", "CC-BY-4.0")


def test_data_package_describes_each_export(made: Release):
    package = json.loads((made.folder / "datapackage.json").read_text("utf-8"))
    [penalties] = [r for r in package["resources"] if r["name"] == "penalties"]
    path = made.folder / "exports" / "penalties.csv"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert penalties["path"] == "exports/penalties.csv"
    assert (penalties["bytes"], penalties["rowCount"]) == (path.stat().st_size, 2)
    assert penalties["hash"] == f"sha256:{digest}"
    assert penalties["sources"] == [{"title": "信用修复管理办法 (NDRC Order 36)"}]
    fields = {f["name"]: f for f in penalties["schema"]["fields"]}
    assert fields["decided_on"]["type"] == "date"
    assert fields["fine_fen"]["unit"] == "fen"
    assert fields["severity"]["constraints"]["enum"] == ["minor", "general", "serious"]
    assert penalties["schema"]["primaryKey"] == ["record_id"]
    assert "虚构" in package["description"]


def test_catalogue_lists_every_format_of_each_dataset(made: Release):
    catalogue = json.loads((made.folder / "catalog.jsonld").read_text("utf-8"))
    datasets = {d["dcterms:identifier"]: d for d in catalogue["dcat:dataset"]}
    assert datasets.keys() == OPEN_TABLES
    links = [
        d["dcat:downloadURL"]["@id"] for d in datasets["honours"]["dcat:distribution"]
    ]
    formats = ("csv", "json", "jsonl", "parquet", "xlsx")
    assert links == [f"exports/honours.{f}" for f in formats]
    [whole] = catalogue["dcat:distribution"]
    assert whole["dcat:downloadURL"] == {"@id": "public.db"}


def test_manifest_says_until_when_each_file_may_be_offered(made: Release):
    manifest = json.loads((made.folder / "manifest.json").read_text("utf-8"))
    files = {f["path"]: f for f in manifest["files"]}
    assert manifest["tables"]["public_penalties"]["expires_on"] == "2026-11-23"
    assert files["exports/penalties.csv"]["expires_on"] == "2026-11-23"
    assert files["public.db"]["expires_on"] == "2026-11-23"
    assert files["changes.jsonl"]["expires_on"] == "2026-11-23"
    assert files["exports/honours.csv"]["expires_on"] is None
    closed = {name for name, file in files.items() if file["tier"] != "public"}
    assert {name.partition("/")[0] for name in closed} == {
        *("authorised.db", "fingerprints", "moves.jsonl")
    }


def test_quality_report_shows_whether_every_row_received_was_kept(park: Park):
    park.add("public_sources", dataset="permits", rows_in=5, accepted=3, duplicates=1)
    made = park.build()
    report = json.loads((made.folder / "quality_report.json").read_text("utf-8"))
    conserved = {d["dataset"]: d["conserved"] for d in report["datasets"]}
    assert conserved == {"penalties": True, "permits": False}
    assert report["totals"]["rows_in"] == 14
    assert report["gates_passed"][0] == "tiers"


def test_checksums_are_read_by_the_standard_tool(made: Release):
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=made.folder,
        check=True,
    )


def test_the_same_facts_make_the_same_release_on_every_machine(
    park: Park, tmp_path: Path
):
    first = park.build()
    park.folder = tmp_path / "elsewhere"
    for rows in park.tables.values():
        rows.reverse()
    for row in park.tables["public_penalties"]:
        row["collected_on"] = date(2026, 11, 20)  # delivered in another batch
    park.tables["public_sources"][0]["rows_in"] = 900
    second = park.build()
    assert second.id == first.id
    assert second.content_sha256 == first.content_sha256


def test_building_again_the_same_day_changes_nothing_and_says_so(park: Park):
    first = park.build()
    before = snapshot(park.folder)
    again = park.build()
    assert (first.switched, first.unchanged) == (True, False)
    assert (again.switched, again.unchanged) == (False, True)
    assert again.id == first.id
    assert snapshot(park.folder) == before


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_content_on_another_day_is_another_release(park: Park):
    first = park.build()
    park.tables["public_penalties"].pop()
    park.today += timedelta(days=1)
    second = park.build()
    assert second.switched
    assert second.id.startswith("20261124-")
    assert first.folder.is_dir()


def test_another_build_at_the_same_time_is_turned_away(park: Park):
    park.folder.mkdir(parents=True)
    with exclusively(park.folder), pytest.raises(ReleaseBusyError, match="wait"):
        park.build()
    assert park.build().switched


def test_a_missing_relation_and_a_missing_column_are_named(park: Park):
    with duckdb.connect() as connection:
        with pytest.raises(RelationError, match="withheld_records: no relation"):
            build_release(connection, {}, park.info(), park.folder)
        connection.execute("CREATE TABLE none AS SELECT '' AS record_id, '' AS reason")
        only = {WITHHELD: "none"}
        with pytest.raises(RelationError, match="public_enterprises: no relation"):
            build_release(connection, only, park.info(), park.folder)
        connection.execute("CREATE TABLE half (uscc VARCHAR, name VARCHAR)")
        relations = only | {t.contract: "half" for t in ALL}
        with pytest.raises(RelationError, match=r"half lacks .*collected_on"):
            build_release(connection, relations, park.info(), park.folder)
    assert not [
        p for p in park.folder.iterdir() if p.name.startswith((".staging", ".scratch"))
    ]


def test_a_relation_of_another_type_is_named(
    park: Park, monkeypatch: pytest.MonkeyPatch
):
    park.tables["public_penalties"][0]["fine_fen"] = "many"
    monkeypatch.setattr("tests.release.invented.TYPES", {Kind.DATE: "DATE"})
    with pytest.raises(RelationError, match=r"public_penalties: .*cannot be stored"):
        park.build()


def test_the_connection_is_left_as_it_was(park: Park):
    with duckdb.connect() as connection:
        connection.execute("SET disabled_optimizers = 'in_clause'")
        relations = park.relations(connection)
        build_release(connection, relations, park.info(), park.folder)
        setting = connection.execute("SELECT current_setting('disabled_optimizers')")
        assert setting.fetchall() == [("in_clause",)]
        names = connection.execute("SELECT database_name FROM duckdb_databases()")
        assert {n for (n,) in names.fetchall()} == {"memory", "system", "temp"}


def test_what_the_site_imports_stays_free_of_the_pipeline():
    code = (
        "import sys; import publish.release.store, publish.release.bigrams;"
        "heavy = {'duckdb', 'pandas', 'dagster', 'great_expectations', 'sqlglot'};"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
