"""Two languages, complete, one cookie."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from publish.site.i18n import LANGUAGES, UnknownWordError, catalogue, say
from publish.site.wording import heading, instant, money, percent, share, spoken
from tests.site.conftest import Site
from tests.site.town import uscc

SITE = Path(__file__).parents[2] / "publish" / "site"
# Keys that are put together while running, by their beginnings.
COMPOSED = (
    "file.section_",
    "file.count_",
    "advice.",
    "lists.lead_",
    "honours.about_",
    "grades.means_",
    "disclosures.",
    "government.",
    "missing.",
    "data.paper_",
    "data.means_",
    "data.column",
    "status.",
    "release.",
    "repair.",
    "objection.",
    "about.",
    "file.why_",
    "office.",
    "report.note_",
    "my.asked_",
    "my.purpose_",
    "my.reason_",
    "policy.age_",
    "policy.by_",
    "policy.size_",
    "my.consent_",
    "my.error_",
)


def test_the_switch_sets_a_cookie_that_lasts(site: Site):
    answer = asyncio.run(site.get("/about?lang=en"))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("lang=en;")
    assert "Max-Age=31536000" in cookie
    assert "HttpOnly" in cookie
    assert 'href="/about?lang=zh"' in answer.text


def test_the_cookie_is_remembered_and_rubbish_is_ignored(site: Site):
    page = asyncio.run(site.text("/about", cookies={"lang": "en"}))
    assert "What this is" in page
    assert "这是什么" in asyncio.run(
        site.text("/about?lang=fr", cookies={"lang": "xx"})
    )


def test_the_switch_keeps_the_rest_of_the_address(site: Site):
    page = asyncio.run(site.text("/lists/penalties?severity=serious&sort=-fine_fen"))
    assert "?severity=serious&amp;sort=-fine_fen&amp;lang=en" in page


def test_labels_and_codes_of_data_are_translated(site: Site):
    page = asyncio.run(site.text("/lists/penalties?lang=en"))
    assert "Kind of violation" in page
    assert "Warning; Fine" in page
    assert "CNY 2,000.00" in page


def test_every_string_is_there_in_both_languages():
    for key, words in catalogue().items():
        assert set(words) == set(LANGUAGES), key
        assert all(words.values()), key
        slots = [set(re.findall(r"\{(\w+)\}", words[x])) for x in LANGUAGES]
        assert slots[0] == slots[1], key


def test_every_string_that_is_asked_for_exists_and_none_is_left_over():
    sources = [p for p in SITE.rglob("*") if p.suffix in {".py", ".html", ".svg"}]
    text = "\n".join(p.read_text("utf-8") for p in sources)
    quoted = set(re.findall(r'"([a-z]+\.[a-z_A-Z0-9]+)"', text))
    sections = {key.partition(".")[0] for key in catalogue()}
    files = {"site.css", "my.css", "my.toml", "tables.css", "mark.svg", "code.svg"}
    asked = {
        k
        for k in quoted - files
        if k.partition(".")[0] in sections and not k.endswith((".html", ".json", "_"))
    }
    assert asked - set(catalogue()) == set()
    left = {k for k in catalogue() if k not in quoted and not k.startswith(COMPOSED)}
    assert left == set()


def test_an_unknown_string_names_where_to_add_it():
    with pytest.raises(UnknownWordError, match=r"strings\.toml"):
        say("zh", "nowhere.nothing")


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (None, "", ""),
        (0, "0 元", "CNY 0.00"),
        (200_000, "2,000 元", "CNY 2,000.00"),
        (12_345, "123.45 元", "CNY 123.45"),
        (5_000_000_000, "5,000 万元", "CNY 50,000,000.00"),
        (-150, "-1.50 元", "CNY -1.50"),
    ],
)
def test_money_is_written_exactly(fen: int | None, zh: str, en: str):
    assert (money(fen, "zh"), money(fen, "en")) == (zh, en)


def test_shares_and_rates_are_written_exactly():
    assert [percent(bp) for bp in (345, 2000, 0, None)] == ["3.45%", "20%", "0%", ""]
    assert [share(*p) for p in ((1, 3), (2, 3), (0, 5), (None, 5), (1, 0))] == [
        "33.3%",
        "66.7%",
        "0.0%",
        "–",
        "–",
    ]
    assert heading("年利率起（基点）") == "年利率起"


def test_amounts_of_a_column_are_of_one_unit(site: Site):
    assert money(20_000_000, "zh") == "20 万元"
    assert money(20_000_000, "zh", beside_others=True) == "200,000 元"
    page = asyncio.run(site.text("/lists/penalties"))
    assert "万元" not in page
    assert " 元</td>" in page


def test_industries_and_codes_of_facets_are_told_in_english(site: Site):
    file = asyncio.run(site.text(f"/e/{uscc(0)}?lang=en"))
    assert '<span class="chip">Manufacturing</span>' in file
    assert "制造业" not in file
    facets = asyncio.run(site.text("/public/penalties", cookies={"lang": "en"}))
    assert 'General <span class="num">' in facets


def test_one_language_of_a_text_in_two():
    both = "按月处罚 Penalties by month"
    assert (spoken(both, "zh"), spoken(both, "en")) == (
        "按月处罚",
        "Penalties by month",
    )
    assert spoken("只有中文", "en") == "只有中文"
    assert instant("2026-11-28T22:36:53.325071+08:00") == "2026-11-28 22:36"


def test_the_switch_keeps_a_table_and_its_filters(site: Site):
    """Datasette takes ``lang`` for a column, by which no row is found."""
    page = asyncio.run(site.text("/public/penalties?severity=serious"))
    assert 'href="/public/penalties?severity=serious&amp;lang=en"' in page
    answer = asyncio.run(site.get("/public/penalties?severity=serious&lang=en"))
    assert answer.status_code == 302
    assert answer.headers["location"] == "/public/penalties?severity=serious"
    assert answer.headers["set-cookie"].startswith("lang=en;")
    where = answer.headers["location"]
    english = asyncio.run(site.text(where, cookies={"lang": "en"}))
    assert "<h1>Penalties</h1>" in english
    assert english.count("<tr><td") == page.count("<tr><td") == 2
