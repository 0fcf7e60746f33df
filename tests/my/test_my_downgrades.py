"""A lower grade that waits: its enterprise sees it and objects, nobody else hears of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from assets.credit import decisions, governance
from publish.cases.downgrades import objections
from publish.cases.objections import answer
from publish.cases.recalls import list_recalls
from publish.cases.store import list_cases
from publish.notices.outbox import find_letter, queue
from tests.my.conftest import Visitor
from tests.serving.world import ALPHA, BETA, TODAY

SUBJECT = f"{ALPHA}/2026-11-20/B"


@pytest.fixture
def told() -> dict[str, Any]:
    return {
        "subject": SUBJECT,
        "uscc": ALPHA,
        "enterprise_name": "虚构企业",
        "letter": "A",
        "pending_letter": "B",
        "pending_state": "graded",
        "found_on": "2026-11-20",
        "told_on": "2026-11-20",
        "objection_until": "2026-11-27",
        "confirmed_on": None,
        "stage": "pending",
        "reason_zh": "现列入经营异常名录（1项），扣80分",
        "reason_en": "On the abnormal-operation list, 1 entries: minus 80",
    }


def test_its_enterprise_sees_it_with_reasons_and_last_day(visitor: Visitor) -> None:
    page = visitor.log_in().get("/my").text
    for said in ("拟下调的信用等级", "A → B", "经营异常名录", "2026-11-27", "异议期内"):
        assert said in page
    english = visitor.get("/my?lang=en").text
    assert "On the abnormal-operation list" in english


def test_nobody_else_sees_it(visitor: Visitor) -> None:
    other = Visitor(visitor.server, requests.Session()).log_in(BETA)
    assert "A → B" not in other.get("/my").text
    assert other.get(f"/my/objection?record={SUBJECT}").status_code == 404
    for path in (f"/e/{ALPHA}", "/", "/statistics", f"/api/v1/enterprises/{ALPHA}"):
        assert "2026-11-20/B" not in other.get(path).text


def test_an_objection_holds_it_up_and_is_no_news_for_banks(visitor: Visitor) -> None:
    registry, clock = visitor.server.app.registry, visitor.server.clock
    visitor.log_in()
    page = visitor.send(f"/my/objection?record={SUBJECT}", {"words": "已移出名录。"})
    assert page.status_code == 200, page.text
    (case,) = list_cases(registry, uscc=ALPHA)
    assert case.record is not None
    assert case.record.title == "信用等级拟由A级调整为B级"
    assert [*objections(registry)] == [(SUBJECT, "contested", TODAY, None)]
    clock.turn(2)
    answer(registry, clock, case.id, "delete", actor="staff:甲", note="确已移出")
    decided = clock.today()
    assert [*objections(registry)] == [
        (SUBJECT, "contested", TODAY, decided),
        (SUBJECT, "withheld", decided, None),
    ]
    assert list_recalls(registry) == []


def test_the_letter_says_until_when_to_object(visitor: Visitor) -> None:
    registry, clock = visitor.server.app.registry, visitor.server.clock
    row = {
        "notice_kind": "downgrade",
        "subject": SUBJECT,
        "uscc": ALPHA,
        "enterprise_name": "虚构企业",
        "title": "由A级调整为B级，主要原因：现列入经营异常名录（1项），扣80分",
        "authority": None,
        "document_no": None,
        "decided_on": date(2026, 11, 20),
        "acts_on": date(2026, 11, 27),
        "repairable_from": None,
        "publish_until": None,
    }
    (made,) = queue(registry, clock, [row])
    assert find_letter(registry, made).items[0].text == (
        "经评价，贵单位信用等级拟由A级调整为B级，主要原因：现列入经营异常名录（1项），"
        "扣80分。自本告知次日起至 2026年11月27日，贵单位可以提出异议；"
        "异议期满并经确认前，原等级继续有效。"
    )


def test_what_was_told_and_decided_reaches_the_run(visitor: Visitor) -> None:
    registry, clock = visitor.server.app.registry, visitor.server.clock
    queue(
        registry,
        clock,
        [
            dict.fromkeys(
                ("title", "decided_on", "acts_on", "repairable_from", "publish_until")
            )
            | {"notice_kind": "downgrade", "subject": SUBJECT, "uscc": ALPHA}
            | {"enterprise_name": "虚构企业", "document_no": None}
        ],
    )
    decision = decisions.GradeDecision(
        id=1,
        kind="confirm",
        subject=SUBJECT,
        made_on="2026-11-27",
        made_by="信用办甲",
        reason="核实无误",
    )
    found = governance.acts_of(registry, [decision], date(2026, 11, 27))
    assert found == [
        (SUBJECT, "confirmed", date(2026, 11, 27), None),
        (SUBJECT, "told", TODAY, None),
    ]
    # What was decided later is not known on an earlier day.
    assert governance.acts_of(registry, [decision], TODAY) == [found[1]]
