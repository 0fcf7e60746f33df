"""Errands: what a serving process does between requests.

One thread per process; several processes share the work through the registry. Not here:
the works themselves (``webhooks``, ``screening``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

EVERY = 0.5  # seconds between two rounds

log = logging.getLogger(__name__)
Work = Callable[[], bool]


class Errands:
    """Runs works in turn until closed.

    Args:
        works: each does a little and says whether there is more to do at once.
    """

    def __init__(self, works: Sequence[Work]) -> None:
        self._works = works
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin, once: with the server, or with the first request where there is none."""
        if self._thread is not None or self._stop.is_set():
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="bank-errands", daemon=True
                )
                self._thread.start()

    def close(self) -> None:
        """Stop after the work at hand."""
        self._stop.set()
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(10)

    def _run(self) -> None:
        while not self._stop.is_set():
            more = [self._done(work) for work in self._works]
            if not any(more):
                self._stop.wait(EVERY)

    def _done(self, work: Work) -> bool:
        try:
            return work()
        except SQLAlchemyError:
            log.exception("an errand met an unavailable registry")
            return False
