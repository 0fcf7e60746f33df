"""Record lists: filter, sort, pages, CSV; and the open-data files."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import re
from pathlib import Path

import pytest

from publish.site.export import inert, spreadsheet
from publish.site.paging import paging
from publish.site.wording import spoken
from tests.site.conftest import Site
from tests.site.town import HOSTILE, uscc


def cells(page: str, column: str) -> list[str]:
    return re.findall(rf'data-label="{column}">([^<]*)<', page)


def test_lists_are_paged_by_fifty(site: Site):
    first = asyncio.run(site.text("/lists/licences"))
    third = asyncio.run(site.text("/lists/licences?page=3"))
    assert len(cells(first, "许可证书名称")) == 50
    assert len(cells(third, "许可证书名称")) == 20
    assert "第 101–120 条，共 120 条" in third
    assert asyncio.run(site.text("/lists/licences?page=99")).count("101–120") == 1


@pytest.mark.parametrize("sort", ["decided_on", "-decided_on"])
def test_lists_are_sorted_both_ways(site: Site, sort: str):
    page = asyncio.run(site.text(f"/lists/penalties?sort={sort}"))
    dates = cells(page, "处罚决定日期")
    assert dates == sorted(dates, reverse=sort.startswith("-"))
    assert f'aria-sort="{"descending" if "-" in sort else "ascending"}"' in page


def test_an_unknown_sort_falls_back_to_newest_first(site: Site):
    page = asyncio.run(site.text("/lists/penalties?sort=facts;DROP"))
    dates = cells(page, "处罚决定日期")
    assert dates == sorted(dates, reverse=True)


def test_facets_count_and_filter(site: Site):
    page = asyncio.run(site.text("/lists/penalties?severity=serious"))
    assert set(cells(page, "失信程度")) == {"严重"}
    assert '严重 <span class="num">2</span>' in page


def test_facets_narrow_each_other_and_keep_the_rest_of_the_question(site: Site):
    page = asyncio.run(
        site.text("/lists/licences?year=2026&licence_kind=general&q=虚构")
    )
    assert "共 54 条" in page
    years = re.findall(r'year=(\d{4})[^"]*"[^>]*>\d{4} <span class="num">(\d+)', page)
    assert years == [("2026", "54"), ("2025", "61"), ("2024", "5")]
    assert 'name="year" value="2026"' in page
    assert "year=2025" in asyncio.run(site.text("/lists/licences?facts=x&year=2025"))


def test_an_unknown_facet_is_no_filter(site: Site):
    page = asyncio.run(site.text("/lists/penalties?legal_basis=x&uscc_like=1"))
    assert "共 18 条" in page


def test_one_enterprise_only(site: Site):
    page = asyncio.run(site.text(f"/lists/licences?uscc={uscc(0)}"))
    assert "共 16 条" in page


def test_csv_has_a_mark_labels_and_the_same_rows(site: Site):
    answer = asyncio.run(site.get("/lists/penalties?severity=serious&format=csv"))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        'filename="penalties-2026-11-23.csv"' in answer.headers["content-disposition"]
    )
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:4] == [
        "记录编号",
        "统一社会信用代码",
        "企业名称",
        "行政处罚决定书文号",
    ]
    assert [row[0] for row in rows[1:]] == ["P-6", "P-12"]


def test_csv_in_english_has_english_labels(site: Site):
    answer = asyncio.run(site.get("/lists/penalties?format=csv&lang=en"))
    assert "Record id,Unified social credit code,Enterprise" in answer.text


def test_a_spreadsheet_runs_no_formula():
    assert inert("=1+1") == "'=1+1"
    assert inert("@x") == "'@x"
    assert inert("安全") == "安全"
    assert inert(-5) == -5
    assert spreadsheet(["a"], ["A"], [{"a": None}]) == '\ufeffA\r\n""\r\n'


def test_an_overlong_list_points_to_the_whole_file(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("publish.site.pages.lists.MOST_ROWS", 10)
    answer = asyncio.run(site.get("/lists/licences?format=csv"))
    assert answer.status_code == 413
    assert "开放数据" in answer.text


def test_unknown_lists_are_not_found(site: Site):
    assert asyncio.run(site.get("/lists/secrets")).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "authorised.db",
        "moves.jsonl",
        "manifest.json",
        "exports/../authorised.db",
        "../current.json",
        "exports",
        "nothing.csv",
    ],
)
def test_only_public_files_of_the_manifest_are_handed_out(site: Site, name: str):
    assert asyncio.run(site.get(f"/data/latest/{name}")).status_code == 404


def test_downloads_equal_their_checksum(site: Site, town_home: Path):
    path = "exports/enterprises.parquet"
    answer = asyncio.run(site.get(f"/data/latest/{path}"))
    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["x-content-sha256"] == digest
    assert digest in asyncio.run(site.text("/data/enterprises"))
    sums = asyncio.run(site.text("/data/latest/SHA256SUMS"))
    assert f"{digest}  {path}" in sums
    assert any(town_home.rglob(path))


def test_the_dictionary_shows_fields_codes_and_files(site: Site):
    page = asyncio.run(site.text("/data/penalties"))
    for told in (
        "fine_fen",
        "罚款金额",
        "fen",
        "penalty_kind",
        "0201",
        "penalties.jsonl",
    ):
        assert told in page
    assert asyncio.run(site.get("/data/authorised_grades")).status_code == 404


def test_the_catalogue_counts_what_may_be_shown(site: Site):
    page = asyncio.run(site.text("/data"))
    assert "18 行 · 18 个字段" in page
    assert "CC BY 4.0" in page


def test_descriptions_are_told_in_one_language():
    text = "“双随机、一公开”检查结果 Results of random inspections."
    assert spoken(text, "zh") == "“双随机、一公开”检查结果"
    assert spoken(text, "en") == "Results of random inspections."
    assert spoken("只有中文", "en") == "只有中文"


def test_page_numbers_leave_gaps_and_never_run_away():
    assert paging("7", 1000).near == [1, None, 5, 6, 7, 8, 9, None, 20]
    assert paging("99", 120).page == 3
    assert paging("-1", 120).page == 1
    assert paging("٣", 120).page == 1
    assert (paging("1", 0).first, paging("1", 0).last) == (0, 0)


def test_hostile_names_survive_the_csv_unharmed(site: Site):
    answer = asyncio.run(site.get("/lists/penalties?format=csv"))
    rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert HOSTILE in {row[2] for row in rows}
