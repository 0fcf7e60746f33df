"""Pages of an agency's HTTP interface, exactly as sent.

Three paging styles, four ways to sign, retries where they are safe. Not here: what the
rows mean (``candidates``) and where pages are kept (``assets.stores``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)
from urllib3.util import Retry

from assets.sources.declaration import (
    BearerAuth,
    CursorPaging,
    HeaderKeyAuth,
    HmacAuth,
    HttpAgency,
    PagePaging,
)
from assets.stores import Window

RETRY_STATUSES = (429, 500, 502, 503, 504)
MAXIMUM_PAGE_BYTES = 64 * 1024 * 1024
UNAUTHORISED = (401, 403)


class AgencyError(RuntimeError):
    """An agency did not answer as agreed; names agency, dataset, what to do."""


class IncompletePageError(AgencyError):
    """A page was cut or is no JSON; worth another try."""


@dataclass(frozen=True)
class Page:
    """One page: its bytes, its rows, the total that the agency declares."""

    body: bytes
    rows: int
    total: int | None
    digest: str


def session(attempts: int = 3) -> requests.Session:
    """A session that retries what never reached the agency's application."""
    retry = Retry(
        total=attempts,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=RETRY_STATUSES,
        allowed_methods={"GET"},
        raise_on_status=False,
        respect_retry_after_header=True,
    )
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(max_retries=retry))
    return made


def pages(
    agency: HttpAgency, dataset: str, window: Window, web: requests.Session
) -> Iterator[Page]:
    """Every page of a change window, in order.

    Raises:
        AgencyError: refused, unreachable, wrong envelope, or rows that do not add up to
            the total the agency declared.
    """
    step = _Walk(agency, dataset, window, web)
    seen, total = 0, None
    digests: set[str] = set()
    for page in step.pages():
        if page.digest in digests:
            raise AgencyError(
                f"{dataset} {window}: the agency sent the same page twice; "
                "the window is left open and asked for again next time"
            )
        digests.add(page.digest)
        seen += page.rows
        total = page.total if page.total is not None else total
        yield page
    if total is not None and seen != total:
        raise AgencyError(
            f"{dataset} {window}: the agency declared {total} rows and sent {seen}; "
            "the window is left open and asked for again next time"
        )


