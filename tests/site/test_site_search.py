"""Search from two characters up."""

from __future__ import annotations

import asyncio
import re

import pytest

from publish.site.pages.search import marked
from tests.site.conftest import Site
from tests.site.town import FIRST, uscc


def found(page: str) -> list[str]:
    return re.findall(r'<a class="who" href="/e/(\w{18})"', page)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("星海", 0),
        ("星海科技", 0),
        ("沧浪", 0),
        ("沧浪实业", 0),
        ("9137 0303 MA90 0000", 0),
        ("云帆 贸易", 11),
    ],
)
def test_names_former_names_and_codes_are_found(site: Site, text: str, first: int):
    assert found(asyncio.run(site.text("/search", params={"q": text})))[0] == uscc(
        first
    )


def test_the_words_sought_are_marked(site: Site):
    page = asyncio.run(site.text("/search?q=星海"))
    assert "虚构<mark>星海</mark>科技有限公司" in page
    assert "找到 4 家企业" in page


def test_marked_pieces_keep_the_whole_text():
    pieces = marked("ABC科技abc", "abc")
    assert pieces == [("ABC", True), ("科技", False), ("abc", True)]
    assert "".join(f"<{p}>" if hit else p for p, hit in marked("a+b(c", "+ (")) == (
        "a<+>b<(>c"
    )


def test_one_character_gets_a_hint(site: Site):
    page = asyncio.run(site.text("/search?q=星"))
    assert "请至少输入两个字" in page
    assert found(page) == []


def test_nothing_found_is_polite_and_escaped(site: Site):
    page = asyncio.run(site.text("/search", params={"q": '"><b>没有'}))
    assert "没有找到与“&#34;&gt;&lt;b&gt;没有”有关的企业" in page
    assert "未收录不代表信用不良" in page


def test_a_whole_code_leads_straight_to_the_file(site: Site):
    answer = asyncio.run(site.get("/search", params={"q": uscc(0).lower()}))
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/e/{uscc(0)}"


def test_a_code_with_look_alike_letters_is_suggested(site: Site):
    wrong = uscc(0).replace("0", "O")
    page = asyncio.run(site.text("/search", params={"q": wrong}))
    assert f'href="/e/{uscc(0)}"' in page


@pytest.mark.parametrize(
    "text", ['"', "*", "' OR 1=1 --", "NEAR(", "a" * 500, "%", "_-"]
)
def test_strange_queries_answer(site: Site, text: str):
    asyncio.run(site.text("/search", params={"q": text}))


def test_pages_of_results(site: Site):
    page = asyncio.run(site.text("/search?q=虚构"))
    assert len(found(page)) == 40
    assert "第 1–40 条，共 40 条" in page
    assert FIRST.removeprefix("虚构") in page
