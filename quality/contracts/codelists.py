"""Code lists: the CSV files in ``codes/``, with labels and the spellings agencies use.

A list's columns are ``code`` (ours), ``zh``, ``en`` and ``aliases`` separated by ``|``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Code:
    """One member of a code list."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]


class UnknownCodeListError(LookupError):
    """A contract names a code list that has no file in ``quality/contracts/codes``."""


@cache
def code_list(name: str) -> dict[str, Code]:
    """The members of list ``name`` by code, in file order.

    Raises:
        UnknownCodeListError: there is no such file.
    """
    path = files("quality.contracts") / "codes" / f"{name}.csv"
    if not path.is_file():
        raise UnknownCodeListError(f"no code list {name!r}: add quality/contracts/codes/{name}.csv")
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {r["code"]: _code(r) for r in rows}


def _code(row: dict[str, str]) -> Code:
    aliases = tuple(a for a in row["aliases"].split("|") if a)
    return Code(row["code"], row["zh"], row["en"], aliases)


@cache
def spellings(name: str) -> dict[str, str]:
    """Every accepted spelling of list ``name``: the code, its label, its aliases."""
    found: dict[str, str] = {}
    for member in code_list(name).values():
        for spelling in (member.code, member.zh, *member.aliases):
            found.setdefault(spelling, member.code)
    return found


def label(name: str, code: str | None, language: str = "zh") -> str:
    """The label of a code, or the code itself where the list does not know it."""
    member = code_list(name).get(code or "")
    if member is None:
        return code or ""
    return member.zh if language == "zh" else member.en


@cache
def names() -> tuple[str, ...]:
    """The names of all code lists, sorted."""
    folder = files("quality.contracts") / "codes"
    found = (entry.name for entry in folder.iterdir())
    return tuple(sorted(n.removesuffix(".csv") for n in found if n.endswith(".csv")))
