"""A release on trial: its two databases, read only, and what they are held against.

Not here: the gates.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publish.release.delta import Delta
from publish.release.errors import GateFailure
from publish.release.layout import Served
from publish.release.model import Limits, ReleaseInfo
from publish.release.names import AUTHORISED_DB, PUBLIC_DB

WHOLE, OTHERS = "main", "others"  # schemas of the public database
SHOWN = 20  # offending rows that are named one by one


@dataclass(frozen=True)
class Candidate:
    """A staged release.

    Attributes:
        public: ``public.db``.
        authorised: ``authorised.db``.
        info: what was asked for.
        counts: its rows by contract table name.
        before: the same of the serving release; empty for the first.
        limits: bounds of the gates.
        others: the public rows that the last release had not, where they are known. It
            passed these gates, of the same code: rows that stayed need no other verdict.
    """

    public: sqlite3.Connection
    authorised: sqlite3.Connection
    info: ReleaseInfo
    counts: Mapping[str, int]
    before: Mapping[str, int]
    limits: Limits
    others: Delta | None = None

    @property
    def judged(self) -> str:
        """The schema whose rows are judged where each row stands for itself."""
        return OTHERS if self.others else WHOLE

    @property
    def named_anew(self) -> bool:
        """Whether enterprises, or the names they are found by, may be others."""
        return self.others is None or self.others.renamed


Gate = Callable[[Candidate], Iterator[GateFailure]]


@contextmanager
def candidate(
    folder: Path,
    info: ReleaseInfo,
    counts: Mapping[str, int],
    before: Mapping[str, int],
    limits: Limits,
    *,
    others: Delta | None = None,
) -> Iterator[Candidate]:
    """Open the staged databases so that no gate can alter them."""
    with (
        closing(_reader(folder / PUBLIC_DB)) as public,
        closing(_reader(folder / AUTHORISED_DB)) as authorised,
    ):
        if others:
            public.execute(f"ATTACH ? AS {OTHERS}", (_address(others.now),))
        yield Candidate(public, authorised, info, counts, before, limits, others)


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(_address(path), uri=True)


def _address(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def offenders(
    db: sqlite3.Connection,
    table: Served,
    where: str,
    values: Sequence[Any] = (),
    schema: str = WHOLE,
) -> list[str]:
    """The keys of rows that meet a condition: the first few, then how many more."""
    columns = ", ".join(table.key)
    place = f"{schema}.{table.name} AS {table.name}"
    sql = f"SELECT {columns} FROM {place} WHERE {where} ORDER BY {columns}"
    return shortened([named(table.key, row) for row in db.execute(sql, values)])


def shortened(places: Sequence[str]) -> list[str]:
    """The first few places, then how many more there are."""
    more = len(places) - SHOWN
    return [*places[:SHOWN], f"and {more} more"] if more > 0 else list(places)


def named(key: Sequence[str], values: Sequence[Any]) -> str:
    """A row's key as ``column=value``."""
    return ", ".join(f"{k}={v}" for k, v in zip(key, values, strict=True))
