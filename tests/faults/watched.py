"""The command, stopping at numbered durable operations, so that its disk can be looked at.

Started as a process of its own by ``watching``. Every opening for writing, renaming,
removing, making of folders and every writing SQLite statement below the home is an
operation; some of them, chosen by a seed, stop the process (SIGSTOP, all threads) just
before they happen. A thread stops it besides at seeded moments, in the middle of what
DuckDB and SQLite write. What then lies on the disk is what ``kill -9`` would leave.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
MOVES = {"os.rename": "rename", "os.remove": "remove", "os.mkdir": "mkdir",
         "os.rmdir": "rmdir", "os.link": "link"}  # fmt: skip
STATEMENTS = ("INSERT", "UPDATE", "DELETE", "CREATE", "COMMIT", "REPLACE")
_connect = sqlite3.connect


class Points:
    """Chooses operations and stops there.

    Args:
        home: operations elsewhere do not count.
        pipes: descriptors: what is told of each point before the stop, and what lets it
            go on; SIGSTOP may reach another thread first, and the one that tells must do
            nothing meanwhile.
        seed: chooses.
        share: of the classes of operations that are looked at, 0 to 1; a class is an
            operation on a kind of file.
        moments: mean seconds between stops at random moments; 0 for none.
    """

    def __init__(
        self, home: str, pipes: tuple[int, int], seed: int, share: float, moments: float
    ) -> None:
        self.home, (self.tell, self.go) = home, pipes
        self.share, self.moments = share, moments
        self.chance = random.Random(seed)  # noqa: S311
        self.seen = Counter[str]()
        self.done = 0
        self.lock = threading.Lock()

    def listen(self) -> None:
        """Begin."""
        sys.addaudithook(self.hear)
        sqlite3.connect = sqlite3.dbapi2.connect = self.connect
        if self.moments:
            threading.Thread(target=self.clock, daemon=True).start()

    def clock(self) -> None:
        """Stop at random moments."""
        own = random.Random(self.chance.random())  # noqa: S311
        while True:
            time.sleep(own.expovariate(1 / self.moments))
            with self.lock:
                self.stop("moment", "")

    def hear(self, event: str, given: tuple[Any, ...]) -> None:
        """An event of Python's own audit."""
        if event == "open":
            path, _mode, flags = given
            if flags & WRITING and isinstance(path, str | os.PathLike):
                self.operation("write", os.fspath(path))
        elif event in MOVES:
            self.operation(MOVES[event], os.fspath(given[0]))

    def connect(self, *given: Any, **named: Any) -> sqlite3.Connection:
        """Open a SQLite database and hear its statements as well."""
        connection = _connect(*given, **named)
        name = os.fspath(given[0] if given else named["database"])
        if name.startswith(self.home):
            connection.set_trace_callback(lambda said: self.said(said, name))
        return connection

    def said(self, statement: str, name: str) -> None:
        """A statement begins."""
        word = statement.lstrip()[:8].split(" ")[0].upper()
        if word in STATEMENTS:
            self.operation(word.lower(), name)

    def operation(self, what: str, path: str | bytes) -> None:
        """Count it; stop if the seed says so."""
        if not isinstance(path, str) or not path.startswith(self.home):
            return
        with self.lock:
            self.done += 1
            kind = f"{what} {_kind(path[len(self.home) :])}"
            self.seen[kind] += 1
            # The first of its class, then ever more seldom: the n-th with chance 1/n.
            if self.chance.random() < self.share / self.seen[kind]:
                self.stop(kind, path)

    def stop(self, kind: str, path: str) -> None:
        """Tell, and stop the whole process until somebody lets it go on."""
        told = {"number": self.done, "kind": kind, "path": path[len(self.home) + 1 :]}
        os.write(self.tell, (json.dumps(told) + "\n").encode())
        os.kill(os.getpid(), signal.SIGSTOP)
        os.read(self.go, 1)


def _kind(path: str) -> str:
    """The kind of a file: its place, without names that every run makes anew."""
    parts = Path(path.lstrip("/")).parts
    if parts[:1] == ("dagster",):
        return "dagster index" if "index.db" in parts[-1] else "dagster run"
    if parts[:1] in {("docs",), ("inbox",)}:
        return parts[0]
    if parts[:2] == ("lake", "landing"):
        partial = ".partial" if any(p.startswith(".partial") for p in parts) else ""
        return "/".join(parts[:4]) + partial
    if parts[:1] == ("releases",) and len(parts) > 2:
        return f"releases/folder/{parts[-1]}"
    return "/".join(p.split("-")[0] if p[0] == "." else p for p in parts[:3])


def main() -> None:
    """``watched HOME TELL GO SEED SHARE MOMENTS``; the command is ``creditpark run``."""
    home, tell, go, seed, share, moments = sys.argv[1:]
    points = Points(home, (int(tell), int(go)), int(seed), float(share), float(moments))
    points.listen()
    from orchestration.cli import main as creditpark  # noqa: PLC0415

    creditpark(["run"])


if __name__ == "__main__":
    main()
