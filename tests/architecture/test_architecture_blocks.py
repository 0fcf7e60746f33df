"""Every block of commands in the documents is run, or excused and parsed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.blocks import DOCS, PAGES, ROOT, bare, blocks, calls, mistake, scripts

# What a fence may hold. Commands are ``sh``, whatever else; ``text`` is what is printed.
LANGUAGES = {"sh", "text", "yaml", "json", "python", "{toctree}"}
COMMANDS = re.compile(
    r"^\$? *(creditpark|make|curl|pip|docker|podman|kubectl|systemctl) "
)
GENERATED = {"commands.md", "data-dictionary.md", "code-lists.md"}
EDITIONS = sorted((DOCS / "zh").glob("*.md"))
WRITTEN = [p for p in PAGES if p.name not in GENERATED]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_block_says_what_it_is(page: Path):
    for block in blocks(page):
        assert block.language in LANGUAGES, block.place
        if block.language != "sh":
            assert not COMMANDS.search(block.text), f"{block.place}: label it sh"


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_script_is_one_and_names_commands_that_exist(page: Path):
    for block in scripts(page):
        parsed = subprocess.run(
            ["/bin/sh", "-n"],
            input=block.text,
            text=True,
            capture_output=True,
            check=False,
        )
        assert parsed.returncode == 0, f"{block.place}: {parsed.stderr}"
        wrong = [found for words in calls(block.text) if (found := mistake(words))]
        assert wrong == [], block.place


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_commands_named_in_prose_exist(page: Path):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    spans = [s for s in re.findall(r"`([^`\n]+)`", text) if s.startswith("creditpark ")]
    # ``a|b`` and ``[--option]`` are how usage is written.
    named = [re.sub(r"[\[\]]|\|\w+|/--\w+", " ", span) for span in spans]
    wrong = [f for span in named for words in calls(span) if (f := mistake(words))]
    assert wrong == []


@pytest.mark.parametrize("page", EDITIONS, ids=name)
def test_both_editions_have_the_same_commands(page: Path):
    """So that whoever runs one has run the other."""
    other = DOCS / page.name
    assert [bare(b.text) for b in scripts(page)] == [
        bare(b.text) for b in scripts(other)
    ]
    assert [bool(b.excuse) for b in scripts(page)] == [
        bool(b.excuse) for b in scripts(other)
    ]


def test_a_call_that_does_not_exist_is_found():
    assert mistake(["case", "moove", "X"]) == "case has no command moove"
    assert mistake(["case", "move", "X", "--bye", "a"]) == "move has no option --bye"
    assert mistake(["--home", "X", "case", "move", "X", "--by", "a"]) is None
    assert [
        *calls('A=$(creditpark case list --kind "x y" | head) # creditpark no')
    ] == [
        ["case", "list", "--kind", "x y"],
        ["no"],
    ]
