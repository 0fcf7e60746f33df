"""Sessions of an enterprise: they end here, and no copy of a cookie outlives them."""

from __future__ import annotations

import base64
import logging
from http.cookies import SimpleCookie

import pytest
import requests

from publish.access.enterprise_keys import issue_key
from tests.my.conftest import TOKEN, Visitor
from tests.serving.world import ALPHA, BETA, Running

LOGIN = "/my/login"
TLS = {"X-Forwarded-Proto": "https"}  # as the proxy on this machine says


def with_key(server: Running, key: str) -> Visitor:
    """A browser that logged in."""
    visitor = Visitor(server, requests.Session())
    assert visitor.send(LOGIN, {"key": key}).url.endswith("/my")
    return visitor


def held(visitor: Visitor) -> str:
    return str(visitor.session.cookies.get("enterprise"))


def copy_of(visitor: Visitor) -> Visitor:
    """Somebody who copied the cookie."""
    thief = Visitor(visitor.server, requests.Session())
    thief.session.cookies.set("enterprise", held(visitor), path="/my")
    return thief


def inside(visitor: Visitor) -> bool:
    return visitor.get("/my").url.endswith("/my")


def leave(
    visitor: Visitor, path: str = "/my/logout", **fields: str
) -> requests.Response:
    found = TOKEN.search(visitor.get("/my").text)
    assert found
    given = {"csrftoken": found[1], **fields}
    return visitor.post(path, given, allow_redirects=False)


@pytest.fixture
def key(server: Running) -> str:
    return issue_key(server.app.registry, server.clock, ALPHA).text


def test_logging_out_ends_every_copy_and_clears_what_the_browser_kept(
    server: Running, key: str
) -> None:
    visitor = with_key(server, key)
    thief = copy_of(visitor)
    assert inside(thief)
    answer = leave(visitor)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert not inside(thief)
    assert not inside(visitor)


def test_an_idle_session_ends_after_half_an_hour_and_a_used_one_after_eight(
    server: Running, key: str
) -> None:
    visitor, idle = with_key(server, key), with_key(server, key)
    lasted = 0
    while inside(visitor):
        lasted = server.clock.minutes
        server.clock.minutes += 29
    assert lasted == 29 * 16  # 464 minutes; 493 are more than eight hours
    server.clock.minutes = 29
    assert inside(idle)
    server.clock.minutes = 29 + 30
    assert not inside(idle)


def test_a_sixth_browser_logs_the_first_one_out(server: Running, key: str) -> None:
    browsers = []
    for _ in range(6):
        browsers.append(with_key(server, key))
        server.clock.minutes += 1
    assert [inside(b) for b in browsers] == [False, True, True, True, True, True]


def test_an_enterprise_sees_who_is_logged_in_and_logs_the_others_out(
    server: Running, key: str
) -> None:
    other_key = issue_key(server.app.registry, server.clock, BETA).text
    foreign = with_key(server, other_key)
    first = with_key(server, key)
    server.clock.minutes += 7
    second = with_key(server, key)
    page = second.get("/my").text
    assert page.count("最近使用") == 2
    assert page.count("本浏览器") == 1
    assert "12:07" in page
    assert "退出其他浏览器" not in foreign.get("/my").text
    end = "/my/sessions/end"
    for wrong in ("", other_key):  # whoever found the browser open has no key
        assert leave(second, end, key=wrong).status_code == 403
    assert inside(first)
    assert leave(second, end, key=key).headers["location"] == "/my#sessions"
    assert (inside(first), inside(second), inside(foreign)) == (False, True, True)


def test_behind_tls_cookies_are_of_this_host_alone(server: Running, key: str) -> None:
    with requests.Session() as browser:
        form = browser.get(server.url + LOGIN, headers=TLS, timeout=10)
        token = TOKEN.search(form.text)
        assert token
        cookies = {c.name: c.value or "" for c in form.cookies}
        assert [*cookies] == ["__Host-ds_csrftoken"]
        given = TLS | {
            "Cookie": f"__Host-ds_csrftoken={cookies['__Host-ds_csrftoken']}"
        }
        answer = requests.post(
            server.url + LOGIN,
            {"csrftoken": token[1], "key": key},
            headers=given,
            allow_redirects=False,
            timeout=10,
        )
    assert answer.headers["location"] == "/my"
    ((name, cookie),) = SimpleCookie(answer.headers["set-cookie"]).items()
    assert (name, cookie["path"], cookie["domain"]) == ("__Host-enterprise", "/", "")
    assert cookie["secure"]
    assert cookie["httponly"]
    for name, opened in (("__Host-enterprise", True), ("enterprise", False)):
        # Without the prefix it may have come from a neighbour below the same domain.
        header = TLS | {"Cookie": f"{name}={cookie.value}"}
        page = requests.get(server.url + "/my", headers=header, timeout=10,
                            allow_redirects=False)  # fmt: skip
        assert (page.status_code == 200) is opened


def test_tokens_of_forms_are_signed_with_sha_256(visitor: Visitor) -> None:
    visitor.get(LOGIN)
    signature = str(visitor.session.cookies["ds_csrftoken"]).rpartition(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "=")) == 32


def test_logins_and_attempts_are_events_without_secrets(
    server: Running, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    prefix = key.removeprefix("cpk_").partition(".")[0]
    with caplog.at_level(logging.INFO, "publish.site.my.session"):
        visitor = with_key(server, key)
        visitor.post("/my/logout", {"csrftoken": "guessed"})
        leave(visitor)
        wrong = Visitor(server, requests.Session())
        for _ in range(10):
            wrong.send(LOGIN, {"key": "cpk_wrong"})
    told = [r.getMessage() for r in caplog.records]
    assert told[:4] == [
        f"{ALPHA} logged in with key {prefix} from 127.0.0.1",
        "forged form refused on /my/logout from 127.0.0.1",
        f"{ALPHA} logged out with key {prefix}",
        "login refused from 127.0.0.1: no key, or no longer good",
    ]
    assert told[-1] == "login refused from 127.0.0.1: too many tries"
    assert key.partition(".")[2] not in "\n".join(told)
