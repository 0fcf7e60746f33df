"""Which days a run asks for."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from assets.stores import Arrival, Window
from orchestration.lake.landing import FileLanding
from orchestration.pending import RANGE_END, RANGE_START, pending_span, pending_tags
from quality.clock import Clock
from tests.sources.deliveries import sandbox_sources

TODAY = date(2026, 11, 23)
SOURCES = sandbox_sources()
DATED = [
    (agency, name)
    for agency, declared in SOURCES.agencies.items()
    for name in declared.datasets
    if declared.transport == "http"
]


@pytest.fixture
def landing(tmp_path: Path) -> FileLanding:
    return FileLanding(tmp_path, Clock(TODAY))


def cover(landing: FileLanding, agency: str, dataset: str, *windows: Window) -> None:
    for window in windows:
        arriving = Arrival(
            agency=agency,
            dataset=dataset,
            window=window,
            version_at=datetime.fromisoformat("2026-11-23"),
            origin="by hand",
            suffix=".json",
        )
        landing.land(arriving, [str(window).encode()])


def test_the_first_run_asks_for_the_whole_history_up_to_yesterday(
    landing: FileLanding,
):
    assert pending_tags(SOURCES, landing, TODAY) == {
        RANGE_START: "2023-01-01",
        RANGE_END: "2026-11-22",
    }


def test_when_nothing_is_missing_only_yesterday_is_named(landing: FileLanding):
    for agency, name in DATED:
        cover(landing, agency, name, Window(SOURCES.history_from, TODAY))
    assert pending_span(SOURCES, landing, TODAY) == Window(date(2026, 11, 22), TODAY)
    tomorrow = date(2026, 11, 24)
    assert pending_span(SOURCES, landing, tomorrow) == Window(TODAY, tomorrow)


def test_one_gap_of_one_dataset_is_asked_for_again(landing: FileLanding):
    for agency, name in DATED:
        cover(landing, agency, name, Window(SOURCES.history_from, date(2025, 5, 5)))
        if name != "labour_grades":
            cover(landing, agency, name, Window(date(2025, 5, 5), date(2025, 5, 9)))
        cover(landing, agency, name, Window(date(2025, 5, 9), TODAY))
    span = pending_span(SOURCES, landing, TODAY)
    assert span == Window(date(2025, 5, 5), TODAY)
    assert [w for _, n in DATED for w in landing.pending(n, span)] == [
        Window(date(2025, 5, 5), date(2025, 5, 9))
    ]


@pytest.mark.parametrize("today", [date(2023, 1, 1), date(2020, 2, 29)])
def test_a_day_before_the_history_is_refused_with_the_cure(
    landing: FileLanding, today: date
):
    with pytest.raises(ValueError, match="set CREDITPARK_TODAY to a later day"):
        pending_span(SOURCES, landing, today)
