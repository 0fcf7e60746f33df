"""Objections: marked at once, answered in 3 or 7 working days, not asked for ever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from publish.cases.commitments import Promise, assess, register, rows_of
from publish.cases.effects import effects
from publish.cases.model import Case, CaseError
from publish.cases.objections import RepeatedObjectionError, answer, object_to
from publish.cases.papers import Upload
from publish.cases.recalls import list_recalls
from publish.cases.store import find_case
from quality.clock import Clock
from tests.registry.files import (
    ENTERPRISE,
    FIRM,
    NAME,
    NOW,
    OFFICER,
    TODAY,
    Desk,
    record,
)

EVIDENCE = Upload("evidence", "法院判决.pdf", b"%PDF-1.4 judgment")


def objected(registry: Engine, *papers: Upload) -> Case:
    request = "处罚对象不是本企业。"
    return object_to(
        registry, NOW, record(), request=request, papers=papers, actor=ENTERPRISE
    )


def kinds(registry: Engine) -> list[str]:
    return [e.effect for e in effects(registry, TODAY)]


def test_it_is_marked_in_the_same_moment(registry: Engine) -> None:
    case = objected(registry)
    assert [(e.actor, e.to_state) for e in case.history] == [
        ("enterprise", "received"),
        ("system", "marked"),
    ]
    assert kinds(registry) == ["contested", "marked"]
    # 30 September, 8 and 9 October.
    assert case.due_on() == date(2026, 10, 9)


def test_what_needs_another_unit_takes_seven_days_from_receipt(
    registry: Engine,
) -> None:
    case = objected(registry)
    later = Clock(date(2026, 10, 8))
    forwarded = answer(
        registry, later, case.id, "forward", actor=OFFICER, note="转市场监管局核实"
    )
    # 30 Sept, 8, 9, 10 (made up), 12, 13, 14 October.
    assert forwarded.due_on() == date(2026, 10, 14)
    assert kinds(registry) == ["contested", "marked"]


@pytest.mark.parametrize(
    ("action", "told", "recalled"),
    [
        ("delete", ["deleted"], ["deleted"]),
        ("correct", ["corrected"], ["corrected"]),
        ("reject", [], []),
    ],
)
def test_the_answer_ends_the_contest(
    registry: Engine, action: str, told: list[str], recalled: list[str]
) -> None:
    case = objected(registry)
    answer(registry, NOW, case.id, action, actor=OFFICER, note="已核实")
    assert kinds(registry) == told
    assert [r.reason for r in list_recalls(registry)] == recalled


def test_where_neither_can_be_proved_the_mark_stays(registry: Engine) -> None:
    case = objected(registry)
    answer(registry, NOW, case.id, "forward", actor=OFFICER, note="转办")
    answer(registry, NOW, case.id, "note_both", actor=OFFICER, note="双方说法不一")
    assert kinds(registry) == ["marked"]


def test_an_enterprise_may_withdraw_it(registry: Engine) -> None:
    case = objected(registry)
    answer(registry, NOW, case.id, "withdraw", actor=ENTERPRISE, note="")
    assert kinds(registry) == []
    assert objected(registry).state == "marked"


def test_nobody_contests_for_ever_by_asking_again(registry: Engine) -> None:
    case = objected(registry, EVIDENCE)
    with pytest.raises(RepeatedObjectionError, match="open already"):
        objected(registry)
    answer(registry, NOW, case.id, "reject", actor=OFFICER, note="证据不足")
    with pytest.raises(RepeatedObjectionError, match=case.id):
        objected(registry, EVIDENCE)
    new = Upload("evidence", "新证据.pdf", b"%PDF-1.4 new")
    assert objected(registry, new).state == "marked"


def test_a_commitment_is_followed_up(registry: Engine) -> None:
    promise = Promise(
        uscc=FIRM,
        party_name=NAME,
        kind="voluntary",
        reason="主动承诺",
        content="不拖欠中小企业账款。",
        breach_liability="接受公示。",
        committed_on=date(2026, 9, 28),
        valid_to=date(2027, 9, 27),
    )
    made = register(registry, NOW, promise, actor=ENTERPRISE)
    with pytest.raises(CaseError, match="not fulfilled"):
        assess(registry, NOW, made, "fulfil_partly", actor=OFFICER)
    words = {"unfulfilled": "一笔账款逾期", "handling": "约谈"}
    partly = assess(registry, NOW, made, "fulfil_partly", actor=OFFICER, **words)
    assert (partly.state, rows_of(registry)[0]["fulfilment"]) == ("partly", "partly")
    assess(registry, NOW, made, "fulfil", actor=OFFICER)
    (row,) = rows_of(registry)
    assert row["commitment_code"] == "37030020260928900001"
    assert (row["fulfilment"], row["unfulfilled_content"]) == ("fully", None)
    assert find_case(registry, made).state == "fulfilled"
    with pytest.raises(CaseError, match="only nothing"):
        assess(registry, NOW, made, "break", actor=OFFICER, **words)


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"uscc": "91370303MA3C00003X"}, "no unified"),
        ({"kind": "holy"}, "no kind"),
        ({"publication": "loud"}, "no publication"),
        ({"committed_on": date(2026, 9, 30)}, "future"),
        ({"valid_to": date(2026, 9, 1)}, "expire"),
        ({"content": " "}, "say what is asked"),
    ],
)
def test_what_is_no_commitment(
    registry: Engine, wrong: dict[str, object], advice: str
) -> None:
    values: dict[str, object] = {
        "uscc": FIRM,
        "party_name": NAME,
        "kind": "voluntary",
        "reason": "主动承诺",
        "content": "守信。",
        "breach_liability": "接受公示。",
        "committed_on": TODAY,
    }
    with pytest.raises(CaseError, match=advice):
        register(registry, NOW, Promise(**values | wrong), actor=ENTERPRISE)  # type: ignore[arg-type]
    assert rows_of(registry) == []


def test_a_past_day_is_told_as_the_case_stood_then(registry: Engine) -> None:
    """Opened on Tuesday, refused and opened anew on Wednesday, upheld on Monday."""
    first = objected(registry)
    wednesday, monday = TODAY + timedelta(days=1), TODAY + timedelta(days=6)
    answer(registry, Clock(wednesday), first.id, "reject", actor=OFFICER, note="无误")
    second = object_to(
        registry,
        Clock(wednesday),
        record(),
        request="另附证据。",
        papers=[EVIDENCE],
        actor=ENTERPRISE,
    )
    answer(registry, Clock(monday), second.id, "delete", actor=OFFICER, note="属实")

    def told(day: date) -> list[tuple[str, date]]:
        return [(e.effect, e.since) for e in effects(registry, day)]

    assert told(TODAY - timedelta(days=1)) == []
    assert told(TODAY) == [("contested", TODAY), ("marked", TODAY)]
    assert told(wednesday) == [("contested", wednesday), ("marked", wednesday)]
    assert told(monday) == [("deleted", monday)]


def test_a_repair_that_was_revoked_since_still_held_then(registry: Engine) -> None:
    desk = Desk(registry)
    case = desk.repaired()
    later = TODAY + timedelta(days=30)
    desk.on(later).decide(case, "revoke")
    assert [e.effect for e in effects(registry, TODAY)] == ["repaired"]
    assert [e.effect for e in effects(registry, later)] == ["longest"]
