"""An enterprise with two thousand records, and a name of three hundred characters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from publish.serving.app import create_app
from tests.site.conftest import Site, TurningClock
from tests.site.test_site_pages import LARGEST
from tests.site.town import LONG, TODAY, Town, days, uscc

RECORDS = 2_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("crowded")
    town = Town()
    firm = town.enterprise(0, LONG)
    for number in range(RECORDS):
        town.about(
            ("penalties", "licences", "commitments", "honours")[number % 4],
            firm,
            f"R-{number:04d}",
            decided_on=days(number % 300),
            publish_until=TODAY + timedelta(days=30),
            severity="general",
        )
    town.build(home / "releases")
    clock = TurningClock()
    app = create_app(home, clock, registry_url="sqlite://")
    yield Site(app, clock)
    app.close()


def test_the_file_stays_small_counts_all_and_links_to_the_rest(crowded: Site):
    page = asyncio.run(crowded.text(f"/e/{uscc(0)}"))
    assert len(page.encode()) <= LARGEST
    assert page.count('<article class="record') == 4 * 10
    assert page.count("查看全部 500 条") == 4
    assert f'href="/lists/penalties?uscc={uscc(0)}"' in page


@pytest.mark.parametrize("table", ["penalties", "licences", "commitments", "honours"])
def test_a_whole_page_of_a_list_stays_small(crowded: Site, table: str):
    page = asyncio.run(crowded.text(f"/lists/{table}?uscc={uscc(0)}&page=5"))
    assert len(page.encode()) <= LARGEST
    assert "第 201–250 条，共 500 条" in page


def test_the_report_is_printed_and_verified(crowded: Site):
    answer = asyncio.run(crowded.get(f"/e/{uscc(0)}/report.pdf"))
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) < 500_000
    assert "500" in asyncio.run(crowded.text(f"/verify/{uscc(0)}"))
