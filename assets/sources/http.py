"""Pages of an agency's HTTP interface, exactly as sent, in order.

Three paging styles. A walk may begin where an earlier one was cut off: after the last
whole page. Not here: one page (``fetching``), what the rows mean (``candidates``) and
where pages are kept (``assets.stores``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from assets.sources.declaration import CursorPaging, HttpAgency, PagePaging
from assets.sources.fetching import (
    AgencyError,
    Answer,
    IncompletePageError,
    UnreachableError,
    dig,
    fetch,
    session,
)
from assets.stores import KeptPage, Window

__all__ = [
    "AgencyError",
    "IncompletePageError",
    "InconsistentPagesError",
    "Page",
    "UnreachableError",
    "pages",
    "session",
]


class InconsistentPagesError(AgencyError):
    """The pages of a window do not belong together; the window must be read anew."""


@dataclass(frozen=True)
class Page(KeptPage):
    """One page and its bytes, exactly as received."""

    body: bytes


def pages(
    agency: HttpAgency,
    dataset: str,
    window: Window,
    web: requests.Session,
    kept: Sequence[KeptPage] = (),
) -> Iterator[Page]:
    """Every page of a change window that is not in ``kept``, in order.

    Raises:
        UnreachableError: no whole answer; what was given so far is good.
        InconsistentPagesError: a page came twice, the total changed under way, or the
            rows do not add up to the total the agency declared.
        AgencyError: refused, or not in the shape agreed.
    """
    walk = _Walk(agency, dataset, window, web)
    tally = _Tally(f"{dataset} {window}")
    for earlier in kept:
        tally.add(earlier)
    for page in walk.pages(kept):
        tally.add(page)
        yield page
    tally.close()


@dataclass
class _Tally:
    """What the pages of one window must agree on."""

    place: str
    seen: int = 0
    total: int | None = None
    digests: set[str] = field(default_factory=set)

    def add(self, page: KeptPage) -> None:
        if page.digest in self.digests:
            raise self._open("the agency sent the same page twice")
        if None not in {page.total, self.total} and page.total != self.total:
            raise self._open(
                f"the total changed from {self.total} to {page.total} under way"
            )
        self.digests.add(page.digest)
        self.seen += page.rows
        self.total = page.total if page.total is not None else self.total

    def close(self) -> None:
        if self.total is not None and self.seen != self.total:
            raise self._open(
                f"the agency declared {self.total} rows and sent {self.seen}"
            )

    def _open(self, what: str) -> InconsistentPagesError:
        return InconsistentPagesError(
            f"{self.place}: {what}; the window is left open and asked for again next time"
        )


class _Walk:
    def __init__(
        self, agency: HttpAgency, dataset: str, window: Window, web: requests.Session
    ) -> None:
        self.agency, self.dataset, self.window, self.web = agency, dataset, window, web
        path = agency.datasets[dataset].path or dataset
        self.url = f"{agency.base_url.rstrip('/')}/{path}"

    def pages(self, kept: Sequence[KeptPage]) -> Iterator[Page]:
        onward: Mapping[str, Any] | None = {"url": self.url, "query": self._first()}
        held = 0
        for earlier in kept:
            held += earlier.rows
            onward = earlier.onward
        while onward is not None:
            query = dict(onward["query"])
            found = fetch(self.agency, self.dataset, self.web, onward["url"], query)
            held += found.rows
            onward = self._next(found, query, held)
            yield Page(found.rows, found.total, found.digest, onward, found.body)

    def _first(self) -> dict[str, Any]:
        paging = self.agency.paging
        query: dict[str, Any] = {
            self.agency.window_from: self.window.first.isoformat(),
            self.agency.window_to: self.window.end.isoformat(),
            paging.size: paging.page_size,
        }
        return query | {paging.page: 1} if isinstance(paging, PagePaging) else query

    def _next(
        self, found: Answer, query: dict[str, Any], held: int
    ) -> Mapping[str, Any] | None:
        paging = self.agency.paging
        if isinstance(paging, PagePaging):
            if found.rows == 0 or held >= (found.total or 0):
                return None
            return {
                "url": self.url,
                "query": query | {paging.page: query[paging.page] + 1},
            }
        if isinstance(paging, CursorPaging):
            cursor = dig(found.document, paging.next)
            onward = {"url": self.url, "query": query | {paging.cursor: cursor}}
            return onward if cursor else None
        link = found.next_link
        return {"url": self._same_host(link), "query": {}} if link else None

    def _same_host(self, url: str) -> str:
        absolute = urljoin(self.url, url)
        # Scheme, host and port: our key goes nowhere else, and never in clear.
        if urlsplit(absolute)[:2] != urlsplit(self.url)[:2]:
            raise AgencyError(
                f"{self.dataset}: the next page lies on another host; refused"
            )
        return absolute
