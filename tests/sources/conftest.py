"""A small sandbox on the wire, an empty lake, and agencies that do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestration.lake.lake import LocalLake
from quality.clock import Clock
from sandbox import Sandbox
from tests.sources.scripted import ScriptedAgency

DAY = date(2024, 3, 15)
SIZE = 40
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Forty invented enterprises as known on 15 March 2024."""
    with Sandbox(today=DAY, enterprises=SIZE) as running:
        yield running


@pytest.fixture
def agency() -> Iterator[ScriptedAgency]:
    """An HTTP agency that answers what a test tells it to."""
    with ScriptedAgency() as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[LocalLake]:
    """An empty lake on 23 November 2026."""
    made = LocalLake(tmp_path / "lake", Clock(TODAY))
    yield made
    made.engine.close()
