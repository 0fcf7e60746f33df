"""A Postman collection (v2.1, which Bruno imports too), generated from the routes.

Not here: the description itself (``openapi``).
"""

from __future__ import annotations

import json
from typing import Any

from publish.api.operation import HEADER, PATH, QUERY, Operation, Wire

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
EXAMPLES: dict[str, Any] = {
    "batch": {"usccs": ["{{uscc}}"]},
    "match": {"queries": [{"name": "虚构晨光"}]},
    "verify": {"uscc": "{{uscc}}"},
    "screen": {"name": "portfolio", "usccs": ["{{uscc}}"]},
    "feedback": {
        "uscc": "{{uscc}}",
        "kind": "application",
        "happened_on": "2026-11-02",
    },
    "create_webhook": {
        "url": "https://bank.example/hook",
        "kinds": ["release.published"],
    },
    "ask_authorisation": {
        "uscc": "{{uscc}}",
        "items": ["grade"],
        "purpose": "贷款审批",
    },
}


def collection(operations: tuple[Operation, ...]) -> Wire:
    """Every route as a request with variables for address, key and enterprise."""
    variables = {"api": "http://127.0.0.1:8001", "key": "", "uscc": ""}
    token = [{"key": "token", "value": "{{key}}", "type": "string"}]
    return {
        "info": {"name": "信用园区接口 Credit Park API", "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": token},
        "variable": [{"key": k, "value": v} for k, v in variables.items()],
        "item": [_item(one) for one in operations],
    }


def _item(one: Operation) -> Wire:
    request: Wire = {"method": one.method, "url": _url(one), "header": _headers(one)}
    if one.scope is None:
        request["auth"] = {"type": "noauth"}
    if one.body is not None:
        raw = json.dumps(EXAMPLES.get(one.id, {}), ensure_ascii=False, indent=2)
        options = {"raw": {"language": "json"}}
        request["body"] = {"mode": "raw", "raw": raw, "options": options}
    if one.id == "token":
        fields = {
            "grant_type": "client_credentials",
            "client_id": "",
            "client_secret": "",
        }
        form = [{"key": k, "value": v} for k, v in fields.items()]
        request["body"] = {"mode": "urlencoded", "urlencoded": form}
    return {"name": one.summary, "request": request}


def _url(one: Operation) -> Wire:
    steps = one.where.removeprefix("/").split("/")
    path = [f":{s[1:-1]}" if s.startswith("{") else s for s in steps]
    query = [
        {
            "key": p.name,
            "value": "",
            "description": p.summary,
            "disabled": not p.required,
        }
        for p in one.parameters
        if p.place == QUERY
    ]
    values = [
        {"key": p.name, "value": "{{uscc}}" if p.name == "uscc" else ""}
        for p in one.parameters
        if p.place == PATH
    ]
    raw = "/".join(["{{api}}", *path])
    return {
        "raw": raw,
        "host": ["{{api}}"],
        "path": path,
        "query": query,
        "variable": values,
    }


def _headers(one: Operation) -> list[Wire]:
    return [
        {"key": p.name, "value": "", "description": p.summary, "disabled": True}
        for p in one.parameters
        if p.place == HEADER
    ]


def written(operations: tuple[Operation, ...]) -> str:
    """The collection as it is committed."""
    return json.dumps(collection(operations), ensure_ascii=False, indent=1) + "\n"
