"""Who acts in the stories: an enterprise in its browser, staff, a bank with a receiver.

All by the ways that people have: HTTP and commands.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import requests
from click.testing import CliRunner
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.engine import URL

from orchestration.cli import main
from publish.registry.schema import metadata
from tests.my.conftest import PDF, TOKEN, Visitor
from tests.pipeline.conftest import SIZE, TODAY
from tests.registry.mailbox import taking_posts
from tests.serving.world import BANK, Running

WAIT = 30  # seconds after which something that should come is given up


@dataclass
class Receiver:
    """Somebody's own system: what was posted to it, by path."""

    got: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    port: int = 0

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Any]:
        return [body for where, _, body in self.got if where == path]


@contextmanager
def receiving() -> Iterator[Receiver]:
    made = Receiver()

    def take(path: str, headers: Mapping[str, str], body: bytes) -> int:
        made.got.append((path, dict(headers), json.loads(body)))
        return 204

    with taking_posts(take) as made.port:
        yield made


def until(holds: Callable[[], Any]) -> Any:
    """Wait until something holds; gives it."""
    give_up = time.monotonic() + WAIT
    while not (found := holds()) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert found
    return found


@dataclass(frozen=True)
class Office:
    """Staff at the command line."""

    home: Path
    registry_url: str | None = None

    def tried(self, *words: str, today: date = TODAY) -> tuple[int, str]:
        """A command's exit code and what it printed."""
        given = {
            "CREDITPARK_HOME": str(self.home),
            "CREDITPARK_TODAY": today.isoformat(),
            "CREDITPARK_SANDBOX_ENTERPRISES": str(SIZE),
            "COLUMNS": "300",
        }
        if self.registry_url:
            given["CREDITPARK_REGISTRY_URL"] = self.registry_url
        done = CliRunner().invoke(main, [*words], env=given)
        return done.exit_code, done.output

    def does(self, *words: str, today: date = TODAY) -> str:
        """A command that works; gives what it printed."""
        code, told = self.tried(*words, today=today)
        assert code == 0, told
        return told.strip()

    def moves(self, case: str, action: str, *rest: str, today: date = TODAY) -> None:
        """One step of a case, with a reason."""
        words = ("--note", "已核实", "--by", "信用办", *rest)
        self.does("case", "move", case, action, *words, today=today)

    def table(self, *words: str, today: date = TODAY) -> list[dict[str, Any]]:
        """A command's rows."""
        found: list[dict[str, Any]] = json.loads(
            self.does(*words, "--json", today=today)
        )
        return found


@dataclass(frozen=True)
class Firm:
    """An enterprise on its own pages."""

    visitor: Visitor
    uscc: str

    @classmethod
    def logged_in(cls, server: Running, uscc: str) -> Firm:
        return cls(Visitor(server, requests.Session()).log_in(uscc), uscc)

    def objects(self, record: str) -> str:
        """Gives the case."""
        path = f"/my/objection?record={record}"
        return self._case(self.visitor.send(path, {"words": "处罚对象有误。"}))

    def applies(self, record: str) -> str:
        """Gives the case."""
        fields = {"words": "已改正并履行完毕。", "promise": "yes"}
        path = f"/my/repair?record={record}"
        return self._case(self.visitor.send(path, fields, {"proof": PDF}))

    def lets_in(self, *items: str) -> None:
        """Authorise the bank."""
        fields = {"bank": BANK, "items": [*items], "purpose": "授信审批"}
        more = {"until": "2026-12-31", "agree": "yes"}
        self.visitor.send("/my/authorise", fields | more)

    def shuts_out(self, authorisation: str) -> None:
        """End what the bank was allowed."""
        found = TOKEN.search(self.visitor.get("/my").text)
        assert found
        path = f"/my/authorisations/{authorisation}/withdraw"
        self.visitor.post(path, {"csrftoken": found[1]})

    def _case(self, answer: requests.Response) -> str:
        assert answer.status_code == 200, answer.text
        return answer.url.rpartition("/")[2]


def moved(registry: Engine, other: Engine) -> None:
    """Copy a registry into another, empty one."""
    with registry.connect() as source, other.begin() as target:
        for table in metadata.sorted_tables:
            rows = [dict(r._mapping) for r in source.execute(select(table))]
            if rows:
                target.execute(insert(table), rows)
            if rows and "seq" in table.columns and other.dialect.name != "sqlite":
                # PostgreSQL counts on from where we are.
                counter = func.pg_get_serial_sequence(table.name, "seq")
                target.execute(
                    select(func.setval(counter, max(r["seq"] for r in rows)))
                )


def rows(folder: Path, name: str, query: str, *values: Any) -> list[Any]:
    """Rows of a release's database."""
    with closing(sqlite3.connect(folder / name)) as connection:
        return connection.execute(query, values).fetchall()


def named(folder: Path, text: str) -> list[str]:
    """Files of a release that hold a text, apart from the lists of what was removed."""
    told = {"changes.jsonl", "diff.json"}
    files = [p for p in folder.rglob("*") if p.is_file() and p.name not in told]
    return sorted(p.name for p in files if text.encode() in p.read_bytes())


def plain(url: URL) -> str:
    """A database URL as a setting writes it."""
    return url.render_as_string(hide_password=False)
