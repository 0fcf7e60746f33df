"""The documents are true: commands, settings, codes, examples and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from assets.credit.policy import Policy
from assets.credit.rules import KINDS as RULE_KINDS
from assets.credit.values import Filter, Value
from assets.credit.vocabulary import FIGURES
from assets.sources.declaration import Dataset, load_sources
from orchestration import cli, documents, errors
from orchestration.run import STATIONS
from orchestration.settings import Settings
from publish.access.keys import Scope
from publish.api.problems import KINDS as PROBLEMS
from publish.api.routes import OPERATIONS
from publish.api.wire import SECTIONS
from publish.release.gates import GATES
from quality.contracts import documents as dictionary
from tests.architecture.house import ROOT

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
Named = tuple[str, click.Command]
# What the examples of a source configuration name: addresses and keys of agencies.
AGENCY_VARIABLES = {
    "CREDITPARK_TAX_URL": "x",
    "CREDITPARK_TAX_TOKEN": "x",
    "CREDITPARK_LABOUR_DATABASE": "sqlite://",
}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands(command: click.Command, name: str) -> Iterator[Named]:
    """Every command with what one types to call it."""
    yield name, command
    if isinstance(command, click.Group):
        for word, child in command.commands.items():
            yield from commands(child, f"{name} {word}")


COMMANDS = [*commands(cli.main, "creditpark")]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[n for n, _ in COMMANDS])
def test_every_command_and_option_says_what_it_is_for(
    name: str, command: click.Command
):
    shown = CliRunner().invoke(cli.main, [*name.split()[1:], "--help"])
    assert shown.exit_code == 0
    assert (command.help or "").strip()
    for option in (p for p in command.params if isinstance(p, click.Option)):
        assert option.help, f"{name} {option.opts}"


def test_commands_are_listed_once_from_the_code():
    """No table by hand beside the generated one, which goes out of date in silence."""
    listed = re.findall(r"^## `(.+)`$", text("docs/commands.md"), re.MULTILINE)
    commands = [n for n, c in COMMANDS if not isinstance(c, click.Group)]
    assert sorted(listed) == sorted(commands)
    by_hand = [n for n in commands if f"| `{n}" in text("docs/operations.md")]
    assert by_hand == []


def test_every_target_of_make_is_in_the_operations():
    makefile = text("Makefile")
    (listed,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    described = text("docs/operations.md")
    assert [t for t in listed.split() if f"| `make {t}` |" not in described] == []


def test_exit_codes_are_told_in_three_places_alike():
    codes = {0, errors.FAILED, errors.USAGE, errors.INCOMPLETE, errors.BUSY}
    assert codes == {0, 1, 2, 3, 4}
    for code in codes:
        assert f"| {code} |" in text("docs/operations.md")
        assert re.search(rf"\b{code} \w+", text("README.md").split("Exit codes:")[1])
        assert re.search(rf"\b{code} \w+", (cli.__doc__ or "").split("Exit codes:")[1])


@pytest.mark.parametrize("made", [documents.documents, dictionary.documents])
def test_generated_documents_are_up_to_date(made: Any):
    for name, expected in made().items():
        assert text(name) == expected, f"{name} is out of date: run `make docs`"


def test_a_stale_document_is_told_and_written_anew(tmp_path: Path):
    def command(*words: str) -> Any:
        return CliRunner().invoke(documents.main, [*words, "--root", str(tmp_path)])

    stale = command("--check")
    assert stale.exit_code == 1
    names = [*documents.documents()]
    assert stale.stdout == "".join(f"{n}: out of date\n" for n in names)
    assert stale.stderr == "run: python -m orchestration.documents\n"
    assert command().stdout == "".join(f"{n}: written\n" for n in names)
    assert (command("--check").exit_code, command().stdout) == (0, "")


def test_every_setting_is_documented_with_no_place_of_this_machine():
    written = text("docs/settings.md")
    for name in Settings.model_fields:
        assert f"| `CREDITPARK_{name.upper()}` | `{name}` |" in written
    assert str(ROOT) not in written


def test_settings_that_documents_name_exist():
    known = {f"CREDITPARK_{name.upper()}" for name in Settings.model_fields}
    # Keys of agencies, which the examples of a source configuration name.
    known |= AGENCY_VARIABLES.keys()
    for path in DOCS:
        named = {*re.findall(r"CREDITPARK_[A-Z_]*[A-Z]", path.read_text("utf-8"))}
        assert named <= known, path.name


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_every_link_leads_somewhere(path: Path):
    for target in LINK.findall(CODE.sub("", path.read_text("utf-8"))):
        if not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            file = (path.parent / name) if name else path
            assert file.exists(), target
            assert not anchor or anchor in _anchors(file), target


def _anchors(path: Path) -> set[str]:
    """Anchors as the usual renderers make them of headings, and explicit ones."""
    written = path.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", written, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    return made | {*re.findall(r'<a id="([^"]+)">', written)}


def test_every_document_can_be_reached_from_the_readme():
    reached = {ROOT / "README.md"}
    ahead = [*reached]
    while ahead:
        page = ahead.pop()
        links = (t.partition("#")[0] for t in LINK.findall(page.read_text("utf-8")))
        found = {(page.parent / link).resolve() for link in links if link[-3:] == ".md"}
        ahead += found - reached
        reached |= found
    assert {*(ROOT / "docs").glob("*.md")} <= reached


def test_places_in_the_repository_that_documents_name_exist():
    for path in DOCS:
        if path.name in {"data-dictionary.md", "code-lists.md"}:
            continue
        spans = re.findall(r"`([^`\n]+)`", path.read_text("utf-8"))
        rooms = r"(assets|publish|quality|orchestration|sandbox|tests|docs|benchmarks)/"
        for place in (s for s in spans if re.fullmatch(rf"{rooms}[\w./-]*", s)):
            assert (ROOT / place).exists(), f"{path.name}: {place}"


def test_the_api_document_names_every_route_problem_section_and_scope():
    written = text("docs/api.md")
    routes = [f"`{o.method} {o.where}`" for o in OPERATIONS]
    assert [r for r in routes if r not in written] == []
    for code, kind in PROBLEMS.items():
        assert f"| `{code}` | {kind.status} |" in written
    assert [s for s in SECTIONS if f"`{s}`" not in written] == []
    assert [s for s in Scope if f"`{s.value}`" not in written] == []


def test_the_concepts_name_every_gate_and_letter():
    written = text("docs/concepts.md")
    assert [g for g in GATES if f"`{g}`" not in written] == []


def test_the_policy_document_names_every_part_and_word():
    written = text("docs/policy.md")
    words = {*RULE_KINDS, *Value.model_fields, *Filter.model_fields, *FIGURES}
    parts = {*Policy.model_fields} - {"zh", "en", "source", "valid_to"}
    assert [w for w in sorted(words | parts) if f"`{w}`" not in written] == []


def test_the_sources_document_names_every_key_of_a_dataset():
    written = text("docs/sources.md")
    assert [k for k in Dataset.model_fields if f"| `{k}` |" not in written] == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_examples_of_source_configurations_are_sound(tmp_path: Path, number: int):
    examples = re.findall(r"```yaml\n(.*?)```", text("docs/sources.md"), re.DOTALL)
    assert len(examples) == 3
    path = tmp_path / "sources.yaml"
    path.write_text(examples[number], "utf-8")
    given = AGENCY_VARIABLES | {"CREDITPARK_INBOX": "x"}
    assert load_sources(path, given).name == "our-zone"


def test_the_readme_names_every_station_in_order():
    named = re.findall(r"^\| [①-⑦] (\w+) \|", text("README.md"), re.MULTILINE)
    assert named[:-1] == [s for s in STATIONS if s in named]
    assert named[-1] == "serve"
