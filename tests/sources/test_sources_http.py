"""Pulling pages over HTTP: three paging styles, credentials, and agencies' bad days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests

from assets.sources import http
from assets.sources.declaration import HttpAgency
from assets.sources.http import AgencyError, IncompletePageError, Page
from assets.stores import Window
from sandbox import Sandbox, credentials
from tests.sources.conftest import DAY, SIZE
from tests.sources.deliveries import sandbox_sources
from tests.sources.scripted import SECRET, Answer, ScriptedAgency, page

YEAR = Window(date(2023, 1, 1), DAY)
BY_PAGE = {"kind": "page", "page": "pageNum", "size": "pageSize", "page_size": 2}
BY_CURSOR = {"kind": "cursor", "cursor": "cursor", "next": "next", "size": "limit"}
BY_LINK = {"kind": "link", "size": "size"}


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with http.session(attempts=2) as made:
        yield made


def declared(url: str, agency: str, page_size: int = 50, **auth: str) -> HttpAgency:
    """The shipped declaration of an agency, with smaller pages or other credentials."""
    found = sandbox_sources(url).agencies[agency]
    assert isinstance(found, HttpAgency)
    paging = found.paging.model_copy(update={"page_size": page_size})
    return found.model_copy(
        update={"paging": paging, "auth": found.auth.model_copy(update=auth)}
    )


def rows(pages: list[Page], *path: str) -> list[dict[str, Any]]:
    """The rows inside page bodies."""
    found: list[dict[str, Any]] = []
    for one in pages:
        body = json.loads(one.body)
        for key in path:
            body = body[key]
        found += body
    return found


@pytest.mark.parametrize(
    ("agency", "dataset", "path"),
    [
        ("market", "permits", ("data", "list")),
        ("tax", "tax_credit_grades", ("data", "rows")),
        ("labour", "social_contributions", ("result",)),
    ],
)
def test_every_page_of_a_window_arrives_once_and_in_order(
    sandbox: Sandbox,
    web: requests.Session,
    agency: str,
    dataset: str,
    path: tuple[str, ...],
):
    declaration = declared(sandbox.base_url, agency)
    pages = [*http.pages(declaration, dataset, YEAR, web)]
    known = sandbox.universe.versions(dataset, YEAR.first, YEAR.end)
    assert len(pages) > 2
    assert rows(pages, *path) == [record.row for record in known]
    assert [p.rows for p in pages[:-1]] == [50] * (len(pages) - 1)
    assert {p.total for p in pages} == {len(known)}


def test_a_window_without_changes_is_one_empty_page(
    sandbox: Sandbox, web: requests.Session
):
    before = Window(date(2022, 1, 1), date(2022, 2, 1))
    for agency, dataset in (
        ("market", "permits"),
        ("tax", "tax_arrears"),
        ("labour", "labour_grades"),
    ):
        found = [*http.pages(declared(sandbox.base_url, agency), dataset, before, web)]
        assert [(p.rows, p.total) for p in found] == [(0, 0)]


@pytest.mark.parametrize(
    ("agency", "dataset", "wrong"),
    [
        ("market", "permits", {"token": "wrong-token"}),
        ("tax", "tax_arrears", {"secret": "wrong-secret"}),
        ("labour", "labour_grades", {"key": "wrong-key"}),
    ],
)
def test_wrong_credentials_are_named_with_the_cure_and_without_the_secret(
    sandbox: Sandbox,
    web: requests.Session,
    agency: str,
    dataset: str,
    wrong: dict[str, str],
):
    declaration = declared(sandbox.base_url, agency, **wrong)
    with pytest.raises(AgencyError) as caught:
        [*http.pages(declaration, dataset, YEAR, web)]
    told = str(caught.value)
    assert told.startswith(f"{dataset}: the agency refused our credentials (HTTP 401")
    assert told.endswith("check the key, the secret and this machine's clock")
    secrets = (
        credentials.MARKET_TOKEN,
        credentials.TAX_SECRET,
        credentials.LABOUR_KEY,
        *wrong.values(),
    )
    assert not any(secret in told for secret in secrets)


@pytest.mark.parametrize("fault", ["500", "down"])
def test_an_agency_that_does_not_answer_is_named(web: requests.Session, fault: str):
    with Sandbox(today=DAY, enterprises=SIZE, faults={"market": fault}) as running:
        declaration = declared(running.base_url, "market")
        with pytest.raises(AgencyError) as caught:
            [*http.pages(declaration, "permits", YEAR, web)]
    assert (
        str(caught.value)
        == {
            "500": "permits: HTTP 500: 系统繁忙，请稍后再试",
            "down": "permits: not reachable (ConnectionError); check the network and the "
            "agency's service, the window is asked for again next time",
        }[fault]
    )


def test_a_page_that_is_cut_in_half_every_time_is_an_error(web: requests.Session):
    faults = {"labour/labour_grades": "truncate"}
    with Sandbox(today=DAY, enterprises=SIZE, faults=faults) as running:
        declaration = declared(running.base_url, "labour")
        with pytest.raises(IncompletePageError) as caught:
            [*http.pages(declaration, "labour_grades", YEAR, web)]
    assert str(caught.value) == "labour_grades: the page was cut off"


def test_a_page_that_is_cut_once_is_asked_for_again(
    agency: ScriptedAgency, web: requests.Session
):
    whole = page([{"a": 1}], 1)
    agency.answers(Answer(whole, cut=True), Answer(whole))
    found = [*http.pages(agency.declared(BY_PAGE), "permits", YEAR, web)]
    assert [p.rows for p in found] == [1]
    assert len(agency.requests) == 2


def test_a_page_that_is_no_json_is_asked_for_three_times(
    agency: ScriptedAgency, web: requests.Session
):
    agency.answers(Answer(b"<html>maintenance</html>"))
    with pytest.raises(IncompletePageError, match="permits: the page is no JSON"):
        [*http.pages(agency.declared(BY_PAGE), "permits", YEAR, web)]
    assert len(agency.requests) == 3


def test_a_server_that_is_busy_for_a_moment_is_asked_again(
    agency: ScriptedAgency, web: requests.Session
):
    agency.answers(Answer(page([]), status=503), Answer(page([], 0)))
    found = [*http.pages(agency.declared(BY_PAGE), "permits", YEAR, web)]
    assert [p.rows for p in found] == [0]
    assert len(agency.requests) == 2


@pytest.mark.parametrize(
    ("name", "dataset"),
    [("market", "permits"), ("tax", "tax_arrears"), ("labour", "labour_grades")],
)
def test_a_page_that_comes_twice_leaves_the_window_open(
    web: requests.Session, name: str, dataset: str
):
    faults = {name: "repeat_page"}
    with Sandbox(today=DAY, enterprises=SIZE, faults=faults) as running:
        declaration = declared(running.base_url, name, page_size=20)
        with pytest.raises(AgencyError) as caught:
            [*http.pages(declaration, dataset, YEAR, web)]
    assert str(caught.value) == (
        f"{dataset} 2023-01-01..2024-03-15: the agency sent the same page twice; "
        "the window is left open and asked for again next time"
    )


@pytest.mark.parametrize("declared_total", [3, 5])
def test_rows_that_do_not_add_up_to_the_declared_total_are_refused(
    agency: ScriptedAgency, web: requests.Session, declared_total: int
):
    agency.answers(
        page([1, 2], declared_total, next="x"),
        page([3, 4], declared_total),
    )
    with pytest.raises(AgencyError, match=f"declared {declared_total} rows and sent 4"):
        [*http.pages(agency.declared(BY_CURSOR), "permits", YEAR, web)]


def test_an_agency_that_sends_empty_pages_for_ever_is_stopped(
    agency: ScriptedAgency, web: requests.Session
):
    agency.answers(page([1], None, next="x"), page([], None, next="x"))
    with pytest.raises(AgencyError, match="the same page twice"):
        [*http.pages(agency.declared(BY_CURSOR), "permits", YEAR, web)]
    assert len(agency.requests) == 3


def test_pages_are_numbered_from_one_until_the_total_is_reached(
    agency: ScriptedAgency, web: requests.Session
):
    agency.answers(page([1, 2], 3), page([3], 3))
    found = [*http.pages(agency.declared(BY_PAGE), "permits", YEAR, web)]
    assert [p.rows for p in found] == [2, 1]
    window = {"updated_from": "2023-01-01", "updated_to": "2024-03-15"}
    assert agency.requests == [
        {"path": "/permits", **window, "pageSize": "2", "pageNum": "1"},
        {"path": "/permits", **window, "pageSize": "2", "pageNum": "2"},
    ]
    assert {h["X-Api-Key"] for h in agency.headers} == {SECRET}


def test_a_cursor_is_handed_back_as_it_came(
    agency: ScriptedAgency, web: requests.Session
):
    agency.answers(page([1], 2, next="a/b=+"), page([2], 2, next=None))
    [*http.pages(agency.declared(BY_CURSOR), "permits", YEAR, web)]
    assert [r.get("cursor") for r in agency.requests] == [None, "a/b=+"]


def test_a_relative_link_is_followed(agency: ScriptedAgency, web: requests.Session):
    onward = {"Link": '</permits?page_token=p1>; rel="next"'}
    agency.answers(Answer(page([1], 2), headers=onward), Answer(page([2], 2)))
    found = [*http.pages(agency.declared(BY_LINK), "permits", YEAR, web)]
    assert [p.rows for p in found] == [1, 1]
    assert agency.requests[1] == {"path": "/permits", "page_token": "p1"}


@pytest.mark.parametrize(
    "target",
    ["http://evil.example/permits", "//evil.example/permits", "https://127.0.0.1/x"],
)
def test_a_link_to_another_host_is_refused_and_never_called(
    agency: ScriptedAgency, web: requests.Session, target: str
):
    agency.answers(
        Answer(page([1], 2), headers={"Link": f'<{target}>; rel="next"'}),
    )
    with pytest.raises(AgencyError, match="the next page lies on another host"):
        [*http.pages(agency.declared(BY_LINK), "permits", YEAR, web)]
    assert len(agency.requests) == 1


def test_a_redirect_is_not_followed_with_our_key(
    agency: ScriptedAgency, web: requests.Session
):
    away = {"Location": "http://evil.example/"}
    agency.answers(Answer(page([]), status=302, headers=away))
    with pytest.raises(AgencyError, match="permits: HTTP 302"):
        [*http.pages(agency.declared(BY_PAGE), "permits", YEAR, web)]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"code": 7, "message": "维护中"}, "permits: the agency answered 7: 维护中"),
        ({"code": 0, "rows": {"a": 1}}, "permits: no list at 'rows'"),
        ([1, 2], "permits: the agency answered None: None"),
    ],
)
def test_an_answer_in_another_shape_is_an_error(
    agency: ScriptedAgency, web: requests.Session, body: Any, told: str
):
    agency.answers(Answer(body))
    with pytest.raises(AgencyError) as caught:
        [*http.pages(agency.declared(BY_PAGE), "permits", YEAR, web)]
    assert str(caught.value) == told
