from __future__ import annotations

import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from publish.access import tokens
from publish.access.door import WRONG_PER_MINUTE
from publish.access.keys import (
    KeyRequestError,
    create_key,
    find_key,
    list_keys,
    revoke_key,
)
from publish.access.ring import KeyRing
from publish.access.tokens import Token
from publish.registry.engine import open_registry
from publish.registry.tables import api_keys
from tests.serving.world import ALPHA, TODAY, UNKNOWN, Running, TurningClock, bearer

ASKED = f"/api/v1/enterprises/{ALPHA}"


def code(bank: Running, headers: dict[str, str] | None = None) -> tuple[int, str]:
    answer = bank.get(ASKED, headers=headers)
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"].startswith(
            'Bearer realm="creditpark"'
        )
    return answer.status_code, answer.json().get("code", "")


def test_without_a_key_nothing_is_told(bank: Running) -> None:
    assert code(bank) == (401, "key_missing")
    assert code(bank, {"Authorization": "Basic abc"}) == (401, "key_missing")
    assert code(bank, {"Authorization": ""}) == (401, "key_missing")


def test_a_wrong_key_is_refused_however_close(bank: Running) -> None:
    token = bank.key()["Authorization"].removeprefix("Bearer ")
    last = "A" if token[-1] != "A" else "B"
    wrong = (
        token[:-1] + last,
        token + "x",
        token[:-1],
        token.upper(),
        "cpk_" + token,
        "nonsense",
        "eyJub3RoaW5n.e30.c2lnbmVk",
        f"{token} {token}",
        "cpk_abcdefghjk." + "a" * 43,
    )
    for attempt in wrong:
        assert code(bank, bearer(attempt)) == (401, "key_invalid"), attempt
    assert code(bank, bearer(token)) == (200, "")


def test_a_key_is_refused_from_the_day_after_its_last(bank: Running) -> None:
    key = bank.key(expires_on=TODAY)
    assert code(bank, key) == (200, "")
    bank.clock.turn()
    assert code(bank, key) == (401, "key_expired")


def test_a_revoked_key_is_refused_on_its_next_call(bank: Running) -> None:
    issued = create_key(
        bank.app.registry, bank.clock, bank="虚构银行", scopes=["facts"]
    )
    key = bearer(issued.token.text)
    assert code(bank, key) == (200, "")
    assert code(bank, key) == (200, "")
    other = open_registry(f"sqlite:///{bank.home / 'registry.db'}")
    revoke_key(other, bank.clock, issued.key.prefix)
    other.dispose()
    assert code(bank, key) == (401, "key_revoked")


def test_a_key_reads_only_what_its_scopes_allow(bank: Running) -> None:
    key = bank.key("credit")
    assert code(bank, key) == (403, "scope_missing")
    told = bank.get(ASKED, headers=key).json()
    assert "facts" in told["detail_en"]
    assert code(bank, bank.key("credit", "facts")) == (200, "")


def test_a_key_that_may_not_ask_learns_nothing_about_an_enterprise(
    bank: Running,
) -> None:
    key = bank.key("credit")
    for uscc in (ALPHA, UNKNOWN, "nonsense"):
        answer = bank.get(f"/api/v1/enterprises/{uscc}", headers=key)
        assert answer.json()["code"] == "scope_missing"


