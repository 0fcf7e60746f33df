"""Repair: who may ask, what belongs to it, by when it is answered, what it does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from publish.cases.commitments import assess, rows_of
from publish.cases.effects import Effect, effects
from publish.cases.eligibility import guidance
from publish.cases.machines import Kind
from publish.cases.model import CaseError, ForbiddenMoveError, NotEligibleError
from publish.cases.papers import PaperError, Upload, content_of
from publish.cases.recalls import list_recalls
from publish.cases.repair import MissingPaperError, resubmit
from publish.cases.store import find_case, list_cases
from quality.working_days import CalendarEndsError
from tests.registry.files import (
    ENTERPRISE,
    NOW,
    OFFICER,
    OTHER_FIRM,
    PROOF,
    TODAY,
    Desk,
    record,
)


@pytest.fixture
def desk(registry: Engine) -> Desk:
    return Desk(registry)


def test_from_application_to_approval(desk: Desk) -> None:
    case = desk.decide(desk.do(desk.apply(), "accept", "review"), "approve")
    assert [(e.number, e.actor, e.action, e.to_state) for e in case.history] == [
        (1, "enterprise", "submit", "submitted"),
        (2, OFFICER, "accept", "accepted"),
        (3, OFFICER, "review", "under_review"),
        (4, OFFICER, "approve", "approved"),
    ]
    assert case.id.startswith("XF20260929")
    assert (case.decided_on, case.record) == (TODAY, record())
    assert [(p.material, p.name, p.size) for p in case.papers] == [
        ("proof", "缴款凭证.pdf", 13)
    ]
    assert content_of(desk.registry, case.papers[0].sha256) == PROOF.content
    assert effects(desk.registry, TODAY) == [
        Effect("p1", "penalties", "repaired", TODAY, case.id)
    ]
    (recall,) = list_recalls(desk.registry)
    assert (recall.record_id, recall.reason) == ("p1", "repaired")
    assert recall.recalled_at == NOW.now()
    assert list_recalls(desk.registry, since=recall.seq) == []


def test_nothing_happens_to_a_record_before_the_decision(desk: Desk) -> None:
    desk.do(desk.apply(), "accept", "review")
    assert effects(desk.registry, TODAY) == []
    assert list_recalls(desk.registry) == []


@pytest.mark.parametrize(
    ("state", "actions", "due"),
    [
        # 30 September, 8 October, 9 October: three working days.
        ("submitted", (), date(2026, 10, 9)),
        # Saturday 10 October is worked; ten working days from 29 September.
        ("accepted", ("accept",), date(2026, 10, 19)),
        ("under_review", ("accept", "review"), date(2026, 10, 19)),
        ("extended", ("accept", "review", "extend"), date(2026, 11, 2)),
        ("rejected", ("accept", "reject"), None),
    ],
)
def test_every_state_has_its_last_day(
    desk: Desk, state: str, actions: tuple[str, ...], due: date | None
) -> None:
    case = desk.do(desk.apply(), *actions)
    assert (case.state, case.due_on()) == (state, due)


def test_review_is_counted_from_acceptance_not_from_its_own_start(desk: Desk) -> None:
    accepted = desk.do(desk.apply(), "accept")
    later = desk.on(date(2026, 10, 12)).do(accepted, "review")
    assert later.due_on() == date(2026, 10, 19)


def test_a_last_day_beyond_the_announced_years_is_not_guessed(desk: Desk) -> None:
    about = record(publish_until=date(2029, 1, 1))
    case = desk.on(date(2026, 12, 31)).apply(about)
    with pytest.raises(CalendarEndsError, match="2027"):
        case.due_on()


@pytest.mark.parametrize(
    ("about", "reason", "opens"),
    [
        ({"repairable_from": date(2026, 9, 30)}, "too_early", date(2026, 9, 30)),
        ({"repairable_from": None}, "no_repair", None),
        ({"publish_until": date(2026, 9, 28)}, "ended", None),
    ],
)
def test_repair_opens_with_the_shortest_publicity(
    desk: Desk, about: dict[str, Any], reason: str, opens: date | None
) -> None:
    with pytest.raises(NotEligibleError) as told:
        desk.apply(record(**about))
    assert (told.value.reason, told.value.opens_on) == (reason, opens)
    assert list_cases(desk.registry) == []
    # On the very day it opens it can be asked for.
    desk.apply(record(repairable_from=TODAY, publish_until=TODAY))


def test_one_record_is_repaired_once(desk: Desk) -> None:
    case = desk.apply()
    with pytest.raises(NotEligibleError, match="open already"):
        desk.apply()
    desk.decide(desk.do(case, "accept"), "reject")
    again = desk.decide(desk.do(desk.apply(), "accept"), "approve")
    with pytest.raises(NotEligibleError, match="is repaired"):
        desk.apply()
    assert again.id != case.id


def test_two_papers_are_asked_for_and_no_more(desk: Desk) -> None:
    with pytest.raises(MissingPaperError, match="证明材料") as told:
        desk.apply(papers=[], promises=False)
    assert "信用承诺书" in str(told.value)
    signed = Upload("promise", "承诺书.pdf", b"%PDF-1.4 promise")
    case = desk.apply(papers=[PROOF, signed], promises=False)
    assert {p.material for p in case.papers} == {"proof", "promise"}


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-" + bytes(5_000_000)])
def test_a_paper_is_a_small_pdf_or_picture(desk: Desk, content: bytes) -> None:
    with pytest.raises(PaperError):
        desk.apply(papers=[Upload("proof", "x.pdf", content)])
    assert list_cases(desk.registry) == []


def test_what_lacks_is_told_once(desk: Desk) -> None:
    returned = desk.do(desk.apply(), "return")
    more = Upload("proof", "补充.png", b"\x89PNG\r\n\x1a\n more")
    again = resubmit(desk.registry, NOW, returned.id, papers=[more], actor=ENTERPRISE)
    assert (again.state, len(again.papers)) == ("submitted", 2)
    with pytest.raises(ForbiddenMoveError, match="only accept, withdraw"):
        desk.do(again, "return")


@pytest.mark.parametrize(
    ("action", "actor", "why"),
    [
        ("approve", ENTERPRISE, "is for staff"),
        ("approve", "system", "is for staff"),
        ("unpublish", OFFICER, "cannot be done"),
        ("nonsense", OFFICER, "cannot be done"),
        ("approve", "staff:", "nobody"),
        ("approve", "mayor", "nobody"),
    ],
)
def test_only_the_right_role_may_act(
    desk: Desk, action: str, actor: str, why: str
) -> None:
    case = desk.do(desk.apply(), "accept")
    with pytest.raises(CaseError, match=why):
        desk.do(case, action, actor=actor)
    assert find_case(desk.registry, case.id) == case


def test_a_refusal_needs_a_reason(desk: Desk) -> None:
    case = desk.do(desk.apply(), "accept")
    with pytest.raises(ForbiddenMoveError, match="reason"):
        desk.decide(case, "reject", note=" ")


def test_an_enterprise_sees_its_own_cases_only(desk: Desk) -> None:
    case = desk.apply()
    assert find_case(desk.registry, case.id, case.uscc) == case
    with pytest.raises(CaseError, match="no case"):
        find_case(desk.registry, case.id, OTHER_FIRM)
    assert list_cases(desk.registry, uscc=OTHER_FIRM) == []


@pytest.mark.parametrize("table", ["case_events", "recalls"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {}", "UPDATE {} SET case_id = case_id"]
)
def test_the_database_itself_keeps_history(desk: Desk, table: str, change: str) -> None:
    desk.repaired()
    refused = pytest.raises(DatabaseError, match="only added to")
    with refused, desk.registry.begin() as connection:
        connection.execute(text(change.format(table)))


def test_the_promise_is_registered_with_the_application(desk: Desk) -> None:
    case = desk.apply()
    (promise,) = rows_of(desk.registry)
    assert promise["commitment_code"] == "37030020260929900001"
    assert promise["commitment_kind"] == "repair"
    assert (promise["supports"], promise["fulfilment"]) == (case.id, "pending")
    assert promise["reason"] == f"申请信用修复（{case.id}）"
    # Public, it would tell of the record for years.
    assert promise["publication"] == "closed"
    desk.apply(record(record_id="p2"))
    assert [p["commitment_code"][-6:] for p in rows_of(desk.registry)] == [
        "900001",
        "900002",
    ]


def test_a_broken_promise_takes_the_repair_back_for_good(desk: Desk) -> None:
    case = desk.repaired()
    (promise,) = list_cases(desk.registry, kind=Kind.COMMITMENT)
    later = desk.on(TODAY + timedelta(days=30))
    assess(
        later.registry,
        later.clock,
        promise.id,
        "break",
        actor=OFFICER,
        unfulfilled="所缴凭证系伪造",
        handling="撤销修复，按最长公示期公示",
    )
    revoked = find_case(desk.registry, case.id)
    assert (revoked.state, revoked.decided_on) == ("revoked", later.clock.today())
    day = later.clock.today()
    assert effects(desk.registry, day) == [
        Effect("p1", "penalties", "longest", day, case.id)
    ]
    reasons = [r.reason for r in list_recalls(desk.registry)]
    assert reasons == ["repaired", "reinstated"]
    told = guidance(record(), [revoked], day)
    assert (told.reason, told.opens_on) == ("promise_broken", None)
    with pytest.raises(NotEligibleError, match="broken"):
        later.apply()
    (row,) = rows_of(desk.registry)
    assert (row["fulfilment"], row["unfulfilled_content"], row["fulfilment_on"]) == (
        "none",
        "所缴凭证系伪造",
        day,
    )


def test_staff_at_the_counter_may_hand_in_for_an_enterprise(desk: Desk) -> None:
    case = desk.apply(actor="staff:窗口3")
    withdrawn = desk.do(case, "withdraw", actor="staff:窗口3")
    assert withdrawn.state == "withdrawn"
    assert [e.actor for e in withdrawn.history] == ["staff:窗口3"] * 2
