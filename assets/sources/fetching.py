"""One page of an agency's HTTP interface: asked for, read within limits, understood.

Retries where they are safe (a GET that was not answered, a page cut off), a cap on the
bytes and seconds of a page, no redirects. Not here: which page comes next (``http``).
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from assets.sources.declaration import HmacAuth, HttpAgency
from assets.sources.signing import signed

RETRY_STATUSES = (429, 500, 502, 503, 504)
UNAUTHORISED = (401, 403)
REDIRECTS = range(300, 400)
LONGEST_WAIT = 30  # seconds; an agency that asks for more is asked next time
CHUNK_BYTES = 64 * 1024
SKEW_WORTH_TELLING = 60  # seconds


class AgencyError(RuntimeError):
    """An agency did not answer as agreed; names agency, dataset, what to do."""


class UnreachableError(AgencyError):
    """No answer, or none in time: what arrived before is worth keeping."""


class IncompletePageError(UnreachableError):
    """A page was cut or is no JSON; worth another try."""


@dataclass(frozen=True)
class Answer:
    """One page: its bytes, its rows, the declared total, the document it is."""

    body: bytes
    rows: int
    total: int | None
    digest: str
    document: Any
    next_link: str | None = None


class _Paced(HTTPAdapter):
    """Lets no more requests a second go than the agency allows."""

    def __init__(self, per_second: float | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._gap = 1 / per_second if per_second else 0.0
        self._next, self._lock = 0.0, threading.Lock()

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Wait for our turn, then send."""
        with self._lock:
            wait = self._next - time.monotonic()
            self._next = max(self._next, time.monotonic()) + self._gap
        if wait > 0:
            time.sleep(wait)
        return super().send(*args, **kwargs)


def session(attempts: int = 3, per_second: float | None = None) -> requests.Session:
    """A session that retries what never reached the agency's application.

    Args:
        attempts: how often a request is sent again.
        per_second: the most requests a second, over all threads.
    """
    retry = Retry(
        total=attempts,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=RETRY_STATUSES,
        allowed_methods={"GET"},
        raise_on_status=False,
        respect_retry_after_header=True,
        retry_after_max=LONGEST_WAIT,
    )
    made = requests.Session()
    made.trust_env = False
    paced = _Paced(per_second, max_retries=retry)
    for scheme in ("http://", "https://"):
        made.mount(scheme, paced)
    return made


