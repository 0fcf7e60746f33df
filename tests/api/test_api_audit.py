"""Receipts, the chain of the audit log, signatures: what a bank can prove years later."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from publish.access import audit, signing
from tests.serving.world import ALPHA, BANK, BETA, OTHER_BANK, TODAY, UNKNOWN, Running

ONE = f"/api/v1/enterprises/{ALPHA}"
ALGORITHMS = ["ES256", "Ed25519"]


@pytest.fixture
def bank(own_bank: Running) -> Running:
    return own_bank


def test_a_receipt_proves_what_was_answered(bank: Running) -> None:
    key = bank.key("facts", "credit", bank_uscc=BANK)
    given = bank.allow("grade")
    why = {**key, "Credit-Purpose": "loan_application"}
    answer = bank.get(f"{ONE}/credit?include=grade", headers=why)
    told = bank.get(f"/api/v1/receipts/{answer.json()['receipt']}", headers=key).json()
    kept = told["data"]
    assert kept["operation"] == "credit"
    assert kept["purpose"] == "loan_application"
    assert (kept["uscc"], kept["items"]) == (ALPHA, ["grade"])
    assert kept["authorisations"] == [given.id]
    assert kept["result_sha256"] == answer.json()["result_sha256"]
    assert kept["etag"] == answer.headers["ETag"]
    assert kept["release"] == answer.json()["release"]
    assert kept["request_id"] == answer.headers["X-Request-ID"]
    keys = KeySet.import_key_set(bank.get("/.well-known/jwks.json").json())
    proof = jws.deserialize_compact(kept["statement"], keys, algorithms=ALGORITHMS)
    stated = {k: v for k, v in kept.items() if k != "statement"}
    assert json.loads(proof.payload) == stated


def test_a_refused_look_is_recorded_as_well(bank: Running) -> None:
    key = bank.key("credit", bank_uscc=BANK)
    bank.get(f"{ONE}/credit?include=grade", headers=key)
    (seen,) = audit.lookers(bank.app.registry, ALPHA)
    assert (seen["bank"], seen["items"]) == ("虚构银行", "grade")
    assert seen["authorisations"] == ""


def test_an_enterprise_sees_who_looked_at_its_file(bank: Running) -> None:
    one = bank.key("facts", bank="虚构甲银行", bank_uscc=BANK)
    other = bank.key("facts", bank="虚构乙银行", bank_uscc=OTHER_BANK)
    bank.get(ONE, headers=one)
    codes = {"usccs": [ALPHA, BETA, BETA, UNKNOWN]}
    bank.post("/api/v1/enterprises:batch", codes, headers=other)
    seen = [
        (s["bank"], s["operation"]) for s in audit.lookers(bank.app.registry, ALPHA)
    ]
    assert seen == [("虚构甲银行", "enterprise"), ("虚构乙银行", "batch")]
    (only,) = audit.lookers(bank.app.registry, BETA)
    assert "key_prefix" not in only
    assert audit.lookers(bank.app.registry, UNKNOWN) == []


def test_the_log_cannot_be_changed_and_a_forced_change_shows(bank: Running) -> None:
    key = bank.key()
    for _ in range(4):
        bank.get(ONE, headers=key)
    bank.post("/api/v1/enterprises:batch", {"usccs": [ALPHA, BETA]}, headers=key)
    registry = bank.app.registry
    assert audit.verify(registry) == (5, [])
    for statement in (
        "UPDATE audit_log SET bank = 'x'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_subjects",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            registry.begin() as connection,
        ):
            connection.execute(text(statement))
    with registry.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(text("DROP TRIGGER audit_log_no_delete"))
        connection.execute(text("DROP TRIGGER audit_subjects_no_delete"))
        connection.execute(text("UPDATE audit_log SET purpose = 'x' WHERE number = 2"))
        connection.execute(text("DELETE FROM audit_log WHERE number = 4"))
        connection.execute(
            text("DELETE FROM audit_subjects WHERE uscc = :u"), {"u": BETA}
        )
    count, broken = audit.verify(registry)
    assert count == 5
    assert [(b.number, b.reason) for b in broken] == [
        (2, "its content was changed"),
        (4, "entries 4 to 4 are missing"),
        (5, "it does not follow the entry before"),
        (5, "its list of enterprises was changed"),
    ]


def test_the_log_is_exported_by_period(bank: Running) -> None:
    key = bank.key()
    bank.get(ONE, headers=key)
    bank.clock.turn()
    bank.post("/api/v1/enterprises:batch", {"usccs": [BETA, ALPHA]}, headers=key)
    later = list(audit.export(bank.app.registry, date(2026, 11, 24), date(2026, 12, 1)))
    assert [(r["operation"], r["usccs"]) for r in later] == [
        ("batch", sorted([ALPHA, BETA]))
    ]
    both = list(audit.export(bank.app.registry, TODAY, date(2026, 11, 24)))
    assert [r["number"] for r in both] == [1, 2]
    assert both[1]["previous_hash"] == both[0]["hash"]


def test_answers_can_be_had_signed_and_a_change_is_noticed(bank: Running) -> None:
    key = {**bank.key(), "Accept": "application/jose"}
    answer = bank.get(ONE, headers=key)
    assert answer.headers["Content-Type"] == "application/jose"
    keys = KeySet.import_key_set(bank.get("/.well-known/jwks.json").json())
    assert all("d" not in k for k in keys.as_dict(private=False)["keys"])
    signed = jws.deserialize_compact(answer.text, keys, algorithms=ALGORITHMS)
    envelope = json.loads(signed.payload)
    assert envelope["data"]["uscc"] == ALPHA
    told = json.dumps(
        envelope["data"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert envelope["result_sha256"] == hashlib.sha256(told.encode()).hexdigest()
    head, body, tail = answer.text.split(".")
    changed = f"{head}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BB'}.{tail}"
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(changed, keys, algorithms=ALGORITHMS)


@pytest.mark.parametrize("algorithm", signing.Algorithm)
def test_after_a_rotation_the_new_key_signs_and_the_old_one_verifies(
    bank: Running, algorithm: signing.Algorithm
) -> None:
    key = {**bank.key(), "Accept": "application/jose"}
    before = bank.get(ONE, headers=key).text
    bank.clock.turn()
    made = signing.rotate(bank.home / "signing", bank.clock, algorithm)
    after = bank.get(ONE, headers=key).text
    keys = KeySet.import_key_set(bank.get("/.well-known/jwks.json").json())
    kids = [
        jws.deserialize_compact(signed, keys, algorithms=ALGORITHMS).headers()["kid"]
        for signed in (before, after)
    ]
    assert kids[1] == made.kid != kids[0]
    assert (bank.home / "signing").stat().st_mode & 0o077 == 0
