"""A release with one enterprise and nothing else: every page still makes sense."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from publish.serving.app import create_app
from tests.site.conftest import Site, TurningClock
from tests.site.test_site_pages import PAGES
from tests.site.town import FIRST, Town, uscc


@pytest.fixture(scope="module")
def bare_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bare")
    town = Town(sources={"name": "real", "invented": False})
    town.enterprise(0, FIRST, status="revoked")
    town.build(home / "releases")
    return home


@pytest.fixture
def bare(bare_home: Path) -> Iterator[Site]:
    clock = TurningClock()
    app = create_app(bare_home, clock, registry_url="sqlite://")
    yield Site(app, clock)
    app.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_without_records(bare: Site, path: str):
    page = asyncio.run(bare.text(path))
    assert "演示数据" not in page


def test_home_says_that_nothing_is_disclosed(bare: Site):
    page = asyncio.run(bare.text("/"))
    assert "当前没有公示期内的失信信息" in page
    assert "尚无评价结果" in page


def test_a_bare_file_says_so_in_every_section_and_is_no_bad_file(bare: Site):
    page = asyncio.run(bare.text(f"/e/{uscc(0)}"))
    assert page.count("查询期内无相关信息") == 9
    assert "建议秉持诚信理念，合法有序开展经营活动。" in page
    assert "吊销，未注销" in page
