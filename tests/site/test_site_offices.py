"""The pages for the offices, over real HTTP: who sees them, and who does not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from publish.access.keys import create_key, revoke_key
from publish.release.names import LAKE, OFFICE_PAGES, office_page
from publish.site.pages import offices
from tests.serving.world import (
    TODAY,
    Running,
    TurningClock,
    default_rows,
    publish,
    running,
)

PAGES = ("/office", "/office/scorecards.html", "/office/checks.html")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    publish(tmp_path, "20261123-aaaaaaaaaa", default_rows())
    folder = tmp_path / LAKE / OFFICE_PAGES
    folder.mkdir(parents=True)
    for name, zh, en in (
        ("scorecards", "评分表所载", "cards told"),
        ("checks", "校验结果所载", "checks told"),
    ):
        for language, text in (("zh", zh), ("en", en)):
            path = folder / office_page(name, language)
            path.write_text(f"<p>{text}</p>", "utf-8")
    clock = TurningClock()
    clock.day = TODAY
    with running(tmp_path, clock) as served:
        yield served


def made(server: Running, *scopes: str, **more: object) -> str:
    issued = create_key(
        *(server.app.registry, server.clock),
        bank="虚构大数据局",
        scopes=scopes,
        **more,  # type: ignore[arg-type]
    )
    return issued.token.text


def ask(server: Running, path: str, key: str | None = None) -> requests.Response:
    auth = ("office", key) if key is not None else None
    return requests.get(server.url + path, auth=auth, timeout=20)


def test_an_office_key_opens_both_pages_and_no_cache_keeps_them(server: Running):
    key = made(server, "office")
    told = [ask(server, path, key) for path in PAGES]
    assert [r.status_code for r in told] == [200, 200, 200]
    shown = [re.findall(r"<p>(\S+所载)</p>", r.text) for r in told]
    assert shown == [["评分表所载"], ["评分表所载"], ["校验结果所载"]]
    for answer in told:
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    # What an office was just shown is not shown to the next who asks without a key.
    assert ask(server, "/office").status_code == 401


def test_the_pages_speak_the_visitors_language_in_the_sites_frame(server: Running):
    key = made(server, "office")
    page = ask(server, "/office/checks.html?lang=en", key)
    assert "<p>checks told</p>" in page.text
    assert "<h1>What checks found</h1>" in page.text
    assert "所载" not in page.text
    assert 'href="/office/checks.html?lang=zh"' in page.text
    assert "no-store" in page.headers["cache-control"]
    assert "style-src 'self'" in page.headers["content-security-policy"]
    refused = ask(server, "/office/checks.html?lang=en")
    assert (refused.status_code, "Log in with an office key" in refused.text) == (
        401,
        True,
    )


def test_a_program_may_send_the_key_as_a_bearer(server: Running):
    header = {"authorization": f"Bearer {made(server, 'office')}"}
    told = requests.get(server.url + PAGES[2], headers=header, timeout=20)
    assert told.status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_without_an_office_key_nothing_is_shown(server: Running, path: str):
    revoked, office = made(server, "office"), made(server, "office")
    revoke_key(server.app.registry, server.clock, revoked[4:14])
    elsewhere = made(server, "office", networks_allowed=["203.0.113.0/24"])
    bank = made(server, "facts", "credit")
    wrong = office[:-1] + ("A" if office[-1] != "A" else "B")
    for key in (None, "", "wrong", wrong, bank, revoked, elsewhere):
        told = ask(server, path, key)
        assert told.status_code == 401, key
        assert told.headers["www-authenticate"].startswith("Basic ")
        assert "所载" not in told.text


def test_an_expired_key_is_refused(server: Running):
    key = made(server, "office", expires_on=TODAY)
    assert ask(server, "/office", key).status_code == 200
    server.clock.day = TODAY + timedelta(days=1)
    assert ask(server, "/office", key).status_code == 401


@pytest.mark.parametrize("sent", ["Basic ###", "Basic /w==", "Digest x", "Basic", ""])
def test_a_header_that_is_none_is_refused(server: Running, sent: str):
    header = {"authorization": sent}
    told = requests.get(server.url + "/office", headers=header, timeout=20)
    assert told.status_code == 401


def test_who_tries_too_often_waits(server: Running, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(offices, "TRIES_PER_MINUTE", 3)
    monkeypatch.setattr(time, "monotonic_ns", lambda: 1)
    told = [ask(server, "/office", "wrong").status_code for _ in range(5)]
    assert told[:3] == [401, 401, 401]
    assert 429 in told[3:]


def test_before_the_first_run_there_is_no_page(server: Running, tmp_path: Path):
    (tmp_path / LAKE / OFFICE_PAGES / office_page("checks", "zh")).unlink()
    told = ask(server, "/office/checks.html", made(server, "office"))
    assert told.status_code == 404
    assert "creditpark run" in told.text
    assert ask(server, "/office/../../registry.db").status_code != 200
    assert ask(server, "/office/other.html").status_code == 404
