"""Every command of the documents runs, page by page, on what the first run made.

The blocks of a page are one shell script. ``creditpark`` in it calls the command inside
this process, since a process for each would take minutes; ``curl`` asks a real server.
Blocks that cannot run here say so on the page (``tests/blocks.py``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli import main
from publish.release.names import AUTHORISED_DB
from tests.blocks import DOCS, PAGES, ROOT, Block, mistake, scripts
from tests.my.conftest import PDF
from tests.pipeline.conftest import TODAY, Run, copied
from tests.pipeline.people import Office, rows
from tests.serving.world import BANK, Running, TurningClock, running

# Commands that made this world or serve it, or take long and have tests of their own:
# only their words are looked at here.
STANDING = {"run", "serve", "dagster", "sandbox", "mock", "policy compare"}
# Targets of make that are no command of ours, and where they are tried.
ELSEWHERE = {
    "test": "it is what runs",
    "bench": "it takes minutes; tests/architecture names what it measures",
    "docs": "tests/architecture/test_architecture_site.py builds the site",
    "sbom": "it needs a package index",
    "audit": "it needs an advisory service",
    "clean": "it deletes",
}
PAGED = [p for p in PAGES if p.parent != DOCS / "zh" and scripts(p)]
STAND_IN = """\
#!{python} -IS
import json, os, socket, sys
given = {{k: v for k, v in os.environ.items() if k.startswith("CREDITPARK_")}}
asked = [os.path.basename(sys.argv[0]), sys.argv[1:], os.getcwd(), given]
with socket.create_connection(("127.0.0.1", {port})) as line:
    line.sendall(json.dumps(asked).encode() + b"\\n")
    code, out, err = json.loads(line.makefile().readline())
sys.stdout.write(out), sys.stderr.write(err)
sys.exit(code)
"""
POLICY = ROOT / "assets/credit/policies/zibo-gaoxin-2026.yaml"
Answer = tuple[int, str, str]


def make(words: list[str]) -> Answer:
    """``make TARGET``: what its recipe calls, which is a command of ours or elsewhere."""
    (target,) = words
    if target in ELSEWHERE:
        return 0, "", ""
    recipe = re.search(rf"^{target}:.*\n\t@\$\(BIN\)/creditpark (.*)$", MAKEFILE, re.M)
    return creditpark(recipe[1].split(), {}) if recipe else (2, "", f"no {target}\n")


MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def creditpark(words: list[str], given: dict[str, str]) -> Answer:
    """A command of ours, inside this process."""
    plain = [w for w in words if not w.startswith("-")]
    if {*plain[:1], " ".join(plain[:2]), *plain[1:2]} & STANDING:
        found = mistake(words)
        return (2, "", found) if found else (0, "", "")
    done = CliRunner().invoke(main, words, env=given)
    told = done.stderr + (
        repr(done.exception) if done.exc_info and not done.stderr else ""
    )
    return done.exit_code, done.stdout, told if done.exit_code else done.stderr


@contextmanager
def answering() -> Iterator[int]:
    """Take what the stand-ins ask, one at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                line, _ = listening.accept()
                with line:
                    asked = line.makefile().readline()
                    if not asked:
                        return
                    tool, words, folder, given = json.loads(asked)
                    before = Path.cwd()
                    os.chdir(folder)
                    try:
                        told = (
                            make(words) if tool == "make" else creditpark(words, given)
                        )
                    finally:
                        os.chdir(before)
                    line.sendall(json.dumps(told).encode() + b"\n")

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            socket.create_connection(listening.getsockname()).close()
            thread.join(10)


