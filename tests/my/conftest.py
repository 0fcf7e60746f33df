"""A served release with guidance, and enterprises that log in over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from publish.access.enterprise_keys import issue_key
from tests.serving.world import (
    ALPHA,
    BETA,
    TODAY,
    Running,
    TurningClock,
    default_rows,
    publish,
    running,
)

PDF = ("缴款凭证.pdf", b"%PDF-1.4 paid", "application/pdf")
TOKEN = re.compile(r'name="csrftoken" value="([^"]+)"')


def guided(record_id: str, uscc: str = ALPHA, **more: Any) -> dict[str, Any]:
    """A general penalty of 6 May 2026: repair from 6 August, public to 5 May 2027."""
    row = {
        "uscc": uscc,
        "enterprise_name": f"虚构企业{uscc[-2:]}",
        "record_id": record_id,
        "dataset": "penalties",
        "kind": "penalty",
        "title": "未按规定公示信息",
        "authority": "虚构市场监督管理局",
        "document_no": "虚构罚〔2026〕9号",
        "severity": "general",
        "decided_on": "2026-05-06",
        "repairable_from": "2026-08-06",
        "publish_until": "2027-05-05",
        "longest_until": "2027-05-05",
        "shown": 1,
    }
    return row | more


@dataclass
class Visitor:
    """A browser without a picture: cookies, forms, redirects."""

    server: Running
    session: requests.Session

    def get(self, path: str, **rest: Any) -> requests.Response:
        return self.session.get(self.server.url + path, timeout=20, **rest)

    def send(
        self, path: str, fields: dict[str, Any], files: Any = None, **rest: Any
    ) -> requests.Response:
        """Open a form and hand it in, with its own token."""
        found = TOKEN.search(self.get(path).text)
        token = {"csrftoken": found[1]} if found else {}
        return self.post(path, token | fields, files=files, **rest)

    def post(self, path: str, fields: dict[str, Any], **rest: Any) -> requests.Response:
        url = self.server.url + path
        return self.session.post(url, data=fields, timeout=20, **rest)

    def log_in(self, uscc: str = ALPHA) -> Visitor:
        key = issue_key(self.server.app.registry, self.server.clock, uscc)
        answer = self.send("/my/login", {"key": key.text})
        assert answer.url.endswith("/my"), answer.text
        return self

    def apply(self, record: str = "P-ends") -> requests.Response:
        fields = {"words": "罚款已缴清。", "promise": "yes"}
        return self.send(f"/my/repair?record={record}", fields, {"proof": PDF})


@pytest.fixture
def told() -> dict[str, Any] | None:
    """A downgrade that waits, where a test has one."""
    return None


@pytest.fixture
def server(tmp_path: Path, told: dict[str, Any] | None) -> Iterator[Running]:
    rows = default_rows()
    rows["authorised_downgrades"] = [told] if told else []
    rows["authorised_guidance"] = [
        guided("P-ends"),
        guided("P-late", repairable_from="2027-01-01", title="尚早"),
        guided("P-beta", BETA),
    ]
    publish(tmp_path, "20261123-aaaaaaaaaa", rows)
    clock = TurningClock()
    clock.day = TODAY
    with running(tmp_path, clock) as served:
        yield served


@pytest.fixture
def visitor(server: Running) -> Iterator[Visitor]:
    with requests.Session() as session:
        yield Visitor(server, session)
