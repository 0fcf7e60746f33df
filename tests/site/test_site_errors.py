"""What is not there, what is broken, what is closed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from tests.site.conftest import Site
from tests.site.town import uscc


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("913703", "应为 18 位"),
        ("9137030*MA9000003K", "不应出现的字符"),
        (uscc(0)[:-1] + "A", "校验位不符"),
        (uscc(999), "本站没有收录该企业"),
        ("%E8%99%9A%E6%9E%84", "应为 18 位"),
    ],
)
def test_a_missing_file_says_what_is_wrong_with_the_code(
    site: Site, code: str, told: str
):
    answer = asyncio.run(site.get(f"/e/{code}"))
    assert answer.status_code == 404
    assert told in answer.text


def test_a_code_in_small_letters_finds_its_file(site: Site):
    answer = asyncio.run(site.get(f"/e/{uscc(0).lower()}"))
    assert answer.headers["location"] == f"/e/{uscc(0)}"


def test_look_alike_letters_are_suggested(site: Site):
    page = asyncio.run(site.get(f"/e/{uscc(0).replace('0', 'O')}")).text
    assert f'href="/e/{uscc(0)}"' in page


@pytest.mark.parametrize("path", ["/nowhere", "/e", "/lists", "/static-site/nothing"])
def test_unknown_pages_are_in_the_sites_own_style(site: Site, path: str):
    answer = asyncio.run(site.get(path))
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "site.css" in answer.text


def test_unknown_pages_in_english(site: Site):
    answer = asyncio.run(site.get("/nowhere?lang=en"))
    assert "No such page" in answer.text


def test_a_failure_tells_a_number_and_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(*_: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("publish.site.pages.home.disclosed.by_kind", broken)
    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(site.get("/"))
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    incident = answer.text.split("请附编号 ")[1].split("。")[0]
    assert f"incident {incident} on /" in caplog.text


def test_static_files_are_named_by_content_and_may_be_kept(site: Site):
    page = asyncio.run(site.text("/"))
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    answer = asyncio.run(site.get(address))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/public", "数据表"),
        ("/public/honours", "honour_list"),
        ("/public/honours/H-0", "授予日期"),
        ("/public/penalties?_facet=severity&_sort=fine_fen", "罚款金额"),
    ],
)
def test_datasettes_own_pages_wear_the_frame(site: Site, path: str, told: str):
    page = asyncio.run(site.text(path))
    assert "tables.css" in page
    assert "演示数据" in page
    assert "信用园区" in page
    assert told in page
    assert "<script>" not in page
    assert "English" in page
    assert "Statistics" in asyncio.run(site.text(path, cookies={"lang": "en"}))
