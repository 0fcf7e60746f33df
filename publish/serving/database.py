"""One immutable file of one release, as Datasette's ``Database``.

Datasette 0.65 keeps read connections in one thread-local keyed by name, so that a file
mounted again under an old name is never reopened; this class keeps its own. Not here:
which release is current (``mount``).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from datasette.database import Database
from datasette.utils import Column

from publish.release.withdrawn import NOTHING, Withdrawn
from publish.serving import guard
from publish.serving.asking import INDEXED, Answers, Budget, Rows
from publish.serving.ordering import sorted_table, with_ties_broken
from quality.clock import Clock

COUNT_LIMIT_MS = 50
WHOLE_FILE = 2**31  # bytes read from the system's own cache, not copied out of it

log = logging.getLogger(__name__)
T = TypeVar("T")


class ReleaseConnection(sqlite3.Connection):
    """A connection that lets go of its file when it is closed.

    A statement cut off by its time limit lives on in the traceback of its error, and
    SQLite keeps a file open until the last statement on it is finalised.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()
        super().__init__(*args, **kwargs)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """A cursor that ends with its connection; ``execute`` comes by here too."""
        cursor = super().cursor(*args, **kwargs)
        self._cursors.add(cursor)
        return cursor

    def close(self) -> None:
        """Close every cursor, then the file."""
        for cursor in list(self._cursors):
            cursor.close()
        super().close()


class ReleaseDatabase(Database):  # type: ignore[misc]  # Datasette ships no types
    """A guarded, immutable database of one generation.

    Args:
        datasette: the application it belongs to.
        path: the SQLite file, never written again.
        name: its name in Datasette, the same for every generation.
        clock: decides which time-limited rows exist.
        withdrawn: rows it may not show though it holds them.
        contract: tables and columns that we may ask it for.
    """

    def __init__(
        self,
        datasette: Any,
        path: Path,
        name: str,
        clock: Clock,
        *,
        withdrawn: Withdrawn = NOTHING,
        contract: guard.Contract = MappingProxyType({}),
    ) -> None:
        super().__init__(datasette, path=str(path), is_mutable=False)
        self.name = self.route = name
        self._clock = clock
        self._withdrawn = withdrawn
        self._contract = contract
        self._local = threading.local()
        self._counts: dict[tuple[Any, ...], dict[str, int | None]] = {}
        self._answers = Answers()
        self._keys: dict[str, list[str]] = {}

    @property
    def contract(self) -> guard.Contract:
        """Tables and columns that we may ask it for."""
        return self._contract

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A guarded connection; a release is never written.

        Raises:
            PermissionError: ``write`` was asked for.
        """
        if write:
            raise PermissionError(f"{self.path} is a published release: never written")
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?immutable=1",
            uri=True,
            check_same_thread=False,
            factory=ReleaseConnection,
        )
        try:
            connection.execute(f"PRAGMA mmap_size = {WHOLE_FILE}")
            guard.install(connection, self._clock, self._withdrawn, self._contract)
        except BaseException:
            connection.close()
            raise
        self._all_file_connections.append(connection)
        return connection

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``fn`` with the connection of a thread of Datasette's pool."""
        if self.ds.executor is None:
            return fn(self._connection())
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self.ds.executor, lambda: fn(self._connection())
        )

    def connection(self) -> sqlite3.Connection:
        """The guarded connection of the calling thread."""
        return self._connection()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "open", None)
        if connection is None:
            connection = self._local.open = self._prepared()
        return connection

    async def ask(self, sql: str, values: Mapping[str, object]) -> Rows:
        """The rows of a guarded statement: at once if it is quick, else kept for the day.

        Rows are shared between visitors: whoever alters one alters it for all.
        """
        key = (sql, self._clock.today(), *values.items())
        if (kept := self._answers.find(key)) is not None:
            return kept
        if INDEXED not in sql:
            budget = self._budget()
            if (rows := budget.rows(sql, values)) is not None:
                if budget.dear:
                    self._answers.keep(key, rows)
                return rows

        async def slowly() -> Rows:
            return [dict(row) for row in (await self.execute(sql, values)).rows]

        return await self._answers.once(key, slowly)

    def _budget(self) -> Budget:
        budget: Budget | None = getattr(self._local, "budget", None)
        if budget is None:
            self._local.budget = budget = Budget(self._prepared())
        return budget

    def _prepared(self) -> sqlite3.Connection:
        """A connection as Datasette wants it, but for texts: ours are sound UTF-8.

        Datasette has Python look at every text for others' sake.
        """
        connection = self.connect()
        self.ds._prepare_connection(connection, self.name)
        connection.text_factory = str
        return connection

    async def execute(self, sql: str, *args: Any, **kwargs: Any) -> Any:
        """As Datasette's, but ties are broken and failures name no visitor's parameters."""
        kwargs["log_sql_errors"] = False
        table = sorted_table(sql)
        if table and (keys := await self.keys_of(table)):
            sql = with_ties_broken(sql, keys)
        try:
            return await super().execute(sql, *args, **kwargs)
        except sqlite3.DatabaseError as error:
            log.warning("a statement failed in %s: %s", self.name, error)
            raise

    @property
    def hash(self) -> None:
        """Unknown to Datasette, which would read the whole file for it on a request."""

    async def table_column_details(self, table: str) -> list[Any]:
        """Columns of the table itself: the shadowing view knows no primary key."""
        name = guard.quoted(table)
        return await self.execute_fn(
            lambda c: [
                Column(*r) for r in c.execute(f"PRAGMA main.table_xinfo({name})")
            ]
        )

    async def keys_of(self, table: str) -> list[str]:
        """The primary key of a table, asked once; empty where there is no such table."""
        if table not in self._keys:
            self._keys[table] = await self.primary_keys(table)
        return self._keys[table]

    async def primary_keys(self, table: str) -> list[str]:
        """Primary key columns in key order."""
        columns = await self.table_column_details(table)
        keys = [c for c in columns if c.is_pk]
        return [c.name for c in sorted(keys, key=lambda c: c.is_pk)]

    async def foreign_keys_for_table(self, table: str) -> list[dict[str, str]]:
        """Outgoing foreign keys of the table itself, one column each."""
        sql = f"PRAGMA main.foreign_key_list({guard.quoted(table)})"
        rows = await self.execute_fn(lambda c: c.execute(sql).fetchall())
        return [
            {"column": r["from"], "other_table": r["table"], "other_column": r["to"]}
            for r in rows
        ]

    async def get_all_foreign_keys(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """Foreign keys into and out of every table."""
        names = await self.table_names()
        found: dict[str, dict[str, list[dict[str, str]]]] = {
            name: {"incoming": [], "outgoing": []} for name in names
        }
        for name in names:
            for key in await self.foreign_keys_for_table(name):
                found[name]["outgoing"].append(key)
                incoming = found[key["other_table"]]["incoming"]
                incoming.append(_incoming(name, key))
        return found

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Rows that may be shown today by table; ``None`` where it took too long."""
        today = (self._clock.today(),)
        if today not in self._counts:
            self._cached_table_counts = None
            counts = await super().table_counts(min(limit, COUNT_LIMIT_MS))
            self._cached_table_counts = None
            self._counts = {today: counts}
        return self._counts[today]


def _incoming(table: str, key: dict[str, str]) -> dict[str, str]:
    """A foreign key as the table it points to sees it, in Datasette's words."""
    return {
        "other_table": table,
        "column": key["other_column"],
        "other_column": key["column"],
    }
