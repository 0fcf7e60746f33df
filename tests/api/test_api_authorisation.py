"""An enterprise's authorisation, item by item, on every call and every page."""

from __future__ import annotations

import pytest

from publish.registry.authorisations import revoke
from tests.serving.world import ALPHA, BANK, BETA, OTHER_BANK, UNKNOWN, Running

ONE = f"/api/v1/enterprises/{ALPHA}"


@pytest.fixture
def bank(own_bank: Running) -> Running:
    return own_bank


def test_the_grade_needs_the_enterprises_authorisation(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    refused = bank.get(f"{ONE}/credit?include=grade", headers=key)
    assert refused.status_code == 403
    assert refused.json()["code"] == "authorisation_missing"
    assert refused.json()["item"] == "grade"
    bank.allow("grade")
    told = bank.get(f"{ONE}/credit?include=grade", headers=key).json()["data"]
    assert told["items"] == ["grade"]
    assert told["grade"]["letter"] == "A"
    assert told["grade"]["score_points"] == 912_500
    assert (told["explanation"], told["figures"], told["incentives"]) == (None,) * 3


def test_what_was_not_authorised_is_refused_though_the_rest_was(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    bank.allow("grade")
    refused = bank.get(f"{ONE}/credit", headers=key)
    assert (refused.status_code, refused.json()["item"]) == (403, "explanation")
    bank.allow("explanation")
    told = bank.get(f"{ONE}/credit", headers=key).json()["data"]
    assert sum(e["points"] for e in told["explanation"]) == 912_500
    assert told["grade"]["score_points"] == 912_500


def test_a_refusal_is_the_same_for_an_enterprise_that_does_not_exist(
    bank: Running,
) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    known, unknown = (
        bank.get(f"/api/v1/enterprises/{u}/financials", headers=key)
        for u in (ALPHA, UNKNOWN)
    )
    volatile = ("request_id",)
    left, right = ({**a.json(), **dict.fromkeys(volatile)} for a in (known, unknown))
    assert left == right
    assert known.status_code == unknown.status_code == 403


def test_another_banks_authorisation_and_another_enterprises_are_no_use(
    bank: Running,
) -> None:
    bank.allow("grade", bank=OTHER_BANK)
    bank.allow("grade", uscc=BETA)
    key = bank.key("credit", bank_uscc=BANK)
    asked = f"{ONE}/credit?include=grade"
    assert bank.get(asked, headers=key).status_code == 403
    assert bank.get(asked, headers=bank.key("credit")).json()["code"] == "bank_unnamed"
    other = bank.key("credit", bank_uscc=OTHER_BANK)
    assert bank.get(asked, headers=other).status_code == 200


def test_an_authorisation_ends_with_its_last_day(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    bank.allow("financials", days=1)
    bank.clock.turn()
    told = bank.get(f"{ONE}/financials", headers=key)
    days = [r["quarter_end"] for r in told.json()["data"]["rows"]]
    assert days == ["2026-09-30", "2026-06-30", "2026-03-31"]
    bank.clock.turn()
    assert bank.get(f"{ONE}/financials", headers=key).status_code == 403


def test_an_authorisation_revoked_in_the_middle_of_paging_ends_the_reading(
    bank: Running,
) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    given = bank.allow("history")
    first = bank.get(f"{ONE}/history?limit=1", headers=key).json()["data"]
    assert [r["evaluated_on"] for r in first["rows"]] == ["2026-11-23"]
    second_page = f"{ONE}/history?limit=1&cursor={first['next_cursor']}"
    second = bank.get(second_page, headers=key).json()["data"]
    assert [r["evaluated_on"] for r in second["rows"]] == ["2026-10-31"]
    revoke(bank.app.registry, bank.clock, given.id, by="enterprise")
    third_page = f"{ONE}/history?limit=1&cursor={second['next_cursor']}"
    for page in (third_page, second_page, f"{ONE}/history?limit=1"):
        refused = bank.get(page, headers=key)
        assert refused.status_code == 403
        assert refused.json()["item"] == "history"
    states = bank.get("/api/v1/authorisations", headers=key).json()["data"]["rows"]
    assert [(r["authorisation"], r["state"]) for r in states] == [(given.id, "revoked")]


def test_history_is_told_as_of_a_day(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    bank.allow("history")
    told = bank.get(f"{ONE}/history?as_of=2026-10-31", headers=key).json()["data"]
    days = [(r["evaluated_on"], r["letter"]) for r in told["rows"]]
    assert days == [("2026-10-31", "B"), ("2026-09-30", "B")]


def test_history_is_told_as_known_then_and_as_known_now(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    bank.allow("history")

    def told(query: str) -> list[tuple[str, str, str | None]]:
        data = bank.get(f"{ONE}/history?{query}", headers=key).json()["data"]
        rows = data["rows"]
        return [(r["evaluated_on"], r["letter"], r["known_on"]) for r in rows]

    september = ("2026-09-30", "C", "2026-10-01")  # a fact that came late made it B
    october = ("2026-10-31", "B", "2026-11-01")
    corrected = ("2026-09-30", "B", "2026-11-05")
    assert told("known_at=2026-10-01") == told("known_at=2026-10-31") == [september]
    assert told("known_at=2026-11-04") == [october, september]
    assert told("known_at=2026-11-05") == [october, corrected]
    assert told("known_at=2026-11-05&as_of=2026-10-30") == [corrected]
    assert told("") == [("2026-11-23", "A", None), october, corrected]
    first = bank.get(f"{ONE}/history?known_at=2026-11-04&limit=1", headers=key).json()
    cursor = first["data"]["next_cursor"]
    assert told(f"known_at=2026-11-04&limit=1&cursor={cursor}") == [september]


def test_a_day_that_the_history_does_not_reach_is_told_apart(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    bank.allow("history")

    def code(query: str) -> tuple[int, str]:
        answer = bank.get(f"{ONE}/history?{query}", headers=key)
        return answer.status_code, answer.json()["code"]

    early = bank.get(f"{ONE}/history?known_at=2026-09-30", headers=key).json()
    assert early["code"] == "before_history"
    assert "2026-10-01" in early["detail"]
    assert code("known_at=2026-11-24") == (422, "day_ahead")
    assert code("as_of=2026-11-24") == (422, "day_ahead")
    assert code("as_of=2026-02-30") == (422, "invalid_parameter")


def test_verification_tells_yes_or_no_and_asks_for_the_authorisation_it_needs(
    bank: Running,
) -> None:
    key = bank.key("facts", "credit", bank_uscc=BANK)

    def holds(item: str, value: object = None, uscc: str = ALPHA) -> object:
        body = {"uscc": uscc} if value is None else {"uscc": uscc, "value": value}
        answer = bank.post(f"/api/v1/verify/{item}", body, headers=key)
        told = answer.json()
        return told["data"]["holds"] if answer.ok else told["code"]

    assert holds("active") is True
    assert holds("in_park") is True
    assert holds("in_park", uscc=BETA) is False
    assert holds("name", "虚构星海科技有限公司") is True
    assert holds("name", "虚构别名有限公司") is False
    assert holds("no_listing") is False
    assert holds("no_listing", uscc=BETA) is True
    assert holds("active", uscc=UNKNOWN) == "unknown_enterprise"
    assert holds("active", 3) == holds("name") == "value_unfit"
    assert holds("grade_at_least", "B") == "authorisation_missing"
    bank.allow("grade", "figures")
    bank.allow("figures", uscc=BETA)
    assert holds("grade_at_least", "B") is True
    assert holds("grade_at_least", "E") == "value_unfit"
    assert holds("sales_growth_at_least", 1250) is True
    assert holds("sales_growth_at_least", 1251) is False
    assert holds("sales_growth_at_least", 0, uscc=BETA) is None
    assert holds("dso_at_most", 4549) is False


def test_offers_are_the_products_a_grade_is_good_for(bank: Running) -> None:
    key = bank.key("facts", "credit", bank_uscc=BANK)
    asked = f"{ONE}/offers"
    assert bank.get(asked, headers=key).status_code == 403
    bank.allow("grade")
    told = bank.get(asked, headers=key).json()["data"]
    assert told == {"uscc": ALPHA, "letter": "A", "rows": []}
    assert bank.get("/api/v1/products", headers=key).json()["data"] == {"rows": []}


def test_a_key_without_the_scope_is_refused_before_anything_else(bank: Running) -> None:
    bank.allow("grade")
    key = bank.key("facts", bank_uscc=BANK)
    refused = bank.get(f"{ONE}/credit?include=grade", headers=key)
    assert refused.json()["code"] == "scope_missing"
    body = {"uscc": ALPHA, "value": "B"}
    refused = bank.post("/api/v1/verify/grade_at_least", body, headers=key)
    assert refused.json()["code"] == "scope_missing"
