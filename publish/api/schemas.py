"""JSON Schemas of every answer: rows from their contracts, the rest written here.

Not here: routes (``routes``), the document around them (``openapi``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from publish.api.operation import Wire
from publish.api.parameters import USCC_SCHEMA
from publish.api.problems import KINDS
from publish.api.wire import (
    SECTIONS,
    authorised_columns,
    record_columns,
    register_columns,
)
from publish.registry.asked import State
from publish.serving.release import PUBLISHED
from quality.contracts.codelists import code_list
from quality.contracts.model import Item, Kind, facts_of, public_columns, table_facts

TEXT: Wire = {"type": "string"}
DATE: Wire = {"type": "string", "format": "date"}
INSTANT: Wire = {"type": "string", "format": "date-time"}
COUNT: Wire = {"type": "integer", "minimum": 0}
FLAG: Wire = {"type": "boolean"}
NULL: Wire = {"type": "null"}
SHA256: Wire = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
CURSOR: Wire = {"type": ["string", "null"], "description": "下一页；末页为空 Next page"}
TYPES: dict[Kind, Wire] = {
    Kind.USCC: USCC_SCHEMA,
    Kind.DATE: DATE,
    Kind.MONTH: DATE,
    Kind.TIMESTAMP: INSTANT,
    Kind.MONEY: {"type": "integer", "x-unit": "fen"},
    Kind.INTEGER: {"type": "integer"},
    Kind.FLAG: FLAG,
}


def ref(name: str) -> Wire:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def members(properties: Wire, title: str = "") -> Wire:
    """An object all of whose members are always there."""
    about = {"title": title} if title else {}
    required = {"required": list(properties), "properties": properties}
    return {"type": "object", **about, **required}


def listed(items: Wire) -> Wire:
    """An array."""
    return {"type": "array", "items": items}


def maybe(schema: Wire) -> Wire:
    """The same, or null."""
    if "$ref" in schema:
        return {"anyOf": [schema, NULL]}
    return {**schema, "type": [schema["type"], "null"]}


def described(schema: Wire, zh: str, en: str) -> Wire:
    """A schema with its meaning in both languages."""
    return {**schema, "description": f"{zh} {en}"}


def field(item: Item) -> Wire:
    """The schema of one column."""
    facts = facts_of(item)
    schema = {**TYPES.get(facts.kind, TEXT), "description": f"{facts.zh} {facts.en}"}
    if facts.kind is not Kind.MONEY and facts.unit:
        schema["x-unit"] = facts.unit
    if item.nullable:
        schema["type"] = [schema["type"], "null"]
    if facts.codes:
        known = code_list(facts.codes).values()
        schema["x-codes"] = {m.code: {"zh": m.zh, "en": m.en} for m in known}
    return schema


def row(columns: Iterable[Item], title: str) -> Wire:
    """The schema of one row."""
    return members({c.name: field(c) for c in columns}, title)


def row_name(table: str) -> str:
    """``tax_arrears`` is ``TaxArrears``."""
    return "".join(part.title() for part in table.split("_"))


def title(table: str) -> str:
    """A published table's name in both languages."""
    facts = table_facts(PUBLISHED[table])
    return f"{facts.zh} {facts.en}"


def _section(name: str) -> Wire:
    rows = listed(ref(row_name(name)))
    return members({"count": COUNT, "truncated": FLAG, "rows": rows}, title(name))


def _rows() -> Wire:
    """Rows of public tables."""
    source = public_columns(PUBLISHED["sources"])
    products = public_columns(PUBLISHED["financial_products"])
    return {
        **{row_name(n): row(record_columns(n), title(n)) for n in SECTIONS},
        "Register": row(register_columns(), title("enterprises")),
        "Source": row(source, title("sources")),
        "Product": row(products, title("financial_products")),
        "Products": members({"rows": listed(ref("Product"))}),
        "Offers": members(
            {
                "uscc": USCC_SCHEMA,
                "letter": maybe(TEXT),
                "rows": listed(ref("Product")),
            }
        ),
    }


def _enterprise() -> Wire:
    grade = {"letter": TEXT, "graded_on": maybe(DATE)}
    one = {
        "uscc": USCC_SCHEMA,
        "register": ref("Register"),
        "published_grade": maybe(ref("PublishedGrade")),
        **{name: _section(name) for name in SECTIONS},
    }
    outcomes = {
        "given": TEXT,
        "outcome": {"type": "string", "enum": ["found", "unknown", "invalid"]},
        "problem": maybe(TEXT),
        "enterprise": maybe(ref("Enterprise")),
    }
    record = {
        "section": {"type": "string", "enum": list(SECTIONS)},
        "record": {"anyOf": [ref(row_name(n)) for n in SECTIONS]},
    }
    return {
        "PublishedGrade": members(grade, "公开的园区信用等级 Published park grade"),
        "Enterprise": members(one),
        "Batch": members({"found": COUNT, "results": listed(ref("BatchResult"))}),
        "BatchResult": members(outcomes),
        "Records": members(
            {
                "uscc": USCC_SCHEMA,
                "rows": listed(members(record)),
                "next_cursor": CURSOR,
            }
        ),
    }


