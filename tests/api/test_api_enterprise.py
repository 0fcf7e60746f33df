from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.serving.world import (
    ALPHA,
    BETA,
    GAMMA,
    POLICY,
    UNKNOWN,
    Running,
    TurningClock,
    default_rows,
    penalty,
    publish,
    running,
)

RELEASE = "20261123-aaaaaaaaaa"
ASKED = f"/api/v1/enterprises/{ALPHA}"
INVENTED = {"source": "虚构", "collected_on": "2026-01-01"}


def test_a_bank_reads_the_public_facts_of_an_enterprise(bank: Running) -> None:
    answer = bank.get(ASKED, headers=bank.key())
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    whole = answer.json()
    data = whole.pop("data")
    receipt, digest = whole.pop("receipt"), whole.pop("result_sha256")
    assert re.fullmatch("rcp_[0-9a-f]{24}", receipt)
    assert answer.headers["Credit-Receipt"] == receipt
    assert answer.headers["Credit-Result-SHA256"] == digest == sha256_of(data)
    assert whole == {
        "release": RELEASE,
        "policy": POLICY,
        "evaluated_on": "2026-11-23",
        "as_of": "2026-11-23",
    }
    assert {*data} == {
        "uscc",
        "register",
        "published_grade",
        "licences",
        "penalties",
        "listings",
        "tax_arrears",
        "honours",
        "commitments",
        "inspections",
        "honour_notices",
        "contested",
    }
    assert data["uscc"] == ALPHA
    assert data["published_grade"] == {"letter": "A", "graded_on": "2026-11-23"}
    assert data["register"] == {
        "name": "虚构星海科技有限公司",
        "former_names": None,
        "enterprise_type": None,
        "status": "active",
        "established_on": "2015-06-07",
        "legal_representative": None,
        "registered_capital_fen": None,
        "domicile": None,
        "industry_code": None,
        "industry_section_name": None,
        "business_scope": None,
        "authority": "虚构市场监督管理局",
        "in_park": True,
        "source": "虚构市场监督管理局",
        "collected_on": "2026-11-20",
    }
    empty = {"count": 0, "truncated": False, "rows": []}
    assert data["commitments"] == data["inspections"] == empty
    assert data["listings"]["rows"] == [
        {
            "record_id": "L-1",
            "listing": "licence",
            "reason": "虚构",
            "listed_on": "2026-01-01",
            "authority": "虚构",
            "repairable_from": None,
            "publish_until": "2026-11-23",
            **INVENTED,
        }
    ]
    assert [r["record_id"] for r in data["licences"]["rows"]] == ["X-2", "X-1"]
    assert data["penalties"]["count"] == 2
    assert [r["record_id"] for r in data["penalties"]["rows"]] == ["P-ends", "P-open"]
    assert data["penalties"]["rows"][0]["fine_fen"] == 500
    assert data["tax_arrears"]["count"] == data["honours"]["count"] == 1


def sha256_of(data: Any) -> str:
    """As docs/api.md says it."""
    told = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def test_chinese_is_written_as_chinese(bank: Running) -> None:
    answer = bank.get(ASKED, headers=bank.key())
    assert "虚构星海科技有限公司".encode() in answer.content
    assert b"\\u" not in answer.content


def test_a_record_whose_period_is_over_is_not_told_to_banks_either(
    bank: Running,
) -> None:
    key = bank.key()
    first = bank.get(ASKED, headers=key)
    bank.clock.turn()
    answer = bank.get(ASKED, headers=key)
    data = answer.json()["data"]
    assert answer.json()["as_of"] == "2026-11-24"
    assert data["penalties"]["count"] == 1
    assert [r["record_id"] for r in data["penalties"]["rows"]] == ["P-open"]
    assert data["listings"] == {"count": 0, "truncated": False, "rows": []}
    assert answer.headers["ETag"] != first.headers["ETag"]


def test_an_enterprise_without_records_has_empty_lists_and_no_grade(
    bank: Running,
) -> None:
    key = bank.key()
    data = bank.get(f"/api/v1/enterprises/{GAMMA}", headers=key).json()["data"]
    assert data["published_grade"] is None
    assert data["penalties"] == {"count": 0, "truncated": False, "rows": []}
    data = bank.get(f"/api/v1/enterprises/{BETA}", headers=key).json()["data"]
    assert data["register"]["in_park"] is False


def test_very_many_records_are_counted_and_the_newest_told(tmp_path: Path) -> None:
    rows = default_rows()
    rows["penalties"] = [
        penalty(f"P-{n:03}", ALPHA, None, decided_on=f"2026-01-{n % 28 + 1:02}")
        for n in range(230)
    ] + [penalty("P-past", ALPHA, "2026-01-01")]
    publish(tmp_path, RELEASE, rows)
    with running(tmp_path, TurningClock()) as bank:
        found = bank.get(ASKED, headers=bank.key()).json()["data"]["penalties"]
    assert (found["count"], found["truncated"]) == (230, True)
    assert len(found["rows"]) == 200
    days = [r["decided_on"] for r in found["rows"]]
    assert days == sorted(days, reverse=True)


