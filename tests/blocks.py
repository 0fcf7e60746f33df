"""The fenced blocks of the documents, and how commands in them are read.

Used by ``tests/architecture`` (every block is labelled, parsed, run or excused) and by
``tests/pipeline`` (which runs them).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from orchestration.cli import main

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
FENCE = re.compile(r"^(`{3,})(\S*)[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
EXCUSE = re.compile(
    r"(?:Not run by the tests: |测试中不运行：)(.+?)[.。]\n\n\Z", re.DOTALL
)
CALL = re.compile(r"(?<![\w./-])creditpark((?: +(?:\"[^\"]*\"|[^\s|;&)#`])+)+)")


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, in what language, and why it is not run."""

    page: Path
    line: int
    language: str
    text: str
    excuse: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(text):
        excuse = EXCUSE.search(text[: match.start()])
        line = text.count("\n", 0, match.start()) + 1
        reason = excuse[1] if excuse else None
        found.append(Block(page, line, match[2], match[3], reason))
    return found


def scripts(page: Path) -> list[Block]:
    """What a reader would type on a page."""
    return [block for block in blocks(page) if block.language == "sh"]


def bare(script: str) -> str:
    """A script without comments, to compare the editions of a page."""
    return re.sub(r"\s+#(?! refused).*$", "", script, flags=re.MULTILINE)


def calls(text: str) -> Iterator[list[str]]:
    """The words of every call of the command, without its own name."""
    for match in CALL.finditer(text.replace("\\\n", " ")):
        yield shlex.split(match[1])


def mistake(words: list[str]) -> str | None:
    """What is wrong with a call: a sub-command or an option that does not exist."""
    command: click.Command = main
    known = {"--help", "-h"}
    for word in words:
        known |= {name for param in command.params for name in param.opts}
        if word.startswith("-") and not re.fullmatch(r"-+", word):
            if word.partition("=")[0] not in known:
                return f"{command.name} has no option {word}"
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z]+", word):
            if word not in command.commands:
                return f"{command.name} has no command {word}"
            command = command.commands[word]
    return None
