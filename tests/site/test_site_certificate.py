"""Certificates lead to a page that says whether the honour stands today."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from publish.serving.app import create_app
from publish.site.certificate import Certificate, certificate_pdf
from tests.site.conftest import Site, TurningClock
from tests.site.town import TODAY, invented_town, uscc


@pytest.fixture(scope="module")
def honoured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One leader until tomorrow, one whose term ended, one in public notice."""
    town = invented_town()
    firms = town.tables["public_enterprises"]
    for number, end in ((0, 1), (5, -1)):
        town.about(
            "honours",
            firms[number],
            f"L-{number}",
            honour="诚信领跑企业",
            honour_list="leader",
            year=2026,
            awarded_on=TODAY - timedelta(days=30),
            valid_to=TODAY + timedelta(days=end),
            authority="虚构高新区管委会",
        )
    notice = {"notice_from": TODAY - timedelta(days=3), "notice_to": TODAY}
    owner = {"uscc": firms[6]["uscc"], "enterprise_name": firms[6]["name"]}
    about = {"record_id": "N-6", "honour_list": "supported", "year": 2026}
    town.add("honour_notices", **about, **owner, **notice, publish_until=TODAY)
    home: Path = tmp_path_factory.mktemp("honoured")
    town.build(home / "releases")
    clock = TurningClock()
    app = create_app(home, clock, registry_url="sqlite://")
    yield Site(app, clock)
    app.close()


def test_the_code_opens_a_page_that_says_the_honour_stands(honoured: Site):
    page = asyncio.run(honoured.text(f"/honours/leader/2026/{uscc(0)}"))
    assert "当前有效" in page
    assert "certificate.pdf" in page


def test_an_honour_whose_term_ended_has_no_certificate(honoured: Site):
    page = asyncio.run(honoured.text(f"/honours/leader/2026/{uscc(5)}"))
    assert "已期满" in page
    assert "certificate.pdf" not in page
    path = f"/honours/leader/2026/{uscc(5)}/certificate.pdf"
    assert asyncio.run(honoured.get(path)).status_code == 404


def test_who_is_not_on_the_list_is_told_so(honoured: Site):
    answer = asyncio.run(honoured.get(f"/honours/leader/2026/{uscc(7)}"))
    assert answer.status_code == 404
    assert "未查到该荣誉" in answer.text


def test_the_certificate_is_a_pdf_that_links_to_its_verification(honoured: Site):
    path = f"/honours/leader/2026/{uscc(0)}"
    answer = asyncio.run(honoured.get(f"{path}/certificate.pdf"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert f"{path})".encode() in answer.content
    again = asyncio.run(honoured.get(f"{path}/certificate.pdf"))
    assert again.content == answer.content


def test_candidates_in_notice_are_named_with_a_way_to_object(honoured: Site):
    page = asyncio.run(honoured.text("/honours"))
    assert "公示中的候选企业" in page
    assert f"/e/{uscc(6)}" in page


def test_a_long_name_stays_within_the_frame():
    words = Certificate("荣誉证书", "虚" * 60, (), (), "http://127.0.0.1/x")
    pdf = certificate_pdf(words).decode("latin-1")
    # 842 points less 140, shared by sixty characters.
    assert re.search(r" 11\.69\d* Tf", pdf)
