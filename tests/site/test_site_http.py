"""The site behind a real socket, with the page cache in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.world import Running, TurningClock, running
from tests.site.town import uscc


@pytest.fixture
def served(town_home: Path) -> Iterator[Running]:
    with running(town_home, TurningClock()) as server:
        yield server


def test_a_cached_page_loses_its_record_when_the_day_turns(served: Running):
    path = f"/e/{uscc(0)}"
    assert "最后一日公示" in served.get(path).text
    assert "最后一日公示" in served.get(path).text
    served.clock.turn()
    assert "最后一日公示" not in served.get(path).text


def test_cached_pages_do_not_mix_languages(served: Running):
    assert "关于本站" in served.get("/about").text
    assert "What this is" in served.get("/about", cookies={"lang": "en"}).text
    assert "What this is" not in served.get("/about").text


def test_switching_the_language_is_remembered_by_the_browser(served: Running):
    served.get("/about?lang=en")
    assert "What this is" in served.get("/about").text


def test_the_code_opens_the_host_that_was_asked(served: Running):
    one = served.get(f"/e/{uscc(0)}/code.svg").text
    other = served.get(f"/e/{uscc(0)}/code.svg", headers={"Host": "credit.example"})
    assert one != other.text


def test_a_download_is_made_anew_the_day_after_a_row_expired(served: Running):
    served.clock.turn()
    answer = served.get("/data/latest/exports/penalties.csv")
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 18