def _credit() -> Wire:
    parts = {
        "Grade": row(authorised_columns("grades"), "信用等级 Grade"),
        "PastGrade": _past_grade(),
        "Explanation": row(authorised_columns("explanations"), "评分说明 Explanation"),
        "Figures": row(authorised_columns("figures"), "信用管理指标 Figures"),
        "Incentive": row(authorised_columns("incentives"), "激励 Incentive"),
        "Financial": row(authorised_columns("financials"), "财务数据 Financials"),
    }
    credit = {
        "uscc": USCC_SCHEMA,
        "items": described(listed(TEXT), "已授权并返回的项目", "Items answered"),
        "grade": maybe(ref("Grade")),
        "explanation": maybe(listed(ref("Explanation"))),
        "figures": maybe(ref("Figures")),
        "incentives": maybe(listed(ref("Incentive"))),
    }
    paged = {"uscc": USCC_SCHEMA, "next_cursor": CURSOR}
    return {
        **parts,
        "Credit": members(credit),
        "Financials": members({**paged, "rows": listed(ref("Financial"))}),
        "History": members(
            {
                **paged,
                "as_of": DATE,
                "known_at": maybe(DATE),
                "read_from": maybe(TEXT),
                "rows": listed(ref("PastGrade")),
            }
        ),
    }


def _past_grade() -> Wire:
    """A month end with the day it is held from; today's own evaluation has none."""
    title = "月末等级及认定日期 A past grade and since when it is held"
    past = row(authorised_columns("grade_history"), title)
    members = past["properties"]
    return {**past, "properties": {**members, "known_on": maybe(members["known_on"])}}


def _asked() -> Wire:
    candidate = {
        "uscc": USCC_SCHEMA,
        "name": TEXT,
        "score": {"type": "integer", "minimum": 0, "maximum": 100},
        "reasons": listed(TEXT),
        "in_park": FLAG,
        "status": TEXT,
    }
    verified = {
        "uscc": USCC_SCHEMA,
        "item": TEXT,
        "holds": described(maybe(FLAG), "空表示没有数据", "null: no data"),
        "as_of": DATE,
        "source": TEXT,
    }
    return {
        "Candidate": members(candidate),
        "Matches": members(
            {"results": listed(members({"candidates": listed(ref("Candidate"))}))}
        ),
        "Verification": members(verified),
    }


def _own() -> Wire:
    authorisation = {
        "authorisation": TEXT,
        "uscc": USCC_SCHEMA,
        "items": listed(TEXT),
        "purpose": TEXT,
        "state": {"type": "string", "enum": ["live", "expired", "revoked"]},
        "granted_at": INSTANT,
        "expires_at": INSTANT,
        "revoked_at": maybe(INSTANT),
    }
    receipt = {
        "receipt": TEXT,
        "number": {"type": "integer"},
        "at": INSTANT,
        "operation": TEXT,
        "purpose": maybe(TEXT),
        "uscc": maybe(USCC_SCHEMA),
        "items": listed(TEXT),
        "authorisations": listed(TEXT),
        "subjects": COUNT,
        "subjects_sha256": maybe(SHA256),
        "release": maybe(TEXT),
        "policy": maybe(TEXT),
        "evaluated_on": maybe(DATE),
        "as_of": maybe(DATE),
        "status": {"type": "integer"},
        "etag": maybe(TEXT),
        "result_sha256": maybe(SHA256),
        "request_id": TEXT,
        "key": TEXT,
        "previous_hash": SHA256,
        "hash": SHA256,
        "statement": described(TEXT, "回执的 JWS", "The receipt as a JWS"),
    }
    return {
        "Authorisation": members(authorisation),
        "Authorisations": members({"rows": listed(ref("Authorisation"))}),
        "Receipt": members(receipt),
    }


def _open() -> Wire:
    status = {
        "created_at": maybe(INSTANT),
        "age_seconds": maybe(COUNT),
        "sources": listed(ref("Source")),
    }
    code = members({"zh": TEXT, "en": TEXT})
    names = ("title", "title_en", "detail", "detail_en", "request_id")
    codes = {c: {"zh": k.title, "en": k.title_en} for c, k in KINDS.items()}
    kind = {"type": TEXT, "code": {**TEXT, "x-codes": codes}}
    told = {**kind, "status": {"type": "integer"}, **dict.fromkeys(names, TEXT)}
    lists = {"type": "object", "additionalProperties": code}
    token = {"access_token": TEXT, "token_type": TEXT, "scope": TEXT}
    return {
        "Status": members(status),
        "Enumerations": {"type": "object", "additionalProperties": lists},
        "Jwks": members({"keys": listed({"type": "object"})}),
        "AccessToken": members({**token, "expires_in": COUNT}),
        "Problem": members(told, "RFC 9457"),
    }


