"""Each agency's interface on the wire: paging, windows, credentials, refusals."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import requests

from sandbox import Sandbox, credentials
from sandbox.ledger import DATASETS
from tests.sandbox.conftest import Client

SERVED = [name for agency in ("market", "tax", "labour") for name in DATASETS[agency]]


def stored(sandbox: Sandbox, resource: str) -> list[dict[str, Any]]:
    return [record.row for record in sandbox.universe.tables[resource]]


@pytest.mark.parametrize("resource", SERVED)
def test_paging_brings_every_row_once_and_in_order(
    sandbox: Sandbox, client: Client, resource: str
):
    rows = client.rows(resource, size=97)
    assert rows == stored(sandbox, resource)
    assert rows
    stamps = [row.get("SJC") or row["gxsj"] for row in rows]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("resource", SERVED)
def test_change_windows_partition_the_rows(
    sandbox: Sandbox, client: Client, resource: str
):
    cuts = ["2023-01-01", "2023-01-02", "2023-06-30", "2024-01-01", "2024-03-16"]
    parts = [
        client.rows(resource, updated_from=first, updated_to=last)
        for first, last in pairwise(cuts)
    ]
    assert [row for part in parts for row in part] == stored(sandbox, resource)


def test_nothing_after_the_sandbox_day_is_known(client: Client):
    rows = client.rows("permits", updated_from="2024-03-16", updated_to="2030-01-01")
    assert rows == []
    assert client.rows("permits")[-1]["SJC"] < "2024-03-16"


def test_market_envelope_counts_pages_and_says_that_it_is_invented(client: Client):
    answer = client.market("permits", pageNum=2, pageSize=50)
    body = answer.json()
    assert (body["code"], body["msg"], body["notice"]) == (200, "success", "虚构数据")
    total = body["data"]["total"]
    assert body["data"]["pages"] == -(-total // 50)
    assert len(body["data"]["list"]) == 50
    assert answer.headers["X-Sandbox"] == "invented-data"
    beyond = client.market("permits", pageNum=9999, pageSize=50).json()["data"]
    assert beyond["list"] == []


def test_labour_links_to_the_next_page_with_the_same_window(client: Client):
    query = {"updated_from": "2023-02-01", "updated_to": "2024-02-01"}
    answer = client.labour("social_contributions", size=100, **query)
    assert answer.json()["code"] == "0000"
    assert answer.json()["count"] == len(client.rows("social_contributions", **query))
    assert answer.links["next"]["url"] == (
        f"{client.base_url}/labour/openapi/social_contributions"
        "?size=100&updated_from=2023-02-01&updated_to=2024-02-01&page_token=p100"
    )
    whole = client.labour("social_contributions", size=1000, updated_from="2024-03-15")
    assert "Link" not in whole.headers


def test_refused_fields_are_sent_masked(client: Client):
    penalty = client.market("penalties", pageSize=1).json()["data"]["list"][0]
    assert penalty["CF_FR_ZJHM"] == "***"
    arrears = client.tax("tax_arrears", limit=1).json()["data"]["rows"][0]
    assert arrears["fddbrzjhm"] == "***"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/market/v1/permits", {}),
        ("/market/v1/permits", {"Authorization": "Bearer wrong"}),
        ("/labour/openapi/labour_grades", {"X-Api-Key": "wrong"}),
        ("/tax/api/tax_arrears", {}),
    ],
)
def test_missing_or_wrong_credentials_are_refused(
    client: Client, path: str, headers: dict[str, str]
):
    assert client.get(path, headers).status_code == 401


def test_a_wrong_signature_is_refused(client: Client):
    path = "/tax/api/tax_arrears"
    wrong = client.signed(path, {"limit": 5}, secret="not-the-secret")
    answer = client.get(path, wrong, limit=5)
    assert (answer.status_code, answer.json()["code"]) == (401, 40101)
    other_query = client.get(path, client.signed(path, {"limit": 5}), limit=6)
    assert other_query.json() == {"code": 40101, "message": "签名错误", "data": None}


@pytest.mark.parametrize("skew", [-301 - 5, 301 + 5])
def test_an_old_or_future_time_stamp_is_refused(client: Client, skew: int):
    path = "/tax/api/tax_arrears"
    stamped = client.signed(path, {}, stamp=int(time.time()) + skew)
    answer = client.get(path, stamped)
    assert (answer.status_code, answer.json()["code"]) == (401, 40102)


def test_a_nonce_is_good_for_one_request(client: Client):
    path = "/tax/api/tax_arrears"
    headers = client.signed(path, {}, nonce="once-only")
    assert client.get(path, headers).status_code == 200
    again = client.get(path, headers)
    assert (again.status_code, again.json()["code"]) == (401, 40103)


def test_an_unknown_application_is_refused(client: Client):
    path = "/tax/api/tax_arrears"
    headers = client.signed(path, {}) | {"X-App-Id": "somebody-else"}
    assert client.get(path, headers).json()["code"] == 40104


def test_unknown_resources_are_answered_in_each_agency_own_envelope(client: Client):
    market = client.market("permit")
    assert (market.status_code, market.json()["code"]) == (404, 404)
    tax = client.tax("tax_arrear")
    assert (tax.status_code, tax.json()["code"]) == (404, 40401)
    labour = client.labour("wages")
    assert (labour.status_code, labour.json()["code"]) == (404, "4040")
    assert client.get("/customs/v1/declarations", {}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"pageNum": 0},
        {"pageSize": 100_000},
        {"pageSize": "twenty"},
        {"updated_from": "2023-02-30"},
        {"updated_from": "2024-01-01", "updated_to": "2023-01-01"},
    ],
)
def test_bad_parameters_are_refused(client: Client, query: dict[str, Any]):
    answer = client.market("permits", **query)
    assert (answer.status_code, answer.json()["data"]) == (400, None)


def test_bad_cursors_and_tokens_are_refused(client: Client):
    cursor = client.tax("financial_statements", limit=10).json()["data"]["next_cursor"]
    elsewhere = client.tax("tax_credit_grades", limit=10, cursor=cursor)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, 40001)
    assert client.tax("tax_credit_grades", cursor="%%%").status_code == 400
    assert client.labour("labour_grades", page_token="7").status_code == 400


def test_a_sandbox_stops_while_clients_hold_connections():
    sandbox = Sandbox(today=date(2023, 1, 5), enterprises=5)
    address = sandbox.start()
    token = {"Authorization": f"Bearer {credentials.MARKET_TOKEN}"}
    with requests.Session() as session:
        session.trust_env = False
        url = f"{address}/market/v1/registrations"
        assert session.get(url, headers=token, timeout=20).status_code == 200
        sandbox.stop()
    sandbox.stop()
