"""Settings: the environment above creditpark.toml above the defaults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.places import make_lake, make_setup
from orchestration.settings import (
    SANDBOX,
    Settings,
    SettingsError,
    load_settings,
    sandbox_variables,
    variables,
)
from sandbox import credentials


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a ``creditpark.toml``."""
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_everything_lives_in_var(tmp_path: Path):
    settings = load_settings({})
    assert settings.home == tmp_path / "var"
    assert settings.lake_folder == tmp_path / "var" / "lake"
    assert settings.releases == tmp_path / "var" / "releases"
    assert settings.drop_folder == tmp_path / "var" / "inbox"
    assert settings.registry == f"sqlite:///{tmp_path / 'var' / 'registry.db'}"
    assert (settings.host, settings.port) == ("127.0.0.1", 8001)
    assert settings.sources_file == SANDBOX
    assert settings.uses_sandbox
    assert settings.clock.fixed is None


def test_the_environment_wins_over_the_file(tmp_path: Path):
    text = 'home = "there"\nport = 9001\ntoday = 2026-01-02\n'
    (tmp_path / "creditpark.toml").write_text(text)
    settings = load_settings({"CREDITPARK_PORT": "9002", "UNRELATED": "x"})
    assert settings.home == tmp_path / "there"
    assert settings.port == 9002
    assert settings.clock.today() == date(2026, 1, 2)


def test_every_setting_says_what_it_is_for():
    fields = Settings.model_fields
    assert [name for name, field in fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TODAY", "tomorrow", "CREDITPARK_TODAY: Input should be a valid date"),
        ("PORT", "70000", "CREDITPARK_PORT: Input should be less than or equal"),
        ("SANDBOX_ENTERPRISES", "0", "CREDITPARK_SANDBOX_ENTERPRISES: Input should"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, told: str):
    with pytest.raises(SettingsError) as caught:
        load_settings({f"CREDITPARK_{name}": value})
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "CREDITPARK_COLOUR: Extra inputs are not permitted"),
        ("home = ", "creditpark.toml: "),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, text: str, told: str):
    (tmp_path / "creditpark.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({})
    assert str(caught.value).startswith(told)


def test_source_configurations_see_our_variables_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CREDITPARK_TAX_KEY", "k")
    monkeypatch.setenv("SOMETHING_ELSE", "x")
    settings = load_settings(
        {"CREDITPARK_DATA": "data", "CREDITPARK_INBOX": "in", "CREDITPARK_HOME": "h"}
    )
    found = variables(settings)
    assert found["CREDITPARK_TAX_KEY"] == "k"
    assert found["CREDITPARK_DATA"] == str(tmp_path / "data")
    assert found["CREDITPARK_INBOX"] == "in"
    assert found["SANDBOX_URL"] == "http://127.0.0.1:8010"
    assert "SOMETHING_ELSE" not in found


def test_the_sandbox_speaks_with_its_own_credentials():
    found = sandbox_variables("http://127.0.0.1:1")
    assert found["SANDBOX_URL"] == "http://127.0.0.1:1"
    assert found["SANDBOX_MARKET_TOKEN"] == credentials.MARKET_TOKEN
    assert found["SANDBOX_LABOUR_KEY"] == credentials.LABOUR_KEY


def test_settings_place_everything_below_the_home(tmp_path: Path):
    settings = load_settings({"CREDITPARK_HOME": "h", "CREDITPARK_TODAY": "2026-11-23"})
    setup, lake = make_setup(settings), make_lake(settings)
    assert setup.today == date(2026, 11, 23)
    assert setup.releases == tmp_path / "h" / "releases"
    assert setup.sources.name == "sandbox"
    assert setup.policy.id == "zibo-gaoxin-2026"
    assert lake.folder == tmp_path / "h" / "lake"
    assert not (tmp_path / "h").exists()  # naming a place does not make it
