"""Every bad day the sandbox can simulate: what a pull does, keeps and tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from assets.sources import http
from assets.sources.declaration import HttpAgency, Sources
from assets.sources.pull import Pulled, pull
from assets.stores import Window
from orchestration.lake.lake import LocalLake
from sandbox import KINDS, Sandbox, credentials
from tests.sources.conftest import DAY, SIZE
from tests.sources.deliveries import sandbox_sources, split
from tests.sources.scripted import Answer, ScriptedAgency, page

ROOT = Path(__file__).parents[2]
YEAR = Window(date(2023, 1, 1), DAY)
AGAIN = "asked for again next time"
OPEN = f"; the window is left open and {AGAIN}"
DATASETS = {"market": "permits", "tax": "tax_arrears", "labour": "labour_grades"}
# Fault -> agency it is tried on, and what the operator reads.
TOLD = {
    "refused": ("market", rf"not reachable \(ConnectionError\); .*{AGAIN}"),
    "down": ("market", rf"not reachable \(ConnectionError\); .*{AGAIN}"),
    "certificate": ("tax", "certificate is not trusted; nothing was sent.*`ca_file`"),
    "500": ("market", "HTTP 500: 系统繁忙，请稍后再试"),
    "502": ("tax", "HTTP 502: 系统繁忙，请稍后再试"),
    "503": ("labour", "HTTP 503: 系统繁忙，请稍后再试"),
    "429": ("labour", "HTTP 429: Too Many Requests"),
    "envelope_error": ("market", "the agency answered 9001: 系统维护中"),
    "clock_skew": (
        "tax",
        (
            r"refused our credentials \(HTTP 401: 时间戳超出允许范围\); .*"
            r"\(the agency's is \+3\d\d\d seconds from ours\)"
        ),
    ),
    "truncate": ("labour", "the page was cut off"),
    "reset": ("market", "the page was cut off"),
    "half_json": ("tax", "the page is no JSON"),
    "drip": ("market", rf"only \d+ bytes in 0.3 seconds; .*{AGAIN}"),
    "encoding": ("tax", r"the page is not UTF-8 \(byte \d+\); ask the agency"),
    "huge": (
        "market",
        r"a page of 10737418240 bytes is refused; .*`maximum_page_bytes`",
    ),
    "endless": ("market", r"a page of more than 1000000 bytes is refused"),
    "redirect": ("tax", r"HTTP 302 leads to elsewhere\.invalid; refused, our key goes"),
    "repeat_page": ("labour", f"the agency sent the same page twice{OPEN}"),
    "skip_page": ("market", rf"the agency declared \d+ rows and sent \d+{OPEN}"),
    "total_changes": ("tax", rf"the total changed from \d+ to \d+ under way{OPEN}"),
}
# Answers that are whole and are judged row by row.
OF_ROWS = {"unknown_column", "unknown_code"}
SECRETS = (credentials.MARKET_TOKEN, credentials.TAX_SECRET, credentials.LABOUR_KEY)


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with http.session(attempts=0) as made:
        yield made


def small_pages(url: str, **limits: Any) -> Sources:
    """The shipped declaration with pages of twenty rows and tight limits."""
    found = sandbox_sources(url)
    agencies = {}
    for name, agency in found.agencies.items():
        if isinstance(agency, HttpAgency):
            paging = agency.paging.model_copy(update={"page_size": 20})
            changed = {"paging": paging, "page_seconds": 0.3, **limits}
            agencies[name] = agency.model_copy(update=changed)
    return found.model_copy(update={"agencies": agencies})


def pulled(
    lake: LocalLake, web: requests.Session, url: str, dataset: str, **limits: Any
) -> Pulled:
    return pull(small_pages(url, **limits), dataset, YEAR, lake.landing, web)


def test_every_fault_the_sandbox_knows_is_tried():
    assert TOLD.keys() | OF_ROWS == KINDS


def test_every_fault_is_told_of_in_the_documents():
    text = (ROOT / "docs" / "faults.md").read_text("utf-8")
    assert {k for k in KINDS if f"`{k}`" not in text} == set()


@pytest.mark.parametrize("fault", TOLD)
def test_a_bad_day_leaves_the_window_open_and_is_told(
    lake: LocalLake, web: requests.Session, fault: str
):
    agency, told = TOLD[fault]
    dataset = DATASETS[agency]
    with Sandbox(today=DAY, enterprises=SIZE, faults={"*": fault}) as running:
        found = pulled(
            lake, web, running.base_url, dataset, maximum_page_bytes=1_000_000
        )
    assert found.error
    assert found.error.startswith(f"{dataset}")
    assert re.search(told, found.error), found.error
    assert not any(secret in found.error for secret in SECRETS)
    assert (found.batches, lake.landing.batches(dataset)) == (0, [])
    assert lake.landing.pending(dataset, YEAR) == [YEAR]
    # The next day is a good one: everything arrives, once.
    with Sandbox(today=DAY, enterprises=SIZE) as well:
        again = pulled(lake, web, well.base_url, dataset, page_seconds=60)
        known = len(well.universe.versions(dataset, YEAR.first, YEAR.end))
    assert (again.error, again.batches, again.rows) == (None, 1, known)
    assert lake.landing.pending(dataset, YEAR) == []
    (batch,) = lake.landing.batches(dataset)
    assert split(lake, dataset, batch).rows_in == known


BY_PAGE = {"kind": "page", "page": "pageNum", "size": "pageSize", "page_size": 1}


def scripted(agency: ScriptedAgency, **rest: Any) -> Sources:
    return Sources(
        name="scripted",
        history_from=YEAR.first,
        agencies={"market": agency.declared(BY_PAGE, **rest)},
    )


def test_a_pull_that_was_cut_off_goes_on_after_the_last_whole_page(
    agency: ScriptedAgency, lake: LocalLake, web: requests.Session
):
    sources = scripted(agency)
    agency.answers(page(["a"], 3), page(["b"], 3), Answer(page([]), status=503))
    first = pull(sources, "permits", YEAR, lake.landing, web)
    assert first.error == "permits: HTTP 503: ok"
    agency.requests.clear()
    agency.answers(page(["c"], 3))
    assert pull(sources, "permits", YEAR, lake.landing, web) == Pulled("permits", 1, 3)
    assert [r["pageNum"] for r in agency.requests] == ["3"]
    (batch,) = lake.landing.batches("permits")
    assert [p.read_bytes()[24:34] for p in batch.pages] == [
        Answer(page([x], 3)).content[24:34] for x in "abc"
    ]
    assert batch.declared_rows == 3
    assert lake.landing.kept("permits", YEAR) == []


def test_kept_pages_that_no_longer_fit_are_read_anew(
    agency: ScriptedAgency, lake: LocalLake, web: requests.Session
):
    sources = scripted(agency)
    agency.answers(page(["a"], 3), Answer(page([]), status=503))
    pull(sources, "permits", YEAR, lake.landing, web)
    agency.requests.clear()
    # A row came in between: the total differs, so page one is asked for once more.
    agency.answers(page(["b"], 2), page(["a"], 2), page(["b"], 2))
    assert pull(sources, "permits", YEAR, lake.landing, web) == Pulled("permits", 1, 2)
    assert [r["pageNum"] for r in agency.requests] == ["2", "1", "2"]


def test_kept_pages_of_another_day_are_dropped(
    agency: ScriptedAgency, lake: LocalLake, web: requests.Session
):
    sources = scripted(agency)
    agency.answers(page(["a"], 2), Answer(page([]), status=503))
    pull(sources, "permits", YEAR, lake.landing, web)
    (note,) = (lake.folder / "landing").rglob("00001.json")
    note.write_text(note.read_text().replace("2026-11-23", "2026-11-22"))
    assert lake.landing.kept("permits", YEAR) == []
    assert list((lake.folder / "landing").rglob("*.page")) == []


def test_an_agency_that_echoes_our_key_is_redacted(
    agency: ScriptedAgency, lake: LocalLake, web: requests.Session
):
    agency.answers({"code": 7, "message": "unknown key top-secret-token"})
    found = pull(scripted(agency), "permits", YEAR, lake.landing, web)
    assert found.error == "permits: the agency answered 7: unknown key ***"
    assert "top-secret-token" not in repr(scripted(agency))


def test_no_more_requests_a_second_than_the_agency_allows(agency: ScriptedAgency):
    import time  # noqa: PLC0415

    agency.answers(page([], 0))
    with http.session(per_second=20) as slow:
        start = time.monotonic()
        for _ in range(4):
            slow.get(agency.url, timeout=5)
        assert time.monotonic() - start >= 0.15  # three gaps of a twentieth


def test_a_byte_order_mark_is_no_part_of_the_page(
    agency: ScriptedAgency, lake: LocalLake, web: requests.Session
):
    agency.answers(Answer(b"\xef\xbb\xbf" + Answer(page([{"a": 1}], 1)).content))
    found = pull(scripted(agency), "permits", YEAR, lake.landing, web)
    assert found == Pulled("permits", 1, 1)
