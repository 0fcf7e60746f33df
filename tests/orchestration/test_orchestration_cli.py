"""The ``creditpark`` command: help, exit codes, and what needs no run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from orchestration.cli import main
from orchestration.commands import emit
from orchestration.holding import sole_writer
from orchestration.settings import POLICY

Command = Callable[..., Result]
SHIPPED = POLICY / "zibo-gaoxin-2026.yaml"


@pytest.fixture
def creditpark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command in an empty folder on 23 November 2026."""
    monkeypatch.chdir(tmp_path)
    given = {
        "CREDITPARK_HOME": str(tmp_path / "home"),
        "CREDITPARK_TODAY": "2026-11-23",
        "COLUMNS": "200",
    }

    def run(*words: str, **environment: str) -> Result:
        return CliRunner().invoke(main, [*words], env=given | environment)

    return run


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), ("run", "serve", "sandbox", "dagster", "policy", "file", "release")),
        (("run",), ("--sources", "--json")),
        (("serve",), ("--host", "--port")),
        (("sandbox",), ("--port",)),
        (("policy", "check"), ("FILE",)),
        (("file",), ("USCC", "--json")),
        (("release",), ("list", "verify", "rollback", "diff")),
        (("key",), ("create", "list", "revoke")),
        (("key", "create"), ("--bank", "--scope", "--expires")),
        (("quarantine", "list"), ("--dataset", "--json")),
    ],
)
def test_help_tells_what_there_is(
    creditpark: Command, words: tuple[str, ...], told: tuple[str, ...]
):
    result = creditpark(*words, "--help")
    assert result.exit_code == 0
    assert [word for word in told if word not in result.output] == []


def test_a_wrong_setting_is_exit_two(creditpark: Command):
    result = creditpark("release", "list", CREDITPARK_TODAY="tomorrow")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: CREDITPARK_TODAY: Input should be a valid")


@pytest.mark.parametrize("words", [("file",), ("nonsense",), ("run", "--colour")])
def test_wrong_usage_is_exit_two(creditpark: Command, words: tuple[str, ...]):
    assert creditpark(*words).exit_code == 2


def test_a_day_before_the_history_fails_with_the_cure(creditpark: Command):
    result = creditpark(
        "run", CREDITPARK_TODAY="2022-05-01", CREDITPARK_SANDBOX_ENTERPRISES="5"
    )
    assert result.exit_code == 1
    assert "set CREDITPARK_TODAY to a later day" in result.stderr


def test_a_second_run_is_told_to_wait(creditpark: Command, tmp_path: Path):
    with sole_writer(tmp_path / "home"):
        result = creditpark("run", CREDITPARK_SANDBOX_ENTERPRISES="5")
    assert result.exit_code == 4
    assert "another run is writing to" in result.output


def test_a_source_configuration_with_a_mistake_is_told(
    creditpark: Command, tmp_path: Path
):
    path = tmp_path / "sources.yaml"
    path.write_text("name: x\nhistory_from: 2024-01-01\nagencies: {police: {}}\n")
    result = creditpark("run", "--sources", str(path))
    assert result.exit_code == 1
    assert f"{path}: agencies.police" in result.stderr


def test_before_the_first_run_there_is_nothing_to_show(creditpark: Command):
    assert creditpark("release", "list").output == "No release yet: creditpark run\n"
    assert creditpark("release", "list", "--json").output == "[]\n"
    assert creditpark("quarantine", "list").output == "Nothing is quarantined\n"
    assert creditpark("key", "list").output.startswith("No keys yet")
    for words in (("release", "verify"), ("release", "diff"), ("file", "X" * 18)):
        result = creditpark(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")


def test_an_unknown_dataset_is_named_with_those_there_are(creditpark: Command):
    result = creditpark("quarantine", "list", "--dataset", "x; DROP TABLE y")
    assert result.exit_code == 1
    assert "no dataset 'x; DROP TABLE y'; one of registrations" in result.stderr


def test_the_shipped_policy_has_no_mistakes(creditpark: Command):
    result = creditpark("policy", "check")
    assert result.exit_code == 0
    assert result.output.endswith("zibo-gaoxin-2026.yaml: no mistakes\n")


def test_every_mistake_of_a_policy_is_told(creditpark: Command, tmp_path: Path):
    path = tmp_path / "policy.yaml"
    text = SHIPPED.read_text("utf-8")
    path.write_text(text.replace("flag: 10", "flag: ten", 1), "utf-8")
    result = creditpark("policy", "check", str(path))
    assert result.exit_code == 1
    assert "mistakes" in result.stderr
    assert "ten" in result.output or "flag" in result.output


def test_a_key_is_made_listed_and_revoked(creditpark: Command):
    made = creditpark(
        "key", "create", "--bank", "淄博某银行", "--expires", "2027-01-31"
    )
    assert made.exit_code == 0
    token = made.output.strip()
    (listed,) = json.loads(creditpark("key", "list", "--json").output)
    assert token.startswith(f"cpk_{listed['prefix']}.")
    assert token not in json.dumps(listed)
    assert (listed["bank"], listed["scopes"], listed["state"]) == (
        "淄博某银行",
        "facts",
        "live",
    )
    gone = creditpark("key", "revoke", listed["prefix"])
    assert gone.output == f"{listed['prefix']} (淄博某银行) is revoked\n"
    (after,) = json.loads(creditpark("key", "list", "--json").output)
    assert after["state"] == "revoked"


def test_a_key_request_that_cannot_be_met_is_told(creditpark: Command):
    late = creditpark("key", "create", "--bank", "甲", "--expires", "2026-11-22")
    assert (late.exit_code, "is past" in late.stderr) == (1, True)
    unknown = creditpark("key", "revoke", "nothing")
    assert (unknown.exit_code, "no key 'nothing'" in unknown.stderr) == (1, True)


def test_values_are_printed_as_they_are_whatever_brackets_they_hold(
    capsys: pytest.CaptureFixture[str],
):
    console = Console(width=80)
    emit(console, [{"value": "罚[2026]1号 [/x] [red]"}], as_json=False, empty="")
    assert "罚[2026]1号 [/x] [red]" in capsys.readouterr().out
