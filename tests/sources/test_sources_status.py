"""How every dataset stands, as the public sees it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from assets.setup import Setup
from assets.sources.status import COLUMNS, status_rows
from assets.stores import Arrival, Window
from orchestration.lake.lake import LocalLake
from orchestration.settings import POLICY
from quality.clock import Clock
from quality.contracts import tables_of
from tests.sources.deliveries import (
    NAME_CHANGE,
    TODAY,
    deliver,
    sandbox_sources,
)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(
        clock=Clock(TODAY),
        sources=sandbox_sources(inbox=tmp_path),
        policy_file=POLICY / "zibo-gaoxin-2026.yaml",
        releases=tmp_path / "releases",
        docs=tmp_path / "docs",
    )


def status(lake: LocalLake, setup: Setup) -> dict[str, dict[str, Any]]:
    rows = [dict(zip(COLUMNS, r, strict=True)) for r in status_rows(lake, setup)]
    return {row["dataset"]: row for row in rows}


def cover(lake: LocalLake, dataset: str, last: date) -> None:
    """As if everything up to ``last`` had arrived, empty."""
    end = date.fromordinal(last.toordinal() + 1)
    lake.landing.land(
        Arrival(
            agency="market",
            dataset=dataset,
            window=Window(date(2023, 1, 1), end),
            version_at=datetime.fromisoformat("2026-11-23"),
            origin="by hand",
            suffix=".json",
        ),
        [b'{"data": {"list": []}}'],
    )


def test_before_the_first_delivery_every_dataset_waits(lake: LocalLake, setup: Setup):
    found = status(lake, setup)
    assert found.keys() == {t.name for t in tables_of("records")}
    assert {row["state"] for row in found.values()} == {"waiting"}
    assert found["permits"]["message"] == "尚未收到数据"
    assert found["permits"]["agency"] == "市场监督管理局"
    assert found["permits"]["covered_to"] is None


def test_counts_are_those_of_the_receipts(lake: LocalLake, setup: Setup):
    rows = [NAME_CHANGE, NAME_CHANGE, NAME_CHANGE | {"ALTBE": ""}]
    deliver(lake, "name_changes", rows)
    found = status(lake, setup)["name_changes"]
    counts = ("rows_in", "accepted", "quarantined", "duplicates")
    assert [found[k] for k in counts] == [3, 1, 1, 1]
    assert found["last_delivery_on"] == TODAY
    assert found["covered_to"] == date(2026, 11, 7)


@pytest.mark.parametrize(
    ("dataset", "covered_to", "state"),
    [
        ("permits", date(2026, 11, 22), "current"),
        ("permits", date(2026, 11, 20), "current"),  # three days of patience
        ("permits", date(2026, 11, 19), "late"),
        ("risk_classes", date(2026, 10, 9), "current"),  # 45 days
        ("risk_classes", date(2026, 10, 8), "late"),
    ],
)
def test_a_dataset_is_late_by_its_own_rhythm(
    lake: LocalLake, setup: Setup, dataset: str, covered_to: date, state: str
):
    cover(lake, dataset, covered_to)
    assert status(lake, setup)[dataset]["state"] == state


def test_the_public_is_told_of_a_failure_and_not_of_its_text(
    lake: LocalLake, setup: Setup
):
    cover(lake, "permits", date(2026, 11, 22))
    lake.landing.note("permits", "permits: HTTP 500: stack trace")
    found = status(lake, setup)["permits"]
    assert found["state"] == "failed"
    assert found["message"] == "最近一次接收失败，系统将自动重试；页面显示最近一次数据"
    assert found["covered_to"] == date(2026, 11, 22)