def test_an_unchanged_answer_costs_nothing_to_ask_again(own_bank: Running) -> None:
    key = own_bank.key()
    tag = own_bank.get(ASKED, headers=key).headers["ETag"]
    assert re.fullmatch(rf'W/"{RELEASE}\.[0-9a-f]{{32}}"', tag)
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        answer = own_bank.get(ASKED, headers={**key, "If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert "RateLimit-Remaining" in answer.headers
    answer = own_bank.get(ASKED, headers={**key, "If-None-Match": '"other"'})
    assert answer.status_code == 200
    publish(own_bank.home, "20261124-bbbbbbbbbb")
    own_bank.sees("20261124-bbbbbbbbbb")
    answer = own_bank.get(ASKED, headers={**key, "If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["release"] == "20261124-bbbbbbbbbb"


@pytest.mark.parametrize(
    "written", [ALPHA.lower(), "９1370303MA3C00003D", f" {ALPHA} "]
)
def test_a_code_in_full_width_or_small_letters_is_understood(
    bank: Running, written: str
) -> None:
    path = "/api/v1/enterprises/" + quote(written, safe="")
    assert bank.get(path, headers=bank.key()).json()["data"]["uscc"] == ALPHA


def test_an_unknown_code_and_a_wrong_code_are_told_apart(bank: Running) -> None:
    key = bank.key()
    unknown = bank.get(f"/api/v1/enterprises/{UNKNOWN}", headers=key)
    assert unknown.status_code == 404
    assert unknown.json()["code"] == "unknown_enterprise"
    assert unknown.json()["release"] == RELEASE
    for wrong in (ALPHA[:-1] + "E", ALPHA[:-1], "1" * 18, "x" * 500, "' OR 1=1--"):
        path = "/api/v1/enterprises/" + quote(wrong, safe="")
        answer = bank.get(path, headers=key)
        assert answer.status_code == 422
        assert answer.json()["code"] == "invalid_uscc"
        assert len(answer.text) < 2000
    told = bank.get("/api/v1/enterprises/91370303MA3C00003E", headers=key).json()
    assert "should be 'D'" in told["detail_en"]


def test_a_problem_document_has_this_shape(bank: Running) -> None:
    answer = bank.get(f"/api/v1/enterprises/{UNKNOWN}", headers=bank.key())
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.json() == {
        "type": "urn:creditpark:problem:unknown_enterprise",
        "code": "unknown_enterprise",
        "status": 404,
        "title": "没有这家企业",
        "title_en": "Unknown enterprise",
        "detail": f"当前发布版本中没有 {UNKNOWN}",
        "detail_en": f"The current release has no enterprise {UNKNOWN}",
        "request_id": answer.headers["X-Request-ID"],
        "release": RELEASE,
    }


def test_unknown_routes_and_methods_are_problems_too(bank: Running) -> None:
    for path in ("/api", "/api/", "/api/v2/status", "/api/v1/enterprises"):
        answer = bank.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_route")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = bank.session.request(method, bank.url + "/api/v1/status", timeout=10)
        assert answer.status_code == 405
        assert answer.json()["code"] == "method_not_allowed"
        assert answer.headers["Allow"] == "GET, HEAD"


def test_status_is_open_and_tells_how_fresh_each_source_is(bank: Running) -> None:
    answer = bank.get("/api/v1/status")
    assert answer.json() == {
        "release": RELEASE,
        "policy": POLICY,
        "evaluated_on": "2026-11-23",
        "as_of": "2026-11-23",
        "data": {
            "created_at": "2026-11-23T02:30:00+08:00",
            "age_seconds": 34200,
            "sources": [
                {
                    "dataset": "penalties",
                    "label_zh": "虚构",
                    "label_en": "虚构",
                    "agency": "虚构",
                    "covered_to": None,
                    "last_delivery_on": "2026-11-22",
                    "state": "current",
                    "message": None,
                    "rows_in": 7,
                    "accepted": 6,
                    "quarantined": 1,
                    "duplicates": 0,
                }
            ],
        },
    }
    tag = answer.headers["ETag"]
    assert bank.get("/api/v1/status", headers={"If-None-Match": tag}).status_code == 304
    bank.clock.turn()
    later = bank.get("/api/v1/status")
    assert later.json()["data"]["age_seconds"] == 34200 + 86400
    assert later.json()["as_of"] == "2026-11-24"
