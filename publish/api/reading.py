"""Reading a request: parameters and body, checked as declared.

Unknown parameters are refused: a misspelt filter must not return everything. Not here:
declarations (``operation``), what a value means (``parameters``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from publish.api.operation import HEADER, QUERY, Operation, Parameter, Wire
from publish.api.problems import Problem, problem

JSON = "application/json"
MOST_FIELDS = 50
MOST_REASONS = 20


def values_of(
    operation: Operation,
    path: Mapping[str, str],
    query: bytes,
    headers: Mapping[str, str],
) -> Wire:
    """Every declared parameter's value.

    Raises:
        Problem: ``invalid_parameter`` or ``invalid_uscc``.
    """
    given = _query(query)
    for name in given:
        known = {p.name for p in operation.parameters if p.place == QUERY}
        if name not in known:
            raise problem("invalid_parameter", name=name[:40], reason=_unknown(known))
    return {p.name: _value(p, path, given, headers) for p in operation.parameters}


def _unknown(known: set[str]) -> str:
    named = ", ".join(sorted(known))
    return f"there is no such parameter; known: {named}" if named else "none is known"


def _query(query: bytes) -> dict[str, str]:
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise problem("invalid_parameter", name="query", reason="unreadable") from error
    given = dict(pairs)
    for name, _ in pairs:
        if sum(n == name for n, _ in pairs) > 1:
            raise problem("invalid_parameter", name=name[:40], reason="given twice")
    return given


def _value(
    parameter: Parameter,
    path: Mapping[str, str],
    query: Mapping[str, str],
    headers: Mapping[str, str],
) -> Any:
    name = parameter.name
    if parameter.place == HEADER:
        text = headers.get(name.lower())
    else:
        text = (query if parameter.place == QUERY else path).get(name)
    if text is None:
        if parameter.required:
            raise problem("invalid_parameter", name=name, reason="it is required")
        return parameter.default
    try:
        return parameter.read(text)
    except Problem:
        raise
    except ValueError as error:
        raise problem("invalid_parameter", name=name, reason=str(error)) from error


def media_type(headers: Mapping[str, str]) -> str:
    """The body's media type without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def body_of(operation: Operation, body: bytes, media: str) -> Any:
    """The body as the operation's model, or its bytes where another medium is allowed.

    Raises:
        Problem: ``unsupported_media``, ``malformed_json`` or ``invalid_body``.
    """
    if media in operation.body_media:
        return body
    if media != JSON:
        allowed = ", ".join((JSON, *operation.body_media))
        raise problem("unsupported_media", allowed=allowed)
    if operation.body is None:
        raise LookupError(f"{operation.id} has no body")
    return _model(operation.body, _parsed(body))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise problem("malformed_json") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _model(model: type[BaseModel], given: Any) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        errors = [_reason(e) for e in found[:MOST_REASONS]]
        first = f"{errors[0]['pointer']}: {errors[0]['reason']}"
        raise problem("invalid_body", reason=first).told(errors=errors) from error


def _reason(error: Any) -> Wire:
    pointer = "".join(f"/{part}"[:60] for part in error["loc"])
    return {"pointer": pointer or "/", "reason": error["msg"]}
