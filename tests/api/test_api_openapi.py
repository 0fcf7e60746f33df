from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from publish.api.openapi import document
from publish.api.problems import KINDS
from publish.api.routes import OPERATIONS
from tests.serving.world import ALPHA, BANK, UNKNOWN, Running

WHOLE = document(OPERATIONS)
SCHEMAS = WHOLE["components"]["schemas"]
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def conforms(value: Any, schema: dict[str, Any], place: str = "$") -> None:
    """Assert that a value is what a schema of our own description says."""
    if "$ref" in schema:
        conforms(value, SCHEMAS[schema["$ref"].rpartition("/")[2]], place)
        return
    if "anyOf" in schema:
        assert any(_fits(value, choice, place) for choice in schema["anyOf"]), place
        return
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert type(value) in [TYPES[w] for w in wanted], (place, value, wanted)
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) == set(schema["properties"]) >= set(schema["required"]), place
        for name, inner in schema["properties"].items():
            conforms(value[name], inner, f"{place}.{name}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            conforms(item, schema["items"], f"{place}[{number}]")
    if isinstance(value, str) and schema.get("format") == "date":
        date.fromisoformat(value)
    if isinstance(value, str) and "pattern" in schema:
        assert re.fullmatch(schema["pattern"], value), place


def _fits(value: Any, schema: dict[str, Any], place: str) -> bool:
    try:
        conforms(value, schema, place)
    except AssertionError:
        return False
    return True


def test_the_description_names_every_route_once() -> None:
    routes = [(o.where, o.method.lower()) for o in OPERATIONS]
    described = [(path, m) for path, methods in WHOLE["paths"].items() for m in methods]
    assert sorted(described) == sorted(routes)
    assert len({o.id for o in OPERATIONS}) == len(OPERATIONS)
    assert WHOLE["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(WHOLE)))
    assert used <= set(SCHEMAS)
    assert set(SCHEMAS) - used == set()


def answers(bank: Running) -> dict[str, Any]:
    """An answer of every route that only reads, by its id."""
    key = bank.key("facts", "credit", bank_uscc=BANK)
    bank.allow("grade", "explanation", "figures", "financials", "history", "incentives")
    one = f"/api/v1/enterprises/{ALPHA}"
    got = {
        "status": bank.get("/api/v1/status"),
        "enumerations": bank.get("/api/v1/enumerations"),
        "jwks": bank.get("/.well-known/jwks.json"),
        "enterprise": bank.get(one, headers=key),
        "records": bank.get(f"{one}/records", headers=key),
        "credit": bank.get(
            f"{one}/credit?include=grade,explanation,figures,incentives", headers=key
        ),
        "financials": bank.get(f"{one}/financials", headers=key),
        "history": bank.get(f"{one}/history", headers=key),
        "authorisations": bank.get("/api/v1/authorisations", headers=key),
        "batch": bank.post(
            "/api/v1/enterprises:batch", {"usccs": [ALPHA, UNKNOWN, "x"]}, headers=key
        ),
        "match": bank.post(
            "/api/v1/match", {"queries": [{"name": "虚构星海科技"}]}, headers=key
        ),
        "verify": bank.post("/api/v1/verify/active", {"uscc": ALPHA}, headers=key),
    }
    receipt = got["enterprise"].json()["receipt"]
    got["receipt"] = bank.get(f"/api/v1/receipts/{receipt}", headers=key)
    return got


def test_answers_are_what_the_description_says(bank: Running) -> None:
    described = bank.get("/api/v1/openapi.json").json()
    assert described == json.loads(json.dumps(WHOLE))
    by_id = {o.id: o for o in OPERATIONS}
    for name, answer in answers(bank).items():
        one = by_id[name]
        assert answer.status_code == one.status, (name, answer.text)
        schema = f"{one.answer}Answer" if one.enveloped else str(one.answer)
        conforms(answer.json(), SCHEMAS[schema], name)


def test_problems_are_what_the_description_says(bank: Running) -> None:
    responses = WHOLE["paths"]["/api/v1/enterprises/{uscc}"]["get"]["responses"]
    key = bank.key()
    for path, headers in (
        (f"/api/v1/enterprises/{UNKNOWN}", key),
        ("/api/v1/enterprises/x", key),
        (f"/api/v1/enterprises/{ALPHA}?fields=name", key),
        (f"/api/v1/enterprises/{ALPHA}", {}),
        (f"/api/v1/enterprises/{ALPHA}", bank.key("credit")),
    ):
        answer = bank.get(path, headers=headers)
        told = answer.json()
        told.pop("release")
        conforms(told, SCHEMAS["Problem"])
        listed = responses[str(answer.status_code)]
        assert told["code"] in listed["description"].split(" | ")
        assert list(listed["content"]) == [answer.headers["Content-Type"]]


@pytest.mark.parametrize("code", KINDS)
def test_every_problem_speaks_both_languages(code: str) -> None:
    kind = KINDS[code]
    assert re.search(r"[\u4e00-\u9fff]", kind.title + kind.detail)
    assert not re.search(r"[\u4e00-\u9fff]", kind.title_en + kind.detail_en)
    assert kind.code == code


def test_money_codes_and_meanings_come_from_the_contracts() -> None:
    penalties = SCHEMAS["Penalties"]["properties"]
    assert penalties["fine_fen"]["x-unit"] == "fen"
    assert penalties["fine_fen"]["type"] == ["integer", "null"]
    assert penalties["severity"]["x-codes"]["minor"] == {"zh": "轻微", "en": "Minor"}
    assert penalties["decided_on"]["format"] == "date"
    assert "risk_class" not in json.dumps(SCHEMAS)
