"""What the tests of the policy engine start from."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from assets.credit.loading import load_policy
from assets.credit.policy import Policy
from tests.credit.ledger import SHIPPED, Park


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


@pytest.fixture
def park(connection: duckdb.DuckDBPyConnection) -> Park:
    return Park(connection)


@pytest.fixture(scope="session")
def shipped() -> Policy:
    return load_policy(SHIPPED)
