"""Where the contract of a table stands, for whoever reads the table in Dagster.

Not here: what the contract says (``quality.contracts``).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

import quality.contracts

FOLDER = Path(quality.contracts.__file__).parent
DICTIONARY = "docs/data-dictionary.md"
_TABLE = re.compile(r'\w+\(\s*"([a-z_]+)",')
_ASSIGNED = re.compile(r"^(\w+) = ", re.MULTILINE)


def contract_metadata(table: str) -> dict[str, Any]:
    """The line of the contract, and its place in the dictionary of the documents."""
    path, line = places()[table]
    return {
        "contract": dg.MetadataValue.path(f"quality/contracts/{path.name}:{line}"),
        "dictionary": dg.MetadataValue.path(f"{DICTIONARY}#{table}"),
    }


@cache
def places() -> dict[str, tuple[Path, int]]:
    """File and line of every name that a call declares, each table among them."""
    found: dict[str, tuple[Path, int]] = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text("utf-8")
        for begun in _ASSIGNED.finditer(text):
            if named := _TABLE.match(text, begun.end()):
                found[named[1]] = (path, text.count("\n", 0, begun.start()) + 1)
    return found
