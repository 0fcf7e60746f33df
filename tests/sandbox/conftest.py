"""A small sandbox on the wire, and a client that pages through each agency's style."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import requests

from sandbox import Sandbox, credentials
from sandbox.ledger import AGENCY_OF
from sandbox.web.tax import signature

DAY = date(2024, 3, 15)
SIZE = 100

Answer = requests.Response
Rows = list[dict[str, Any]]


class Client:
    """Speaks to the three agencies as a careful stranger would."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, headers: dict[str, str], **query: Any) -> Answer:
        url = self.base_url + path
        return self.session.get(url, params=query, headers=headers, timeout=20)

    def market(self, resource: str, **query: Any) -> Answer:
        token = {"Authorization": f"Bearer {credentials.MARKET_TOKEN}"}
        return self.get(f"/market/v1/{resource}", token, **query)

    def labour(self, resource: str, **query: Any) -> Answer:
        key = {"X-Api-Key": credentials.LABOUR_KEY}
        return self.get(f"/labour/openapi/{resource}", key, **query)

    def tax(self, resource: str, **query: Any) -> Answer:
        path = f"/tax/api/{resource}"
        return self.get(path, self.signed(path, query), **query)

    def signed(
        self,
        path: str,
        query: dict[str, Any],
        *,
        stamp: int | None = None,
        nonce: str | None = None,
        secret: str = credentials.TAX_SECRET,
    ) -> dict[str, str]:
        """Headers of a signed request."""
        written = str(stamp or int(time.time()))
        nonce = nonce or secrets.token_hex(8)
        texts = {name: str(value) for name, value in query.items()}
        return {
            "X-App-Id": credentials.TAX_APP_ID,
            "X-Timestamp": written,
            "X-Nonce": nonce,
            "X-Signature": signature(secret, path, texts, written, nonce),
        }

    def rows(self, resource: str, size: int = 500, **query: Any) -> Rows:
        """All rows of a resource, page by page."""
        return list(getattr(self, f"_{AGENCY_OF[resource]}")(resource, size, query))

    def _market(self, resource: str, size: int, query: dict[str, Any]) -> Iterator[Any]:
        number, pages = 1, 1
        while number <= pages:
            answer = self.market(resource, pageNum=number, pageSize=size, **query)
            data = answer.json()["data"]
            yield from data["list"]
            number, pages = number + 1, data["pages"]

    def _tax(self, resource: str, size: int, query: dict[str, Any]) -> Iterator[Any]:
        query = query | {"limit": size}
        while True:
            data = self.tax(resource, **query).json()["data"]
            yield from data["rows"]
            if data["next_cursor"] is None:
                return
            query["cursor"] = data["next_cursor"]

    def _labour(self, resource: str, size: int, query: dict[str, Any]) -> Iterator[Any]:
        answer = self.labour(resource, size=size, **query)
        yield from answer.json()["result"]
        key = {"X-Api-Key": credentials.LABOUR_KEY}
        while "next" in answer.links:
            url = answer.links["next"]["url"]
            answer = self.session.get(url, headers=key, timeout=20)
            yield from answer.json()["result"]


Starter = Callable[[dict[str, str]], Client]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A hundred enterprises as known on 15 March 2024."""
    with Sandbox(today=DAY, enterprises=SIZE) as running:
        yield running


@pytest.fixture(scope="session")
def client(sandbox: Sandbox) -> Iterator[Client]:
    made = Client(sandbox.base_url)
    yield made
    made.session.close()


@pytest.fixture
def faulty() -> Iterator[Starter]:
    """Start a sandbox with faults: ``faulty({"market": "500"})`` gives its client."""
    opened: list[tuple[Sandbox, Client]] = []

    def start(faults: dict[str, str]) -> Client:
        running = Sandbox(today=DAY, enterprises=SIZE, faults=faults)
        opened.append((running, Client(running.start())))
        return opened[-1][1]

    yield start
    for running, made in opened:
        made.session.close()
        running.stop()
