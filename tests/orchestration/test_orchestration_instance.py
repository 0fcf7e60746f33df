"""Dagster's storage: SQLite in the home, or a real PostgreSQL by a setting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from orchestration.cli import main
from orchestration.instance import (
    POSTGRESQL,
    SQLITE,
    VARIABLE,
    InstanceError,
    open_instance,
    prepare,
)
from tests import postgresql


@dg.asset
def figures() -> dg.MaterializeResult[None]:
    """Nothing but an event to be found again."""
    return dg.MaterializeResult(metadata={"rows": 37})


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "2000")


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with postgresql.server() as running:
        yield running


def url_of(server: Any, scheme: str) -> SecretStr:
    made = postgresql.database(server).set(drivername=scheme, password="s3cret")
    return SecretStr(made.render_as_string(hide_password=False))


def rows_told(home: Path, url: SecretStr | None) -> Any:
    """What the asset's last event says, asked over a new connection."""
    with open_instance(home, url) as instance:
        event = instance.get_latest_materialization_event(figures.key)
    assert event is not None
    made = event.asset_materialization
    assert made is not None
    return made.metadata["rows"].value


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_events_are_found_again_in_postgresql(tmp_path: Path, server: Any, scheme: str):
    url = url_of(server, scheme)
    with open_instance(tmp_path, url) as instance:
        assert dg.materialize([figures], instance=instance).success
    postgresql.restart(server)
    assert rows_told(tmp_path, url) == 37
    # Nothing lies in the home but a configuration that holds no password.
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert [p.name for p in files if p.suffix in {".db", ".sqlite"}] == []
    assert not [p for p in files if b"s3cret" in p.read_bytes()]


def test_without_the_setting_they_lie_in_the_home(tmp_path: Path):
    with open_instance(tmp_path) as instance:
        assert dg.materialize([figures], instance=instance).success
    assert rows_told(tmp_path, None) == 37
    assert (tmp_path / "dagster/history/runs/index.db").is_file()


def test_the_setting_moves_the_storage_and_moves_it_back(tmp_path: Path):
    written = tmp_path / "dagster" / "dagster.yaml"
    for url, text in [
        (None, SQLITE),
        (SecretStr("postgresql://h/d"), POSTGRESQL),
        (None, SQLITE),
    ]:
        prepare(tmp_path, url)
        assert written.read_text() == text


def test_what_a_hand_edited_is_never_overwritten(tmp_path: Path):
    written, url = tmp_path / "dagster" / "dagster.yaml", SecretStr("postgresql://h/d")
    prepare(tmp_path)
    for text in (SQLITE + "# ours\n", POSTGRESQL + "# ours\n"):
        written.write_text(text)
        prepare(tmp_path)
        assert written.read_text() == text
    prepare(tmp_path, url)
    written.write_text(SQLITE + "# ours\n")
    with pytest.raises(InstanceError, match=r"edited by hand.*postgres_url"):
        prepare(tmp_path, url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://h/d", "begins with postgresql://"),
        ("nothing", "cannot be read as a URL"),
    ],
)
def test_a_wrong_url_is_told(tmp_path: Path, url: str, told: str):
    with pytest.raises(InstanceError, match=told):
        prepare(tmp_path, SecretStr(url))


def test_a_run_whose_database_is_away_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gone = f"postgresql://u:s3cret@/d?host={tmp_path}"
    monkeypatch.setenv(VARIABLE, gone)
    told = CliRunner().invoke(main, ["--home", str(tmp_path), "run"])
    assert told.exit_code == 1
    assert f"Error: Dagster's database ({VARIABLE}) does not answer" in told.output
    assert "s3cret" not in told.output
