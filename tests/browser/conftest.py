"""A real server, a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.install import CHROMIUM, HOW, missing
from tests.serving.world import Running, TurningClock, running
from tests.site.town import invented_town

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Seen:
    """A page, and what it said and asked while it was open."""

    page: Page
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


Opener = Callable[..., AbstractContextManager[Seen]]


# Not for the whole session: Playwright keeps an event loop running in this thread, in
# which other tests could not start their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if {*missing()} - {"nginx-light"}:
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("served")
    invented_town().build(home / "releases")
    with running(home, TurningClock()) as server:
        yield server


@pytest.fixture
def opened(chromium: Browser, served: Running) -> Opener:
    """Opens an address of the site as a visitor would."""

    @contextmanager
    def open_page(
        path: str,
        viewport: dict[str, int] | None = None,
        *,
        reads_scripts: bool = False,  # a tool's script may run, in spite of our policy
    ) -> Iterator[Seen]:
        context = chromium.new_context(
            viewport=viewport or DESKTOP, bypass_csp=reads_scripts
        )
        seen = Seen(context.new_page())
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("console", lambda line: seen.errors.append(line.text))
        seen.page.on("request", lambda r: seen.hosts.add(urlsplit(r.url).netloc))
        try:
            seen.page.goto(served.url + path)
            yield seen
        finally:
            context.close()

    return open_page
