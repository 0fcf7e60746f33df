"""Scorecards: timeliness in announced working days, and everything else by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.setup import Setup
from assets.sources.pages import alone, quality_page, scorecards_page
from assets.sources.scorecards import as_markdown, cards, shown, terms
from orchestration.lake.lake import LocalLake
from orchestration.settings import POLICY
from quality.clock import Clock
from quality.working_days import CalendarEndsError
from tests.sources.deliveries import (
    NAME_CHANGE,
    PENALTY,
    TODAY,
    WINDOW,
    Window,
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


def card(lake: LocalLake, setup: Setup, name: str) -> dict[str, Any]:
    return {c["dataset"]: c for c in cards(lake, setup)}[name]


def penalty(number: int, decided: str, uploaded: str) -> dict[str, Any]:
    return PENALTY | {
        "CF_WSH": f"{number}号",
        "CF_JDRQ": decided,
        "CF_GSJZQ": "2027/10/20",
        "CF_YXQ": "2027/10/20",
        "SJC": f"{uploaded} 09:00:00",
    }


def test_the_term_of_the_double_publicity_is_seven_working_days():
    assert {n: t.working_days for n, t in terms().items()} == {
        "permits": 7,
        "penalties": 7,
    }


def test_days_in_lieu_and_holidays_count_as_announced(lake: LocalLake, setup: Setup):
    """National Day 2026: 1 to 7 October off; Sunday 20 September and 10 October at work."""
    rows = [
        # 28, 29, 30 September, 8, 9, 10 (a Saturday at work), 12 October: the seventh.
        penalty(1, "2026-09-27", "2026-10-12"),
        penalty(2, "2026-09-27", "2026-10-13"),  # the eighth
        penalty(3, "2026-10-20", "2026-10-21"),
    ]
    receipt = deliver(lake, "penalties", rows)
    assert receipt.accepted == 3
    found = card(lake, setup, "penalties")
    expected = {
        "statutory_days": 7,
        "timed": 3,
        "on_time_bp": 6666,
        "median_days": 7,
    }
    assert {k: found[k] for k in expected} == expected


def test_a_year_that_is_not_announced_is_an_error(lake: LocalLake, tmp_path: Path):
    late = Setup(
        clock=Clock(date(2027, 2, 1)),
        sources=sandbox_sources(inbox=tmp_path),
        policy_file=POLICY / "zibo-gaoxin-2026.yaml",
        releases=tmp_path,
        docs=tmp_path,
    )
    deliver(lake, "penalties", [penalty(1, "2026-10-20", "2027-01-05")])
    with pytest.raises(CalendarEndsError, match="working days of 2027"):
        cards(lake, late)


def test_quarantine_duplicates_fullness_and_late_corrections(
    lake: LocalLake, setup: Setup
):
    def change(day: int, **more: Any) -> dict[str, Any]:
        return NAME_CHANGE | {"ALTDATE": f"2026-10-{day:02}"} | more

    deliver(lake, "name_changes", [change(1), change(1), change(2, ALTBE="")])
    corrected = change(1, ALTAF="更正后公司", SJC="2026-12-10 09:00:00")
    week = Window(date(2026, 11, 8), date(2026, 11, 15))
    deliver(lake, "name_changes", [corrected], window=week)
    found = card(lake, setup, "name_changes")
    assert {k: found[k] for k in found if k not in {"covered_to", "state"}} == {
        "dataset": "name_changes",
        "label_zh": "名称变更信息",
        "agency": "市场监督管理局",
        "rows_in": 4,
        "records": 1,
        "quarantined_bp": 2500,
        "open_rows": 1,
        "duplicates_bp": 2500,
        "completeness_bp": 10_000,
        "statutory_days": None,
        "timed": None,
        "on_time_bp": None,
        "median_days": None,
        "late_corrections": 1,
    }
    assert shown(found) == [
        "市场监督管理局",
        "名称变更信息",
        "4",
        "—",
        "—",
        "100.00%",
        "25.00%",
        "1",
        "25.00%",
        "1",
    ]


def test_before_the_first_delivery_there_is_nothing_to_measure(
    lake: LocalLake, setup: Setup
):
    found = card(lake, setup, "permits")
    assert (found["rows_in"], found["quarantined_bp"], found["state"]) == (
        0,
        None,
        "waiting",
    )
    assert "| 市场监督管理局 | 行政许可信息 | 0 | — |" in as_markdown([found])


def test_the_pages_speak_both_languages_and_fetch_nothing(
    lake: LocalLake, setup: Setup
):
    deliver(lake, "name_changes", [NAME_CHANGE], window=WINDOW)
    text = scorecards_page(cards(lake, setup), "2026-11-23")
    assert "<h2>市场监督管理局</h2>" in text
    assert "名称变更信息" in text
    document = {
        "suite_name": "penalties",
        "results": [
            {
                "success": False,
                "expectation_config": {
                    "type": "expect_x",
                    "meta": {
                        "title": "决定日期：必填",
                        "rule_id": "penalties.decided_on.required",
                    },
                    "notes": "Decided on is <required>",
                    "severity": "critical",
                    "description": "“决定日期”<为必填项> · penalties.decided_on.required",
                },
                "result": {"element_count": 9, "unexpected_count": 2},
            }
        ],
    }
    checks = quality_page([document], "2026-11-23")
    assert "行政处罚信息 <span" in checks
    english = quality_page([document], "2026-11-23", "en")
    assert "Administrative penalties <span" in english
    assert (
        "<td>penalties.decided_on.required<td>Decided on is &lt;required&gt;<td>"
        in (english)
    )
    assert "1 failed" in english
    cards_told = scorecards_page(cards(lake, setup), "2026-11-23", "en")
    assert "<h2>Market regulation</h2>" in cards_told
    assert "<td>Name changes<td>" in cards_told
    assert '<html lang="en">' in alone("checks.en.html", english)
    assert "“决定日期”&lt;为必填项&gt;<td>" in checks
    assert "<td>决定日期：必填<td>" in checks
    assert "1 项不通过" in checks
    assert "http" not in text + checks
