"""One transaction for all of a request: nothing leaves that the desk would refuse."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from sqlalchemy import event, select

from publish.access import audit
from publish.access.keys import create_key, revoke_key
from publish.api import facts, facts_json
from publish.api.answers import canonical
from publish.registry.authorisations import revoke
from publish.registry.bank_tables import audit_log, quotas
from tests.serving.world import (
    ALPHA,
    BANK,
    BETA,
    GAMMA,
    OTHER_BANK,
    Running,
    default_rows,
    publish,
)

ONE = f"/api/v1/enterprises/{ALPHA}"
GRADE = f"/api/v1/enterprises/{BETA}/credit?include=grade"
AWKWARD = '虚构"引号\\斜线/\b\f\n\r\t\x01\x1f\x7f\u2028😀有限公司'


def prefix_of(key: dict[str, str]) -> str:
    return key["Authorization"].removeprefix("Bearer cpk_").partition(".")[0]


def rows_of(bank: Running, key: dict[str, str]) -> list[int]:
    """The status of every audit row of a key, in order."""
    wanted = select(audit_log.c.status).where(audit_log.c.key_prefix == prefix_of(key))
    with bank.app.registry.connect() as connection:
        return [*connection.scalars(wanted.order_by(audit_log.c.number))]


def used(bank: Running, key: dict[str, str]) -> int:
    wanted = select(quotas.c.used).where(quotas.c.name == prefix_of(key))
    with bank.app.registry.connect() as connection:
        return connection.scalar(wanted) or 0


@contextmanager
def desk_of(bank: Running) -> Iterator[list[str]]:
    """What the desk's thread tells the registry, statement by statement."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.current_thread().name == "registry-desk":
            told.append(statement)

    event.listen(bank.app.registry, "before_cursor_execute", note)
    yield told
    event.remove(bank.app.registry, "before_cursor_execute", note)


def voucher_of(bank: Running) -> dict[str, str]:
    """Headers with an access token for a fresh key."""
    made = create_key(
        *(bank.app.registry, bank.clock),
        bank="虚构银行",
        bank_uscc=BANK,
        scopes=["facts", "credit"],
    )
    given = bank.session.post(
        f"{bank.url}/api/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.token.prefix, made.token.secret),
        timeout=10,
    )
    return {"Authorization": f"Bearer {given.json()['access_token']}"}


@pytest.mark.parametrize("how", ["key", "access token"])
def test_whoever_is_known_is_served_in_one_transaction(bank: Running, how: str) -> None:
    bank.allow("grade", "explanation", "financials")
    key = bank.key("facts", "credit", bank_uscc=BANK)
    key = key if how == "key" else voucher_of(bank)
    assert bank.get("/api/v1/products", headers=key).status_code == 200
    for path in ("", "/records", "/records?limit=1", "/credit", "/financials"):
        with desk_of(bank) as told:
            answer = bank.get(ONE + path, headers=key)
        assert answer.status_code == 200, path
        assert told.count("COMMIT") == 1, path
        assert sum(s.startswith("INSERT INTO audit_log") for s in told) == 1, path
        read = bank.get(f"/api/v1/receipts/{answer.json()['receipt']}", headers=key)
        assert read.json()["data"]["result_sha256"] == answer.json()["result_sha256"]


def test_what_is_not_authorised_is_not_even_read(bank: Running) -> None:
    key = bank.key("facts", "credit", bank_uscc=OTHER_BANK)
    assert bank.get(ONE, headers=key).status_code == 200
    bank.allow("grade", "explanation", uscc=GAMMA, bank=OTHER_BANK)
    assert bank.get(ONE.replace(ALPHA, GAMMA) + "/credit", headers=key).ok
    files = bank.app.mount.seen().authorised._all_file_connections
    known = len(files)
    desk = files[-1]  # opened last, for the answer just given
    asked: list[str] = []
    desk.set_trace_callback(asked.append)
    for path in ("/credit", "/financials"):
        refused = bank.get(ONE + path, headers=key)
        assert refused.json()["code"] == "authorisation_missing"
    assert (asked, len(files)) == ([], known)
    assert bank.get(ONE.replace(ALPHA, GAMMA) + "/credit", headers=key).ok
    assert [s for s in asked if "grades" in s]
    desk.set_trace_callback(None)
    assert rows_of(bank, key) == [200, 200, 403, 403, 200]
    assert used(bank, key) == 5


def test_a_stale_cursor_met_at_the_desk_is_told_and_counts_once(bank: Running) -> None:
    bank.allow("financials")
    key = bank.key("facts", "credit", bank_uscc=BANK)
    assert bank.get(f"{ONE}/financials", headers=key).status_code == 200
    page = bank.get(f"{ONE}/records?limit=1", headers=key).json()["data"]
    wrong = bank.get(f"{ONE}/financials?cursor={page['next_cursor']}", headers=key)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "cursor_invalid")
    assert used(bank, key) == 3
    assert rows_of(bank, key) == [200, 200]


