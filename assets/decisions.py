"""Decisions of the office in a file: appended durably, numbered, never changed.

One JSON object a line. What a decision is about, and which ones are in force, is with the
subject (``assets.files.decisions``, ``assets.credit.decisions``).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

END = b"\n"


class Decided(Protocol):
    """A frozen dataclass of plain values with these fields among them."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def made_by(self) -> str:
        """Who answers for it."""
        ...

    @property
    def reason(self) -> str:
        """On what it rests."""
        ...


D = TypeVar("D", bound=Decided)


@dataclass(frozen=True)
class DecisionLog(Generic[D]):
    """Reads and appends decisions of one kind.

    Attributes:
        made: the dataclass of a decision; its ``id`` numbers it from 1.
        error: raised where one cannot be read or kept; says why.
    """

    made: type[D]
    error: type[ValueError]

    def read(self, path: Path) -> list[D]:
        """Every decision ever made, oldest first.

        A last line without its end is what a killed process left of a decision that
        nobody was told is kept: it does not count.

        Raises:
            ValueError: a line cannot be read; it names the line.
        """
        return self._parsed(path, path.read_bytes()) if path.is_file() else []

    def append(
        self,
        path: Path,
        decision: D,
        check: Callable[[Sequence[D]], None] = lambda _: None,
    ) -> D:
        """Keep one more, durably, under the next number; gives it as kept.

        Writers take turns: each numbers its decision after all that are there by then.

        Args:
            path: the file; made where there is none.
            decision: without its number.
            check: given all that are there by then; raises where this one cannot follow.

        Raises:
            ValueError: nobody answers for it, or it gives no reason.
        """
        if not decision.made_by.strip() or not decision.reason.strip():
            raise self.error("a decision needs a name and a reason")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed
            file.seek(0)
            body = file.read()
            before = self._parsed(path, body)
            check(before)
            kept = replace(decision, id=len(before) + 1)
            file.truncate(body.rfind(END) + 1)
            file.write(json.dumps(asdict(kept), ensure_ascii=False).encode() + END)
            file.flush()
            os.fsync(file.fileno())
        return kept

    def _parsed(self, path: Path, body: bytes) -> list[D]:
        whole, _, _ = body.rpartition(END)
        found = []
        for number, line in enumerate(whole.split(END) if whole else (), 1):
            try:
                found.append(self.made(**json.loads(line)))
            except (ValueError, TypeError) as error:
                text = f"{path} line {number}: {error}; restore it"
                raise self.error(text) from error
        return found
