"""An enterprise on its own pages: only itself, only with its key, only by its forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import requests

from publish.access.enterprise_keys import issue_key, revoke_keys
from publish.cases.store import list_cases
from publish.registry.authorisations import list_authorisations
from tests.my.conftest import PDF, Visitor
from tests.serving.world import ALPHA, BETA
from tests.serving.world import BANK as LOOKING

BANK = "91110000600037341L"


def another(visitor: Visitor) -> Visitor:
    return Visitor(visitor.server, requests.Session())


@pytest.mark.parametrize(
    "path",
    [
        *("/my", "/my/repair?record=P-ends", "/my/objection?record=P-ends"),
        *("/my/cases/XF20261123000001", "/my/commitment", "/my/authorise"),
        "/my/timeline",
        *("/my/letters/TZ1", "/my/authorisations/auth_1/withdraw"),
        *("/my/looked", "/my/requests/arq_1/refuse", "/my/sessions/end"),
    ],
)
def test_who_is_not_logged_in_is_asked_to(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.url.endswith("/my/login")
    assert "企业密钥" in answer.text
    assert "no-store" in answer.headers["cache-control"]


def test_a_wrong_key_opens_nothing_and_costs_patience(visitor: Visitor) -> None:
    good = issue_key(visitor.server.app.registry, visitor.server.clock, ALPHA).text
    for _ in range(3):
        answer = visitor.send("/my/login", {"key": good[:-1] + "!"})
        assert answer.status_code == 403
        assert "密钥不正确" in answer.text
    assert visitor.get("/my").url.endswith("/my/login")


def test_a_key_ends_when_it_is_replaced_revoked_or_expired(visitor: Visitor) -> None:
    server = visitor.server
    visitor.log_in()
    assert visitor.get("/my").url.endswith("/my")
    issue_key(server.app.registry, server.clock, ALPHA)
    assert visitor.get("/my").url.endswith("/my/login")
    visitor.log_in()
    server.clock.turn(366)
    assert visitor.get("/my").url.endswith("/my/login")
    server.clock.turn(-366)
    assert revoke_keys(server.app.registry, server.clock, ALPHA) == 1
    assert visitor.get("/my").url.endswith("/my/login")


def test_a_session_ends_by_our_clock_whatever_the_browser_does(
    visitor: Visitor,
) -> None:
    visitor.log_in()
    (cookie,) = [c for c in visitor.session.cookies if c.name == "enterprise"]
    copy = another(visitor)
    copy.session.cookies.set("enterprise", cookie.value, path="/my")
    assert copy.get("/my").url.endswith("/my")
    visitor.server.clock.turn(1)
    assert copy.get("/my").url.endswith("/my/login")
    visitor.server.clock.turn(-1)
    assert copy.get("/my").url.endswith("/my")


def test_the_session_is_a_closed_cookie_and_logging_out_needs_a_form(
    visitor: Visitor,
) -> None:
    visitor.log_in()
    (cookie,) = [c for c in visitor.session.cookies if c.name == "enterprise"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.path == "/my"
    visitor.get("/my/logout")
    assert visitor.get("/my").url.endswith("/my")
    forged = another(visitor)
    forged.session.cookies.set("enterprise", cookie.value + "x", path="/my")
    assert forged.get("/my").url.endswith("/my/login")
    token = re.search(r'name="csrftoken" value="([^"]+)"', visitor.get("/my").text)
    assert token
    visitor.post("/my/logout", {"csrftoken": token[1]})
    assert visitor.get("/my").url.endswith("/my/login")


@pytest.mark.parametrize("token", [{}, {"csrftoken": "guessed"}])
def test_no_other_site_can_hand_in_a_form(
    visitor: Visitor, token: dict[str, str]
) -> None:
    visitor.log_in()
    fields = {"words": "x", "promise": "yes", **token}
    answer = visitor.post("/my/repair?record=P-ends", fields, files={"proof": PDF})
    assert answer.status_code == 403
    assert list_cases(visitor.server.app.registry) == []


def test_a_form_without_any_cookie_is_refused(visitor: Visitor) -> None:
    key = issue_key(visitor.server.app.registry, visitor.server.clock, ALPHA)
    answer = visitor.post("/my/login", {"key": key.text}, allow_redirects=False)
    assert answer.status_code == 403


def test_the_page_tells_which_record_can_be_repaired_and_from_when(
    visitor: Visitor,
) -> None:
    page = visitor.log_in().get("/my").text
    assert "现在可以申请修复" in page
    assert "尚未满最短公示期" in page
    assert '<time datetime="2027-01-01"' in page
    assert "信用承诺书" in page
    assert '/my/repair?record=P-ends"' in page
    assert "/my/repair?record=P-late" not in page
    assert "P-beta" not in page
    english = visitor.get("/my?lang=en").text
    assert "Repair can be asked for now" in english
    assert "Proof that the duty is fulfilled" in english


def test_repair_is_asked_for_in_one_form(visitor: Visitor) -> None:
    answer = visitor.log_in().apply()
    (case,) = list_cases(visitor.server.app.registry, record_id="P-ends")
    assert answer.url.endswith(f"/my/cases/{case.id}")
    assert (case.uscc, case.state, case.history[0].actor) == (
        ALPHA,
        "submitted",
        "enterprise",
    )
    assert [p.name for p in case.papers] == ["缴款凭证.pdf"]
    # Three working days from Monday 23 November.
    assert '<time datetime="2026-11-26"' in answer.text
    assert "修复申请办理中" in visitor.get("/my").text


def test_what_is_wrong_with_a_form_is_told_and_words_are_kept(visitor: Visitor) -> None:
    visitor.log_in()
    answer = visitor.send("/my/repair?record=P-ends", {"words": "已缴清 <b>"})
    assert answer.status_code == 422
    assert "还缺必需的材料" in answer.text
    assert "已缴清 &lt;b&gt;" in answer.text
    html = {"proof": ("x.html", b"<html>", "text/html")}
    fields = {"words": "x", "promise": "yes"}
    answer = visitor.send("/my/repair?record=P-ends", fields, html)
    assert "材料须为 PDF" in answer.text
    assert list_cases(visitor.server.app.registry) == []


def test_too_early_is_told_with_its_day(visitor: Visitor) -> None:
    page = visitor.log_in().get("/my/repair?record=P-late").text
    assert "尚未满最短公示期" in page
    assert '<time datetime="2027-01-01"' in page
    assert "<form class" not in page


def test_another_enterprise_s_things_do_not_exist(visitor: Visitor) -> None:
    visitor.log_in().apply()
    (case,) = list_cases(visitor.server.app.registry, record_id="P-ends")
    other = another(visitor).log_in(BETA)
    for path in (
        f"/my/cases/{case.id}",
        "/my/repair?record=P-ends",
        "/my/objection?record=P-ends",
    ):
        assert other.get(path).status_code == 404
    assert case.id not in other.get("/my").text


def test_an_objection_is_shown_at_once_on_the_public_page(visitor: Visitor) -> None:
    stranger = another(visitor)
    assert "异议处理中" not in stranger.get(f"/e/{ALPHA}").text
    visitor.log_in()
    answer = visitor.send("/my/objection?record=P-ends", {"words": "对象有误。"})
    assert "异议处理中" in answer.text
    visitor.server.app.datasette.marks._asked = float("-inf")  # two seconds later
    public = stranger.get(f"/e/{ALPHA}").text
    article = public[public.index('id="penalties-P-ends"') :]
    assert "异议处理中" in article[: article.index("</article>")]
    assert public.count("异议处理中") == 1
    again = visitor.send("/my/objection?record=P-ends", {"words": "再次。"})
    assert again.status_code == 422


def test_an_enterprise_withdraws_and_hands_in_what_lacks(visitor: Visitor) -> None:
    visitor.log_in().apply()
    (case,) = list_cases(visitor.server.app.registry, record_id="P-ends")
    page = f"/my/cases/{case.id}"
    forbidden = visitor.send(page, {"action": "approve"}, {"proof": ("", b"")})
    assert forbidden.status_code == 422
    visitor.send(page, {"action": "withdraw", "note": ""}, {"proof": ("", b"")})
    (case,) = list_cases(visitor.server.app.registry, record_id="P-ends")
    assert case.state == "withdrawn"


def test_a_bank_is_let_in_and_shut_out_again(visitor: Visitor) -> None:
    visitor.log_in()
    fields = {
        "bank": BANK,
        "items": ["grade", "figures"],
        "purpose": "授信审批",
        "until": "2026-12-31",
        "agree": "yes",
    }
    refused = visitor.send(
        "/my/authorise", {k: v for k, v in fields.items() if k != "agree"}
    )
    assert refused.status_code == 422
    visitor.send("/my/authorise", fields)
    registry, clock = visitor.server.app.registry, visitor.server.clock
    (given,) = list_authorisations(registry, uscc=ALPHA)
    assert (given.items, given.state(clock.now())) == ({"grade", "figures"}, "live")
    withdraw = f"/my/authorisations/{given.id}/withdraw"
    assert another(visitor).log_in(BETA).get(withdraw).status_code == 404
    token = re.search(r'name="csrftoken" value="([^"]+)"', visitor.get("/my").text)
    assert token
    visitor.post(withdraw, {"csrftoken": token[1]})
    (ended,) = list_authorisations(registry, uscc=ALPHA)
    assert (ended.revoked_by, ended.state(clock.now() + timedelta(seconds=1))) == (
        "enterprise",
        "revoked",
    )


def test_an_enterprise_sees_what_was_done_and_who_looked(visitor: Visitor) -> None:
    server = visitor.server
    visitor.log_in().apply()
    server.allow("grade")
    key = server.key("facts", "credit", bank_uscc=LOOKING)
    server.get(f"/api/v1/enterprises/{ALPHA}/credit?include=grade", headers=key)
    server.get(f"/api/v1/enterprises/{BETA}", headers=key)
    page = visitor.get("/my/timeline").text
    for told in ("信用修复 已提交，待受理", "查询了本企业档案", "虚构银行", "授权 "):
        assert told in page
    assert page.count("查询了本企业档案") == 1
    assert page.index("查询了本企业档案") < page.index("已提交，待受理")
    english = visitor.get("/my/timeline?lang=en").text
    assert "Credit repair Handed in" in english
    assert "Park grade and score" in english
    stranger = another(visitor).log_in(BETA).get("/my/timeline").text
    assert "已提交" not in stranger
    assert stranger.count("查询了本企业档案") == 1
    assert "公开信息" in stranger


def test_a_commitment_is_registered(visitor: Visitor) -> None:
    fields = {
        "kind": "voluntary",
        "reason": "主动承诺",
        "content": "不拖欠账款。",
        "liability": "接受公示。",
        "until": "2027-11-22",
    }
    answer = visitor.log_in().send("/my/commitment", fields)
    assert "已登记，履行中" in answer.text
    (case,) = list_cases(visitor.server.app.registry)
    assert case.request == "不拖欠账款。"
    broken = visitor.send("/my/commitment", fields | {"until": "tomorrow"})
    assert broken.status_code == 422


def test_a_form_that_is_too_large_or_no_form_is_refused(visitor: Visitor) -> None:
    visitor.log_in()
    large = {"proof": ("x.pdf", b"%PDF-" + bytes(15_200_000), "application/pdf")}
    answer = visitor.send("/my/repair?record=P-ends", {"words": "x"}, large)
    assert answer.status_code == 413