def _report() -> Wire:
    record = {
        "kind": {"type": "string", "enum": list(SECTIONS)},
        "record": {"anyOf": [ref(row_name(n)) for n in SECTIONS]},
    }
    section = {
        "number": COUNT,
        "key": TEXT,
        "title": TEXT,
        "title_en": TEXT,
        "count": COUNT,
        "truncated": FLAG,
        "text": maybe(TEXT),
        "register": maybe(ref("Register")),
        "records": listed(members(record)),
    }
    added = {
        "grade": maybe(ref("Grade")),
        "explanation": listed(ref("Explanation")),
        "figures": maybe(ref("Figures")),
    }
    names = ("number", "version", "issued_at", "issued_by")
    report = {
        **dict.fromkeys(names, TEXT),
        "uscc": USCC_SCHEMA,
        "name": TEXT,
        "subject_label": TEXT,
        "summary": {"type": "object", "additionalProperties": COUNT},
        "sections": listed(ref("ReportSection")),
        "sources": listed(members({"source": TEXT, "collected_on": DATE})),
        "supplement": members(added, "园区补充信息 The park's supplement"),
        "notes": listed(TEXT),
    }
    return {"ReportSection": members(section), "Report": members(report)}


def _fed() -> Wire:
    change = {
        "release": TEXT,
        "op": {"type": "string", "enum": ["ADD", "MOD", "DEL"]},
        "table": TEXT,
        "kind": maybe(TEXT),
        "key": {"type": "object"},
        "row": described(
            {"type": ["object", "null"]}, "该行今日的内容", "The row as it is today"
        ),
    }
    retraction = {
        "number": COUNT,
        "uscc": USCC_SCHEMA,
        "table": TEXT,
        "record_id": TEXT,
        "reason": TEXT,
        "recalled_at": INSTANT,
    }
    rows = listed(ref("Change"))
    return {
        "Change": members(change),
        "Changes": members({"since": TEXT, "rows": rows, "next_cursor": CURSOR}),
        "Retraction": members(retraction),
        "Retractions": members(
            {"rows": listed(ref("Retraction")), "last": COUNT, "more": FLAG}
        ),
    }


def _screened() -> Wire:
    states = {"type": "string", "enum": ["waiting", "running", "done"]}
    outcomes = {"type": "string", "enum": ["clear", "flagged", "unknown", "invalid"]}
    screening = {
        "screening": TEXT,
        "name": TEXT,
        "state": states,
        "total": COUNT,
        "done": COUNT,
        "created_at": INSTANT,
        "finished_at": maybe(INSTANT),
        "summary": {"type": ["object", "null"]},
    }
    line = {
        "line": COUNT,
        "given": TEXT,
        "uscc": maybe(USCC_SCHEMA),
        "outcome": outcomes,
        "name": maybe(TEXT),
        "in_park": maybe(FLAG),
        "status": maybe(TEXT),
        **{n: maybe(COUNT) for n in ("penalties", "listings", "tax_arrears")},
    }
    rows = listed(ref("ScreeningLine"))
    paged = {"screening": TEXT, "rows": rows, "next_cursor": CURSOR}
    return {
        "Screening": members(screening),
        "ScreeningLine": members(line),
        "ScreeningResults": members(paged),
    }


def _told() -> Wire:
    webhook = {"webhook": TEXT, "url": TEXT, "kinds": listed(TEXT)}
    delivery = {
        "delivery": TEXT,
        "webhook": TEXT,
        "notice": TEXT,
        "kind": TEXT,
        "state": {"type": "string", "enum": ["waiting", "delivered", "given_up"]},
        "attempts": COUNT,
        "last_status": maybe(TEXT),
        "next_at": maybe(INSTANT),
        "delivered_at": maybe(INSTANT),
    }
    asked = {"request": TEXT, "uscc": USCC_SCHEMA, "items": listed(TEXT)}
    asked = {**asked, "purpose": TEXT, "created_at": INSTANT}
    became = {
        **asked,
        "state": {"type": "string", "enum": [s.value for s in State]},
        "authorisation": maybe(TEXT),
        "refused_at": maybe(INSTANT),
    }
    return {
        "Webhook": members({**webhook, "created_at": INSTANT}),
        "Webhooks": members({"rows": listed(ref("Webhook"))}),
        "Delivery": members(delivery),
        "Deliveries": members({"rows": listed(ref("Delivery"))}),
        "Feedback": members({"feedback": TEXT}),
        "AuthorisationRequested": members(asked),
        "AuthorisationAsked": members(became),
        "AuthorisationRequests": members({"rows": listed(ref("AuthorisationAsked"))}),
    }


@cache
def schemas() -> Wire:
    """Every component by name."""
    public = {**_rows(), **_enterprise(), **_asked(), **_fed(), **_open()}
    return {**public, **_credit(), **_report(), **_own(), **_screened(), **_told()}
