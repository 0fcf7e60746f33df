"""What the tests of the site start from: one built release, one application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import httpx
import pytest

from publish.serving.app import ServingApp, create_app
from quality.clock import ZONE
from tests.site.town import TODAY, invented_town

HOST = "http://localhost"


@dataclass
class TurningClock:
    """A clock whose day a test sets."""

    day: date = TODAY

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime.combine(self.day, time(12), ZONE)


@dataclass
class Site:
    """The application, asked in process through all its layers."""

    app: ServingApp
    clock: TurningClock
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **rest: Any) -> Any:
        asked = httpx.ASGITransport(app=self.app)
        kept = {"base_url": HOST, "cookies": rest.pop("cookies", None)}
        async with httpx.AsyncClient(transport=asked, **kept) as client:
            return await client.get(path, **rest)

    async def text(self, path: str, **rest: Any) -> str:
        answer = await self.get(path, **rest)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return str(answer.text)


@pytest.fixture(scope="session")
def town_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one release, built once and never touched."""
    home = tmp_path_factory.mktemp("town")
    invented_town().build(home / "releases")
    return home


@pytest.fixture
def site(town_home: Path) -> Iterator[Site]:
    clock = TurningClock()
    app = create_app(town_home, clock, registry_url="sqlite://")
    yield Site(app, clock)
    app.close()
