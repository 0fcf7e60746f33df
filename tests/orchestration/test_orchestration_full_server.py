"""A PostgreSQL server whose disk is full: told as that, nothing lost, mended by room.

The disk is a real one and small; PostgreSQL itself meets its end.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from orchestration.cli import main
from orchestration.instance import VARIABLE, open_instance
from publish.access.keys import create_key, list_keys
from publish.registry.engine import full, open_registry
from quality.clock import Clock
from tests import postgresql
from tests.disks import filled
from tests.serving.world import wait_until

CLOCK = Clock(date(2026, 11, 23))
KILOBYTES = 96 * 1024  # a new server takes 42 MB of them
# What no page that is there already has room for.
CHANCE = random.Random(1)  # noqa: S311
NETWORKS = [str(IPv4Address(CHANCE.getrandbits(32))) for _ in range(9_000)]
MANY = [word for network in NETWORKS for word in ("--network", network)]
AWAY = "does not answer; see that it runs"
NOISE = CHANCE.randbytes(150_000).hex()


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with postgresql.server(KILOBYTES) as running:
        yield running


@pytest.fixture
def place(server: Any) -> URL:
    return postgresql.database(server)


@pytest.fixture
def registry(place: URL) -> Iterator[Engine]:
    engine = open_registry(place)
    create_key(engine, CLOCK, bank="虚构银行", scopes=["facts"])
    yield engine
    engine.dispose()


def disk(server: Any) -> Path:
    return Path(server.pgdata).parent


def command(url: URL, home: Path, *words: str) -> tuple[int, str]:
    plain = url.render_as_string(hide_password=False)
    given = {"CREDITPARK_REGISTRY_URL": plain, "CREDITPARK_HOME": str(home)}
    done = CliRunner().invoke(main, [*words], env=given)
    return done.exit_code, done.output


def banks(registry: Engine) -> set[str]:
    return {key.bank for key in list_keys(registry)}


def test_a_full_disk_is_told_as_that_and_nothing_is_half_written(
    server: Any, registry: Engine, place: URL, tmp_path: Path
):
    large = ("key", "create", "--bank", "虚构二行", *MANY)
    with filled(disk(server)):
        code, told = command(place, tmp_path, *large)
        assert code == 1
        assert told.startswith(
            "Error: the disk of the database's server is full, and nothing was written; "
            "make room there, then repeat the command"
        )
        assert "No space left on device" in told
        # What stands can be read all the while.
        assert banks(registry) == {"虚构银行"}
    assert command(place, tmp_path, *large)[0] == 0
    assert banks(registry) == {"虚构银行", "虚构二行"}


def test_a_server_that_its_full_disk_stops_comes_back_with_all_that_was_committed(
    server: Any, registry: Engine, place: URL, tmp_path: Path
):
    with filled(disk(server)):
        # Its log needs another file: PostgreSQL ends then, and cannot begin again.
        with pytest.raises(OperationalError), registry.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE lost AS SELECT pg_switch_wal()")
        # It may be some seconds until it has tried to begin again, and ended for good.
        wait_until(lambda: AWAY in command(place, tmp_path, "key", "list")[1])
        code, told = command(place, tmp_path, "key", "create", "--bank", "虚构二行")
        assert (code, AWAY in told) == (1, True)
    server.ensure_postgres_running()
    assert banks(registry) == {"虚构银行"}
    assert command(place, tmp_path, "key", "create", "--bank", "虚构二行")[0] == 0
    assert banks(registry) == {"虚构银行", "虚构二行"}


@dg.asset
def figures() -> dg.MaterializeResult[None]:
    """More than the disk holds."""
    return dg.MaterializeResult(metadata={"much": NOISE})


def test_a_run_that_dagsters_full_database_cannot_record_ends_and_says_so(
    server: Any, place: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv(VARIABLE, "")
    url = SecretStr(
        place.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    with open_instance(tmp_path, url) as instance:
        with filled(disk(server)), pytest.raises(OperationalError) as told:
            dg.materialize([figures], instance=instance)
        assert full(told.value)
        assert dg.materialize([figures], instance=instance).success
