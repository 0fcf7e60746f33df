"""The desk: one writer per process that serves many requests in one transaction.

A commit that survives a power cut costs the disk a few milliseconds. Requests that wait
for it together share it, so that every answer has its audit row on disk before it leaves
and a single process still answers thousands of them a second. All processes meet in the
database: SQLite by its write lock, PostgreSQL by row locks and one advisory lock.
Not here: what is written (``admission``, ``audit``).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from publish.registry.engine import passes
from publish.registry.work import standing, writing

MOST = 512  # requests in one transaction
LONGEST_WAIT = 0.010  # seconds, for others that are under way

Work = Callable[[Connection, Sequence[Any]], Sequence[Any]]


class _Job(NamedTuple):
    kind: str
    item: Any
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Desk:
    """Runs kinds of work, each on all of its items that are waiting.

    Args:
        registry: from ``open_registry``.
        works: by kind, in the order in which a transaction does them. Each takes the
            waiting items and answers as many results, in their order.
        before: by kind, what is done with the same items before the transaction begins
            and holds up others; must not fail.

    Attributes:
        coming: quick requests under way in this process, which ask or will ask soon. A
            transaction waits a moment for them, as none of them can leave without one.
    """

    def __init__(
        self,
        registry: Engine,
        works: Mapping[str, Work],
        before: Mapping[str, Callable[[Sequence[Any]], None]] | None = None,
    ) -> None:
        self._registry = registry
        self._works = works
        self._before = before or {}
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._all_here = threading.Event()
        self._starting = threading.Lock()
        self._connection: Connection | None = None  # the desk's thread alone uses it
        self.coming = 0

    async def ask(self, kind: str, item: Any) -> Any:
        """The result of one item, once its transaction is committed.

        Raises:
            SQLAlchemyError: the registry could not be written; nothing was.
        """
        self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.put(_Job(kind, item, loop, future))
        if self._waiting.qsize() + 1 >= self.coming:
            self._all_here.set()
        return await future

    def close(self) -> None:
        """Finish what waits and stop."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join(10)

    def _start(self) -> None:
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="registry-desk", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        with contextlib.ExitStack() as stack:
            while (jobs := self._next()) is not None:
                try:
                    results = self._tried(stack, jobs)
                except SQLAlchemyError as error:
                    results = [error] * len(jobs)
                _tell(jobs, results)

    def _tried(self, stack: contextlib.ExitStack, jobs: list[_Job]) -> list[Any]:
        """On the connection that stands; once more on a new one where that may help."""
        for once_more in (True, False):
            try:
                self._connection = self._connection or stack.enter_context(
                    standing(self._registry)
                )
                return self._together(self._connection, jobs)
            except SQLAlchemyError as error:
                stack.close()
                self._connection = None
                if not (once_more and passes(error)):
                    raise
        return []

    def _next(self) -> list[_Job] | None:
        """Whatever waits, at least one; ``None`` once the desk closes."""
        jobs = [self._waiting.get()]
        self._wait_for_others()
        with contextlib.suppress(queue.Empty):
            while len(jobs) < MOST and jobs[-1] is not None:
                jobs.append(self._waiting.get_nowait())
        if jobs[-1] is None:
            jobs.pop()
            if jobs:
                self._waiting.put(None)
        return [j for j in jobs if j is not None] or None

    def _wait_for_others(self) -> None:
        self._all_here.clear()
        if self._waiting.qsize() + 1 < self.coming:
            self._all_here.wait(LONGEST_WAIT)

    def _together(self, connection: Connection, jobs: list[_Job]) -> list[Any]:
        """All in one transaction, or each in its own where one of them is refused."""
        try:
            return self._once(connection, jobs)
        except SQLAlchemyError as error:
            if len(jobs) == 1 or passes(error):
                raise
        return [self._alone(connection, job) for job in jobs]

    def _alone(self, connection: Connection, job: _Job) -> Any:
        try:
            return self._once(connection, [job])[0]
        except SQLAlchemyError as error:
            return error

    def _once(self, connection: Connection, jobs: list[_Job]) -> list[Any]:
        results: list[Any] = [None] * len(jobs)
        for kind, prepare in self._before.items():
            prepare([job.item for job in jobs if job.kind == kind])
        with writing(connection):
            for kind, work in self._works.items():
                places = [n for n, job in enumerate(jobs) if job.kind == kind]
                if places:
                    done = work(connection, [jobs[n].item for n in places])
                    for place, result in zip(places, done, strict=True):
                        results[place] = result
        return results


def _tell(jobs: list[_Job], results: Sequence[Any]) -> None:
    """Hand the results over, waking each event loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any]]] = {}
    for job, result in zip(jobs, results, strict=True):
        by_loop.setdefault(job.loop, []).append((job.future, result))
    for loop, pairs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(_settle, pairs)


def _settle(pairs: list[tuple[Any, Any]]) -> None:
    for future, result in pairs:
        if future.done():
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
