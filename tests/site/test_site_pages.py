"""Every page answers, says where its facts come from, and stays small."""

from __future__ import annotations

import asyncio
import re

import pytest

from publish.site.grades import beside
from publish.site.pages.policy import points
from tests.site.conftest import Site
from tests.site.town import FIRST, HOSTILE, LONG, uscc

PAGES = (
    "/",
    "/search",
    "/search?q=虚构",
    f"/e/{uscc(0)}",
    "/honours",
    "/honours?list=tax_a&year=2025",
    "/disclosures",
    "/disclosures?kind=penalty&q=价格",
    *(
        f"/lists/{name}"
        for name in (
            "licences",
            "penalties",
            "listings",
            "tax_arrears",
            "honours",
            "commitments",
            "inspections",
        )
    ),
    "/incentives",
    "/inspections",
    "/policies",
    "/government",
    "/policy",
    "/statistics",
    "/data",
    "/data/penalties",
    "/status",
    "/repair?list=penalties&record=P-1",
    "/objection?list=honours&record=H-0",
    "/about",
)
LARGEST = 150_000


DATA_BLOCK = r'<script type="application/ld\+json">[^<]*</script>'


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_small_and_in_the_language_asked_for(
    site: Site, path: str, language: str
):
    page = asyncio.run(site.text(path, cookies={"lang": language}))
    assert len(page.encode()) <= LARGEST
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert "演示数据" in page or "Demonstration" in page
    assert page.count("<h1") == 1
    assert 'href="#main"' in page


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_another_host_or_holds_a_script(site: Site, path: str):
    page = asyncio.run(site.text(path))
    named = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert [n for n in named if not n.startswith(("/", "#", "?"))] == []
    page = re.sub(DATA_BLOCK, "", page)  # linked data: described, never run
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [body for _, body in scripts if body] == []
    assert all('src="/static-site/' in start for start, _ in scripts)
    assert " style=" not in page


def test_the_file_has_the_ten_sections_and_the_supplement(site: Site):
    page = asyncio.run(site.text(f"/e/{uscc(0)}"))
    titles = re.findall(r'<h2 id="([a-z]+)-title">', page)
    assert titles == [
        "registration",
        "administrative",
        "honours",
        "serious",
        "abnormal",
        "commitments",
        "evaluation",
        "judicial",
        "other",
        "advice",
        "park",
        "sources",
        "timeline",
    ]
    assert page.count("查询期内无相关信息") == 5
    assert "虚构沧浪电子厂" in page
    assert "A级（绿码）" in page
    assert "最短公示期满后可凭履行证明" in page
    assert "查看全部 16 条" in page


def test_a_grade_that_is_not_published_is_said_to_mean_nothing_bad(site: Site):
    page = asyncio.run(site.text(f"/e/{uscc(1)}"))
    assert "未公开" in page
    assert "级（" not in page.split('<main id="main"')[1]


def test_each_adverse_record_carries_source_dates_and_ways_to_act(site: Site):
    page = asyncio.run(site.text(f"/e/{uscc(1)}"))
    record = page.split('id="penalties-P-1"')[1].split("</article>")[0]
    assert "虚构市场监督管理局" in record
    assert "采集" in record
    assert "公示至" in record
    assert "/repair?list=penalties&amp;record=P-1" in record
    assert "/objection?list=penalties&amp;record=P-1" in record
    assert "警告、罚款" in record
    assert "2,000 元" in record


def test_long_names_are_cut_in_lists_and_whole_in_their_file(site: Site):
    assert LONG not in asyncio.run(site.text("/")).replace(f'title="{LONG}"', "")
    assert LONG in asyncio.run(site.text(f"/e/{uscc(2)}")).split("<h1")[1]


def test_hostile_names_are_text_everywhere(site: Site):
    for path in (
        "/",
        "/search?q=alert",
        f"/e/{uscc(1)}",
        "/disclosures",
        "/lists/penalties",
    ):
        page = asyncio.run(site.text(path))
        assert "<script>" not in page, path
        assert "&lt;script&gt;alert" in page.replace("<mark>", "").replace(
            "</mark>", ""
        )
    assert HOSTILE not in asyncio.run(site.text(f"/e/{uscc(1)}/code.svg"))


def test_government_promises_are_judged_on_today(site: Site):
    page = asyncio.run(site.text("/government"))
    totals = page.split('class="counters four"')[1].split("</ul>", maxsplit=1)[0]
    told = re.findall(r"<b[^>]*>(\d+)</b><span>([^<]+)</span>", totals)
    assert told == [
        *(("2", "按期兑现"), ("1", "逾期兑现"), ("2", "办理中"), ("1", "逾期未兑现")),
    ]


def test_an_overdue_promise_says_by_how_many_days(site: Site):
    # Due five days before today.
    assert "逾期5天" in asyncio.run(site.text("/government"))


def test_policies_stand_by_whether_one_can_apply_today(site: Site):
    page = asyncio.run(site.text("/policies"))
    titles = re.findall(r"正在申报|即将开始|已截止|虚构政策\d号", page)
    assert titles == [
        *(
            "正在申报",
            "虚构政策0号",
            "即将开始",
            "虚构政策1号",
            "已截止",
            "虚构政策2号",
        ),
    ]
    assert "制造业、信息传输、软件和信息技术服务业" in page


