"""The ASVS checklist as a document, from ``docs/asvs.yaml``.

Not here: whether what it names exists (a test of ``tests/architecture`` looks).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from quality.generated import note

PLACE = Path(__file__).parents[1] / "docs" / "asvs.yaml"
STATES = {"met": "符合", "not applicable": "不适用", "open": "未符合"}
Chapter = dict[str, Any]


def chapters() -> list[Chapter]:
    """Chapters with their requirements, as written."""
    found: list[Chapter] = yaml.safe_load(PLACE.read_text("utf-8"))
    return found


def document(made_by: str) -> str:
    """The checklist: how many stand how, then every requirement."""
    return "\n".join(_lines(made_by)) + "\n"


def _lines(made_by: str) -> Iterator[str]:
    yield from ("# ASVS 5.0 逐条清单 Checklist", "")
    yield from (note(made_by), "")
    yield "OWASP Application Security Verification Standard 5.0.0, every requirement of"
    yield "levels 1 and 2 in our own short words. Filled in by the developers, not by an"
    yield "auditor. Where several kinds of user differ, the weaker one counts. Context:"
    yield "[security](security.md)."
    yield from (
        "",
        f"| chapter | {' | '.join(f'{zh} {s}' for s, zh in STATES.items())} |",
    )
    yield "|---|---|---|---|"
    held = chapters()
    for chapter in held:
        yield _sums(f"{chapter['chapter']} {chapter['title']}", chapter["requirements"])
    yield _sums("**all**", [r for c in held for r in c["requirements"]])
    for chapter in held:
        yield from ("", f"## {chapter['chapter']} {chapter['title']}", "")
        yield from (
            "| requirement | level | asks | state | why, and shown by |",
            "|---|---|---|---|---|",
        )
        yield from (_row(each) for each in chapter["requirements"])


def _sums(name: str, requirements: list[dict[str, Any]]) -> str:
    counted = Counter(r["state"] for r in requirements)
    return f"| {name} | {' | '.join(str(counted[s]) for s in STATES)} |"


def _row(given: dict[str, Any]) -> str:
    state = f"{STATES[given['state']]} {given['state']}"
    if given["state"] == "open":
        state = f"**{state}**"
    shown = " ".join(f"`{place}`" for place in given.get("by", []))
    cells = (
        given["id"],
        given["level"],
        given["asks"],
        state,
        f"{given['why']} {shown}".strip(),
    )
    return f"| {' | '.join(map(str, cells))} |"
