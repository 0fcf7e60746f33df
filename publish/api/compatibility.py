"""The compatibility promise: what of an older description a client could miss.

Additive only: within ``v1`` no route, method, member, problem code or accepted value goes
away, nothing becomes required that was not, no type changes. Not here: where the older
description comes from (the tests ask git for the last tag's).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publish.api.operation import Wire

GOOD = "2"
METHODS = ("get", "post", "put", "patch", "delete")


def broken(old: Wire, new: Wire) -> list[str]:
    """What the new description takes away from, or asks more of, an old client."""
    return [*_paths(old, new), *_components(old, new)]


def _paths(old: Wire, new: Wire) -> Iterator[str]:
    for path, methods in old["paths"].items():
        for method in (m for m in METHODS if m in methods):
            place = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{place} is gone"
                continue
            yield from _parameters(place, methods[method], now)
            yield from _responses(place, methods[method], now)
            yield from _body(place, methods[method], now)


def _parameters(place: str, old: Wire, new: Wire) -> Iterator[str]:
    before = {(p["name"], p["in"]): p for p in old.get("parameters", ())}
    after = {(p["name"], p["in"]): p for p in new.get("parameters", ())}
    for key, parameter in before.items():
        if key not in after:
            yield f"{place}: parameter {key[0]} is gone"
        else:
            yield from _narrowed(
                f"{place} {key[0]}", parameter["schema"], after[key]["schema"]
            )
    for key, parameter in after.items():
        was = before.get(key, {}).get("required", False)
        if parameter["required"] and not was:
            yield f"{place}: parameter {key[0]} is required now"


def _narrowed(place: str, old: Wire, new: Wire) -> Iterator[str]:
    """Whether a value that was accepted may be refused now."""
    lost = {*map(str, old.get("enum", ()))} - {*map(str, new.get("enum", ()))}
    if lost and "enum" in new:
        yield f"{place}: {', '.join(sorted(lost))} is no longer accepted"
    if "maximum" in new and new["maximum"] < old.get("maximum", new["maximum"]):
        yield f"{place}: at most {new['maximum']} now"
    if "items" in old and "items" in new:
        yield from _narrowed(place, old["items"], new["items"])


def _responses(place: str, old: Wire, new: Wire) -> Iterator[str]:
    for status, answer in old["responses"].items():
        now = new["responses"].get(status)
        if now is None:
            if status.startswith(GOOD):  # a failure that no longer happens harms nobody
                yield f"{place}: {status} is gone"
            continue
        for media, content in answer.get("content", {}).items():
            if content != now.get("content", {}).get(media):
                yield f"{place}: {status} is no longer the same {media}"


def _body(place: str, old: Wire, new: Wire) -> Iterator[str]:
    if "requestBody" in new and "requestBody" not in old:
        yield f"{place}: a body is required now"
    before = old.get("requestBody", {}).get("content", {})
    after = new.get("requestBody", {}).get("content", {})
    for media in before:
        if media not in after:
            yield f"{place}: a body of {media} is no longer accepted"


def _components(old: Wire, new: Wire) -> Iterator[str]:
    sent = {*_sent(new)}
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    for name, schema in before.items():
        if name not in after:
            yield f"schema {name} is gone"
        else:
            known = (before, after)
            yield from _schema(name, schema, after[name], known, asked=name in sent)


def _sent(document: Wire) -> Iterator[str]:
    """Names of the schemas of bodies that clients send."""
    for methods in document["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            for media in content.values():
                if "$ref" in media["schema"]:
                    yield media["schema"]["$ref"].rpartition("/")[2]


def _schema(
    place: str, old: Any, new: Any, known: tuple[Wire, Wire], *, asked: bool
) -> Iterator[str]:
    if old.get("$ref") != new.get("$ref"):  # another name may stand for no less
        old, new = _referred(old, known[0]), _referred(new, known[1])
    for name, was in old.get("properties", {}).items():
        now = new.get("properties", {}).get(name)
        if now is None:
            yield f"{place}.{name} is gone"
        else:
            yield from _schema(f"{place}.{name}", was, now, known, asked=asked)
    yield from _required(place, old, new, asked=asked)
    for word in ("type", "format", "x-unit"):
        if old.get(word) != new.get(word):
            yield f"{place}: {word} is {new.get(word)}, was {old.get(word)}"
    lost = {*old.get("x-codes", ())} - {*new.get("x-codes", ())}
    if lost:
        yield f"{place}: codes {', '.join(sorted(lost))} are gone"
    if "items" in old:
        yield from _schema(
            f"{place}[]", old["items"], new.get("items", {}), known, asked=asked
        )


def _required(place: str, old: Any, new: Any, *, asked: bool) -> Iterator[str]:
    required, was_required = {*new.get("required", ())}, {*old.get("required", ())}
    if asked:
        for name in sorted(required - was_required):
            yield f"{place}.{name} is required now"
    else:
        for name in sorted((was_required - required) & {*new.get("properties", ())}):
            yield f"{place}.{name} may be missing now"


def _referred(schema: Any, known: Wire) -> Any:
    """What a reference stands for; any other schema is itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return known.get(name, schema)
