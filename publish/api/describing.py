"""The description over HTTP: for machines, and as a page with a form to try each route.

Everything the page needs comes from here: no other site is asked, no script is inline.
Not here: the description itself (``openapi``).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from publish.api.call import Call, Reply
from publish.api.collection import EXAMPLES
from publish.api.openapi import problems_of, written
from publish.api.operation import HEADER, Operation, Wire
from publish.api.problems import KINDS

HERE = Path(__file__).parent
FILES = {
    "docs.css": "text/css; charset=utf-8",
    "docs.js": "text/javascript; charset=utf-8",
}
GROUPS = {
    None: ("公共", "Open to everyone"),
    "facts": ("公开信息", "Public facts"),
    "credit": ("授权信息", "By authorisation"),
    "screen": ("批量筛查", "Portfolios"),
    "notify": ("推送", "Webhooks"),
    "feedback": ("反馈", "Feedback"),
}


async def show_openapi(call: Call) -> Reply:  # noqa: ARG001  every handler takes it
    """``GET /openapi.json``."""
    return Reply({}, raw=written(_operations()).encode())


async def show_docs(call: Call) -> Reply:  # noqa: ARG001
    """``GET /docs``."""
    return Reply({}, raw=page(_operations()), media="text/html; charset=utf-8")


async def show_file(call: Call) -> Reply:
    """``GET /docs/{file}``: the page's style and script."""
    name = call.values["file"]
    raw = (HERE / "static" / name).read_bytes()
    return Reply({}, raw=raw, media=FILES[name])


def _operations() -> tuple[Operation, ...]:
    from publish.api.routes import OPERATIONS  # noqa: PLC0415  it lists these handlers

    return OPERATIONS


@cache
def page(operations: tuple[Operation, ...]) -> bytes:
    """The documentation as HTML."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True
    )
    template = environment.get_template("docs.html")
    groups = [_group(scope, operations) for scope in GROUPS]
    shown = [g for g in groups if g["routes"]]
    return template.render(groups=shown, kinds=KINDS.values()).encode()


def _group(scope: str | None, operations: tuple[Operation, ...]) -> Wire:
    zh, en = GROUPS[scope]
    routes = [_route(o) for o in operations if o.scope == scope]
    return {"zh": zh, "en": en, "key": scope or "open", "routes": routes}


def _route(one: Operation) -> Wire:
    zh, _, en = one.summary.partition(" ")
    items = () if callable(one.items) else one.items
    return {
        "id": one.id,
        "method": one.method,
        "path": one.where,
        "zh": zh,
        "en": en,
        "scope": one.scope.value if one.scope else "",
        "items": items,
        "parameters": [_parameter(p) for p in one.parameters],
        "body": _example(one),
        "media": one.body_media[0] if one.body is None and one.body_media else "",
        "problems": [c for c in problems_of(one) if c != "internal_error"],
        "answer": one.answer or "",
    }


def _parameter(one: Any) -> Wire:
    schema = one.schema
    allowed = schema.get("enum") or schema.get("items", {}).get("enum") or ()
    return {
        "name": one.name,
        "place": one.place,
        "summary": one.summary,
        "required": one.required,
        "allowed": list(allowed),
        "several": schema["type"] == "array",
        "kind": schema.get("format") or schema["type"],
        "header": one.place == HEADER,
    }


def _example(one: Operation) -> str:
    if one.id == "token":
        return "grant_type=client_credentials&client_id=&client_secret="
    if one.body is None:
        return ""
    text = json.dumps(EXAMPLES.get(one.id, {}), ensure_ascii=False, indent=2)
    return text.replace("{{uscc}}", "91370303MA3C00003D")
