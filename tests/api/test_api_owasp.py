"""OWASP API Security Top 10 (2023): one test for each item."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from sqlalchemy import event, select

from publish.access import audit, signing
from publish.access.keys import (
    KeyRequestError,
    create_key,
    find_key,
    list_keys,
    rotate_key,
)
from publish.access.signing import Signer
from publish.access.tokens import Token, parse_token
from publish.access.vouchers import KIND
from publish.api.routes import OPERATIONS
from publish.api.service import SIGNING
from publish.registry.bank_tables import feedback
from tests.serving.world import (
    ALPHA,
    BANK,
    OTHER_BANK,
    Running,
    TurningClock,
    bearer,
    publish,
    running,
)

ONE = f"/api/v1/enterprises/{ALPHA}"
OAUTH = "/api/v1/oauth/token"
ASKED = {"grant_type": "client_credentials", "scope": "facts"}


@pytest.fixture
def bank(own_bank: Running) -> Running:
    return own_bank


def own_token(bank: Running, *scopes: str) -> Token:
    """Prefix and secret of a fresh key."""
    token = parse_token(bank.key(*scopes)["Authorization"].removeprefix("Bearer "))
    assert token
    return token


def test_api1_objects_of_another_bank_do_not_exist(bank: Running) -> None:
    mine = bank.key("facts", "screen", "notify", bank_uscc=BANK)
    other = bank.key("facts", "screen", "notify", bank_uscc=OTHER_BANK)
    receipt = bank.get(ONE, headers=mine).json()["receipt"]
    made = bank.post("/api/v1/screen", {"name": "x", "usccs": [ALPHA]}, headers=mine)
    screening = made.json()["data"]["screening"]
    paths = (f"receipts/{receipt}", f"screen/{screening}")
    for path in (*paths, f"screen/{screening}/results"):
        known = bank.get(f"/api/v1/{path}", headers=other)
        invented = f"/api/v1/{path}".replace(receipt, "rcp_" + "0" * 24)
        invented = invented.replace(screening, "scr_" + "0" * 24)
        unknown = bank.get(invented, headers=other)
        assert known.status_code == unknown.status_code == 404
        assert known.json()["code"] == unknown.json()["code"]
    page = bank.get(f"{ONE}/records?limit=1", headers=mine).json()["data"]
    lent = f"{ONE}/records?limit=1&cursor={page['next_cursor']}"
    assert bank.get(lent, headers=mine).status_code == 200
    assert bank.get(lent, headers=other).json()["code"] == "cursor_invalid"
    assert bank.get(lent + "&section=penalties", headers=mine).status_code == 409


def test_api2_keys_are_rotated_with_overlap_and_bound_to_networks(
    bank: Running,
) -> None:
    issued = create_key(
        *(bank.app.registry, bank.clock), bank="虚构银行", scopes=["facts"]
    )
    registry, prefix = bank.app.registry, issued.key.prefix
    old = bearer(issued.token.text)
    receipt = bank.get(ONE, headers=old).json()["receipt"]
    successor = rotate_key(registry, bank.clock, prefix, timedelta(days=7))
    new = bearer(successor.token.text)
    assert bank.get(ONE, headers=old).status_code == 200
    assert bank.get(f"/api/v1/receipts/{receipt}", headers=new).status_code == 200
    assert find_key(registry, prefix).replaced_by == successor.key.prefix
    bank.clock.turn(7)
    assert bank.get(ONE, headers=old).json()["code"] == "key_expired"
    assert bank.get(ONE, headers=new).status_code == 200
    elsewhere = bank.key(networks_allowed=["203.0.113.0/24"])
    assert bank.get(ONE, headers=elsewhere).json()["code"] == "address_refused"
    here = bank.key(networks_allowed=["127.0.0.0/8", "203.0.113.0/24"])
    assert bank.get(ONE, headers=here).status_code == 200


def test_api2_an_access_token_ends_with_its_time_and_with_its_key(
    bank: Running,
) -> None:
    token = own_token(bank, "facts", "credit")
    client = {"client_id": token.prefix, "client_secret": token.secret}
    url = f"{bank.url}{OAUTH}"
    given = bank.session.post(url, data={**ASKED, **client}, timeout=10).json()
    assert (given["scope"], given["expires_in"]) == ("facts", 900)
    voucher = bearer(given["access_token"])
    assert bank.get(ONE, headers=voucher).status_code == 200
    refused = bank.get("/api/v1/authorisations", headers=voucher)
    assert refused.json()["code"] == "scope_missing"
    basic = bank.session.post(
        url, data=ASKED, auth=(token.prefix, token.secret), timeout=10
    )
    assert basic.status_code == 200
    assert basic.headers["Cache-Control"] == "no-store"
    wrong = {**ASKED, **client, "client_secret": "a" * 43}
    answer = bank.session.post(url, data=wrong, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_client")
    bank.clock.turn()
    assert bank.get(ONE, headers=voucher).json()["code"] == "key_expired"


def part(content: bytes) -> str:
    """A part of a JWS."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def forged(token: str, key_set: bytes) -> dict[str, str]:
    """Access tokens that somebody made of one of ours and of our public keys."""
    head, payload, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    held = json.loads(base64.urlsafe_b64decode(payload + "=="))

    def signed(header: dict[str, str], secret: bytes) -> str:
        text = f"{part(json.dumps(header).encode())}.{payload}"
        return f"{text}.{part(hmac.digest(secret, text.encode(), 'sha256'))}"

    stranger = ec.generate_private_key(ec.SECP256R1())
    numbers = utils.decode_dss_signature(
        stranger.sign(f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    )
    by_stranger = b"".join(n.to_bytes(32, "big") for n in numbers)
    more = part(json.dumps({**held, "scopes": ["credit"], "scope": "credit"}).encode())
    without = part(json.dumps({**told, "alg": "none"}).encode())
    return {
        "unsigned": f"{without}.{payload}.",
        "unsigned, signature kept": f"{without}.{payload}.{signature}",
        "secret is the public key": signed({**told, "alg": "HS256"}, key_set),
        "another's signature": f"{head}.{payload}.{part(by_stranger)}",
        "more is asked": f"{head}.{more}.{signature}",
        "cut": token[:-4],
        "no signature": f"{head}.{payload}",
    }


def test_api2_no_forged_access_token_opens_anything(bank: Running) -> None:
    token = own_token(bank, "facts", "credit")
    url = f"{bank.url}{OAUTH}"
    asked = bank.session.post(
        url, data=ASKED, auth=(token.prefix, token.secret), timeout=10
    )
    good = asked.json()["access_token"]
    assert bank.get(ONE, headers=bearer(good)).status_code == 200
    keys = bank.get("/.well-known/jwks.json").content
    for how, bad in forged(good, keys).items():
        assert bank.get(ONE, headers=bearer(bad)).status_code == 401, how


@pytest.mark.parametrize("aud", [None, "urn:creditpark:api:v2", ["https://elsewhere"]])
def test_api2_a_token_that_we_signed_for_somebody_else_opens_nothing(
    bank: Running, aud: object
) -> None:
    token = own_token(bank, "facts")
    asked = bank.session.post(
        f"{bank.url}{OAUTH}", data=ASKED, auth=(token.prefix, token.secret), timeout=10
    )
    good = asked.json()["access_token"]
    claims = json.loads(base64.urlsafe_b64decode(good.split(".")[1] + "=="))
    assert claims.pop("aud") == "urn:creditpark:api:v1"
    signer = Signer(bank.home / SIGNING, bank.clock)

    def answered(aud: object) -> int:
        told = claims | ({"aud": aud} if aud else {})
        bad = signer.sign(json.dumps(told).encode(), KIND)
        return int(bank.get(ONE, headers=bearer(bad)).status_code)

    assert (answered("urn:creditpark:api:v1"), answered(aud)) == (200, 401)


def test_api2_an_access_token_ends_with_the_key_that_signed_it(bank: Running) -> None:
    token = own_token(bank, "facts")
    url = f"{bank.url}{OAUTH}"
    given = bank.session.post(
        url, data=ASKED, auth=(token.prefix, token.secret), timeout=10
    )
    voucher = bearer(given.json()["access_token"])
    assert bank.get(ONE, headers=voucher).status_code == 200
    folder = bank.home / "signing"
    (old,) = folder.glob("*.jwk")
    signing.rotate(folder, bank.clock)
    assert bank.get(ONE, headers=voucher).status_code == 200
    old.unlink()
    assert bank.get(ONE, headers=voucher).json()["code"] == "key_invalid"


def test_api2_a_rotation_that_is_killed_leaves_no_second_key(bank: Running) -> None:
    registry, prefix = bank.app.registry, own_token(bank, "facts").prefix
    before = {key.prefix for key in list_keys(registry)}

    def killed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE api_keys") and "replaced_by" in statement:
            raise InterruptedError

    event.listen(registry, "before_cursor_execute", killed)
    with pytest.raises(InterruptedError):
        rotate_key(registry, bank.clock, prefix, timedelta(days=7))
    event.remove(registry, "before_cursor_execute", killed)
    assert {key.prefix for key in list_keys(registry)} == before
    successor = rotate_key(registry, bank.clock, prefix, timedelta(days=7)).key
    assert find_key(registry, prefix).replaced_by == successor.prefix
    with pytest.raises(KeyRequestError, match="was replaced by"):
        rotate_key(registry, bank.clock, prefix, timedelta(days=7))


def test_api3_what_is_not_ours_to_set_is_refused(bank: Running) -> None:
    key = bank.key("feedback")
    body = {"uscc": ALPHA, "kind": "grant", "happened_on": "2026-11-02"}
    for name, value in (
        ("holder", "x"),
        ("feedback", "x"),
        ("created_at", "2020-01-01"),
    ):
        refused = bank.post("/api/v1/feedback", {**body, name: value}, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_body")
        assert refused.json()["errors"][0]["pointer"] == f"/{name}"
    for day in ("0001-01-01", "1999-12-31", "2999-01-01"):
        refused = bank.post(
            "/api/v1/feedback", {**body, "happened_on": day}, headers=key
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "value_unfit")
    good = bank.post("/api/v1/feedback", {**body, "amount_fen": 5}, headers=key)
    assert good.status_code == 201
    with bank.app.registry.connect() as connection:
        (row,) = connection.execute(select(feedback)).all()
    assert (row.amount_fen, row.kind, row.created_at) == (5, "grant", bank.clock.now())


def test_api4_bodies_pages_and_days_have_limits(bank: Running) -> None:
    key = bank.key(requests_per_day=6)
    large = b'{"usccs": ["' + b"x" * 2_000_000 + b'"]}'
    url = f"{bank.url}/api/v1/enterprises:batch"
    json_type = {**key, "Content-Type": "application/json"}
    assert bank.session.post(url, data=large, headers=json_type).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(20))
    assert bank.session.post(url, data=chunks, headers=json_type).status_code == 413
    over = bank.post("/api/v1/enterprises:batch", {"usccs": ["x"] * 1001}, headers=key)
    assert over.json()["code"] == "invalid_body"
    assert bank.get(f"{ONE}/records?limit=501", headers=key).status_code == 422
    assert bank.get(f"{ONE}?a=1&a=2", headers=key).status_code == 422
    deep = b"[" * 100_000
    assert bank.session.post(url, data=deep, headers=json_type).status_code == 400
    exhausted = bank.get(ONE, headers=key)
    assert (exhausted.status_code, exhausted.json()["code"]) == (429, "quota_exhausted")
    bank.clock.turn()
    assert bank.get(ONE, headers=key).status_code == 200


def test_api5_a_scope_opens_its_own_routes_and_no_others(bank: Running) -> None:
    keys = {s: bank.key(s, bank_uscc=BANK) for s in ("facts", "credit", "feedback")}
    fill = {"uscc": ALPHA, "item": "active", "receipt": "rcp_" + "0" * 24}
    fill |= {n: f"{m}_" + "0" * 24 for n, m in _MARKS.items()}
    for one in (o for o in OPERATIONS if o.scope):
        path = one.where.format(**fill)
        for scope, key in keys.items():
            answer = bank.session.request(one.method, bank.url + path, headers=key)
            if scope != one.scope:
                assert answer.json()["code"] == "scope_missing", (one.id, scope)
            else:
                assert answer.json().get("code") != "scope_missing", one.id


_MARKS = {"screening": "scr", "webhook": "whk", "delivery": "dlv", "request": "arq"}


def test_api6_screenings_under_way_are_few(bank: Running) -> None:
    bank.app.api.errands.close()
    key = bank.key("screen")
    body = {"name": "x", "usccs": [ALPHA]}
    codes = [
        bank.post("/api/v1/screen", body, headers=key).status_code for _ in range(6)
    ]
    assert codes == [202] * 5 + [409]
    stranger = bank.key("screen", bank_uscc=OTHER_BANK)
    assert bank.post("/api/v1/screen", body, headers=stranger).status_code == 202


def test_api7_webhooks_cannot_be_led_inside(mock: Running) -> None:
    key = mock.key("notify")
    for url in (
        "http://127.0.0.1/",
        "https://localhost:8001/api/v1/status",
        "https://169.254.169.254/latest/meta-data/",
        "https://.example/an-empty-label",
        f"https://{'a' * 64}.example/a-label-too-long",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
    ):
        body = {"url": url, "kinds": ["release.published"]}
        assert mock.post("/api/v1/webhooks", body, headers=key).status_code == 403, url


def test_api8_no_other_site_may_read_answers_and_failures_tell_nothing(
    bank: Running,
) -> None:
    key = {**bank.key(), "Origin": "https://elsewhere.example"}
    answer = bank.get(ONE, headers=key)
    assert [h for h in answer.headers if h.lower().startswith("access-control")] == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    with bank.app.registry.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_log RENAME TO lost")
    failed = bank.get(ONE, headers=key)
    assert (failed.status_code, failed.json()["code"]) == (503, "registry_unavailable")
    assert "data" not in failed.json()
    assert "audit_log" not in failed.text


def test_api9_every_route_that_answers_is_described(bank: Running) -> None:
    described = bank.get("/api/v1/openapi.json").json()["paths"]
    strange = ("/api", "/api/v2/status", "/api/v1/admin", "/.well-known/x")
    for path in strange:
        assert bank.get(path).json()["code"] == "unknown_route"
    for path, methods in described.items():
        asked = path.replace("{", "").replace("}", "")
        wrong = bank.session.request("PATCH", bank.url + asked, timeout=10)
        assert wrong.status_code == 405
        allowed = {m.strip().lower() for m in wrong.headers["Allow"].split(",")}
        assert allowed - {"head"} == set(methods)


def test_api10_a_receiver_that_answers_strangely_does_no_harm(bank: Running) -> None:
    key = bank.key("notify", bank_uscc=BANK)
    body = {"url": "http://127.0.0.1:9/", "kinds": ["release.published"]}
    made = bank.post("/api/v1/webhooks", body, headers=key).json()["data"]["webhook"]
    publish(bank.home, "20261124-bbbbbbbbbb")
    time.sleep(0.1)
    bank.get("/api/v1/status")
    for _ in range(100):
        path = f"/api/v1/webhooks/{made}/deliveries"
        rows = bank.get(path, headers=key).json()["data"]["rows"]
        if rows and rows[0]["attempts"]:
            break
        time.sleep(0.05)
    assert [(r["kind"], r["state"]) for r in rows] == [("release.published", "waiting")]
    assert rows[0]["last_status"] == "ConnectError"


def test_two_processes_on_one_registry_count_together_and_keep_one_chain(
    tmp_path: Path,
) -> None:
    publish(tmp_path, "20261123-aaaaaaaaaa")
    clock = TurningClock()
    with running(tmp_path, clock) as one, running(tmp_path, clock) as other:
        key = one.key(requests_per_day=7)
        asked = [one, other] * 6
        codes = [server.get(ONE, headers=key).status_code for server in asked]
        assert codes == [200] * 7 + [429] * 5
        assert audit.verify(one.app.registry) == (7, [])
        rival = one.key(bank_uscc=OTHER_BANK)
        assert other.get(ONE, headers=rival).headers["RateLimit-Remaining"] == "599"
