"""An enterprise sees what banks ask of it and who looked at its file; and answers."""

from __future__ import annotations

import re
from typing import Any

from publish.registry.authorisations import list_authorisations
from tests.my.conftest import TOKEN, Visitor
from tests.serving.world import ALPHA, BANK, BETA

ASK = "/api/v1/authorisations"
REQUESTS = "/api/v1/authorisations/requests"
NAME = "虚构甲银行"


def ask(visitor: Visitor, key: dict[str, str], *items: str) -> dict[str, Any]:
    """What a bank's question made, as the bank reads it afterwards."""
    body = {"uscc": ALPHA, "items": [*items], "purpose": "授信审批"}
    made = visitor.server.post(ASK, body, headers=key)
    assert made.status_code == 201
    where = made.headers["Location"]
    assert where == f"{REQUESTS}/{made.json()['data']['request']}"
    found: dict[str, Any] = visitor.server.get(where, headers=key).json()["data"]
    return found


def state(visitor: Visitor, key: dict[str, str], request: str) -> tuple[str, bool]:
    found = visitor.server.get(f"{REQUESTS}/{request}", headers=key).json()["data"]
    return found["state"], found["authorisation"] is not None


def token(visitor: Visitor) -> dict[str, str]:
    found = TOKEN.search(visitor.get("/my").text)
    assert found
    return {"csrftoken": found[1]}


def test_a_request_is_granted_and_withdrawn_and_the_bank_is_told(
    visitor: Visitor,
) -> None:
    key = visitor.server.key("credit", bank=NAME, bank_uscc=BANK)
    made = ask(visitor, key, "grade", "report")
    assert (made["state"], made["items"]) == ("requested", ["grade", "report"])
    page = visitor.log_in().get("/my").text
    assert "等待您答复" in page
    assert NAME in page
    offered = re.search(r'href="(/my/authorise\?[^"]+)"', page)
    assert offered
    form = visitor.get(offered[1].replace("&amp;", "&")).text
    assert f'value="{BANK}"' in form
    assert form.count(" checked") == 2
    fields = {"bank": BANK, "items": ["grade", "report"], "purpose": "授信审批"}
    visitor.send("/my/authorise", {**fields, "until": "2026-12-31", "agree": "yes"})
    assert state(visitor, key, made["request"]) == ("granted", True)
    (given,) = list_authorisations(visitor.server.app.registry, uscc=ALPHA)
    visitor.post(f"/my/authorisations/{given.id}/withdraw", token(visitor))
    assert state(visitor, key, made["request"]) == ("revoked", True)
    assert "授权后已撤销" in visitor.get("/my").text


def test_a_request_is_refused_and_may_be_granted_after_all(visitor: Visitor) -> None:
    key = visitor.server.key("credit", bank=NAME, bank_uscc=BANK)
    made = ask(visitor, key, "grade")
    refuse = f"/my/requests/{made['request']}/refuse"
    other = Visitor(visitor.server, type(visitor.session)()).log_in(BETA)
    assert other.post(refuse, token(other)).status_code == 404
    visitor.log_in().post(refuse, token(visitor))
    assert state(visitor, key, made["request"]) == ("refused", False)
    visitor.server.clock.turn()
    visitor.server.allow("grade", "report", bank=BANK, days=1)
    assert state(visitor, key, made["request"]) == ("granted", True)
    visitor.server.clock.turn(2)
    assert state(visitor, key, made["request"]) == ("expired", True)


def test_a_bank_sees_its_own_requests_only(visitor: Visitor) -> None:
    mine = visitor.server.key("credit", bank=NAME, bank_uscc=BANK)
    theirs = visitor.server.key("credit", bank_uscc="91370300MA3BANK15Y")
    made = ask(visitor, mine, "grade")
    get = visitor.server.get
    assert get(REQUESTS, headers=theirs).json()["data"]["rows"] == []
    missing = get(f"{REQUESTS}/{made['request']}", headers=theirs)
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_request")
    rows = get(f"{REQUESTS}?state=requested&uscc={ALPHA}", headers=mine).json()["data"]
    assert [r["request"] for r in rows["rows"]] == [made["request"]]
    assert get(f"{REQUESTS}?state=granted", headers=mine).json()["data"]["rows"] == []


def test_every_look_is_shown_to_the_enterprise_and_to_no_other(
    visitor: Visitor,
) -> None:
    server = visitor.server
    key = server.key("facts", "credit", bank=NAME, bank_uscc=BANK)
    one = f"/api/v1/enterprises/{ALPHA}"
    server.get(one, headers=key)
    why = {**key, "Credit-Purpose": "loan_application"}
    assert server.get(f"{one}/credit?include=grade", headers=why).status_code == 403
    given = server.allow("grade", bank=BANK)
    assert server.get(f"{one}/credit?include=grade", headers=why).status_code == 200
    page = visitor.log_in().get("/my/looked").text
    looks = re.findall(r"<li><time(.*?</div>)</li>", page, re.S)
    plain = [" ".join(re.sub(r"<[^>]+>", " ", look).split()) for look in looks]
    assert len(plain) == 3
    assert all(NAME in look for look in plain)
    assert "已答复" in plain[0]
    assert "贷款申请" in plain[0]
    assert given.id in plain[0]
    assert "未授权，已拒绝" in plain[1]
    assert "公开信息 · 未说明用途" in plain[2]
    assert "cpk_" not in page
    other = Visitor(server, type(visitor.session)()).log_in(BETA).get("/my/looked")
    assert "还没有银行查询过" in other.text
    visitor.session.cookies.set("lang", "en")
    assert "Who looked at my file" in visitor.get("/my/looked").text
