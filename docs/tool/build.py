"""Build the documentation site: ``python docs/tool/build.py FOLDER``.

Writes ``FOLDER/zh`` and ``FOLDER/en`` by Sphinx, every warning an error, and looks then at
every link and anchor of the pages as they are. Needs the requirements of the group ``docs``
and no network. Not here: writing the generated documents (``make docs`` does both).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.cmd.build import build_main

HERE = Path(__file__).parent
DOCS = HERE.parent
EDITIONS = {"zh": "zh_CN", "en": "en"}
# Files that pages lead to and that are no pages.
ALONG = ("openapi.json", "postman.json", "client/creditpark_client.py")


class Page(HTMLParser):
    """The anchors of a page, where it leads, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element says."""
        given = dict(attrs)
        if given.get("id"):
            self.anchors.add(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag in {"script", "img", "iframe"} and given.get("src"):
            self.loads.append(str(given["src"]))
        if tag == "link" and given.get("href"):
            self.loads.append(str(given["href"]))


def build(target: Path) -> int:
    """Build both editions; the number of what is wrong, told on standard error."""
    shutil.rmtree(target, ignore_errors=True)
    # A process each: Sphinx keeps the words of the first language it was asked for.
    forked = multiprocessing.get_context("fork")
    editions = [forked.Process(target=edition, args=(target, e)) for e in EDITIONS]
    for process in editions:
        process.start()
    for process in editions:
        process.join()
    if any(process.exitcode for process in editions):
        return 1
    for name in ("index.html", "choose.js"):
        shutil.copy(HERE / name, target / name)
    wrong = [*broken(target)]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return len(wrong)


def edition(target: Path, folder: str) -> None:
    """One language, with the files that its pages lead to."""
    made = target / f".made-{folder}"
    given = ["-c", HERE, "-D", f"language={EDITIONS[folder]}", "-d", made]
    flags = ("--quiet", "--fail-on-warning", "--keep-going", "--builder", "html")
    words = [*flags, *map(str, given), str(DOCS), str(target / folder)]
    if build_main(words):
        sys.exit(1)
    for name in ALONG:
        (target / folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(DOCS / name, target / folder / name)
    shutil.rmtree(made)


def broken(target: Path) -> Iterator[str]:
    """Links that lead nowhere, and whatever would be loaded from another host."""
    pages = {path.resolve(): read(path) for path in sorted(target.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(target.resolve()).as_posix()
        yield from (f"{name}: loads {u}" for u in page.loads if urlsplit(u).netloc)
        for link in (u for u in page.links if not urlsplit(u).scheme):
            place, _, anchor = link.partition("#")
            file = (path.parent / unquote(place.partition("?")[0])).resolve()
            file = file if place else path
            if not file.is_file():
                yield f"{name}: leads to {link}, which is not there"
            elif (
                anchor and file in pages and unquote(anchor) not in pages[file].anchors
            ):
                yield f"{name}: no anchor {link}"


def read(path: Path) -> Page:
    """One page."""
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page


if __name__ == "__main__":
    with contextlib.suppress(IndexError):
        sys.exit(min(build(Path(sys.argv[1])), 1))
    sys.exit("say where to: python docs/tool/build.py FOLDER")
