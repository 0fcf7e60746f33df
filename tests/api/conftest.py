from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publish.api.mock import furnish
from tests.serving.world import TODAY, Running, TurningClock, publish, running


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("home")
    publish(home, "20261123-aaaaaaaaaa")
    with running(home, TurningClock()) as served:
        yield served


@pytest.fixture
def bank(_server: Running) -> Running:
    """A server on one release, as a bank sees it, on the day of the release."""
    _server.clock.day = TODAY
    return _server


@pytest.fixture
def own_bank(tmp_path: Path) -> Iterator[Running]:
    """A server of the test's own, which it may change."""
    publish(tmp_path, "20261123-aaaaaaaaaa")
    with running(tmp_path, TurningClock(), webhook_networks=["127.0.0.1"]) as served:
        yield served


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The mock mode that a bank tests against."""
    home = tmp_path_factory.mktemp("mock")
    with running(home, TurningClock()) as served:
        furnish(home, served.app.registry, served.clock)
        yield served
