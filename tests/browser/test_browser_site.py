"""The site in headless Chromium, over real HTTP."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import PHONE, Opener
from tests.serving.world import Running
from tests.site.town import FIRST, uscc

pytestmark = pytest.mark.browser

EVERY_KIND = (
    "/",
    "/search?q=虚构",
    f"/e/{uscc(0)}",
    f"/e/{uscc(1)}",
    f"/e/{uscc(2)}",
    f"/verify/{uscc(0)}",
    "/disclosures",
    "/honours",
    "/lists/licences",
    "/lists/penalties",
    "/statistics",
    "/statistics?lang=en",
    "/inspections?lang=en",
    "/data/penalties?lang=en",
    "/incentives",
    "/inspections",
    "/government",
    "/policy",
    "/data",
    "/data/penalties",
    "/data/releases",
    "/public/penalties?_facet=severity",
    "/public/records_of_enterprise?uscc=x",
    "/status",
    "/repair?list=penalties&record=P-1",
    "/objection",
    "/about",
)


def test_from_home_two_characters_lead_to_a_credit_file(opened: Opener):
    with opened("/") as seen:
        seen.page.get_by_role("combobox").fill("沧浪")
        seen.page.keyboard.press("Enter")
        seen.page.get_by_role("link", name=FIRST).click()
        assert seen.page.locator("h1").inner_text() == FIRST
        assert seen.page.url.endswith(f"/e/{uscc(0)}")
        code = seen.page.get_by_role("img", name="企业信用码")
        assert code.evaluate("picture => picture.naturalWidth > 0")
        assert seen.errors == []


@pytest.mark.parametrize("path", EVERY_KIND)
def test_pages_fit_a_phone_ask_one_host_and_say_nothing_wrong(
    opened: Opener, served: Running, path: str
):
    with opened(path, PHONE) as seen:
        widths = "[document.documentElement.scrollWidth, window.innerWidth]"
        content, window = seen.page.evaluate(widths)
        assert content <= window
        assert seen.hosts == {urlsplit(served.url).netloc}
        assert seen.errors == []


def test_a_release_report_fits_a_phone(opened: Opener):
    with opened("/data/releases", PHONE) as seen:
        seen.page.locator("td.first a").first.click()
        widths = "[document.documentElement.scrollWidth, window.innerWidth]"
        content, window = seen.page.evaluate(widths)
        assert content <= window


@pytest.mark.parametrize("path", ["/statistics", "/honours"])
def test_no_column_of_figures_is_out_of_sight_on_a_phone(opened: Opener, path: str):
    hidden = "e => e.scrollWidth > e.clientWidth"
    with opened(path, PHONE) as seen:
        for scrolled in seen.page.locator(".scroll:visible").all():
            assert not scrolled.evaluate(hidden)


def test_the_menu_opens_on_a_phone_and_the_language_stays(opened: Opener):
    with opened("/", PHONE) as seen:
        seen.page.get_by_role("link", name="English").click()
        seen.page.locator("summary[aria-label=Menu]").click()
        seen.page.get_by_role("link", name="Data status").first.click()
        assert seen.page.locator("h1").inner_text() == "Data status"
        assert seen.page.locator("html").get_attribute("lang") == "en"


def test_the_keyboard_reaches_the_content_first(opened: Opener):
    with opened(f"/e/{uscc(0)}") as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.className") == "skip"
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.id") == "main"


def test_a_sheet_can_be_sorted_and_filtered_without_scripts(opened: Opener):
    with opened("/lists/penalties") as seen:
        seen.page.get_by_role("link", name="处罚决定日期").click()
        heading = seen.page.locator("th[aria-sort]")
        assert heading.get_attribute("aria-sort") == "ascending"
        seen.page.get_by_role("searchbox").fill("明湖")
        seen.page.get_by_role("button", name="筛选").click()
        names = seen.page.locator("td.first").all_inner_texts()
        assert names
        assert all("明湖" in name for name in names)
