"""The live guard: same file, tomorrow's clock."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from publish.serving import editions
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
    "/data/latest/exports/penalties.csv",
    "/data/latest/exports/penalties.json",
    "/data/latest/exports/penalties.jsonl",
    "/data/latest/changes.jsonl",
    "/feeds/penalties.atom",
    "/public/penalties.json?_shape=array&record_id=P-last-day",
    "/public/penalties/P-last-day.json",
)
GONE = {"/public/penalties/P-last-day.json"}


def tomorrow(site: Site) -> None:
    site.clock.day = TODAY + timedelta(days=1)


@pytest.mark.parametrize("path", SHOWING)
def test_a_record_is_shown_on_its_last_day_and_gone_the_next(site: Site, path: str):
    assert MARK in told(asyncio.run(site.text(path)))
    tomorrow(site)
    answer = asyncio.run(site.get(path))
    assert answer.status_code == (404 if path in GONE else 200)
    assert MARK not in told(answer.text).replace('value="最后一日"', "")


def told(text: str) -> str:
    """The text with the escapes of JSON read."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)


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


def test_every_format_is_written_anew_without_the_expired_row(
    site: Site, tmp_path: Path
):
    tomorrow(site)
    assert len(parquet(site, tmp_path)) == 17
    assert len(workbook(site, tmp_path)) == 1 + 17
    for name in ("json", "jsonl", "csv", "parquet", "xlsx"):
        answer = asyncio.run(site.get(f"/data/latest/exports/penalties.{name}"))
        digest = hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["x-content-sha256"] == digest
    rows = asyncio.run(site.text("/data/latest/exports/penalties.jsonl")).splitlines()
    assert len(rows) == 17
    assert all(json.loads(row)["publish_until"] >= "2026-11-24" for row in rows)


def parquet(site: Site, folder: Path) -> list[tuple[object, ...]]:
    path = saved(site, "exports/penalties.parquet", folder)
    return duckdb.execute(f"SELECT record_id FROM '{path}'").fetchall()


def workbook(site: Site, folder: Path) -> list[tuple[object, ...]]:
    path = saved(site, "exports/penalties.xlsx", folder)
    return list(load_workbook(path).active.values)


def saved(site: Site, name: str, folder: Path) -> Path:
    answer = asyncio.run(site.get(f"/data/latest/{name}"))
    assert answer.status_code == 200
    path = folder / name.rpartition("/")[2]
    path.write_bytes(answer.content)
    return path


def test_the_database_file_forgets_the_expired_row_to_the_last_byte(
    site: Site, tmp_path: Path
):
    assert MARK.encode() in saved(site, "public.db", tmp_path).read_bytes()
    tomorrow(site)
    path = saved(site, "public.db", tmp_path)
    assert MARK.encode() not in path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM penalties").fetchone() == (17,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        told = db.execute("SELECT value FROM release WHERE key = 'pruned'").fetchone()
    rows = {"penalties": {"expired": 1, "withdrawn": 0}}
    assert json.loads(told[0]) == {"on": "2026-11-24", "rows": rows}


def test_the_papers_of_the_day_fit_its_files_and_say_what_is_missing(site: Site):
    tomorrow(site)
    sums = asyncio.run(site.text("/data/latest/SHA256SUMS")).splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in sums)}
    assert "authorised.db" not in listed
    for name in ("datapackage.json", "exports/penalties.xlsx", "changes.jsonl"):
        body = asyncio.run(site.get(f"/data/latest/{name}")).content
        assert hashlib.sha256(body).hexdigest() == listed[name]
    package = json.loads(asyncio.run(site.text("/data/latest/datapackage.json")))
    counts = {r["name"]: r["rowCount"] for r in package["resources"]}
    assert counts["penalties"] == 17
    release = site.app.mount.current
    assert release
    page = asyncio.run(site.text(f"/data/releases/{release.release_id}"))
    assert "2026-11-24 已剔除" in page
    assert "行政处罚：期满 1 条，撤下 0 条" in page


def test_files_that_cannot_be_made_are_not_handed_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(editions, "MAKER", "publish.release.nothing_of_that_name")
    site.clock.day = TODAY + timedelta(days=2)
    for name in ("exports/penalties.csv", "public.db", "exports/licences.csv"):
        answer = asyncio.run(site.get(f"/data/latest/{name}"))
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "600"
        assert MARK not in answer.text
    assert "正在重新生成" in asyncio.run(site.text("/data"))


def test_a_day_without_an_expiry_sends_the_sealed_files(site: Site, town_home: Path):
    answer = asyncio.run(site.get("/data/latest/exports/licences.parquet"))
    [sealed] = (town_home / "releases").glob("*/exports/licences.parquet")
    assert answer.content == sealed.read_bytes()


def test_every_time_limited_table_is_guarded():
    assert {
        "commitments",
        "inspections",
        "listings",
        "penalties",
        "tax_arrears",
    } <= LIMITED
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


def test_no_module_of_the_site_asks_the_release_itself():
    asking = [
        path.name
        for path in SITE.rglob("*.py")
        if re.search(r"\.execute\(|public\.ask\(", path.read_text("utf-8"))
    ]
    assert sorted(asking) == ["facts.py", "marks.py"]


def test_minor_penalties_are_nowhere(site: Site):
    assert "penalties" in PUBLISHED
    assert "轻微" not in asyncio.run(site.text("/lists/penalties")).split("<tbody>")[1]
