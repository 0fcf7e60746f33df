"""The office's own cases: a warning in hand, an objection to a candidate."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from publish.cases.actions import act
from publish.cases.effects import effects
from publish.cases.model import Case, ForbiddenMoveError
from publish.cases.office_cases import (
    TakenUpError,
    acknowledge,
    honour_objections,
    object_to_honour,
    warning_reviews,
)
from publish.cases.store import list_cases
from publish.notices.outbox import list_letters
from quality.clock import Clock
from tests.registry.files import FIRM, NAME, NOW, TODAY

LATER = Clock(date(2026, 10, 12))


def taken_up(registry: Engine) -> Case:
    given = {"unit": "信用办", "words": "上门走访"}
    return acknowledge(registry, NOW, "rent_late", FIRM, **given)


def done(registry: Engine, case: Case, action: str, note: str = "已核实") -> Case:
    given: dict[str, Any] = {"actor": "staff:信用办", "name": ""}
    return act(registry, LATER, case.id, action, note=note, **given)


def test_a_warning_is_taken_up_by_a_unit_and_closed_with_a_reason(
    registry: Engine,
) -> None:
    case = taken_up(registry)
    # Ten working days: 30 September, 8 to 10, 12 to 16 and 19 October.
    assert (case.id[:2], case.due_on()) == ("YJ", date(2026, 10, 19))
    row = {"subject": FIRM, "rule_id": "rent_late", "unit": "信用办"}
    row |= {"acknowledged_on": TODAY, "closed_on": None, "closed_why": None}
    assert warning_reviews(registry, TODAY) == [row]
    with pytest.raises(ForbiddenMoveError, match="reason"):
        done(registry, case, "resolve", note="")
    done(registry, case, "resolve", note="租金已补缴")
    closed = {"closed_on": LATER.today(), "closed_why": "租金已补缴"}
    assert warning_reviews(registry, LATER.today()) == [row | closed]
    assert warning_reviews(registry, date(2026, 9, 28)) == []


def test_two_desks_do_not_take_up_the_same_warning(registry: Engine) -> None:
    case = taken_up(registry)
    with pytest.raises(TakenUpError, match=f"{case.id}: 信用办"):
        taken_up(registry)
    done(registry, case, "resolve")
    assert taken_up(registry).state == "acknowledged"


@pytest.mark.parametrize(
    ("action", "state"), [("uphold", "upheld"), ("reject", "rejected")]
)
def test_an_objection_to_a_candidate_is_upheld_or_refused(
    registry: Engine, action: str, state: str
) -> None:
    candidate = ("leader", 2026, FIRM)
    given = {"name": NAME, "words": "存在欠薪。", "by": "信用办"}
    case = object_to_honour(registry, NOW, candidate, **given)
    row = {"honour_list": "leader", "year": 2026, "uscc": FIRM, "raised_on": TODAY}
    still = {"state": "open", "decided_on": None, "reason": None}
    assert honour_objections(registry, TODAY) == [row | still]
    done(registry, case, action, note="经查属实")
    decided = {"state": state, "decided_on": LATER.today(), "reason": "经查属实"}
    assert honour_objections(registry, LATER.today()) == [row | decided]


def test_no_enterprise_is_shown_or_told_of_them_and_no_record_is_touched(
    registry: Engine,
) -> None:
    done(registry, taken_up(registry), "resolve")
    given = {"name": NAME, "words": "存在欠薪。", "by": "信用办"}
    case = object_to_honour(registry, NOW, ("leader", 2026, FIRM), **given)
    done(registry, case, "reject")
    assert list_cases(registry, uscc=FIRM) == []
    assert list_letters(registry) == []
    assert effects(registry, LATER.today()) == []
