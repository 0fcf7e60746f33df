"""The documentation site builds without a warning, and nothing in it leads nowhere."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.house import ROOT

TOOL = ROOT / "docs" / "tool"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions. Without a network: any look-up of a name fails."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    offline = (
        "import socket, runpy, sys; socket.getaddrinfo = None; sys.argv = sys.argv[1:];"
    )
    command = [
        sys.executable,
        "-c",
        f"{offline} runpy.run_path(sys.argv[0], None, '__main__')",
    ]
    made = subprocess.run(
        [*command, str(TOOL / "build.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return folder


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOL / f"{name}.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def text(path: Path) -> str:
    return path.read_text("utf-8")


def test_both_editions_speak_their_language_and_lead_to_each_other(site: Path):
    chinese, english = site / "zh" / "tutorial.html", site / "en" / "tutorial.html"
    assert '<html class="no-js" lang="zh-CN"' in text(chinese)
    assert '<html class="no-js" lang="en"' in text(english)
    assert "从零到一次信用修复" in text(chinese)
    assert 'placeholder="搜索"' in text(chinese)
    assert 'placeholder="Search"' in text(english)
    assert 'href="../en/tutorial.html"' in text(chinese)
    assert 'href="../zh/tutorial.html"' in text(english)
    pages = {p.name for p in (site / "en").glob("*.html")}
    assert pages == {p.name for p in (site / "zh").glob("*.html")}


def terms(site: Path, edition: str) -> dict[str, object]:
    index = text(site / edition / "searchindex.js")
    found = re.fullmatch(r"Search\.setIndex\((.*)\)", index, re.DOTALL)
    assert found
    held: dict[str, object] = json.loads(found[1])["terms"]
    return held


def test_search_finds_both_languages(site: Path):
    cut = module("bigrams").cut
    assert cut("信用修复 USCC码") == ["信用", "用修", "修复", "uscc", "码"]
    held = terms(site, "zh")
    assert {*cut("信用修复的承诺"), "quarantine", "uscc"} <= held.keys()
    assert {"repair", "quarantine"} <= terms(site, "en").keys()


def test_what_leads_nowhere_or_elsewhere_is_told(tmp_path: Path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html">1</a> <a href="a.html#here" id="here">2</a>'
        '<a href="#there">3</a> <script src="https://cdn.example/x.js"></script>'
    )
    assert [*module("build").broken(tmp_path)] == [
        "a.html: loads https://cdn.example/x.js",
        "a.html: leads to b.html, which is not there",
        "a.html: no anchor #there",
    ]
