"""WCAG 2.2 AA on every kind of page, light and dark; keyboard alone; nothing jumps."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Opener
from tests.browser.test_browser_site import EVERY_KIND
from tests.site.town import FIRST, uscc

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What changes with the colour scheme; all else is judged once.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
EVERYTHING = {"runOnly": {"type": "tag", "values": RULES}}
JUMPS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


OTHERS = (
    "/search?q=zzzz",
    f"/verify/{uscc(0)}/00",
    "/nowhere",
    "/e/9",
    "/public",
    "/public/penalties?_facet=severity",
    "/public/penalties/P-1",
)


@pytest.mark.parametrize("path", [*EVERY_KIND, *OTHERS])
def test_no_rule_is_violated_in_light_or_dark(opened: Opener, path: str):
    with opened(path, reads_scripts=True) as seen:
        assert violations(seen.page, EVERYTHING) == []
        seen.page.emulate_media(color_scheme="dark")
        assert violations(seen.page, COLOURS) == []


@pytest.mark.parametrize("path", ["/", f"/e/{uscc(0)}", "/lists/penalties"])
def test_no_rule_is_violated_on_a_phone_in_english(opened: Opener, path: str):
    with opened(f"{path}?lang=en", PHONE, reads_scripts=True) as seen:
        assert violations(seen.page, EVERYTHING) == []


def test_open_suggestions_break_no_rule(opened: Opener):
    with opened("/", reads_scripts=True) as seen:
        seen.page.get_by_role("combobox").press_sequentially("xhkj")
        seen.page.get_by_role("option").first.wait_for()
        assert violations(seen.page, EVERYTHING) == []


def test_suggestions_lead_to_a_file_by_keyboard_alone(opened: Opener):
    with opened("/") as seen:
        box = seen.page.get_by_role("combobox")
        box.press_sequentially("沧浪")
        seen.page.get_by_role("option").first.wait_for()
        assert box.get_attribute("aria-expanded") == "true"
        box.press("ArrowDown")
        chosen = seen.page.locator(f"#{box.get_attribute('aria-activedescendant')}")
        assert FIRST in chosen.inner_text()
        box.press("Enter")
        seen.page.wait_for_url(f"**/e/{uscc(0)}")
        assert seen.errors == []


def test_escape_closes_the_suggestions_and_enter_searches(opened: Opener):
    with opened("/") as seen:
        box = seen.page.get_by_role("combobox")
        box.press_sequentially("星海")
        seen.page.get_by_role("option").first.wait_for()
        box.press("Escape")
        assert box.get_attribute("aria-expanded") == "false"
        box.press("Enter")
        seen.page.wait_for_url("**/search?q=*")


def test_everything_in_a_file_is_reached_and_seen_by_keyboard(opened: Opener):
    with opened(f"/e/{uscc(1)}") as seen:
        reached = set()
        for _ in range(120):
            seen.page.keyboard.press("Tab")
            link, outline = seen.page.evaluate(
                "[document.activeElement.getAttribute('href'),"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            assert outline != "none"
            reached.add(link)
            if link and link.startswith("/objection?list="):
                break
        assert {"#main", f"/verify/{uscc(1)}"} <= reached
        assert any(str(link).startswith("/objection?list=") for link in reached)


@pytest.mark.parametrize(
    "path", ["/", f"/e/{uscc(0)}", "/statistics", "/search?q=星海"]
)
def test_nothing_jumps_while_a_page_loads(opened: Opener, path: str):
    with opened(path, PHONE) as seen:
        assert seen.page.evaluate(JUMPS) < 0.01
