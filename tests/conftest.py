"""How the tests are spread over the cores.

Tests of one file stay in one process, and those of a directory whose fixtures make a
whole run stay together, so that the run is made once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TOGETHER = {"pipeline"}


@pytest.hookimpl(tryfirst=True)  # before the distribution reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        room = item.path.parent.name
        group = room if room in TOGETHER else f"{room}/{Path(item.path).name}"
        item.add_marker(pytest.mark.xdist_group(group))
    # The longest group first: nobody waits for it at the end.
    items.sort(key=lambda item: item.path.parent.name not in TOGETHER)
