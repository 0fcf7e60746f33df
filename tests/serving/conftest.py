from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.world import Running, TurningClock, publish, running


@pytest.fixture
def clock() -> TurningClock:
    return TurningClock()


@pytest.fixture
def site(tmp_path: Path, clock: TurningClock) -> Iterator[Running]:
    """A server on one release."""
    publish(tmp_path, "20261123-aaaaaaaaaa")
    with running(tmp_path, clock) as served:
        yield served


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests of a module that change nothing but the day."""
    home = tmp_path_factory.mktemp("home")
    publish(home, "20261123-aaaaaaaaaa")
    with running(home, TurningClock()) as served:
        yield served
