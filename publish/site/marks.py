"""Which records are under objection now: shown at once, before any new release.

Asked of the registry at most every two seconds. Not here: objections.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from publish.cases.machines import MARKED, Kind
from publish.registry.case_tables import case_events, cases

ASK_EVERY_SECONDS = 2.0


class Marks:
    """Records under objection, by enterprise.

    Args:
        registry: where cases are.
        now: monotonic seconds.
    """

    def __init__(
        self, registry: Engine, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._registry, self._now = registry, now
        self._asked, self._edition = float("-inf"), 0
        self._marked: dict[str, frozenset[str]] = {}

    def edition(self) -> int:
        """A number that changes with every step of any case."""
        if self._now() - self._asked >= ASK_EVERY_SECONDS:
            self._asked = self._now()
            self._refresh()
        return self._edition

    def of(self, uscc: str) -> frozenset[str]:
        """The marked records of an enterprise."""
        self.edition()
        return self._marked.get(uscc, frozenset())

    def _refresh(self) -> None:
        newest = select(func.coalesce(func.max(case_events.c.seq), 0))
        marked = select(cases.c.uscc, cases.c.record_id).where(
            (cases.c.kind == Kind.OBJECTION.value) & cases.c.state.in_(MARKED)
        )
        try:
            with self._registry.connect() as connection:
                edition = int(connection.scalar(newest) or 0)
                if edition == self._edition:
                    return
                found: dict[str, set[str]] = {}
                for uscc, record_id in connection.execute(marked):
                    found.setdefault(uscc, set()).add(record_id)
        except SQLAlchemyError:
            return  # a page without marks is better than no page
        self._edition = edition
        self._marked = {u: frozenset(ids) for u, ids in found.items()}
