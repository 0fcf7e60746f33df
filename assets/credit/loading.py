"""From a YAML file to a policy, or to a list of mistakes with their lines.

Not here: what is a mistake (``policy`` for one part, ``consistency`` for the whole).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from assets.credit.consistency import find_mistakes
from assets.credit.mistakes import Mistake, Place
from assets.credit.policy import Policy
from assets.problems import Problem, ProblemsError


class PolicyError(ProblemsError):
    """A policy document that cannot be used."""


class _Loader(yaml.SafeLoader):
    """Safe YAML that reads numbers as people do: 2.5 is a decimal, 010 is refused.

    Dates stay text, so that an impossible one is reported at its place.
    """


def _scalar(node: yaml.Node) -> str:
    return str(node.value)


def _decimal(_: yaml.SafeLoader, node: yaml.Node) -> Decimal:
    try:
        return Decimal(_scalar(node))
    except ArithmeticError:
        raise _unreadable("not a decimal number", node) from None


def _integer(_: yaml.SafeLoader, node: yaml.Node) -> int:
    if not re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", _scalar(node)):
        raise _unreadable("not a plain whole number", node)
    return int(_scalar(node))


def _unreadable(what: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    text = f"{what}: {_scalar(node)} (quote it if it is a code)"
    return yaml.constructor.ConstructorError(None, None, text, node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: _scalar(node))


def load_policy(path: Path | str) -> Policy:
    """The policy in a file.

    Raises:
        PolicyError: the document has mistakes; all are listed with their lines.
        OSError: the file cannot be read.
    """
    found = Path(path).read_bytes()
    return parse_policy(found, str(path))


def check(path: Path | str) -> list[Problem]:
    """Every mistake of the policy in a file, in line order; empty when sound.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        load_policy(path)
    except PolicyError as error:
        return error.problems
    return []


def parse_policy(text: bytes | str, file: str = "policy") -> Policy:
    """The policy in a text; ``file`` names it in mistakes.

    Raises:
        PolicyError: see ``load_policy``.
    """
    content = text.encode() if isinstance(text, str) else text
    root, document = _read(content, file)
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        raise PolicyError(_invalid(error, root, file)) from error
    if found := find_mistakes(policy):
        raise PolicyError(sorted(_problem(m, root, file) for m in found))
    policy._sha256 = hashlib.sha256(content).hexdigest()
    return policy


def _read(content: bytes, file: str) -> tuple[yaml.Node, Any]:
    """The document as nodes with line marks and as plain values."""
    try:
        loader = _Loader(content)
        root = loader.get_single_node()
        if root is None:
            raise PolicyError([Problem(file, 1, "", "the document is empty")])
        if found := sorted(_unclear(root, file, set())):
            raise PolicyError(found)
        return root, loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = error.problem or "unreadable"
        raise PolicyError([Problem(file, line, "", f"not YAML: {what}")]) from error
    except yaml.YAMLError as error:
        raise PolicyError([Problem(file, 1, "", f"not YAML: {error}")]) from error


def _unclear(
    node: yaml.Node, file: str, seen: set[int], place: Place = ()
) -> Iterator[Problem]:
    """What YAML allows and a policy does not: repeated keys and aliases.

    YAML keeps the last of two equal keys in silence; an alias lets one edited line
    change rules far away, or makes a document without end.
    """
    if id(node) in seen:
        line = node.start_mark.line + 1
        text = "this anchor is used again; write the value out where it is needed"
        yield Problem(file, line, _dotted(place), text)
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _unclear(value, file, seen, (*place, index))
    if isinstance(node, yaml.MappingNode):
        keys = [str(key.value) for key, _ in node.value]
        for index, (key, value) in enumerate(node.value):
            here = (*place, keys[index])
            if keys[index] in keys[:index]:
                line = key.start_mark.line + 1
                yield Problem(file, line, _dotted(here), "the key stands here twice")
            yield from _unclear(value, file, seen, here)


def _invalid(error: ValidationError, root: yaml.Node, file: str) -> list[Problem]:
    found = (Mistake(e["loc"], _wording(dict(e))) for e in error.errors())
    return sorted(_problem(m, root, file) for m in found)


def _wording(error: dict[str, Any]) -> str:
    message: str = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return "unknown key"
    if error["type"] == "missing":
        return "is missing"
    shown = error["input"]
    return message if isinstance(shown, dict | list) else f"{message} (here: {shown})"


def _problem(mistake: Mistake, root: yaml.Node, file: str) -> Problem:
    line = _line(root, mistake.place)
    return Problem(file, line, _dotted(mistake.place), mistake.message)


def _line(root: yaml.Node, place: Place) -> int:
    """The line of a place, or of the nearest one above it that the document has."""
    node, line = root, root.start_mark.line
    for step in place:
        found = _step(node, step)
        if found:
            node, line = found
    return line + 1


def _step(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    """The node one step down and its line; a key's line is that of the key itself."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        within = step < len(node.value)
        return (node.value[step], node.value[step].start_mark.line) if within else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line
    return None


def _dotted(place: Place) -> str:
    return ".".join(str(step) for step in place)
