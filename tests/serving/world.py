"""A tiny published world: invented enterprises, a clock that turns, a server.

Shared by the tests of the serving process and of the bank interface.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.engine import URL

from publish.access.keys import create_key
from publish.api.mock import insert
from publish.registry.authorisations import Authorisation, Method, grant
from publish.registry.engine import sqlite_url
from publish.release import ddl, dictionary, search
from publish.release.layout import AUTHORISED, PUBLIC
from publish.serving.app import ServingApp, create_app
from publish.serving.server import configured
from quality.clock import ZONE

TODAY = date(2026, 11, 23)
BANK, OTHER_BANK = "91370300MA3BANK074", "91370300MA3BANK15Y"
ALPHA, BETA, GAMMA = "91370303MA3C00003D", "91370303MA3C000118", "91370303MA3C0002X0"
UNKNOWN = "91370303MA3C000380"
POLICY = "park-2026"

Rows = Mapping[str, list[dict[str, Any]]]


@dataclass
class TurningClock:
    """A clock whose day a test turns, at noon and some minutes."""

    day: date = TODAY
    minutes: int = 0

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        noon = datetime.combine(self.day, clock_time(12), ZONE)
        return noon + timedelta(minutes=self.minutes)

    def turn(self, days: int = 1) -> None:
        self.day += timedelta(days=days)


def penalty(
    record_id: str, uscc: str, until: str | None, **more: Any
) -> dict[str, Any]:
    """A penalty of an invented enterprise."""
    name = f"虚构企业{uscc[-2:]}"
    row = {"record_id": record_id, "uscc": uscc, "enterprise_name": name}
    return {**row, "publish_until": until, "decided_on": "2026-05-06", **more}


def default_rows() -> dict[str, list[dict[str, Any]]]:
    """Three enterprises; the first has records of every kind."""
    subject = {"uscc": ALPHA, "enterprise_name": "虚构星海科技有限公司"}
    return {
        "enterprises": [
            {
                "uscc": ALPHA,
                "name": "虚构星海科技有限公司",
                "status": "active",
                "established_on": "2015-06-07",
                "authority": "虚构市场监督管理局",
                "in_park": 1,
                "published_grade": "A",
                "graded_on": "2026-11-23",
                "source": "虚构市场监督管理局",
                "collected_on": "2026-11-20",
            },
            {"uscc": BETA, "name": "虚构云帆制造有限公司", "in_park": 0},
            {"uscc": GAMMA, "name": "虚构长河贸易有限公司", "in_park": 1}
            | {"status": "active"},
        ],
        "penalties": [
            penalty("P-ends", ALPHA, "2026-11-23", violation_kind="末日", fine_fen=500),
            penalty("P-open", ALPHA, None, violation_kind="长期"),
            penalty("P-past", ALPHA, "2026-11-22", violation_kind="过期"),
            penalty("P-beta", BETA, "2027-01-01", violation_kind="他人"),
        ],
        "listings": [{"record_id": "L-1", **subject, "publish_until": "2026-11-23"}],
        "tax_arrears": [{"record_id": "T-1", **subject, "publish_until": None}],
        "licences": [
            {"record_id": "X-1", **subject, "decided_on": "2025-01-02"},
            {"record_id": "X-2", **subject, "decided_on": "2026-01-02"},
        ],
        "honours": [{"record_id": "H-1", **subject, "year": 2025}],
        "authorised_grades": [
            grade(ALPHA, "2026-11-23", "A", 912_500),
            grade(ALPHA, "2026-10-31", "B", 788_000),
            grade(ALPHA, "2026-09-30", "B", 781_000),
            grade(BETA, "2026-11-23", "C", 601_000),
        ],
        "authorised_grade_history": [
            held(ALPHA, "2026-09-30", "C", 655_000, "2026-10-01"),
            held(ALPHA, "2026-09-30", "B", 781_000, "2026-11-05"),
            held(ALPHA, "2026-10-31", "B", 788_000, "2026-11-01"),
        ],
        "authorised_explanations": [
            explanation(ALPHA, "base", 600_000),
            explanation(ALPHA, "tax_a", 312_500),
        ],
        "authorised_figures": [
            {"uscc": ALPHA, "evaluated_on": "2026-11-23", "quarters": 8}
            | {"sales_growth_bp": 1250, "dso_centidays": 4550}
        ],
        "authorised_financials": [
            {"uscc": ALPHA, "quarter_end": q, "revenue_fen": 1_000_00 * n}
            for n, q in enumerate(("2026-03-31", "2026-06-30", "2026-09-30"), 1)
        ],
        "authorised_incentives": [
            {"uscc": ALPHA, "incentive_code": "I-1", "title": "虚构", "reason": "A级"}
        ],
        "sources": [
            {"dataset": "penalties", "state": "current", "rows_in": 7, "accepted": 6}
            | {"quarantined": 1, "duplicates": 0, "last_delivery_on": "2026-11-22"}
        ],
    }


def grade(uscc: str, day: str, letter: str, points: int) -> dict[str, Any]:
    """One evaluation of an invented enterprise."""
    row = {"uscc": uscc, "evaluated_on": day, "letter": letter, "score_points": points}
    return {**row, "policy_id": POLICY, "state": "rated", "completeness_bp": 9000}


def held(uscc: str, day: str, letter: str, points: int, since: str) -> dict[str, Any]:
    """What was held of a month end from a day on."""
    return {**grade(uscc, day, letter, points), "known_on": since}


def explanation(uscc: str, rule: str, points: int) -> dict[str, Any]:
    """One rule that fired."""
    row = {"uscc": uscc, "evaluated_on": "2026-11-23", "rule_id": rule}
    return {**row, "points": points}


def publish(home: Path, release_id: str, rows: Rows | None = None) -> Path:
    """Write a whole release and point to it."""
    folder = write_release(home, release_id, default_rows() if rows is None else rows)
    point(home, json.dumps({"release": release_id}))
    return folder


def point(home: Path, text: str) -> None:
    """Replace the pointer in one step."""
    fresh = home / "releases" / ".current.json.new"
    fresh.write_text(text, "utf-8")
    fresh.replace(home / "releases" / "current.json")


def write_release(home: Path, release_id: str, rows: Rows) -> Path:
    """A release directory as the builder makes it."""
    folder = home / "releases" / release_id
    folder.mkdir(parents=True)
    public = folder / "public.db"
    ddl.create(public, PUBLIC)
    ddl.create(folder / "authorised.db", AUTHORISED)
    with closing(sqlite3.connect(public)) as connection, connection:
        for table in PUBLIC:
            for row in rows.get(table.name, []):
                insert(connection, table, row)
    with closing(sqlite3.connect(folder / "authorised.db")) as connection, connection:
        for table in AUTHORISED:
            for row in rows.get(table.contract, []):
                insert(connection, table, row)
    search.write(public)
    facts = {
        "id": release_id,
        "today": "2026-11-23",
        "created": "2026-11-23T02:30:00+08:00",
        "policy_id": POLICY,
    }
    dictionary.write(public, facts)
    ddl.index(public, PUBLIC)
    (folder / "manifest.json").write_text(json.dumps(facts), "utf-8")
    return folder


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what must come, however busy the machine is."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@dataclass
class Running:
    """A running server."""

    url: str
    app: ServingApp
    clock: TurningClock
    home: Path
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **rest: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=10, **rest)

    def sees(self, release: str) -> None:
        """Wait until a release serves or is refused; it may look at the pointer alone."""

        def seen() -> bool:
            told = self.get("/readyz").json()
            return release in {told["release"], told["refused"]}

        wait_until(seen, 10)

    def key(self, *scopes: str, **rest: Any) -> dict[str, str]:
        """Headers with a fresh key."""
        wanted = scopes or ("facts",)
        rest.setdefault("bank", "虚构银行")
        issued = create_key(self.app.registry, self.clock, scopes=wanted, **rest)
        return bearer(issued.token.text)

    def post(self, path: str, body: Any = None, **rest: Any) -> requests.Response:
        url = self.url + path
        return self.session.post(url, json=body, timeout=10, **rest)

    def allow(
        self, *items: str, uscc: str = ALPHA, bank: str = BANK, days: int = 30
    ) -> Authorisation:
        """An enterprise authorises a bank."""
        return grant(
            self.app.registry,
            self.clock,
            uscc=uscc,
            bank_uscc=bank,
            items=items,
            purpose="贷款审批",
            last_day=self.clock.day + timedelta(days=days),
            signed_by="法定代表人",
            method=Method.WEB,
            evidence_sha256="0" * 64,
        )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def running(
    home: Path,
    clock: TurningClock,
    *,
    grace: float = 0.2,
    webhook_networks: Iterable[str] = (),
    public_sql: bool = False,
    registry_url: str | URL | None = None,
) -> Iterator[Running]:
    """The whole application behind a real socket."""
    url = registry_url or sqlite_url(home / "registry.db")
    app = create_app(
        home,
        clock,
        registry_url=url,
        grace=grace,
        webhook_networks=webhook_networks,
        public_sql=public_sql,
    )
    server = configured(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    served = Running(f"http://127.0.0.1:{port}", app, clock, home)
    try:
        yield served
    finally:
        served.session.close()
        server.should_exit = True
        thread.join(10)
