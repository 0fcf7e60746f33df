"""How the site asks a release: quick statements at once, slow ones in a thread, once.

A release never changes, so that the answer to a slow statement (counts, facets) is kept
for the release and the day. Not here: connections and the guard (``database``).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any

Rows = list[dict[str, Any]]
Key = tuple[Hashable, ...]

STEP = 1_000  # SQLite instructions between two looks at the budget
MOST_STEPS = 12  # about a millisecond: less than handing over to a thread is worth
# The text index works inside a single instruction, whatever it costs.
INDEXED = " MATCH "
KEPT = 500  # answers
LARGEST = 200  # rows of an answer that is kept


class Budget:
    """Stops a statement that takes more instructions than it may.

    Args:
        connection: used by one thread alone.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._left = 0
        connection.set_progress_handler(self._spent, STEP)

    def rows(self, sql: str, values: Mapping[str, object]) -> Rows | None:
        """All rows, or ``None`` where the statement is not a quick one."""
        self._left = MOST_STEPS
        try:
            found = self.connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return None
            raise
        return [dict(row) for row in found]

    @property
    def dear(self) -> bool:
        """Whether the last statement is worth remembering."""
        return self._left < MOST_STEPS

    def _spent(self) -> bool:
        self._left -= 1
        return self._left < 0


class Answers:
    """Answers to statements that cost something, the least recently used dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Rows] = OrderedDict()
        self._awaited: dict[Key, asyncio.Task[Rows]] = {}

    def find(self, key: Key) -> Rows | None:
        """The answer under ``key``, if it is kept."""
        rows = self._kept.get(key)
        if rows is not None:
            self._kept.move_to_end(key)
        return rows

    def keep(self, key: Key, rows: Rows) -> None:
        """Keep an answer unless it is large."""
        if len(rows) <= LARGEST:
            self._kept[key] = rows
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    async def once(self, key: Key, ask: Callable[[], Awaitable[Rows]]) -> Rows:
        """Ask in a thread; visitors who want the same wait for one answer."""
        task = self._awaited.get(key)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.ensure_future(self._asked(key, ask))
            self._awaited[key] = task
        # A visitor who goes away does not stop what others wait for.
        return await asyncio.shield(task)

    async def _asked(self, key: Key, ask: Callable[[], Awaitable[Rows]]) -> Rows:
        try:
            rows = await ask()
        finally:
            self._awaited.pop(key, None)
        self.keep(key, rows)
        return rows