@dataclass
class World:
    """A served home, an office, a bank's key, and what examples stand for."""

    server: Running
    office: Office
    run: Run
    key: str
    tools: Path
    handed: set[str] = field(default_factory=set)

    def values(self) -> dict[str, Callable[[], str]]:
        """What a reader would have chosen, by the variable of the examples."""
        uscc, record = self.guided()
        return {
            "USCC": lambda: uscc,
            "RECORD": lambda: record,
            "CASE": self.application,
            "PROMISE": self.promise,
            "WARNING": self.warning,
            "RELEASE": lambda: str(self.run.releases.current()),
            "PREFIX": self.another_key,
            "KEY": lambda: self.key,
            "API": lambda: self.server.url,
            "POLICY": lambda: str(
                ROOT / "assets/credit/policies/zibo-gaoxin-2026.yaml"
            ),
        }

    def guided(self) -> tuple[str, str]:
        """A fine that can be repaired today, another each time: code and record."""
        folder = self.run.releases.path(str(self.run.releases.current()))
        graded = "SELECT uscc FROM grades WHERE letter IS NOT NULL"
        query = (
            "SELECT uscc, record_id FROM guidance WHERE kind = 'penalty' AND shown"
            f" AND repairable_from <= ? AND uscc IN ({graded}) ORDER BY record_id"
        )
        found = rows(folder, AUTHORISED_DB, query, TODAY.isoformat())
        uscc, record = next(row for row in found if row[1] not in self.handed)
        self.handed.add(record)
        return uscc, record

    def promise(self) -> str:
        words = ("--reason", "x", "--content", "x", "--liability", "x", "--by", "窗口")
        return self.office.does("case", "commit", self.guided()[0], *words)

    def application(self) -> str:
        papers = ("--paper", f"proof={self.tools / 'proof.pdf'}", "--promise")
        words = ("--words", "x", *papers, "--by", "窗口")
        return self.office.does("case", "apply", *self.guided(), *words)

    def warning(self) -> str:
        found = self.office.table("warnings", "list", "--level", "chain")
        return next(str(w["warning_id"]) for w in found if w["state"] == "open")

    def another_key(self) -> str:
        made = self.office.does("key", "create", "--bank", "示例银行")
        return made.removeprefix("cpk_").split(".")[0]


@pytest.fixture(scope="module")
def world(base: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    home = copied(base, folder)
    run = Run(base.code, base.report, base.settings.model_copy(update={"home": home}))
    with running(home, TurningClock()) as server, answering() as port:
        (tools := folder / "tools").mkdir()
        for name in ("creditpark", "make"):
            text = STAND_IN.format(python=sys.executable, port=port)
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        (tools / "proof.pdf").write_bytes(PDF[1])
        (tools / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")
        scopes = ("facts", "credit", "screen", "notify", "feedback")
        key = server.key(*scopes, bank_uscc=BANK)["Authorization"].split()[1]
        yield World(server, Office(home), run, key, tools)


def script(world: World, pieces: list[Block]) -> tuple[str, dict[str, str]]:
    """One shell script of a page's blocks, and the variables it is given."""
    lines = ["set -eu"]
    for block in pieces:
        text = block.text.replace("http://127.0.0.1:8001", world.server.url)
        text = re.sub(r"^(.+?) +# refused: (\w+)$", r"refused \2 \1", text, flags=re.M)
        # An example's value is what the reader has chosen, already there.
        text = re.sub(r"^[A-Z]+=\S*…\s*$", ":", text, flags=re.M)
        lines += [f"echo '--- {block.place}' >&2", text]
    whole = "\n".join(lines)
    refused = 'refused() { code=$1; shift; "$@" >told && exit 9; grep "$code" told; }\n'
    named = {*re.findall(r"\$\{?([A-Z]+)\b", whole)}
    named -= {*re.findall(r"^([A-Z]+)=\$", whole, re.MULTILINE)}
    return refused + whole, {n: f() for n, f in world.values().items() if n in named}


@pytest.mark.parametrize("page", PAGED, ids=lambda p: p.name)
def test_the_commands_of_a_page_run(world: World, page: Path, tmp_path: Path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    pieces = [block for block in scripts(page) if not block.excuse]
    if not pieces:
        return
    text, chosen = script(world, pieces)
    if "include=grade" in text and page.name != "tutorial.md":
        world.server.allow("grade", uscc=chosen["USCC"])
    shutil.copy(world.tools / "proof.pdf", tmp_path)
    shutil.copy(POLICY, tmp_path / "my-policy.yaml")
    given = {
        **{k: v for k, v in os.environ.items() if not k.startswith("CREDITPARK_")},
        **chosen,
        "PATH": f"{world.tools}:{os.environ['PATH']}",
        "CURL_HOME": str(world.tools),
        "CREDITPARK_HOME": str(world.server.home),
        "CREDITPARK_TODAY": TODAY.isoformat(),
    }
    done = subprocess.run(
        ["/bin/sh"],
        input=text,
        env=given,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def test_every_target_that_is_not_a_command_is_tried_elsewhere():
    (listed,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert ELSEWHERE.keys() <= {*listed.split()}
    assert make(["run"])[0] == 0
    assert make(["serve"])[0] == 0
    assert make(["nothing"])[0] == 2
