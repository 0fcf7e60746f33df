"""The credit report: JSON, HTML and PDF, signed in each form."""

from __future__ import annotations

import hashlib
import json

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from tests.serving.world import ALPHA, BANK, UNKNOWN, Running

ASKED = f"/api/v1/enterprises/{ALPHA}/report"


@pytest.fixture
def key(own_bank: Running) -> dict[str, str]:
    own_bank.allow("report")
    return own_bank.key("credit", bank_uscc=BANK)


def test_the_report_has_the_national_sections_and_the_parks_supplement(
    own_bank: Running, key: dict[str, str]
) -> None:
    told = own_bank.get(ASKED, headers=key).json()["data"]
    assert [s["title"] for s in told["sections"]] == [
        *("登记注册基础信息", "行政管理信息", "诚实守信相关荣誉信息"),
        *("严重失信主体名单信息", "经营（活动）异常名录（状态）信息", "信用承诺信息"),
        *("信用评价信息", "司法判决及执行信息", "其他信息", "信用状况提升建议"),
    ]
    assert told["summary"] == {
        "administrative": 4,
        "honours": 1,
        "serious": 1,
        "abnormal": 0,
        "commitments": 0,
        "evaluation": 0,
        "judicial": 0,
        "other": 1,
    }
    empty = [s["text"] for s in told["sections"] if s["key"] == "judicial"]
    assert empty == ["查询期内无相关信息"]
    assert told["supplement"]["grade"]["letter"] == "A"
    assert told["number"].startswith("20261123120000")
    assert told["version"] == "V2.0"


def test_a_report_needs_the_authorisation_of_the_report(own_bank: Running) -> None:
    own_bank.allow("grade", "explanation")
    refused = own_bank.get(ASKED, headers=own_bank.key("credit", bank_uscc=BANK))
    assert (refused.status_code, refused.json()["item"]) == (403, "report")
    own_bank.allow("report", uscc=UNKNOWN)
    key = own_bank.key("credit", bank_uscc=BANK)
    path = f"/api/v1/enterprises/{UNKNOWN}/report"
    assert own_bank.get(path, headers=key).json()["code"] == "unknown_enterprise"


@pytest.mark.parametrize(
    ("form", "media", "begins"),
    [
        ("json", "application/json; charset=utf-8", b'{"release"'),
        ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_every_form_of_a_report_is_signed(
    own_bank: Running, key: dict[str, str], form: str, media: str, begins: bytes
) -> None:
    answer = own_bank.get(f"{ASKED}?format={form}", headers=key)
    assert answer.headers["Content-Type"] == media
    assert answer.content.startswith(begins)
    keys = KeySet.import_key_set(own_bank.get("/.well-known/jwks.json").json())
    signed = answer.headers["Credit-Signature"]
    claims = json.loads(
        jws.deserialize_compact(signed, keys, algorithms=["ES256"]).payload
    )
    assert claims["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert claims["receipt"] == answer.headers["Credit-Receipt"]
    assert claims["result_sha256"] == answer.headers["Credit-Result-SHA256"]


def test_the_page_of_a_report_escapes_what_it_shows(
    own_bank: Running, key: dict[str, str]
) -> None:
    page = own_bank.get(f"{ASKED}?format=html", headers=key).text
    assert "虚构星海科技有限公司" in page
    assert "公示至 2026-11-23" in page
    assert "<script" not in page
    own_bank.clock.turn()
    page = own_bank.get(f"{ASKED}?format=html", headers=key).text
    assert "公示至 2026-11-23" not in page
