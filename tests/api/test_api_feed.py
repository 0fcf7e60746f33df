"""Changes, retractions, webhooks: a bank hears what became of what it relied on."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from sqlalchemy import event, insert, text

from publish.access.networks import is_public, networks
from publish.api.delivering import WAITS
from publish.api.sending import RefusedUrlError, checked
from publish.registry.authorisations import revoke
from publish.registry.case_tables import recalls
from tests.serving.world import (
    ALPHA,
    BANK,
    OTHER_BANK,
    Running,
    default_rows,
    point,
    publish,
    wait_until,
    write_release,
)

FIRST, SECOND = "20261123-aaaaaaaaaa", "20261124-bbbbbbbbbb"


@pytest.fixture
def bank(own_bank: Running) -> Running:
    return own_bank


def history(home: Path, *ids: str) -> None:
    entry = {"created": "x", "today": "x", "previous": None, "counts": {}}
    versions = [{**entry, "id": i, "content_sha256": "", "seal": ""} for i in ids]
    (home / "releases" / "versions.json").write_text(json.dumps(versions), "utf-8")


def changed(home: Path, release: str, *lines: dict[str, Any]) -> None:
    told = "".join(json.dumps(line) + "\n" for line in lines)
    (home / "releases" / release / "changes.jsonl").write_text(told, "utf-8")


def line(op: str, record: str, kind: str = "update") -> dict[str, Any]:
    after = {"after": {"record_id": record, "violation_kind": "旧内容"}}
    key = {"record_id": record}
    told = {"op": op, "table": "penalties", "kind": kind, "key": key}
    return told if op == "DEL" else {**told, **after}


def test_changes_since_a_release_are_told_with_the_rows_of_today(bank: Running) -> None:
    write_release(bank.home, SECOND, default_rows())
    history(bank.home, FIRST, SECOND)
    changed(
        *(bank.home, SECOND),
        line("ADD", "P-open"),
        line("MOD", "P-ends"),
        line("DEL", "P-gone", "repair"),
    )
    point(bank.home, json.dumps({"release": SECOND}))
    bank.sees(SECOND)
    key = bank.key()
    asked = f"/api/v1/changes?since={FIRST}&limit=2"
    told = bank.get(asked, headers=key).json()["data"]
    assert [(r["op"], r["key"]["record_id"]) for r in told["rows"]] == [
        ("ADD", "P-open"),
        ("MOD", "P-ends"),
    ]
    assert told["rows"][0]["row"]["violation_kind"] == "长期"
    more = bank.get(f"{asked}&cursor={told['next_cursor']}", headers=key).json()["data"]
    assert [(r["op"], r["kind"], r["row"]) for r in more["rows"]] == [
        ("DEL", "repair", None)
    ]
    assert more["next_cursor"] is None
    bank.clock.turn()
    later = bank.get(asked, headers=key).json()["data"]["rows"]
    assert [r["row"] and r["row"]["record_id"] for r in later] == ["P-open", None]
    assert "旧内容" not in json.dumps([told, later], ensure_ascii=False)
    nothing = bank.get(f"/api/v1/changes?since={SECOND}", headers=key).json()["data"]
    assert nothing["rows"] == []
    unknown = bank.get("/api/v1/changes?since=20200101-aaaaaaaaaa", headers=key)
    assert unknown.json()["code"] == "unknown_since"


def recall(bank: Running, record: str) -> None:
    now = bank.clock.now()
    with bank.app.registry.begin() as connection:
        case = {"case_id": "C-1", "uscc": ALPHA, "dataset": "penalties"}
        told = {**case, "record_id": record, "reason": "repaired", "recalled_at": now}
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        connection.execute(insert(recalls).values(told))


@pytest.fixture
def no_foreign_keys(bank: Running) -> None:
    """Recalls of cases that this test does not walk through."""

    def off(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys = OFF")

    bank.app.registry.dispose()
    event.listen(bank.app.registry, "connect", off)


@pytest.mark.usefixtures("no_foreign_keys")
def test_retractions_are_numbered_and_read_onwards(bank: Running) -> None:
    for record in ("P-1", "P-2", "P-3"):
        recall(bank, record)
    key = bank.key()
    told = bank.get("/api/v1/retractions?limit=2", headers=key).json()["data"]
    assert [r["record_id"] for r in told["rows"]] == ["P-1", "P-2"]
    assert told["more"] is True
    asked = f"/api/v1/retractions?since={told['last']}"
    rest = bank.get(asked, headers=key).json()["data"]
    assert [r["record_id"] for r in rest["rows"]] == ["P-3"]
    assert (rest["more"], rest["last"]) == (False, told["last"] + 1)


class Receiver:
    """A bank's own server."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait(self, count: int) -> list[tuple[dict[str, str], Any]]:
        for _ in range(200):
            if len(self.got) >= count:
                break
            time.sleep(0.05)
        assert len(self.got) == count
        return [(headers, json.loads(body)) for headers, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def hook(bank: Running, key: dict[str, str], url: str, *kinds: str) -> str:
    body = {"url": url, "kinds": list(kinds)}
    answer = bank.post("/api/v1/webhooks", body, headers=key)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["data"]["webhook"]
    return made


@pytest.mark.usefixtures("no_foreign_keys")
def test_a_webhook_is_told_signed_and_once(bank: Running, receiver: Receiver) -> None:
    key = bank.key("notify", bank_uscc=BANK)
    made = hook(bank, key, receiver.url, "records.retracted")
    recall(bank, "P-1")
    ((headers, told),) = receiver.wait(1)
    assert told["kind"] == "records.retracted"
    assert told["data"]["record_id"] == "P-1"
    assert headers["Webhook-Id"] == told["notice"]
    keys = KeySet.import_key_set(bank.get("/.well-known/jwks.json").json())
    signature = jws.deserialize_compact(
        headers["Credit-Signature"], keys, algorithms=["ES256"]
    )
    claims = json.loads(signature.payload)
    assert claims["sha256"] == hashlib.sha256(receiver.got[0][1]).hexdigest()
    assert claims["aud"] == receiver.url
    path = f"/api/v1/webhooks/{made}/deliveries"
    (one,) = bank.get(path, headers=key).json()["data"]["rows"]
    assert (one["state"], one["attempts"], one["last_status"]) == (
        "delivered",
        1,
        "200",
    )
    again = bank.post(f"/api/v1/deliveries/{one['delivery']}/replay", headers=key)
    assert again.status_code == 202
    assert receiver.wait(2)[1][1] == told


def test_a_failed_delivery_is_tried_again_later_and_no_redirect_is_followed(
    bank: Running, receiver: Receiver
) -> None:
    key = bank.key("notify", "credit", bank_uscc=BANK)
    made = hook(bank, key, receiver.url, "authorisation.ended")
    given = bank.allow("grade")
    bank.get("/api/v1/authorisations", headers=key)
    time.sleep(1.2)
    receiver.status = 302
    revoke(bank.app.registry, bank.clock, given.id, by="enterprise")
    receiver.wait(1)
    time.sleep(0.2)
    path = f"/api/v1/webhooks/{made}/deliveries"
    (one,) = bank.get(path, headers=key).json()["data"]["rows"]
    assert (one["state"], one["last_status"]) == ("waiting", "302")
    next_at = (bank.clock.now() + WAITS[0]).isoformat()
    assert one["next_at"] == next_at
    receiver.status = 204
    bank.clock.turn()
    assert receiver.wait(2)[1][1]["data"]["authorisation"] == given.id


def received(receiver: Receiver) -> list[tuple[str, str]]:
    """Kind and release of what a bank's server was told so far."""
    told = [json.loads(body) for _, body in receiver.got]
    return [(one["kind"], one["data"]["release"]) for one in told]


def test_a_new_release_and_a_rollback_are_noticed_though_nobody_asks(
    bank: Running, receiver: Receiver
) -> None:
    mount, key = bank.app.mount, bank.key("notify", bank_uscc=BANK)
    hook(bank, key, receiver.url, "release.published")
    publish(bank.home, SECOND)
    wait_until(lambda: mount.current.release_id == SECOND, 10)
    wait_until(lambda: SECOND in {told for _, told in received(receiver)}, 10)
    point(bank.home, json.dumps({"release": FIRST}))
    wait_until(lambda: mount.current.release_id == FIRST, 10)
    assert bank.get("/api/v1/status").json()["release"] == FIRST


def test_banks_never_see_each_others_webhooks(
    bank: Running, receiver: Receiver
) -> None:
    one = bank.key("notify", bank_uscc=BANK)
    other = bank.key("notify", bank_uscc=OTHER_BANK)
    made = hook(bank, one, receiver.url, "screening.done")
    assert bank.get("/api/v1/webhooks", headers=other).json()["data"]["rows"] == []
    for answer in (
        bank.get(f"/api/v1/webhooks/{made}", headers=other),
        bank.get(f"/api/v1/webhooks/{made}/deliveries", headers=other),
        bank.session.delete(f"{bank.url}/api/v1/webhooks/{made}", headers=other),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_webhook")
    gone = bank.session.delete(f"{bank.url}/api/v1/webhooks/{made}", headers=one)
    assert gone.status_code == 200
    assert bank.get(f"/api/v1/webhooks/{made}", headers=one).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *(".".join("0000"), "100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fc00::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "nonsense"),
    ],
)
def test_addresses_inside_are_never_sent_to(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(RefusedUrlError, match="not public"):
        checked("https://bank.example/x", (), lambda *_: [address])
    both = ["203.0.113.1" if is_public("203.0.113.1") else "8.8.8.8", address]
    with pytest.raises(RefusedUrlError, match="not public"):
        checked("https://bank.example/x", (), lambda *_: both)


def test_the_office_may_allow_a_network_and_tls_is_needed_elsewhere() -> None:
    inside = networks(["10.0.0.0/8"])
    parts, address = checked("http://hook.bank/x", inside, lambda *_: ["10.1.2.3"])
    assert (str(parts), address) == ("http://hook.bank/x", "10.1.2.3")
    with pytest.raises(RefusedUrlError, match="https"):
        checked("http://bank.example/x", inside, lambda *_: ["8.8.8.8"])
    for url in ("https://user:pw@bank.example/", "ftp://bank.example/", "https:///x"):
        with pytest.raises(RefusedUrlError):
            checked(url, (), lambda *_: ["8.8.8.8"])


def test_a_webhook_into_our_own_network_is_refused(mock: Running) -> None:
    key = mock.key("notify")
    for url in ("http://127.0.0.1:8001/", "https://localhost/", "https://[::1]/x"):
        body = {"url": url, "kinds": ["release.published"]}
        refused = mock.post("/api/v1/webhooks", body, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (403, "url_refused")
