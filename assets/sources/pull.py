"""Bring what is new of one dataset into landing, whatever the transport.

An agency that fails fails alone: its windows stay open and are asked for again next time.
Not here: what the rows mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import requests

from assets.sources import filedrop, http
from assets.sources.declaration import Agency, FileAgency, HttpAgency, Sources
from assets.stores import Arrival, Batch, Landing, Window


@dataclass(frozen=True)
class Pulled:
    """What one pull of a dataset brought.

    Attributes:
        batches: newly landed.
        rows: rows the agency sent (HTTP) in those batches.
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
    delivery = _Delivery(name, sources.agencies[name], dataset, landing)
    batches = rows = 0
    try:
        for landed in delivery.landed(span, web):
            batches += 1
            rows += landed.declared_rows or 0
    except (http.AgencyError, filedrop.UnreadableFileError, OSError) as error:
        return Pulled(dataset, batches, rows, str(error))
    return Pulled(dataset, batches, rows)


@dataclass(frozen=True)
class _Delivery:
    name: str
    agency: Agency
    dataset: str
    landing: Landing

    def landed(self, span: Window, web: requests.Session) -> Iterator[Batch]:
        if isinstance(self.agency, HttpAgency):
            for window in self.landing.pending(self.dataset, span):
                yield from self._window(self.agency, window, web)
        else:
            yield from self._files(self.agency)

    def _window(
        self, agency: HttpAgency, window: Window, web: requests.Session
    ) -> Iterator[Batch]:
        # Pages are read before landing starts: the total is then known, and checked.
        pages = [*http.pages(agency, self.dataset, window, web)]
        path = agency.datasets[self.dataset].path or self.dataset
        arriving = Arrival(
            agency=self.name,
            dataset=self.dataset,
            window=window,
            version_at=datetime.combine(window.end, time()),
            origin=f"{agency.base_url}/{path}",
            suffix=".json",
            declared_rows=sum(page.rows for page in pages),
        )
        yield from self._kept(arriving, (page.body for page in pages))

    def _files(self, agency: FileAgency) -> Iterator[Batch]:
        known = self.landing.origins(self.dataset)
        unreadable: list[str] = []
        for path in filedrop.arrivals(agency, self.dataset, known):
            try:
                filedrop.check(path, agency.datasets[self.dataset])
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
            )
            yield from self._kept(arriving, [path.read_bytes()])
        if unreadable:
            raise filedrop.UnreadableFileError("; ".join(unreadable))

    def _kept(self, arriving: Arrival, pages: Iterable[bytes]) -> Iterator[Batch]:
        landed = self.landing.land(arriving, pages)
        if landed:
            yield landed


def _written(path: Path) -> datetime:
    # A file without a date in its name is ordered by when the agency wrote it.
    return datetime.fromtimestamp(path.stat().st_mtime).replace(microsecond=0)  # noqa: DTZ006
