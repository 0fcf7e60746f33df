"""The source code as the tests of this folder read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = {"quality": 1, "publish": 2, "assets": 3, "orchestration": 4}
ROOMS = (*FLOORS, "sandbox")
Part = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    """Every Python file of the product."""
    return sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    """A path from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def module_name(path: Path) -> str:
    """``publish/api/wire.py`` is ``publish.api.wire``; a package is its folder."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def imported(path: Path) -> set[str]:
    """Modules and names that a file imports, inside functions too."""
    return {name for node in ast.walk(tree_of(path)) for name in _named(node)}


def imported_at_once(path: Path) -> set[str]:
    """The same, without imports that wait inside a function."""
    return {name for node in _outside_functions(tree_of(path)) for name in _named(node)}


def top(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def public_parts(path: Path) -> Iterator[tuple[str, Part]]:
    """Public functions, classes and methods with their dotted names."""
    yield from _parts(tree_of(path).body, "")


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield str(node.module)
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _outside_functions(child)


def _parts(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Part]]:
    for node in body:
        if not isinstance(node, Part):
            continue
        if node.name.startswith("_") or _is_setter(node):
            continue
        yield f"{prefix}{node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from _parts(node.body, f"{prefix}{node.name}.")


def _is_setter(node: Part) -> bool:
    """A setter: its property holds the docstring."""
    return any(
        isinstance(d, ast.Attribute) and d.attr == "setter" for d in node.decorator_list
    )
