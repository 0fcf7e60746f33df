from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from publish.api.openapi import document
from publish.api.plugin import HANDLERS
from publish.api.problems import KINDS
from tests.serving.world import ALPHA, UNKNOWN, Running

WHOLE = document()
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
        chosen = schema["anyOf"][0 if value is not None else 1]
        conforms(value, chosen, place)
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


def operation(path: str) -> dict[str, Any]:
    found: dict[str, Any] = WHOLE["paths"][path]["get"]
    return found


def test_the_description_names_every_route_and_nothing_else() -> None:
    assert set(WHOLE["paths"]) == set(HANDLERS)
    assert WHOLE["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere() -> None:
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(WHOLE)))
    assert used <= set(SCHEMAS)
    assert set(SCHEMAS) - used == set()


def test_answers_are_what_the_description_says(bank: Running) -> None:
    described = bank.get("/api/v1/openapi.json").json()
    assert described == json.loads(json.dumps(WHOLE))
    conforms(bank.get("/api/v1/status").json(), SCHEMAS["StatusAnswer"])
    asked = f"/api/v1/enterprises/{ALPHA}"
    found = bank.get(asked, headers=bank.key()).json()
    assert found["data"]["penalties"]["rows"]
    conforms(found, SCHEMAS["EnterpriseAnswer"])


def test_problems_are_what_the_description_says(bank: Running) -> None:
    responses = operation("/api/v1/enterprises/{uscc}")["responses"]
    key = bank.key()
    for path, headers in (
        (f"/api/v1/enterprises/{UNKNOWN}", key),
        ("/api/v1/enterprises/x", key),
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
