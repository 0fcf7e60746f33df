"""A small typed client of the Credit Park bank API; copy it into your project.

Needs ``requests``; ``joserfc`` too if you verify signatures. Every answer's hash is
checked as it arrives. See docs/api.md.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

Json = dict[str, Any]


class Problem(Exception):  # noqa: N818  the standard's own word
    """A problem document (RFC 9457); build on ``code``."""

    def __init__(self, document: Json) -> None:
        super().__init__(f"{document['code']}: {document['detail_en']}")
        self.code: str = document["code"]
        self.status: int = document["status"]
        self.request_id: str = document["request_id"]
        self.document = document


@dataclass(frozen=True)
class Answer:
    """An answer with what proves it later."""

    data: Json
    release: str
    as_of: str
    receipt: str
    result_sha256: str


@dataclass
class Client:
    """One bank's access.

    Args:
        url: of the site, without a path.
        key: ``cpk_…``, or an access token.
        purpose: why you look; goes into the audit log.
        patience: seconds to wait in all where the limit is reached.
    """

    url: str
    key: str = field(repr=False)
    purpose: str | None = None
    patience: float = 60.0
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def enterprise(self, uscc: str) -> Answer:
        """Public facts of one enterprise."""
        return self._get(f"/enterprises/{uscc}")

    def batch(self, usccs: Sequence[str]) -> Answer:
        """Public facts of up to 1,000 enterprises, each with its own outcome."""
        return self._post("/enterprises:batch", {"usccs": list(usccs)})

    def records(self, uscc: str, **filters: str) -> Iterator[Json]:
        """Every public record of an enterprise, page by page."""
        return self._pages(f"/enterprises/{uscc}/records", filters)

    def match(self, *names: str) -> list[list[Json]]:
        """Candidates for each name, the likeliest first."""
        queries = [{"name": name} for name in names]
        found = self._post("/match", {"queries": queries}).data["results"]
        return [result["candidates"] for result in found]

    def verify(
        self, item: str, uscc: str, value: str | int | None = None
    ) -> bool | None:
        """Yes, no, or ``None`` where there are no data."""
        body = {"uscc": uscc} if value is None else {"uscc": uscc, "value": value}
        holds: bool | None = self._post(f"/verify/{item}", body).data["holds"]
        return holds

    def credit(self, uscc: str, *items: str) -> Answer:
        """What the enterprise authorised: grade, explanation, figures, incentives."""
        query = {"include": ",".join(items)} if items else {}
        return self._get(f"/enterprises/{uscc}/credit", query)

    def history(self, uscc: str, **days: str) -> Iterator[Json]:
        """Earlier grades, newest first; ``as_of`` and ``known_at`` as ISO days."""
        return self._pages(f"/enterprises/{uscc}/history", days)

    def report(self, uscc: str, form: str = "pdf") -> tuple[bytes, str]:
        """The credit report and its signature (a JWS over its SHA-256)."""
        path = f"/enterprises/{uscc}/report"
        answer = self._send("GET", path, params={"format": form})
        return answer.content, answer.headers["Credit-Signature"]

    def receipt(self, number: str) -> Answer:
        """What was answered then."""
        return self._get(f"/receipts/{number}")

    def changes(self, since: str) -> Iterator[Json]:
        """What changed since the release you read last."""
        return self._pages("/changes", {"since": since})

    def screen(self, name: str, usccs: Sequence[str]) -> Iterator[Json]:
        """Screen a portfolio, wait for it, and read every line's outcome."""
        body = {"name": name, "usccs": list(usccs)}
        made: str = self._post("/screen", body).data["screening"]
        while self._get(f"/screen/{made}").data["state"] != "done":
            time.sleep(0.2)
        return self._pages(f"/screen/{made}/results", {})

    def _get(self, path: str, query: Json | None = None) -> Answer:
        return _checked(self._send("GET", path, params=query or {}))

    def _post(self, path: str, body: Json) -> Answer:
        return _checked(self._send("POST", path, json=body))

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            more = {**query, "cursor": cursor} if cursor else query
            data = self._get(path, more).data
            yield from data["rows"]
            cursor = data["next_cursor"]
            if cursor is None:
                return

    def _send(self, method: str, path: str, **rest: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        if self.purpose:
            headers["Credit-Purpose"] = self.purpose
        waited = 0.0
        while True:
            answer = self.session.request(
                method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **rest
            )
            pause = float(answer.headers.get("Retry-After", 0))
            if answer.status_code not in {429, 503} or waited + pause > self.patience:
                break
            time.sleep(pause)
            waited += pause or 1.0
        if not answer.ok:
            raise Problem(answer.json())
        return answer


def _checked(answer: requests.Response) -> Answer:
    """The envelope, its hash compared."""
    whole = answer.json()
    told = json.dumps(
        whole["data"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    if hashlib.sha256(told.encode()).hexdigest() != whole["result_sha256"]:
        raise ValueError("the answer was changed on its way")
    names = ("data", "release", "as_of", "receipt", "result_sha256")
    return Answer(**{name: whole[name] for name in names})
