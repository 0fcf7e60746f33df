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

from publish.release.errors import GateFailure
from publish.release.layout import Served
from publish.release.model import Limits, ReleaseInfo
from publish.release.names import AUTHORISED_DB, PUBLIC_DB

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
    """

    public: sqlite3.Connection
    authorised: sqlite3.Connection
    info: ReleaseInfo
    counts: Mapping[str, int]
    before: Mapping[str, int]
    limits: Limits


Gate = Callable[[Candidate], Iterator[GateFailure]]


@contextmanager
def candidate(
    folder: Path,
    info: ReleaseInfo,
    counts: Mapping[str, int],
    before: Mapping[str, int],
    limits: Limits,
) -> Iterator[Candidate]:
    """Open the staged databases so that no gate can alter them."""
    with (
        closing(_reader(folder / PUBLIC_DB)) as public,
        closing(_reader(folder / AUTHORISED_DB)) as authorised,
    ):
        yield Candidate(public, authorised, info, counts, before, limits)


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def offenders(
    db: sqlite3.Connection, table: Served, where: str, values: Sequence[Any] = ()
) -> list[str]:
    """The keys of rows that meet a condition: the first few, then how many more."""
    columns = ", ".join(table.key)
    sql = f"SELECT {columns} FROM {table.name} WHERE {where} ORDER BY {columns}"
    return shortened([named(table.key, row) for row in db.execute(sql, values)])


def shortened(places: Sequence[str]) -> list[str]:
    """The first few places, then how many more there are."""
    more = len(places) - SHOWN
    return [*places[:SHOWN], f"and {more} more"] if more > 0 else list(places)


def named(key: Sequence[str], values: Sequence[Any]) -> str:
    """A row's key as ``column=value``."""
    return ", ".join(f"{k}={v}" for k, v in zip(key, values, strict=True))
