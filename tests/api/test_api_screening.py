"""Portfolios: through batch, and as a screening with progress."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
import requests
from sqlalchemy import event, func, select

from publish.registry.bank_tables import repeats, screenings
from tests.serving.world import ALPHA, BANK, BETA, GAMMA, OTHER_BANK, UNKNOWN, Running


@pytest.fixture
def bank(own_bank: Running) -> Running:
    return own_bank


def finished(bank: Running, key: dict[str, str], name: str) -> dict[str, Any]:
    for _ in range(400):
        told = bank.get(f"/api/v1/screen/{name}", headers=key).json()["data"]
        if told["state"] == "done":
            break
        time.sleep(0.05)
    return dict(told)


def test_a_portfolio_is_screened_and_judged_on_the_day_it_is_read(
    bank: Running,
) -> None:
    key = bank.key("screen", bank_uscc=BANK)
    codes = [ALPHA, BETA, GAMMA, UNKNOWN, "nonsense", ALPHA.lower()]
    made = bank.post("/api/v1/screen", {"name": "组合", "usccs": codes}, headers=key)
    assert made.status_code == 202
    name = made.json()["data"]["screening"]
    assert made.headers["Location"] == f"/api/v1/screen/{name}"
    told = finished(bank, key, name)
    assert (told["done"], told["total"]) == (6, 6)
    assert told["summary"] == {"clear": 1, "flagged": 3, "unknown": 1, "invalid": 1}
    asked = f"/api/v1/screen/{name}/results?limit=4"
    first = bank.get(asked, headers=key).json()["data"]
    outcomes = [(r["line"], r["outcome"], r["penalties"]) for r in first["rows"]]
    assert outcomes == [
        (1, "flagged", 2),
        (2, "flagged", 1),
        (3, "clear", 0),
        (4, "unknown", None),
    ]
    rest = bank.get(f"{asked}&cursor={first['next_cursor']}", headers=key).json()[
        "data"
    ]
    assert [r["outcome"] for r in rest["rows"]] == ["invalid", "flagged"]
    bank.clock.turn()
    later = bank.get(asked, headers=key).json()["data"]["rows"]
    assert later[0]["penalties"] == 1


def test_a_portfolio_may_be_a_csv_file_and_is_its_banks_alone(bank: Running) -> None:
    key = bank.key("screen", bank_uscc=BANK)
    file = f"\ufeff统一社会信用代码,备注\n{ALPHA},甲\n{BETA},乙\n".encode()
    made = bank.session.post(
        f"{bank.url}/api/v1/screen",
        data=file,
        headers={**key, "Content-Type": "text/csv"},
        timeout=10,
    ).json()["data"]
    assert made["total"] == 2
    other = bank.key("screen", bank_uscc=OTHER_BANK)
    for path in ("", "/results"):
        refused = bank.get(f"/api/v1/screen/{made['screening']}{path}", headers=other)
        assert refused.json()["code"] == "unknown_screening"
    successor = bank.key("screen", bank_uscc=BANK)
    assert finished(bank, successor, made["screening"])["done"] == 2


def test_a_request_sent_twice_with_its_key_acts_once(bank: Running) -> None:
    key = {**bank.key("screen"), "Idempotency-Key": "portfolio-2026-11"}
    body = {"name": "组合", "usccs": [ALPHA]}
    first = bank.post("/api/v1/screen", body, headers=key)
    again = bank.post("/api/v1/screen", body, headers=key)
    assert again.json()["data"]["screening"] == first.json()["data"]["screening"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.status_code == first.status_code == 202
    other = bank.post("/api/v1/screen", {**body, "name": "别的"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "repeat_conflict")
    stranger = {**bank.key("screen"), "Idempotency-Key": "portfolio-2026-11"}
    own = bank.post("/api/v1/screen", body, headers=stranger).json()["data"]
    assert own["screening"] != first.json()["data"]["screening"]


def test_a_request_keeps_its_reply_in_the_transaction_in_which_it_acts(
    bank: Running,
) -> None:
    """So that one which is killed leaves neither, and may be sent again at once."""
    registry = bank.app.registry
    kept: list[int] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO screenings"):
            with closing(sqlite3.connect(str(registry.url.database))) as file:
                kept.append(file.execute("SELECT count(*) FROM repeats").fetchone()[0])

    event.listen(registry, "before_cursor_execute", look)
    key = {**bank.key("screen"), "Idempotency-Key": "killed-2026-11"}
    body = {"name": "组合", "usccs": [ALPHA]}
    with ThreadPoolExecutor(4) as pool:
        sent = [
            pool.submit(requests.post, f"{bank.url}/api/v1/screen", json=body, **rest)
            for rest in [{"headers": key, "timeout": 20}] * 4
        ]
    told = [answer.result() for answer in sent]
    event.remove(registry, "before_cursor_execute", look)
    assert [t.status_code for t in told] == [202] * 4
    assert len({t.json()["data"]["screening"] for t in told}) == 1
    assert kept[0] == 0
    with registry.connect() as connection:
        count = select(func.count()).select_from
        assert connection.scalar(count(repeats)) == 1
        assert connection.scalar(count(screenings)) == 1


def test_a_hundred_thousand_codes_go_through_batch_in_a_hundred_calls(
    bank: Running,
) -> None:
    key = bank.key(requests_per_minute=100)
    unknown = [UNKNOWN] * 997
    codes = {"usccs": [ALPHA, BETA, "x", *unknown]}
    found = 0
    for _ in range(100):
        answer = bank.post("/api/v1/enterprises:batch", codes, headers=key)
        told = answer.json()["data"]
        assert len(told["results"]) == 1000
        found += told["found"]
    assert found == 200
    outcomes = [r["outcome"] for r in told["results"][:4]]
    assert outcomes == ["found", "found", "invalid", "unknown"]
    over = bank.post("/api/v1/enterprises:batch", {"usccs": ["x"] * 1001}, headers=key)
    assert over.json()["code"] in {"rate_limited", "invalid_body"}
