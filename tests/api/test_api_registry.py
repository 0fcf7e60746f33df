from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import StatementError

from publish.access.keys import create_key, list_keys
from publish.registry.columns import NaiveInstantError
from publish.registry.engine import RegistryUrlError, open_registry
from publish.registry.tables import api_keys
from tests.serving.world import TurningClock


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://x/y", "sqlite, postgresql"),
        ("postgresql://u:hush@h/d", "postgresql"),
    ],
)
def test_an_unusable_registry_url_is_explained_without_its_password(
    url: str, advice: str
) -> None:
    with pytest.raises(RegistryUrlError, match=advice) as told:
        open_registry(url)
    assert "hush" not in str(told.value)


def test_the_registry_survives_many_writers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    engines = [open_registry(url) for _ in range(4)]

    def make(number: int) -> None:
        for _ in range(3):
            bank = f"虚构银行{number}"
            create_key(engines[number], TurningClock(), bank=bank, scopes=["facts"])

    writers = [threading.Thread(target=make, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with engines[0].connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert len(list_keys(engines[0])) == 12
    for engine in engines:
        engine.dispose()


def row(created_at: datetime) -> dict[str, object]:
    names = ("prefix", "secret_hash", "bank", "holder", "scopes", "networks")
    numbers = {"requests_per_minute": 1, "requests_per_day": 1}
    return {
        **dict.fromkeys(names, "x"),
        **numbers,
        "networks": "",
        "created_at": created_at,
    }


def test_instants_keep_their_meaning_and_need_a_zone(tmp_path: Path) -> None:
    engine = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    noon = TurningClock().now()
    with engine.begin() as connection:
        connection.execute(insert(api_keys).values(row(noon)))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT created_at FROM api_keys")).scalar()
    (key,) = list_keys(engine)
    assert key.created_at == noon
    assert key.created_at.tzinfo is UTC
    assert str(stored).startswith("2026-11-23 04:00:00")
    naive = noon.replace(tzinfo=None)
    with engine.begin() as connection:
        failed = pytest.raises((NaiveInstantError, StatementError), match="no zone")
        with failed as told:
            connection.execute(insert(api_keys).values(row(naive)))
    assert "secret_hash" not in str(told.value) or "'x'" not in str(told.value)
    engine.dispose()
