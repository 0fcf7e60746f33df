"""What a run says at its end, and the bars that it draws on the way."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

from rich.console import Console

from orchestration.main_job import LABELS, Bars
from orchestration.run import STATIONS
from orchestration.summary import Summary, as_json, show

ROW = {
    "dataset": "penalties",
    "label_zh": "行政处罚信息",
    "rows_in": 230,
    "accepted": 214,
    "quarantined": 15,
    "duplicates": 1,
    "state": "current",
}
MOVE = {
    "uscc": "91370303MA3C00003D",
    "name": "淄博[甲]公司",
    "before": {"letter": "A"},
    "after": {"letter": None},
    "rules": [{"reason_zh": "数据完整度不足"}, {"reason_zh": "逾期"}],
}


def summary(**changes: Any) -> Summary:
    given: dict[str, Any] = {
        "success": True,
        "today": "2026-11-23",
        "sources": "sandbox",
        "pulled_span": "2023-01-01..2026-11-23",
        "datasets": [ROW],
        "reasons": {"penalties.uscc.uscc": 15},
        "graded": {"A": 34, "未评": 3},
        "published": {"penalties": 23},
        "release": "20261123-0123456789",
        "unchanged": False,
        "previous_release": None,
        "moves": [],
        "failures": {},
        "missing": [],
        "home": "var",
        "new_batches": 29,
        "totals": {"rows_in": 230, "accepted": 214, "quarantined": 15, "duplicates": 1},
    }
    return Summary(**given | changes)


def shown(**changes: Any) -> str:
    out = io.StringIO()
    console = Console(file=out, width=200)
    show(summary(**changes), console, "http://127.0.0.1:8001")
    return out.getvalue()


def test_the_summary_tells_rows_grades_release_and_where_to_look():
    text = shown()
    assert "New batches 新到批次: 29" in text
    row = next(line for line in text.splitlines() if "行政处罚信息" in line)
    assert row.split() == [
        *("penalties", "行政处罚信息", "230", "214", "15", "1", "current")
    ]
    assert "A 34" in text
    assert "未评 3" in text
    assert "penalties.uscc.uscc 15" in text
    assert "20261123-0123456789" in text
    assert "make serve" in text
    assert "http://127.0.0.1:8001" in text


def test_nothing_new_is_said_to_be_nothing_new():
    assert "nothing changed 无变化" in shown(unchanged=True)


def test_what_is_missing_and_what_failed_is_named_letter_by_letter():
    text = shown(
        success=False,
        failures={"release__current": "[privacy] penalties [/row]: a phone number"},
        missing=["labour_grades", "tax_arrears"],
    )
    assert "release__current: [privacy] penalties [/row]: a phone number" in text
    assert "labour_grades, tax_arrears: asked for again next run" in text


def test_every_move_is_told_with_its_reasons():
    line = next(line for line in shown(moves=[MOVE]).splitlines() if "→" in line)
    assert line.split() == [
        *("91370303MA3C00003D", "淄博[甲]公司", "A", "→", "未评"),
        "数据完整度不足；逾期",
    ]


def test_without_any_release_it_says_so():
    assert "No release 尚无发布" in shown(release=None, success=False)


def test_the_same_facts_come_as_json():
    document = json.loads(as_json(summary(missing=["labour_grades"])))
    assert document["missing"] == ["labour_grades"]
    assert document["datasets"] == [ROW]
    assert document["graded"] == {"A": 34, "未评": 3}


def test_every_station_has_a_bar_that_fills():
    assert set(LABELS) == set(STATIONS)
    with Bars(Console(file=io.StringIO())) as bars:
        bars.announce(Counter({"landing": 4, "records": 2}))
        bars.advance("landing")
        bars.advance("landing")
        tasks = {task.description: task for task in bars.progress.tasks}
    assert len(tasks) == len(STATIONS)
    landing = tasks[LABELS["landing"]]
    assert (landing.completed, landing.total) == (2, 4)
    assert tasks[LABELS["records"]].started is False
