"""The ASVS checklist is whole, and what it names exists."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.asvs import STATES, chapters
from tests.architecture.house import ROOT

ALL = [r for chapter in chapters() for r in chapter["requirements"]]


def number(requirement: str) -> tuple[int, ...]:
    return tuple(int(part) for part in requirement.removeprefix("V").split("."))


def test_every_requirement_of_levels_1_and_2_stands_once_in_order():
    """ASVS 5.0.0 has 70 requirements of level 1 and 183 more of level 2."""
    numbers = [number(r["id"]) for r in ALL]
    assert numbers == sorted({*numbers})
    assert [r["level"] for r in ALL].count(1) == 70
    assert [r["level"] for r in ALL].count(2) == 183
    for chapter in chapters():
        assert {r["id"].split(".")[0] for r in chapter["requirements"]} == {
            chapter["chapter"]
        }


@pytest.mark.parametrize("given", ALL, ids=lambda r: r["id"])
def test_a_state_is_shown_or_explained(given: dict[str, Any]):
    assert given["state"] in STATES
    assert given["asks"].strip()
    assert given["why"].strip()
    assert bool(given.get("by")) == (given["state"] == "met")
    assert [p for p in given.get("by", []) if not (ROOT / p).exists()] == []
