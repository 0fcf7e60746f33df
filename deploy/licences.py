"""The licences of an SBOM (CycloneDX, JSON) as a table; runs without the platform."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

UNKNOWN = "not declared"


def named(component: dict[str, Any]) -> str:
    """What a component says its licences are."""
    held = component.get("licenses", [])
    found = [
        each.get("expression")
        or each["license"].get("id")
        or each["license"].get("name")
        for each in held
    ]
    return ", ".join(sorted({*filter(None, found)})) or UNKNOWN


def table(document: dict[str, Any]) -> str:
    """One line a component, by name."""
    components = sorted(document["components"], key=lambda c: str(c["name"]).lower())
    lines = [f"| {c['name']} | {c['version']} | {named(c)} |" for c in components]
    return "\n".join(["| package | version | licence |", "|---|---|---|", *lines])


if __name__ == "__main__":
    sys.stdout.write(table(json.loads(Path(sys.argv[1]).read_text("utf-8"))) + "\n")
