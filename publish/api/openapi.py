"""The OpenAPI 3.1 description, generated from contracts, problems and routes.

Not here: handling (``routes``).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from datasette import Response

from publish.access.keys import Scope
from publish.api.problems import CONTENT_TYPE, KINDS
from publish.api.wire import SECTIONS, Wire, record_columns, register_columns
from publish.serving.release import PUBLISHED
from quality.contracts.codelists import code_list
from quality.contracts.model import Item, Kind, facts_of, public_columns, table_facts

VERSION = "1.0.0"
NULL_OR_TEXT = {"type": ["string", "null"]}

TYPES: dict[Kind, Wire] = {
    Kind.USCC: {"type": "string", "pattern": "^[0-9A-HJ-NP-RTUW-Y]{18}$"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MONTH: {"type": "string", "format": "date"},
    Kind.TIMESTAMP: {"type": "string", "format": "date-time"},
    Kind.MONEY: {"type": "integer", "x-unit": "fen"},
    Kind.INTEGER: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
}
TEXT: Wire = {"type": "string"}


def field(item: Item) -> Wire:
    """The schema of one column."""
    facts = facts_of(item)
    schema = {**TYPES.get(facts.kind, TEXT), "description": f"{facts.zh} {facts.en}"}
    if item.nullable:
        schema["type"] = [schema["type"], "null"]
    if facts.codes:
        members = code_list(facts.codes).values()
        schema["x-codes"] = {m.code: {"zh": m.zh, "en": m.en} for m in members}
    return schema


def row(columns: list[Item], title: str) -> Wire:
    """The schema of one row; every member is always there."""
    return _object({c.name: field(c) for c in columns}, title)


def _object(properties: Wire, title: str = "") -> Wire:
    about = {"title": title} if title else {}
    return {
        "type": "object",
        **about,
        "required": list(properties),
        "properties": properties,
    }


def _section(name: str) -> Wire:
    rows = {"type": "array", "items": _ref(_row_name(name))}
    counts = {
        "count": {"type": "integer", "minimum": 0},
        "truncated": {"type": "boolean"},
    }
    return _object({**counts, "rows": rows}, _title(name))


def _title(table: str) -> str:
    facts = table_facts(PUBLISHED[table])
    return f"{facts.zh} {facts.en}"


def _row_name(table: str) -> str:
    return "".join(part.title() for part in table.split("_"))


def _ref(name: str) -> Wire:
    return {"$ref": f"#/components/schemas/{name}"}


def _envelope(data: Wire) -> Wire:
    return _object(
        {
            "release": {"type": "string", "description": "发布版本 Release read"},
            "policy": {**NULL_OR_TEXT, "description": "评价规则版本 Policy"},
            "evaluated_on": {**NULL_OR_TEXT, "format": "date"},
            "as_of": {
                "type": "string",
                "format": "date",
                "description": "公示期判断日 Day on which publicity was judged",
            },
            "data": data,
        }
    )


def _schemas() -> Wire:
    grade = {"letter": TEXT, "graded_on": {**NULL_OR_TEXT, "format": "date"}}
    source = public_columns(PUBLISHED["sources"])
    return {
        **{_row_name(n): row(record_columns(n), _title(n)) for n in SECTIONS},
        "Register": row(register_columns(), _title("enterprises")),
        "PublishedGrade": _object(grade, "公开的园区信用等级 Published park grade"),
        "Source": row(source, _title("sources")),
        "Enterprise": _object(
            {
                "uscc": TYPES[Kind.USCC],
                "register": _ref("Register"),
                "published_grade": {
                    "anyOf": [_ref("PublishedGrade"), {"type": "null"}]
                },
                **{name: _section(name) for name in SECTIONS},
            }
        ),
        "Status": _object(
            {
                "created_at": {**NULL_OR_TEXT, "format": "date-time"},
                "age_seconds": {"type": ["integer", "null"]},
                "sources": {"type": "array", "items": _ref("Source")},
            }
        ),
        "EnterpriseAnswer": _envelope(_ref("Enterprise")),
        "StatusAnswer": _envelope(_ref("Status")),
        "Problem": _problem(),
    }


def _problem() -> Wire:
    names = ("title", "title_en", "detail", "detail_en", "request_id")
    texts = dict.fromkeys(names, TEXT)
    codes = {c: {"zh": k.title, "en": k.title_en} for c, k in KINDS.items()}
    kind = {"type": TEXT, "code": {**TEXT, "x-codes": codes}}
    return _object({**kind, "status": {"type": "integer"}, **texts}, "RFC 9457")


def _operation(
    summary: str, schema: str, problems: tuple[str, ...], **rest: Any
) -> Wire:
    good = {
        "description": summary,
        "headers": {"ETag": {"schema": TEXT, "description": "release and content"}},
        "content": {"application/json": {"schema": _ref(schema)}},
    }
    unchanged = {"304": {"description": "没有变化 Not changed"}} if schema else {}
    return {
        "summary": summary,
        "responses": {"200": good, **unchanged, **_failures(problems)},
        **rest,
    }


def _failures(codes: tuple[str, ...]) -> Wire:
    by_status: dict[str, list[str]] = {}
    for code in (*codes, "no_release", "internal_error"):
        by_status.setdefault(str(KINDS[code].status), []).append(code)
    content = {CONTENT_TYPE: {"schema": _ref("Problem")}}
    return {
        status: {"description": " | ".join(codes), "content": content}
        for status, codes in sorted(by_status.items())
    }


_KEY_PROBLEMS = (
    *("key_missing", "key_invalid", "key_expired", "key_revoked"),
    *("scope_missing", "rate_limited"),
)
_USCC = {"name": "uscc", "in": "path", "required": True, "schema": TYPES[Kind.USCC]}

PATHS: dict[str, Wire] = {
    "/api/v1/status": {
        "get": _operation(
            "发布与数据源状态 What is published and how fresh its sources are",
            "StatusAnswer",
            (),
            operationId="status",
            security=[],
        )
    },
    "/api/v1/enterprises/{uscc}": {
        "get": _operation(
            "企业公开信用信息 Public facts of one enterprise",
            "EnterpriseAnswer",
            (*_KEY_PROBLEMS, "invalid_uscc", "unknown_enterprise"),
            operationId="enterprise",
            parameters=[_USCC],
            security=[{"key": [Scope.FACTS.value]}],
        )
    },
    "/api/v1/openapi.json": {
        "get": {
            "summary": "本说明 This description",
            "operationId": "openapi",
            "security": [],
            "responses": {
                "200": {
                    "description": "OpenAPI 3.1",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }
            },
        }
    },
}


def document() -> Wire:
    """The whole description."""
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
        },
        "paths": PATHS,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "cpk_<prefix>.<secret>",
                }
            },
        },
    }


@cache
def _body() -> str:
    return json.dumps(document(), ensure_ascii=False)


def response() -> Any:
    """The description over HTTP."""
    return Response(_body(), content_type="application/json; charset=utf-8")
