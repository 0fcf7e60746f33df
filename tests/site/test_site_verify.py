"""The verification page and the printed report: what they say, and until when it holds."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from publish.serving.app import create_app
from publish.site.facts import Facts
from publish.site.fingerprint import fingerprint, grouped
from publish.site.pages.credit_file import enterprise_of
from publish.site.papers import PER_MINUTE
from publish.site.release import release_of
from publish.site.report import numerals
from tests.site.conftest import Site, TurningClock
from tests.site.town import Town, days, uscc


def digits(site: Site, code: str) -> str:
    async def ask() -> str:
        facts = Facts(release_of(site.app.datasette))
        enterprise = await enterprise_of(facts, code)
        assert enterprise is not None
        return await fingerprint(facts, enterprise)

    return asyncio.run(ask())


def main(page: str) -> str:
    return page.split('<main id="main"')[1].split("</main>", maxsplit=1)[0]


def test_a_scanned_code_shows_what_it_must_look_like_today(site: Site):
    page = main(asyncio.run(site.text(f"/verify/{uscc(0)}")))
    assert "虚构星海科技有限公司" in page
    assert "A级（绿码）" in page
    assert "在 2026-11-23 应有的样子" in page
    assert f'href="/e/{uscc(0)}"' in page


def test_a_grade_that_is_not_public_is_not_verified_either(site: Site):
    page = main(asyncio.run(site.text(f"/verify/{uscc(1)}")))
    assert "信用档案" in page
    assert "等级未公开，不代表信用不良" in page
    assert not re.search(r"[ABCD]级", page)


def test_a_report_agrees_until_a_record_of_it_expires(site: Site):
    address = f"/verify/{uscc(0)}/{digits(site, uscc(0))}"
    assert "报告内容与当前档案一致" in asyncio.run(site.text(address))
    site.clock.day = site.clock.day.replace(day=24)  # P-last-day ended yesterday
    page = asyncio.run(site.text(address))
    assert "报告内容与当前档案不一致" in page
    assert "以当前档案为准" in page


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"graded_on": days(0), "collected_on": days(0)}, True),
        ({"published_grade": "B"}, False),
        ({"domicile": "虚构路2号"}, False),
    ],
)
def test_a_new_day_alone_changes_no_fingerprint(
    tmp_path: Path, changed: dict[str, Any], same: bool
):
    found = []
    for number, values in enumerate(({}, changed)):
        town = Town()
        given = {"published_grade": "A", "graded_on": days(1)} | values
        town.enterprise(0, "虚构星海科技有限公司", **given)
        home = tmp_path / str(number)
        town.build(home / "releases")
        app = create_app(home, TurningClock(), registry_url="sqlite://")
        found.append(digits(Site(app, TurningClock()), uscc(0)))
        app.close()
    assert (found[0] == found[1]) == same


def test_a_made_up_fingerprint_does_not_agree_and_cannot_break_the_page(site: Site):
    page = asyncio.run(site.text(f"/verify/{uscc(0)}/%3Cscript%3Ealert(1)"))
    assert "不一致" in page
    assert "<script>" not in page


def test_a_fingerprint_tells_enterprises_apart_and_is_read_in_groups(site: Site):
    one, other = digits(site, uscc(0)), digits(site, uscc(3))
    assert one != other
    assert re.fullmatch(r"[0-9A-F]{16}", one)
    assert grouped("0123456789ABCDEF") == "0123 4567 89AB CDEF"


def test_nobody_cannot_be_verified_or_printed(site: Site):
    for path in (f"/verify/{uscc(999)}", f"/e/{uscc(999)}/report.pdf"):
        assert asyncio.run(site.get(path)).status_code == 404


def test_the_report_is_one_and_the_same_pdf_for_the_same_facts(site: Site):
    path = f"/e/{uscc(0)}/report.pdf"
    first, again = (asyncio.run(site.get(path)) for _ in range(2))
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert first.content == again.content
    assert digits(site, uscc(0)).encode() in first.content  # its subject
    site.clock.day = site.clock.day.replace(day=24)
    assert asyncio.run(site.get(path)).content != first.content


def test_one_address_is_drawn_so_many_papers_a_minute(site: Site):
    pages = [f"/e/{uscc(0)}/report.pdf?n={n}" for n in range(PER_MINUTE + 1)]
    answers = [asyncio.run(site.get(page)) for page in pages[:2] + pages[-1:]]
    assert [a.status_code for a in answers] == [200, 200, 200]
    for _ in range(PER_MINUTE):
        site.app.datasette.limiter.take("paper 127.0.0.1", PER_MINUTE)
    refused = asyncio.run(site.get(pages[3]))
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 2
    assert "请在" in refused.text
    assert asyncio.run(site.get(f"/e/{uscc(0)}")).status_code == 200


def test_hostile_and_overlong_names_are_printed_too(site: Site):
    for number in (1, 2):
        path = f"/e/{uscc(number)}/report.pdf"
        answer = asyncio.run(site.get(path, params={"lang": "en"}))
        assert answer.content.startswith(b"%PDF-")


def test_sections_are_numbered_as_the_national_report_does():
    assert [numerals(n, "zh") for n in (1, 10, 11, 12)] == ["一", "十", "十一", "十二"]
    assert numerals(11, "en") == "11"
