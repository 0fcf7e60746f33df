"""What assets may ask of the lake: protocols and the small values that cross them.

The implementation is ``orchestration.lake``; nothing here touches a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from duckdb import DuckDBPyConnection


def dictionaries(found: DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of an executed query, each by the names of its columns."""
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@dataclass(frozen=True)
class Window:
    """A half-open span of days: ``first`` is inside, ``end`` is not."""

    first: date
    end: date

    def __str__(self) -> str:
        """``first..last`` day, both inside."""
        return f"{self.first}..{self.end}"


@dataclass(frozen=True)
class Batch:
    """One landed delivery: raw pages exactly as received, and what is known of them.

    Attributes:
        id: sorts by time and names the content.
        window: the days asked for; for files the day they were picked up.
        version_at: orders the rows' versions where they carry no time of their own.
        origin: address or file name, without secrets.
        declared_rows: what the agency said it sent, where it says so.
        pages: the raw files, in order.
        mark: the highest value of the change column, where the agency counts changes.
        replays: the batch whose refused rows these are, judged once more.
    """

    id: str
    agency: str
    dataset: str
    window: Window | None
    version_at: datetime
    received_on: date
    origin: str
    declared_rows: int | None
    pages: tuple[Path, ...]
    mark: str | None = None
    replays: str | None = None


class DamagedDeliveryError(ValueError):
    """A landed batch is not what was received; it is left out until it is mended."""


@dataclass(frozen=True)
class KeptPage:
    """What is known of a whole page of a window that is still arriving.

    Attributes:
        rows: how many it holds.
        total: rows of the window, as the agency declared with it.
        digest: of its rows.
        onward: ``{"url", "query"}`` of the request that follows it, without
            credentials; ``None`` after the last page.
    """

    rows: int
    total: int | None
    digest: str
    onward: Mapping[str, Any] | None


@dataclass(frozen=True)
class Receipt:
    """What became of a batch; the four counts always balance.

    Attributes:
        reasons: rule -> refused rows.
        notices: rule -> rows accepted although something new stood in them.
    """

    batch: str
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    reasons: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Rows in = accepted + quarantined + duplicates."""
        return self.rows_in == self.accepted + self.quarantined + self.duplicates


class Landing(Protocol):
    """Raw deliveries, immutable, by batch."""

    def batches(self, dataset: str) -> Sequence[Batch]:
        """Every batch of a dataset, oldest first."""
        ...

    def pending(self, dataset: str, span: Window) -> Sequence[Window]:
        """The days of ``span`` that no landed batch covers, as windows."""
        ...

    def land(self, arriving: Arrival, pages: Iterable[bytes]) -> Batch | None:
        """Keep a delivery whole or not at all; ``None`` if it is here already."""
        ...

    def kept(self, dataset: str, window: Window) -> Sequence[KeptPage]:
        """The whole pages that an interrupted pull of today left, in order."""
        ...

    def keep(self, dataset: str, window: Window, page: KeptPage, body: bytes) -> None:
        """Keep a whole page until its window has arrived."""
        ...

    def bodies(self, dataset: str, window: Window) -> Iterable[bytes]:
        """The kept pages of a window, exactly as received, in order."""
        ...

    def forget(self, dataset: str, window: Window) -> None:
        """Drop the kept pages of a window."""
        ...

    def mark(self, dataset: str) -> str | None:
        """The high-water mark of the batch that landed last."""
        ...

    def note(self, dataset: str, error: str | None) -> None:
        """Remember how the last attempt on a dataset ended."""
        ...

    def covered_to(self, dataset: str) -> date | None:
        """The last day that has arrived."""
        ...

    def failure(self, dataset: str) -> str | None:
        """Why the last attempt on a dataset failed, if it did."""
        ...

    def prove(self, batch: Batch) -> None:
        """Compare a batch with what was received; before it is read.

        Raises:
            DamagedDeliveryError: a page was lost or changed.
        """
        ...

    def origins(self, dataset: str) -> set[str]:
        """The content hashes of files already landed for a dataset."""
        ...


@dataclass(frozen=True)
class Arrival:
    """What is known of a delivery before its pages are read.

    Attributes:
        mark: gives the high-water mark when they have been read.
    """

    agency: str
    dataset: str
    window: Window | None
    version_at: datetime
    origin: str
    suffix: str
    declared_rows: int | None = None
    mark: Callable[[], str | None] = lambda: None
    replays: str | None = None


class Records(Protocol):
    """Accepted versions and quarantined rows, append-only by batch."""

    def connect(self) -> DuckDBPyConnection:
        """The engine's connection of this process."""
        ...

    def receipts(self, dataset: str) -> Sequence[Receipt]:
        """One receipt per batch that was split."""
        ...

    def versions(self, dataset: str) -> str:
        """Name of a relation with all accepted versions of a dataset."""
        ...

    def quarantine(self, dataset: str) -> str:
        """Name of a relation with all quarantined rows of a dataset."""
        ...

    def latest(self, dataset: str) -> str:
        """Name of a relation with the newest version of each record."""
        ...

    def newest(self, dataset: str, value: str) -> str:
        """A query for one value of each newest version, which carries no other column."""
        ...

    def append(
        self, dataset: str, receipt: Receipt, accepted: str, refused: str
    ) -> None:
        """Keep both relations of a batch and, last, its receipt."""
        ...


class Tables(Protocol):
    """Relations by name: what a statement reads, and where its rows go."""

    def relation(self, table: str) -> str:
        """Make a records or derived table readable by its name in the engine."""
        ...

    def write(self, table: str, text: str, run: str) -> int:
        """Make a new version of a derived table; gives its rows."""
        ...


class Lake(Tables, Protocol):
    """Everything the platform keeps on disk, behind names."""

    def write(self, table: str, text: str | tuple[str, ...], run: str) -> int:
        """Make a new version of a derived table; gives its rows.

        Several statements are run one after the other, so that memory holds one; the
        table has the rows of all.
        """
        ...

    def write_changed(self, table: str, keys: str, rows: str, run: str) -> int:
        """Give some keys of a table other rows; gives the rows of all.

        What did not change is not written again.

        Args:
            table: was made before.
            keys: a query for columns of the table, none NULL: rows of such keys go.
            rows: a query for the rows that stand for them, if any do; of these keys
                alone, with the columns of the table.
            run: the run that makes it.
        """
        ...

    @property
    def landing(self) -> Landing:
        """Raw deliveries."""
        ...

    @property
    def records(self) -> Records:
        """Versions and quarantine."""
        ...

    def hands(self) -> AbstractContextManager[Sequence[Lake]]:
        """The lake once for each core, over a connection of one thread of its own."""
        ...

    def has(self, table: str) -> bool:
        """Whether a derived table was ever made."""
        ...

    def keep_document(self, table: str, document: Mapping[str, Any]) -> None:
        """Keep what the quality suite found on a table."""
        ...

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """What the suites found, table by table."""
        ...

    def keep_page(self, name: str, text: str) -> None:
        """Keep a page for the offices, which the site shows."""
        ...
