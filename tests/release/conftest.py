"""What the tests of releases start from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from publish.release.model import Release
from tests.release.invented import Park, small_park


@pytest.fixture
def park(tmp_path: Path) -> Park:
    """Three invented enterprises with a few records."""
    return small_park(tmp_path / "releases")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The first release of that park, to be looked at and not touched."""
    return small_park(tmp_path_factory.mktemp("made") / "releases").build()


@pytest.fixture
def served(park: Park, made: Release) -> Park:
    """The same park, with that first release serving already."""
    shutil.copytree(made.folder.parent, park.folder)
    return park


@pytest.fixture
def first(served: Park, made: Release) -> Release:
    """The release that serves there, in its own folder."""
    return replace(made, folder=served.folder / made.id)