def test_what_sqlite_writes_is_what_python_would(own_bank: Running) -> None:
    rows = default_rows()
    rows["enterprises"][1]["name"] = AWKWARD
    one = {"uscc": GAMMA, "enterprise_name": "虚构", "decided_on": "2026-01-02"}
    rows["licences"] += [{**one, "record_id": f"G-{n}"} for n in range(201)]
    notice = {"uscc": GAMMA, "enterprise_name": "虚构", "year": 2026}
    rows["honour_notices"] = [{**notice, "record_id": "N-1"}]
    publish(own_bank.home, "20261124-bbbbbbbbbb", rows)
    key = own_bank.key()
    own_bank.sees("20261124-bbbbbbbbbb")
    public = own_bank.app.mount.seen().public.connect()
    for uscc in (ALPHA, BETA, GAMMA):
        text = canonical(facts.read(public, uscc).document())
        assert facts_json.read(public, uscc) == text
        assert facts_json.read_all(public, [uscc]) == {uscc: text}
        data = own_bank.get(f"/api/v1/enterprises/{uscc}", headers=key).content
        assert b'"data":' + text + b"}" in data
    told = own_bank.get(f"/api/v1/enterprises/{GAMMA}", headers=key).json()["data"]
    assert told["honour_notices"]["count"] == 1
    assert (told["licences"]["count"], told["licences"]["truncated"]) == (201, True)
    assert len(told["licences"]["rows"]) == 200
    name = own_bank.get(f"/api/v1/enterprises/{BETA}", headers=key).json()["data"]
    assert name["register"]["name"] == AWKWARD


def test_the_bytes_that_were_hashed_are_the_bytes_that_are_sent(bank: Running) -> None:
    bank.allow("grade", "explanation")
    key = bank.key("facts", "credit", bank_uscc=BANK)
    for path in (ONE, f"{ONE}/credit", f"{ONE}/records", "/api/v1/products"):
        answer = bank.get(path, headers=key)
        data = answer.content.partition(b'"data":')[2][:-1]
        digest = hashlib.sha256(data).hexdigest()
        assert answer.headers["Credit-Result-SHA256"] == digest, path


def test_a_key_revoked_elsewhere_gets_nothing_more(bank: Running) -> None:
    key = bank.key()
    assert [bank.get(ONE, headers=key).status_code for _ in range(3)] == [200] * 3
    revoke_key(bank.app.registry, bank.clock, prefix_of(key))
    answer = bank.get(ONE, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")
    assert rows_of(bank, key) == [200] * 3


def test_an_authorisation_revoked_elsewhere_gets_nothing_more(bank: Running) -> None:
    given = bank.allow("grade", uscc=BETA)
    key = bank.key("credit", bank_uscc=BANK)
    assert [bank.get(GRADE, headers=key).status_code for _ in range(3)] == [200] * 3
    revoke(bank.app.registry, bank.clock, given.id, by="enterprise")
    answer = bank.get(GRADE, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "authorisation_missing")
    assert rows_of(bank, key) == [200, 200, 200, 403]
    assert used(bank, key) == 4
    bank.allow("grade", uscc=BETA)
    assert bank.get(GRADE, headers=key).status_code == 200


def test_a_limit_is_exact_however_many_ask_at_once(bank: Running) -> None:
    key = bank.key(requests_per_minute=60_000, requests_per_day=40)
    assert bank.get(ONE, headers=key).status_code == 200
    found: list[int] = []

    def ask() -> None:
        with requests.Session() as session:
            for _ in range(12):
                answer = session.get(bank.url + ONE, headers=key, timeout=10)
                found.append(answer.status_code)

    callers = [threading.Thread(target=ask) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (found.count(200), found.count(429)) == (39, 33)
    assert used(bank, key) == 40
    assert rows_of(bank, key) == [200] * 40
    assert audit.verify(bank.app.registry)[1] == []


def test_an_unknown_enterprise_counts_once(bank: Running) -> None:
    key = bank.key()
    bank.get(ONE, headers=key)
    unknown = "/api/v1/enterprises/91370303MA3C000380"
    assert bank.get(unknown, headers=key).status_code == 404
    assert used(bank, key) == 2


def test_a_release_may_answer_304_ahead_as_well(bank: Running) -> None:
    key = bank.key()
    tag = bank.get(ONE, headers=key).headers["ETag"]
    again = bank.get(ONE, headers={**key, "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert rows_of(bank, key) == [200, 304]
