"""Bring what is new of one dataset into landing, whatever the transport.

An agency that fails fails alone: its windows stay open and are asked for again next
time, from the last whole page. Not here: what the rows mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import requests

from assets.sources import exchange, filedrop, http
from assets.sources.declaration import (
    Agency,
    DatabaseAgency,
    FileAgency,
    HttpAgency,
    Sources,
)
from assets.sources.signing import redacted, secrets_of
from assets.stores import Arrival, Batch, KeptPage, Landing, Window

FAILURES = (
    http.AgencyError,
    exchange.ExchangeError,
    filedrop.UnreadableFileError,
    OSError,
)


@dataclass(frozen=True)
class Pulled:
    """What one pull of a dataset brought.

    Attributes:
        batches: newly landed.
        rows: rows the agency sent (HTTP, database) in those batches.
        error: why the dataset is incomplete, for the operator; ``None`` if it is whole.
    """

    dataset: str
    batches: int = 0
    rows: int = 0
    error: str | None = None


def pull(
    sources: Sources,
    dataset: str,
    span: Window,
    landing: Landing,
    web: requests.Session,
) -> Pulled:
    """Land the days of ``span`` that are missing; for files, whatever is new."""
    name = sources.agency_of(dataset) or ""
    agency = sources.agencies[name]
    delivery = _Delivery(name, agency, dataset, landing)
    batches = rows = 0
    try:
        for landed in delivery.landed(span, web):
            batches += 1
            rows += landed.declared_rows or 0
    except FAILURES as error:
        told = redacted(str(error), secrets_of(agency))
        return Pulled(dataset, batches, rows, told)
    return Pulled(dataset, batches, rows)


@dataclass(frozen=True)
class _Delivery:
    name: str
    agency: Agency
    dataset: str
    landing: Landing

    def landed(self, span: Window, web: requests.Session) -> Iterator[Batch]:
        if isinstance(self.agency, FileAgency):
            yield from self._files(self.agency)
        elif not self.agency.dated and isinstance(self.agency, DatabaseAgency):
            mark = self.landing.mark(self.dataset)
            yield from self._rows(self.agency, exchange.Change(mark=mark), span)
        else:
            for window in self.landing.pending(self.dataset, span):
                yield from self._window(window, web)

    def _window(self, window: Window, web: requests.Session) -> Iterator[Batch]:
        if isinstance(self.agency, HttpAgency):
            yield from self._paged(self.agency, window, web)
        elif isinstance(self.agency, DatabaseAgency):
            change = exchange.Change(window=window)
            yield from self._rows(self.agency, change, window)

    def _paged(
        self, agency: HttpAgency, window: Window, web: requests.Session
    ) -> Iterator[Batch]:
        resumed = bool(self.landing.kept(self.dataset, window))
        try:
            self._keep_pages(agency, window, web)
        except http.UnreachableError:
            raise  # the whole pages stay, the next pull goes on from there
        except http.AgencyError:
            self.landing.forget(self.dataset, window)
            if not resumed:
                raise
            # What was kept does not fit what the agency has now: once more, from one.
            self._keep_pages(agency, window, web)
        yield from self._land_kept(agency, window)
        self.landing.forget(self.dataset, window)

    def _keep_pages(
        self, agency: HttpAgency, window: Window, web: requests.Session
    ) -> None:
        kept = self.landing.kept(self.dataset, window)
        for page in http.pages(agency, self.dataset, window, web, kept):
            note = KeptPage(page.rows, page.total, page.digest, page.onward)
            self.landing.keep(self.dataset, window, note, page.body)

    def _land_kept(self, agency: HttpAgency, window: Window) -> Iterator[Batch]:
        found = self.landing.kept(self.dataset, window)
        totals = [page.total for page in found if page.total is not None]
        counted = totals[-1] if totals else sum(page.rows for page in found)
        path = agency.datasets[self.dataset].path or self.dataset
        arriving = Arrival(
            agency=self.name,
            dataset=self.dataset,
            window=window,
            version_at=datetime.combine(window.end, time()),
            origin=f"{agency.base_url}/{path}",
            suffix=".json",
            declared_rows=counted,
        )
        yield from self._kept(arriving, self.landing.bodies(self.dataset, window))

    def _rows(
        self, agency: DatabaseAgency, change: exchange.Change, span: Window
    ) -> Iterator[Batch]:
        reading = exchange.Reading(agency, self.dataset, change)
        table = agency.datasets[self.dataset].table or self.dataset
        with closing(reading.chunks()) as chunks:
            next(chunks)  # the rows are counted by then
            arriving = Arrival(
                agency=self.name,
                dataset=self.dataset,
                window=change.window,
                version_at=datetime.combine(span.end, time()),
                origin=f"{agency.address}#{table}",
                suffix=".json",
                declared_rows=reading.total,
                mark=lambda: reading.mark,
            )
            if reading.total or change.window:
                yield from self._kept(arriving, chunks)

    def _files(self, agency: FileAgency) -> Iterator[Batch]:
        known, declared = (
            self.landing.origins(self.dataset),
            agency.datasets[self.dataset],
        )
        unreadable: list[str] = []
        for path in filedrop.arrivals(agency, self.dataset, known):
            try:
                filedrop.check(path, declared)
                body, rows = filedrop.body(path), filedrop.declared_rows(path, declared)
            except filedrop.UnreadableFileError as error:
                # It stays in the folder and is looked at again: landed, it could never
                # be split, and would stop every later run.
                unreadable.append(str(error))
                continue
            arriving = Arrival(
                agency=self.name,
                dataset=self.dataset,
                window=None,
                version_at=filedrop.version_of(path, _written(path)),
                origin=path.name,
                suffix=path.suffix.lower(),
                declared_rows=rows,
            )
            yield from self._kept(arriving, [body])
        if unreadable:
            raise filedrop.UnreadableFileError("; ".join(unreadable))

    def _kept(self, arriving: Arrival, pages: Iterable[bytes]) -> Iterator[Batch]:
        landed = self.landing.land(arriving, pages)
        if landed:
            yield landed


def _written(path: Path) -> datetime:
    # A file without a date in its name is ordered by when the agency wrote it.
    return datetime.fromtimestamp(path.stat().st_mtime).replace(microsecond=0)  # noqa: DTZ006