def fetch(
    agency: HttpAgency,
    dataset: str,
    web: requests.Session,
    url: str,
    query: Mapping[str, Any],
) -> Answer:
    """One whole page.

    Raises:
        UnreachableError: no answer, or a page that was cut three times.
        AgencyError: refused, redirected, too large, too slow, or another shape.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(IncompletePageError),
        stop=stop_after_attempt(3),
        wait=wait_exponential_jitter(multiplier=0.1, max=5),
        reraise=True,
    )
    return retrying(lambda: _Exchange(agency, dataset, web).once(url, query))


def understood(agency: HttpAgency, dataset: str, body: bytes) -> Answer:
    """What a page's bytes say.

    Raises:
        IncompletePageError: no JSON.
        AgencyError: not UTF-8, an error of the agency, or another shape.
    """
    document = _document(dataset, body)
    envelope = agency.envelope
    if dig(document, envelope.code) != envelope.success:
        raise AgencyError(
            f"{dataset}: the agency answered "
            f"{dig(document, envelope.code)}: {dig(document, envelope.message)}"
        )
    rows = dig(document, envelope.rows)
    if not isinstance(rows, list):
        raise AgencyError(f"{dataset}: no list at {envelope.rows!r}")
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    total = dig(document, envelope.total)
    return Answer(body, len(rows), _whole(total), digest, document)


def dig(document: Any, path: str) -> Any:
    """The value at a dotted path, or ``None``."""
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _whole(total: Any) -> int | None:
    return int(total) if str(total).isdecimal() else None


def _document(dataset: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except UnicodeDecodeError as error:
        raise AgencyError(
            f"{dataset}: the page is not UTF-8 (byte {error.start}); "
            "ask the agency to send JSON in UTF-8, as its standard says"
        ) from error
    except ValueError as error:
        raise IncompletePageError(f"{dataset}: the page is no JSON") from error


@dataclass(frozen=True)
class _Exchange:
    agency: HttpAgency
    dataset: str
    web: requests.Session

    def once(self, url: str, query: Mapping[str, Any]) -> Answer:
        with self._send(url, query) as answer:
            self._accept(answer)
            found = understood(self.agency, self.dataset, self._body(answer))
            onward = answer.links.get("next", {}).get("url")
        return Answer(
            found.body, found.rows, found.total, found.digest, found.document, onward
        )

    def _send(self, url: str, query: Mapping[str, Any]) -> requests.Response:
        try:
            return self.web.get(
                url,
                params=sorted(query.items()),
                headers=signed(self.agency, url, query),
                timeout=(self.agency.connect_timeout, self.agency.read_timeout),
                allow_redirects=False,
                stream=True,
                verify=str(self.agency.ca_file) if self.agency.ca_file else True,
            )
        except requests.exceptions.SSLError as error:
            raise UnreachableError(
                f"{self.dataset}: the agency's certificate is not trusted; nothing was "
                "sent. Compare it with the agency, or name its authority in `ca_file`"
            ) from error
        except requests.RequestException as error:
            raise UnreachableError(
                f"{self.dataset}: not reachable ({type(error).__name__}); check the "
                "network and the agency's service, the window is asked for again next time"
            ) from error

    def _body(self, answer: requests.Response) -> bytes:
        """The bytes, no more than the cap and not longer than the deadline."""
        cap, end = (
            self.agency.maximum_page_bytes,
            time.monotonic() + self.agency.page_seconds,
        )
        declared = answer.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > cap:
            raise self._too_large(declared)
        held = bytearray()
        try:
            # `read1` gives what has come; `iter_content` would wait for a full chunk.
            while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=True):
                held += chunk
                if len(held) > cap:
                    raise self._too_large(f"more than {cap}")
                if time.monotonic() > end:
                    raise self._too_slow(len(held))
        except HTTPError as error:
            raise IncompletePageError(
                f"{self.dataset}: the page was cut off"
            ) from error
        return bytes(held)

    def _too_large(self, size: str) -> AgencyError:
        return AgencyError(
            f"{self.dataset}: a page of {size} bytes is refused; the agency must page, "
            "or raise `maximum_page_bytes`"
        )

    def _too_slow(self, size: int) -> UnreachableError:
        return UnreachableError(
            f"{self.dataset}: only {size} bytes in {self.agency.page_seconds:g} seconds; "
            "the window is asked for again next time"
        )

    def _accept(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status == requests.codes.ok:
            return
        if status in REDIRECTS:
            raise AgencyError(
                f"{self.dataset}: HTTP {status} leads to "
                f"{urlsplit(answer.headers.get('Location', '')).netloc or 'elsewhere'}; "
                "refused, our key goes to the declared address only"
            )
        if status in UNAUTHORISED:
            raise AgencyError(
                f"{self.dataset}: the agency refused our credentials "
                f"(HTTP {status}: {self._message(answer)}); "
                f"check the key, the secret and this machine's clock{self._skew(answer)}"
            )
        kind = UnreachableError if status in RETRY_STATUSES else AgencyError
        raise kind(f"{self.dataset}: HTTP {status}: {self._message(answer)}")

    def _message(self, answer: requests.Response) -> str:
        try:
            document = json.loads(self._body(answer))
            return str(dig(document, self.agency.envelope.message))[:200]
        except (ValueError, AgencyError):
            return answer.reason

    def _skew(self, answer: requests.Response) -> str:
        """How far the agency's clock is from ours, where signatures hang on it."""
        if not isinstance(self.agency.auth, HmacAuth):
            return ""
        try:
            theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (KeyError, ValueError):
            return ""
        apart = round(theirs - time.time())
        if abs(apart) < SKEW_WORTH_TELLING:
            return ""
        return f" (the agency's is {apart:+d} seconds from ours)"
