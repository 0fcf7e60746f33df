"""Landing: raw deliveries whole or not at all, and the days that are still missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import requests

from assets.sources import http
from assets.sources.pull import Pulled, pull
from assets.stores import Arrival, Window
from orchestration.lake.lake import LocalLake
from sandbox import Sandbox
from sandbox.ledger import AGENCY_OF
from tests.sources.conftest import DAY, SIZE
from tests.sources.deliveries import sandbox_sources, split

NOVEMBER = Window(date(2026, 11, 1), date(2026, 12, 1))
NOON = datetime.fromisoformat("2026-11-23T12:00:00+08:00")


def arriving(window: Window | None = NOVEMBER, dataset: str = "permits") -> Arrival:
    return Arrival(
        agency="market",
        dataset=dataset,
        window=window,
        version_at=datetime.fromisoformat("2026-11-30"),
        origin="http://agency/permits",
        suffix=".json",
        declared_rows=3,
    )


def days(first: int, end: int) -> Window:
    return Window(date(2026, 11, first), date(2026, 11, end))


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_delivery_is_kept_byte_for_byte_with_what_is_known_of_it(lake: LocalLake):
    batch = lake.landing.land(arriving(), [b"\xff first", b"second"])
    assert batch is not None
    assert [p.read_bytes() for p in batch.pages] == [b"\xff first", b"second"]
    manifest = json.loads((batch.pages[0].parent / "manifest.json").read_text())
    assert manifest["window"] == ["2026-11-01", "2026-12-01"]
    assert manifest["origin"] == "http://agency/permits"
    assert manifest["received_at"] == NOON.isoformat()
    assert manifest["declared_rows"] == 3
    assert len(manifest["sha256"]) == 2
    assert batch.received_on == date(2026, 11, 23)
    assert lake.landing.batches("permits") == [batch]


def test_the_same_bytes_land_once(lake: LocalLake):
    first = lake.landing.land(arriving(), [b"rows"])
    assert lake.landing.land(arriving(), [b"rows"]) is None
    assert lake.landing.batches("permits") == [first]
    assert lake.landing.land(arriving(), [b"other rows"]) is not None
    assert len(lake.landing.batches("permits")) == 2


def test_half_a_delivery_leaves_nothing(lake: LocalLake):
    def breaking_off() -> Iterator[bytes]:
        yield b"first page"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        lake.landing.land(arriving(), breaking_off())
    assert lake.landing.batches("permits") == []
    assert files(lake.folder) == []
    assert lake.landing.pending("permits", NOVEMBER) == [NOVEMBER]


def test_what_a_killed_process_left_is_no_batch_and_is_swept(lake: LocalLake):
    left = lake.folder / "landing" / "market" / "permits" / ".partial-1-staging"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    assert lake.landing.batches("permits") == []
    assert lake.sweep() == 1
    assert files(lake.folder) == []


def test_only_missing_days_are_asked_for(lake: LocalLake):
    landing = lake.landing
    assert landing.pending("permits", NOVEMBER) == [NOVEMBER]
    landing.land(arriving(days(5, 8)), [b"a"])
    landing.land(arriving(days(12, 13)), [b"b"])
    assert landing.pending("permits", NOVEMBER) == [
        days(1, 5),
        days(8, 12),
        Window(date(2026, 11, 13), date(2026, 12, 1)),
    ]
    assert landing.pending("permits", days(6, 8)) == []
    assert landing.pending("permits", days(7, 10)) == [days(8, 10)]
    assert landing.pending("penalties", days(5, 8)) == [days(5, 8)]
    assert landing.covered_to("permits") == date(2026, 11, 12)
    assert landing.covered_to("penalties") is None


def test_overlapping_windows_leave_no_gap(lake: LocalLake):
    landing = lake.landing
    landing.land(arriving(days(1, 20)), [b"a"])
    landing.land(arriving(days(3, 5)), [b"b"])
    landing.land(arriving(days(18, 25)), [b"c"])
    assert landing.pending("permits", days(1, 25)) == []
    assert landing.pending("permits", days(1, 27)) == [days(25, 27)]


def test_how_the_last_attempt_ended_is_remembered(lake: LocalLake):
    assert lake.landing.failure("permits") is None
    lake.landing.note("permits", "permits: HTTP 500")
    assert lake.landing.failure("permits") == "permits: HTTP 500"
    lake.landing.note("permits", None)
    assert lake.landing.failure("permits") is None


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with http.session(attempts=1) as made:
        yield made


def test_a_day_is_pulled_once(sandbox: Sandbox, lake: LocalLake, web: requests.Session):
    sources = sandbox_sources(sandbox.base_url)
    first = Window(date(2024, 3, 1), date(2024, 3, 8))
    both = Window(date(2024, 3, 1), DAY)
    known = sandbox.universe.versions("risk_classes", both.first, both.end)
    early = sandbox.universe.versions("risk_classes", first.first, first.end)

    def go(span: Window) -> Pulled:
        return pull(sources, "risk_classes", span, lake.landing, web)

    assert go(first) == Pulled("risk_classes", 1, len(early))
    assert go(both) == Pulled("risk_classes", 1, len(known) - len(early))
    assert go(both) == Pulled("risk_classes", 0, 0)
    assert [b.window for b in lake.landing.batches("risk_classes")] == [
        first,
        Window(first.end, DAY),
    ]


def test_an_agency_that_fails_leaves_its_window_open_and_no_file(
    lake: LocalLake, web: requests.Session
):
    span = Window(date(2024, 3, 1), DAY)
    faults = {"tax": "truncate"}
    with Sandbox(today=DAY, enterprises=SIZE, faults=faults) as running:
        sources = sandbox_sources(running.base_url)
        found = pull(sources, "financial_statements", span, lake.landing, web)
        other = pull(sources, "permits", span, lake.landing, web)
    assert found == Pulled(
        "financial_statements",
        error="financial_statements: the page was cut off",
    )
    assert other.error is None
    assert lake.landing.pending("financial_statements", span) == [span]
    assert lake.landing.pending("permits", span) == []


def test_a_repeated_page_lands_nothing(lake: LocalLake, web: requests.Session):
    span = Window(date(2023, 1, 1), DAY)
    with Sandbox(today=DAY, faults={"labour": "repeat_page"}) as running:
        sources = sandbox_sources(running.base_url)
        found = pull(sources, "social_contributions", span, lake.landing, web)
    assert found.batches == 0
    assert found.error is not None
    assert "the agency sent the same page twice" in found.error
    assert lake.landing.pending("social_contributions", span) == [span]


@pytest.mark.parametrize(
    ("dataset", "fault", "rule"),
    [
        ("penalties", "unknown_column", "penalties.unknown_column"),
        ("tax_arrears", "unknown_column", "tax_arrears.unknown_column"),
        ("penalties", "unknown_code", "penalties.penalty_kinds.codes"),
        ("labour_grades", "unknown_code", "labour_grades.grade.code"),
    ],
)
def test_what_the_contract_does_not_know_is_quarantined_by_name(
    lake: LocalLake,
    web: requests.Session,
    dataset: str,
    fault: str,
    rule: str,
):
    span = Window(date(2023, 1, 1), DAY)
    agency = AGENCY_OF[dataset]
    with Sandbox(today=DAY, faults={agency: fault}) as running:
        sources = sandbox_sources(running.base_url)
        assert pull(sources, dataset, span, lake.landing, web).error is None
        known = running.universe.versions(dataset, span.first, span.end)
    (batch,) = lake.landing.batches(dataset)
    receipt = split(lake, dataset, batch)
    assert receipt.rows_in == len(known) > 0
    if fault == "unknown_column":
        assert receipt.accepted == 0
        assert receipt.reasons[rule] == receipt.quarantined
    else:
        assert receipt.reasons[rule] >= 1
        assert receipt.accepted > 0
