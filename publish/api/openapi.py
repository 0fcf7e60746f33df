"""The OpenAPI 3.1 description, generated from routes, contracts and problems.

Not here: handling (``dispatch``), the shapes of answers (``schemas``).
"""

from __future__ import annotations

import json
from functools import cache

from publish.access.keys import Scope
from publish.api.operation import HEADER, Operation, Parameter, Wire
from publish.api.problems import CONTENT_TYPE, KINDS
from publish.api.schemas import (
    DATE,
    SHA256,
    TEXT,
    maybe,
    members,
    ref,
    schemas,
)

VERSION = "1.1.0"
JOSE = "application/jose"
# A portfolio as CSV: its first column; more columns and a title are read over.
LINES: Wire = {"type": "string", "pattern": "^[0-9A-Z]{18}(\\n[0-9A-Z]{18})*$"}
KEYED = (
    *("key_missing", "key_invalid", "key_expired", "key_revoked", "address_refused"),
    *("scope_missing", "rate_limited", "quota_exhausted", "registry_unavailable"),
)
BODIED = ("malformed_json", "invalid_body", "unsupported_media", "too_large")


def document(operations: tuple[Operation, ...]) -> Wire:
    """The whole description."""
    paths: Wire = {}
    for one in operations:
        paths.setdefault(one.where, {})[one.method.lower()] = _operation(one)
    bodies = {o.body.__name__: o.body for o in operations if o.body is not None}
    found = {**schemas(), **_bodies(bodies), **_envelopes(operations)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "信用园区接口 Credit Park API",
            "version": VERSION,
            "description": (
                "只增不改：字段和代码只会增加。金额单位为分，日期为 YYYY-MM-DD。"
                " Additive only: ignore members and codes you do not know."
                " Amounts are integer fen, dates ISO 8601."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": found, "securitySchemes": _security()},
    }


def _security() -> Wire:
    scopes = {s.value: s.name.title() for s in Scope}
    flow = {"tokenUrl": "/api/v1/oauth/token", "scopes": scopes}
    return {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cpk_<prefix>.<secret>",
        },
        "oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}},
    }


def _bodies(models: Wire) -> Wire:
    found: Wire = {}
    for name, model in models.items():
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[name] = schema
    return found


def _envelopes(operations: tuple[Operation, ...]) -> Wire:
    return {
        f"{one.answer}Answer": _envelope(one)
        for one in operations
        if one.answer and one.enveloped
    }


def _envelope(one: Operation) -> Wire:
    about = {
        "release": {**TEXT, "description": "发布版本 Release read"},
        "policy": {**maybe(TEXT), "description": "评价规则版本 Policy"},
        "evaluated_on": maybe(DATE),
        "as_of": {
            **DATE,
            "description": "公示期判断日 Day on which publicity was judged",
        },
    }
    receipt = {
        "receipt": {**TEXT, "description": "查询回执 Proves this answer later"},
        "result_sha256": {**SHA256, "description": "data 的规范 JSON 的哈希 Of data"},
    }
    keyed = receipt if one.scope else {}
    return members({**about, **keyed, "data": ref(str(one.answer))})


def _operation(one: Operation) -> Wire:
    said: Wire = {
        "summary": one.summary,
        "operationId": one.id,
        "security": _needs(one),
        "responses": _responses(one),
    }
    if one.parameters:
        said["parameters"] = [_parameter(p) for p in one.parameters]
    if one.body is not None or one.body_media:
        said["requestBody"] = {"required": True, "content": _sent(one)}
    if one.scope and not callable(one.items) and one.items:
        said["x-authorisation-items"] = list(one.items)
    return said


def _needs(one: Operation) -> list[Wire]:
    if one.scope is None:
        return []
    return [{"key": [one.scope.value]}, {"oauth": [one.scope.value]}]


def _parameter(one: Parameter) -> Wire:
    said = {"name": one.name, "in": one.place, "required": one.required}
    if one.schema.get("type") == "array":
        said |= {"style": "form", "explode": False}
    return {**said, "schema": one.schema, "description": one.summary}


def _sent(one: Operation) -> Wire:
    content = {media: {"schema": LINES} for media in one.body_media}
    if one.body is not None:
        content = {"application/json": {"schema": ref(one.body.__name__)}, **content}
    if one.id == "token":
        fields = dict.fromkeys(
            ("grant_type", "client_id", "client_secret", "scope"), TEXT
        )
        form = {"type": "object", "properties": fields, "required": ["grant_type"]}
        content = {"application/x-www-form-urlencoded": {"schema": form}}
    return content


def _responses(one: Operation) -> Wire:
    responses: Wire = {str(one.status): _good(one)}
    if one.method == "GET" and one.answer:
        responses["304"] = {"description": "没有变化 Not changed"}
    return responses | _failures(one)


def _good(one: Operation) -> Wire:
    told = {
        "ETag": {"schema": TEXT, "description": "release and content"},
        "Credit-Result-SHA256": {"schema": SHA256, "description": "hash of data"},
    }
    if one.scope:
        told["Credit-Receipt"] = {"schema": TEXT, "description": "receipt"}
    content: Wire = {}
    if one.answer:
        name = f"{one.answer}Answer" if one.enveloped else one.answer
        content["application/json"] = {"schema": ref(name)}
        if one.scope and one.enveloped:
            content[JOSE] = {"schema": TEXT}
    for media in one.media:
        whole = {"type": "object"} if media == "application/json" else TEXT
        content[media] = {"schema": whole}
    links = {"links": one.links} if one.links else {}
    return {"description": one.summary, "headers": told, "content": content, **links}


def problems_of(one: Operation) -> tuple[str, ...]:
    """Every problem that a route can answer with."""
    asked = [p for p in one.parameters if p.place != HEADER or p.required]
    found = [*one.problems, "internal_error"]
    found += KEYED if one.scope else ()
    found += BODIED if one.body is not None or one.body_media else ()
    found += ["invalid_parameter"]
    found += ["invalid_uscc"] if any(p.name == "uscc" for p in asked) else []
    names = {p.name for p in one.parameters}
    found += ["cursor_invalid", "cursor_stale"] if "cursor" in names else []
    found += ["repeat_conflict"] if one.once else []
    found += ["no_release", "release_outdated"] if one.enveloped else []
    if one.items:
        found += ["authorisation_missing", "bank_unnamed"]
    return tuple(dict.fromkeys(found))


def _failures(one: Operation) -> Wire:
    by_status: dict[str, list[str]] = {}
    for code in problems_of(one):
        by_status.setdefault(str(KINDS[code].status), []).append(code)
    content = {CONTENT_TYPE: {"schema": ref("Problem")}}
    return {
        status: {"description": " | ".join(codes), "content": content}
        for status, codes in sorted(by_status.items())
    }


@cache
def written(operations: tuple[Operation, ...]) -> str:
    """The description as it is committed and served."""
    return json.dumps(document(operations), ensure_ascii=False, indent=1) + "\n"