def test_limits_are_told_on_every_answer_and_kept_exactly(bank: Running) -> None:
    key = bank.key(requests_per_minute=5)
    left = []
    for _ in range(5):
        answer = bank.get(ASKED, headers=key)
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Limit"] == "5"
        assert answer.headers["RateLimit-Policy"] == "5;w=60"
        left.append(int(answer.headers["RateLimit-Remaining"]))
    assert left == [4, 3, 2, 1, 0]
    refused = bank.get(ASKED, headers=key)
    assert refused.status_code == 429
    assert refused.json()["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 12
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert code(bank, bank.key()) == (200, "")


def test_guessing_secrets_of_one_key_is_slowed_without_hurting_others(
    bank: Running,
) -> None:
    issued = create_key(
        bank.app.registry, bank.clock, bank="虚构银行", scopes=["facts"]
    )
    guess = bearer(f"cpk_{issued.key.prefix}." + "a" * 43)
    answers = [code(bank, guess) for _ in range(WRONG_PER_MINUTE)]
    assert set(answers) == {(401, "key_invalid")}
    # The bucket refills while we ask: on a busy machine by some.
    answers = [code(bank, guess) for _ in range(WRONG_PER_MINUTE)]
    assert (429, "rate_limited") in answers
    assert code(bank, bank.key()) == (200, "")


def test_many_calls_at_once_with_a_fresh_key_all_succeed_by_one_proof(
    bank: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, found, proofs = bank.key(), [], []
    prove = KeyRing.prove

    def counted(ring: KeyRing, token: Token, stored: str) -> bool:
        proofs.append(token.prefix)
        time.sleep(0.5)  # until all of them wait
        return prove(ring, token, stored)

    monkeypatch.setattr(KeyRing, "prove", counted)

    def ask() -> None:
        found.extend(code(bank, key) for _ in range(5))

    callers = [threading.Thread(target=ask) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert found == [(200, "")] * 30
    assert len(proofs) == 1


@pytest.fixture
def registry(tmp_path: Path) -> Engine:
    engine = open_registry(f"sqlite:///{tmp_path / 'deep' / 'registry.db'}")
    yield engine
    engine.dispose()


def test_the_office_makes_lists_and_revokes_keys(registry: Engine) -> None:
    clock = TurningClock()
    issued = create_key(
        registry,
        clock,
        bank=" 虚构银行 ",
        scopes=["facts", "credit", "facts"],
        expires_on=date(2027, 1, 31),
        bank_uscc=ALPHA,
        requests_per_minute=60,
    )
    (listed,) = list_keys(registry)
    assert listed == issued.key == find_key(registry, issued.key.prefix)
    assert (listed.bank, listed.bank_uscc) == ("虚构银行", ALPHA)
    assert listed.scopes == {"facts", "credit"}
    assert listed.created_at == clock.now()
    assert listed.expires_at is not None
    assert listed.expires_at.isoformat() == "2027-01-31T16:00:00+00:00"
    assert listed.state(clock.now()) == "live"
    assert listed.state(clock.now() + timedelta(days=100)) == "expired"
    first = revoke_key(registry, clock, listed.prefix)
    clock.turn()
    assert revoke_key(registry, clock, listed.prefix) == first
    assert first.state(clock.now()) == "revoked"


def test_the_registry_keeps_no_secret(registry: Engine) -> None:
    issued = create_key(registry, TurningClock(), bank="虚构银行", scopes=["facts"])
    with registry.connect() as connection:
        row = connection.execute(select(api_keys)).one()
    assert issued.token.secret not in str(row)
    assert row.secret_hash.startswith("scrypt$16384$8$1$")
    assert tokens.matches(issued.token.secret, row.secret_hash)
    assert issued.token.secret not in repr(issued)
    assert not tokens.matches("a" * 43, row.secret_hash)


@pytest.mark.parametrize(
    ("wish", "advice"),
    [
        ({"bank": " "}, "name the bank"),
        ({"scopes": []}, "scopes are facts, credit"),
        ({"scopes": ["facts", "all"]}, "all"),
        ({"requests_per_minute": 0}, "at least one"),
        ({"expires_on": date(2026, 11, 22)}, "is past"),
        ({"bank_uscc": "91370303MA3C00003E"}, "91370303MA3C00003E"),
    ],
)
def test_a_key_is_not_made_from_nonsense(
    registry: Engine, wish: dict[str, object], advice: str
) -> None:
    sound: dict[str, object] = {"bank": "虚构银行", "scopes": ["facts"]}
    with pytest.raises(KeyRequestError, match=advice):
        create_key(registry, TurningClock(), **{**sound, **wish})
    assert list_keys(registry) == []


def test_revoking_an_unknown_key_says_so(registry: Engine) -> None:
    with pytest.raises(KeyRequestError, match="no key 'nobody'"):
        revoke_key(registry, TurningClock(), "nobody")


def test_the_use_of_a_key_is_noted_to_the_minute(bank: Running) -> None:
    issued = create_key(
        bank.app.registry, bank.clock, bank="虚构银行", scopes=["facts"]
    )
    assert issued.key.last_used_at is None
    code(bank, bearer(issued.token.text))
    assert find_key(bank.app.registry, issued.key.prefix).last_used_at == (
        bank.clock.now()
    )