class _Walk:
    def __init__(
        self, agency: HttpAgency, dataset: str, window: Window, web: requests.Session
    ) -> None:
        self.agency, self.dataset, self.window, self.web = agency, dataset, window, web
        path = agency.datasets[dataset].path or dataset
        self.url = f"{agency.base_url.rstrip('/')}/{path}"

    def pages(self) -> Iterator[Page]:
        url: str | None = self.url
        query: dict[str, Any] = self._window() | self._size()
        number, held = 1, 0
        while url is not None:
            page, answer, document = self._fetch(url, self._numbered(query, number))
            held += page.rows
            yield page
            url, query = self._next(answer, document, query, held, page)
            number += 1

    def _window(self) -> dict[str, Any]:
        return {
            self.agency.window_from: self.window.first.isoformat(),
            self.agency.window_to: self.window.end.isoformat(),
        }

    def _size(self) -> dict[str, Any]:
        return {self.agency.paging.size: self.agency.paging.page_size}

    def _numbered(self, query: dict[str, Any], number: int) -> dict[str, Any]:
        paging = self.agency.paging
        return (
            query | {paging.page: number} if isinstance(paging, PagePaging) else query
        )

    def _next(
        self,
        answer: requests.Response,
        document: Any,
        query: dict[str, Any],
        held: int,
        page: Page,
    ) -> tuple[str | None, dict[str, Any]]:
        paging = self.agency.paging
        if isinstance(paging, PagePaging):
            more = page.rows > 0 and held < (page.total or 0)
            return (self.url, query) if more else (None, query)
        if isinstance(paging, CursorPaging):
            cursor = dig(document, paging.next)
            return (
                (self.url, query | {paging.cursor: cursor}) if cursor else (None, query)
            )
        following = answer.links.get("next", {}).get("url")
        return (self._same_host(following), {}) if following else (None, query)

    def _same_host(self, url: str) -> str:
        absolute = urljoin(self.url, url)
        # Scheme, host and port: our key goes nowhere else, and never in clear.
        if urlsplit(absolute)[:2] != urlsplit(self.url)[:2]:
            raise AgencyError(
                f"{self.dataset}: the next page lies on another host; refused"
            )
        return absolute

    def _fetch(
        self, url: str, query: dict[str, Any]
    ) -> tuple[Page, requests.Response, Any]:
        retrying = Retrying(
            retry=retry_if_exception_type(IncompletePageError),
            stop=stop_after_attempt(3),
            wait=wait_exponential_jitter(multiplier=0.1, max=5),
            reraise=True,
        )
        return retrying(lambda: self._once(url, query))

    def _once(
        self, url: str, query: dict[str, Any]
    ) -> tuple[Page, requests.Response, Any]:
        answer = self._send(url, query)
        document = self._document(answer)
        rows = dig(document, self.agency.envelope.rows)
        if not isinstance(rows, list):
            raise AgencyError(
                f"{self.dataset}: no list at {self.agency.envelope.rows!r}"
            )
        total = dig(document, self.agency.envelope.total)
        count = int(total) if isinstance(total, int | str) else None
        digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
        return Page(answer.content, len(rows), count, digest), answer, document

    def _send(self, url: str, query: dict[str, Any]) -> requests.Response:
        timeout = (self.agency.connect_timeout, self.agency.read_timeout)
        try:
            answer = self.web.get(
                url,
                params=sorted(query.items()),
                headers=_signed(self.agency, url, query),
                timeout=timeout,
                allow_redirects=False,
            )
        except (
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            raise IncompletePageError(
                f"{self.dataset}: the page was cut off"
            ) from error
        except requests.RequestException as error:
            raise AgencyError(
                f"{self.dataset}: not reachable ({type(error).__name__}); check the "
                "network and the agency's service, the window is asked for again next time"
            ) from error
        return self._accepted(answer)

    def _accepted(self, answer: requests.Response) -> requests.Response:
        if answer.status_code in UNAUTHORISED:
            raise AgencyError(
                f"{self.dataset}: the agency refused our credentials "
                f"(HTTP {answer.status_code}: {self._message(answer)}); "
                "check the key, the secret and this machine's clock"
            )
        if answer.status_code != requests.codes.ok:
            raise AgencyError(
                f"{self.dataset}: HTTP {answer.status_code}: {self._message(answer)}"
            )
        if len(answer.content) > MAXIMUM_PAGE_BYTES:
            raise AgencyError(f"{self.dataset}: a page of {len(answer.content)} bytes")
        return answer

    def _message(self, answer: requests.Response) -> str:
        try:
            return str(dig(answer.json(), self.agency.envelope.message))[:200]
        except ValueError:
            return answer.reason

    def _document(self, answer: requests.Response) -> Any:
        declared = answer.headers.get("Content-Length", "")
        if declared.isdigit() and len(answer.content) < int(declared):
            raise IncompletePageError(f"{self.dataset}: the page was cut off")
        try:
            document = json.loads(answer.content)
        except ValueError as error:
            raise IncompletePageError(f"{self.dataset}: the page is no JSON") from error
        envelope = self.agency.envelope
        if dig(document, envelope.code) != envelope.success:
            raise AgencyError(
                f"{self.dataset}: the agency answered "
                f"{dig(document, envelope.code)}: {dig(document, envelope.message)}"
            )
        return document


def dig(document: Any, path: str) -> Any:
    """The value at a dotted path, or ``None``."""
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _signed(agency: HttpAgency, url: str, query: dict[str, Any]) -> dict[str, str]:
    auth = agency.auth
    if isinstance(auth, BearerAuth):
        return {"Authorization": f"Bearer {auth.token}"}
    if isinstance(auth, HeaderKeyAuth):
        return {auth.header: auth.key}
    if isinstance(auth, HmacAuth):
        return _hmac(auth, url, query, _now)
    return {}


def _now() -> int:
    # Signatures are checked against the agency's real clock, never our evaluation date.
    return int(time.time())


def _hmac(
    auth: HmacAuth, url: str, query: dict[str, Any], now: Callable[[], int]
) -> dict[str, str]:
    stamp, nonce = str(now()), secrets.token_hex(16)
    parts = ("GET", urlsplit(url).path, urlencode(sorted(query.items())), stamp, nonce)
    digest = hmac.new(auth.secret.encode(), "\n".join(parts).encode(), hashlib.sha256)
    return {
        "X-App-Id": auth.app_id,
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": digest.hexdigest(),
    }
