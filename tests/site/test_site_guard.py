"""The live guard: same file, tomorrow's clock."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from publish.site.facts import LIMITED, PUBLISHED, UnguardedQueryError, guarded
from tests.site.conftest import Site
from tests.site.town import TODAY, uscc

SITE = Path(__file__).parents[2] / "publish" / "site"
MARK = "最后一日公示"
SHOWING = (
    f"/e/{uscc(0)}",
    "/disclosures?q=最后一日",
    "/lists/penalties?q=最后一日",
    f"/lists/penalties?uscc={uscc(0)}",
    "/lists/penalties?format=csv",
    "/repair?list=penalties&record=P-last-day",
    "/objection?list=penalties&record=P-last-day",
    "/data/files/exports/penalties.csv",
    "/data/files/exports/penalties.jsonl",
)


def tomorrow(site: Site) -> None:
    site.clock.day = TODAY + timedelta(days=1)


@pytest.mark.parametrize("path", SHOWING)
def test_a_record_is_shown_on_its_last_day_and_gone_the_next(site: Site, path: str):
    assert MARK in asyncio.run(site.text(path))
    tomorrow(site)
    assert MARK not in asyncio.run(site.text(path)).replace('value="最后一日"', "")


def test_counters_follow_the_day(site: Site):
    told = re.compile(r'<b class="num">(\d+)</b><span>条公示期内失信信息')
    before = told.search(asyncio.run(site.text("/")))
    tomorrow(site)
    after = told.search(asyncio.run(site.text("/")))
    assert before
    assert after
    assert (before[1], after[1]) == ("29", "28")


def test_the_summary_of_the_file_follows_the_day(site: Site):
    tomorrow(site)
    page = asyncio.run(site.text(f"/e/{uscc(0)}"))
    assert '<a href="#administrative"><b class="num">17</b>' in page
    assert "建议秉持诚信理念" in page


def test_files_that_cannot_be_cleaned_are_withdrawn(site: Site):
    for name in ("exports/penalties.parquet", "public.db", "changes.jsonl"):
        assert asyncio.run(site.get(f"/data/files/{name}")).status_code == 200
    tomorrow(site)
    for name in ("exports/penalties.parquet", "public.db", "changes.jsonl"):
        answer = asyncio.run(site.get(f"/data/files/{name}"))
        assert answer.status_code == 409
        assert "暂停下载" in answer.text
    assert "penalties.parquet" not in re.findall(
        r'href="/data/files/exports/([^"]+)"', asyncio.run(site.text("/data/penalties"))
    )


def test_a_cleaned_file_keeps_every_other_row_and_says_it_is_cleaned(site: Site):
    path = "/data/files/exports/penalties."
    whole = asyncio.run(site.get(path + "csv"))
    assert "x-content-sha256" in whole.headers
    tomorrow(site)
    cleaned = asyncio.run(site.get(path + "csv"))
    assert cleaned.headers["x-credit-park-filtered"] == "2026-11-24"
    assert "x-content-sha256" not in cleaned.headers
    assert len(cleaned.text.splitlines()) == len(whole.text.splitlines()) - 1 == 18
    lines = asyncio.run(site.text(path + "jsonl")).splitlines()
    assert len(lines) == 17
    assert all(json.loads(line)["publish_until"] >= "2026-11-24" for line in lines)


def test_files_without_a_time_limit_stay_whole(site: Site):
    tomorrow(site)
    answer = asyncio.run(site.get("/data/files/exports/licences.parquet"))
    assert answer.status_code == 200


def test_every_time_limited_table_is_guarded():
    assert {
        "commitments",
        "inspections",
        "listings",
        "penalties",
        "tax_arrears",
    } == LIMITED
    for table in LIMITED:
        text = guarded(f"SELECT 1 FROM {{{table}}}")
        assert "publish_until >= :today" in text


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM penalties",
        "SELECT * FROM {enterprises} JOIN penalties USING (uscc)",
        "SELECT * FROM {secrets}",
    ],
)
def test_a_statement_that_goes_round_the_guard_is_refused(statement: str):
    with pytest.raises(UnguardedQueryError):
        guarded(statement)


def test_no_module_of_the_site_asks_the_database_itself():
    asking = [
        path.name
        for path in SITE.rglob("*.py")
        if ".execute(" in path.read_text("utf-8")
    ]
    assert asking == ["facts.py"]


def test_minor_penalties_are_nowhere(site: Site):
    assert "penalties" in PUBLISHED
    assert "轻微" not in asyncio.run(site.text("/lists/penalties")).split("<tbody>")[1]