def test_a_draw_can_be_checked_and_its_savings_are_told(site: Site):
    page = asyncio.run(site.text("/inspections"))
    plan = page.split('id="plans"')[1].split("</section>", maxsplit=1)[0]
    assert re.findall(r">(0731952846|448|20)<", plan) == ["0731952846", "448", "20"]
    savings = page.split('id="savings"')[1].split("</section>", maxsplit=1)[0]
    assert re.findall(r"data-label=[^>]+>(\d+)<", savings) == [
        *("30", "62", "6", "0", "30", "62", "120", "0"),
    ]


def test_what_credit_bought_and_what_the_standard_brought(site: Site):
    page = asyncio.run(site.text("/incentives"))
    loans = page.split('id="loans"')[1].split("</section>", maxsplit=1)[0]
    assert "12,000 万元" in loans
    assert "3.85%" in loans
    assert loans.count("不足 5 家") == 3  # C: granted, amount, rate
    page = asyncio.run(site.text("/statistics"))
    effects = page.split('id="effects"')[1].split("</section>", maxsplit=1)[0]
    assert re.findall(r"[\d.]+ 天", effects) == [
        *("62.5 天", "55.5 天", "63.1 天", "56.1 天"),
    ]


def test_incentives_that_ended_are_gone_and_few_beneficiaries_hidden(site: Site):
    page = asyncio.run(site.text("/incentives"))
    assert "已停止" not in page
    assert "不足 5 家" in page
    assert "20%" in page
    assert "3.45%" in page


def test_cells_below_five_are_withheld_and_not_graded_is_no_bad_grade(site: Site):
    page = asyncio.run(site.text("/statistics"))
    assert "不足 5 家" in page
    assert "未评" in page


def test_status_adds_up_and_names_the_late_source(site: Site):
    page = asyncio.run(site.text("/status"))
    assert "1 个数据源需要关注" in page
    assert "约定每日到数，已迟 3 天" in page
    assert "接收 = 入库 + 隔离 + 重复" in page
    for number in ("49", "43", "4", "2"):
        assert f'<dd class="num right">{number}</dd>' in page


def test_policy_tells_the_bands_of_the_release(site: Site):
    page = asyncio.run(site.text("/policy"))
    assert "信用分 950 及以上" in page
    assert "zibo-gaoxin-2026" in page


def test_policy_tells_every_rule_with_its_points_and_law(site: Site):
    page = asyncio.run(site.text("/policy"))
    rows = re.findall(r"<tr>\s*<td class=\"first\">(.*?)</tr>", page, re.DOTALL)
    told = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in rows]
    law = "《企业信息公示暂行条例》第八条"
    assert told == [
        ["逾期公示年度报告", "−20", "逐项累计", law],
        ["按时公示年度报告", "+10.5", "有则计分", law],
    ]
    assert "列入严重违法失信名单期间，评为D级" in page
    assert "不是机器学习模型" in page
    english = asyncio.run(site.text("/policy?lang=en"))
    assert "Annual reports published late" in english
    assert "no machine-learning model" in english


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (-20_000, 0, "−20"),
        (0, 10_500, "+10.5"),
        (-10_000, 10_000, "−10 … +10"),
        (0, 0, "+0"),
    ],
)
def test_points_are_told_with_their_sign(low: int, high: int, told: str):
    assert points({"points_from": low, "points_to": high}) == told


def test_chains_and_industries_have_a_chart_and_its_figures(site: Site):
    page = asyncio.run(site.text("/statistics"))
    chain = page.split('id="chain"')[1].split("</section>", maxsplit=1)[0]
    assert "虚构新材料" in chain
    assert re.findall(r'<td class="right num">([^<]+)</td>', chain) == [
        *("9", "8", "不足 5 家", "不足 5 家", "5"),
    ]
    assert re.findall(r'x="(\d+)" y="0" width="(\d+)"', chain) == [
        *(("0", "406"), ("409", "360"), ("772", "224")),
    ]


def test_groups_are_drawn_to_one_scale():
    rows = [
        {"chain": "甲", "letter": "A", "enterprises": 80},
        {"chain": "甲", "letter": "B", "enterprises": 20},
        {"chain": "乙", "letter": "A", "enterprises": 10},
    ]
    widths = {g.name: [s.width for s in g.slices] for g in beside(rows, "chain")}
    assert widths == {"甲": [800, 200, 0, 0, 0], "乙": [100, 0, 0, 0, 0]}


def test_security_headers_stand_on_every_page(site: Site):
    answer = asyncio.run(site.get("/"))
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-language"] == "zh-CN"


def test_first_enterprise_is_named_on_home(site: Site):
    assert FIRST in asyncio.run(site.text("/honours"))


def test_policy_tells_how_grades_spread_and_keep(site: Site):
    page = asyncio.run(site.text("/policy"))
    card = page[page.index('id="model-card"') :]
    assert "成立10年以上" in card
    assert card.index("成立不足1年") < card.index("成立10年以上")
    ((month, told),) = re.findall(
        r'<th scope="row" class="num">(\d{4}-\d\d-\d\d)</th>(.*?)</tr>', card
    )
    cells = re.findall(r"<td[^>]*>(.*?)</td>", told)
    assert (month, cells[0], cells[2]) == ("2026-10-31", "31", "5")
    assert cells[1] not in {"0", ""}  # fewer than five are hidden, not told as none
    assert "10 years or older" in asyncio.run(site.text("/policy?lang=en"))
