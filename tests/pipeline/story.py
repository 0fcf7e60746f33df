"""The story of one enterprise up to the run: what it, the office and a bank do.

Another enterprise makes a false promise meanwhile. Not here: what the run makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from assets.measures.draw import Entry, sealed
from publish.release.names import AUTHORISED_DB, PUBLIC_DB
from tests.pipeline.conftest import TODAY, Run
from tests.pipeline.people import Firm, Office, Receiver, named, rows
from tests.serving.world import Running

Key = dict[str, str]
PLAN = "GXSSJ2027-01"


@dataclass(frozen=True)
class Fined:
    """An enterprise with a fine and a listing, both open to repair."""

    uscc: str
    penalty: str
    listing: str
    repairable_from: date


@dataclass
class Story:
    """Everything that was seen before the run and what it left."""

    home: Path
    server: Running
    office: Office
    receiver: Receiver
    key: Key
    fined: Fined
    false: Fined
    base: Run
    before: Path
    seen: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    run: Run | None = None
    after: Path = Path()

    def asks(self, path: str) -> Any:
        """What the bank is answered."""
        answer = self.server.get(f"/api/v1{path}", headers=self.key)
        assert answer.status_code == 200, answer.text
        self.seen["receipt"] = answer.headers["Credit-Receipt"]
        return answer.json()["data"]


def drawn_with(run: Run, seed: str) -> set[str]:
    """Whom a plan draws today."""
    found = run.table("inspection_frequencies", "uscc, ratio_bp, exempt")
    population = [Entry(*row) for row in found]
    return {*sealed(population, PLAN, seed, TODAY.isoformat())["drawn"]}


def a_year(first: date) -> str:
    """The last day of a year of publicity."""
    last = date(first.year + 1, first.month, first.day) - timedelta(days=1)
    return last.isoformat()


def chosen(base: Run, folder: Path) -> Fined:
    """Of grade C now and better before, with rent that it lets us count."""
    query = "SELECT record_id, kind, repairable_from FROM guidance WHERE uscc = ?"
    paying = "consent_no IS NOT NULL AND fee_kind = 'rent'"
    for (uscc,) in rows(folder, AUTHORISED_DB, "SELECT DISTINCT uscc FROM guidance"):
        about = rows(folder, AUTHORISED_DB, query, uscc)
        found = {kind: (record, opens) for record, kind, opens in about}
        graded = base.table("grades", "evaluated_on, letter", f"uscc = '{uscc}'")
        letters = [letter for _, letter in graded]
        fees = base.table("fee_payments", "month", f"uscc = '{uscc}' AND {paying}")
        two = len(about) == 2 and found.keys() == {"penalty", "abnormal_listing"}
        if two and fees and "B" in letters:
            penalty, opens = found["penalty"]
            if letters[-1] == "C" and opens <= TODAY.isoformat():
                listing = found["abnormal_listing"][0]
                return Fined(uscc, penalty, listing, date.fromisoformat(opens))
    pytest.fail("the sandbox has no such enterprise any more: look for another story")


def another(folder: Path, first: Fined) -> Fined:
    """One whose only record is a public fine open to repair."""
    for (uscc,) in rows(folder, AUTHORISED_DB, "SELECT DISTINCT uscc FROM guidance"):
        columns = "record_id, kind, repairable_from, shown"
        query = f"SELECT {columns} FROM guidance WHERE uscc = ?"
        about = rows(folder, AUTHORISED_DB, query, uscc)
        graded = "SELECT 1 FROM grades WHERE uscc = ? AND letter IS NOT NULL"
        if (
            uscc == first.uscc
            or len(about) > 1
            or not rows(folder, AUTHORISED_DB, graded, uscc)
        ):
            continue
        ((record, kind, opens, shown),) = about
        if kind == "penalty" and shown and opens <= TODAY.isoformat():
            return Fined(uscc, record, "", date.fromisoformat(opens))
    pytest.fail("the sandbox has no such enterprise any more: look for another story")


def before_the_run(s: Story) -> None:
    """The enterprise, the office and the bank act; nothing has run yet."""
    uscc, penalty, listing = s.fined.uscc, s.fined.penalty, s.fined.listing
    firm = Firm.logged_in(s.server, uscc)
    address = ("--channel", "webhook", "--address", s.receiver.address("/firm"))
    s.office.does("notice", "contact", uscc, *address)
    firm.lets_in("grade")
    hook = {"url": s.receiver.address("/bank"), "kinds": ["records.retracted"]}
    assert s.server.post("/api/v1/webhooks", hook, headers=s.key).status_code == 201
    s.seen["records"] = s.asks(f"/enterprises/{uscc}/records?limit=200")
    s.seen["grade"] = s.asks(f"/enterprises/{uscc}/credit?include=grade")["grade"]
    for record in (penalty, listing):
        s.seen[record] = {*named(s.before, record)}
    query = "SELECT decision_no FROM penalties WHERE record_id = ?"
    ((s.seen["number"],),) = rows(s.before, PUBLIC_DB, query, penalty)
    s.seen["first look"] = s.seen["receipt"]
    s.seen["page"] = s.server.get(f"/e/{uscc}").text
    s.cases["objection"] = firm.objects(penalty)
    s.server.app.datasette.marks._asked = float("-inf")  # two seconds later
    s.seen["contested page"] = s.server.get(f"/e/{uscc}").text
    s.office.moves(s.cases["objection"], "reject")
    day_before = s.fined.repairable_from - timedelta(days=1)
    words = (uscc, penalty, "--words", "x", "--promise", "--by", "窗口")
    s.seen["too early"] = s.office.tried("case", "apply", *words, today=day_before)
    for name, record in (("repair", penalty), ("listing", listing)):
        s.cases[name] = firm.applies(record)
    promises = s.office.table("case", "list", "--uscc", uscc, "--kind", "commitment")
    s.cases["promise"] = promises[0]["id"]
    s.office.moves(s.cases["promise"], "fulfil")
    s.cases["false"] = Firm.logged_in(s.server, s.false.uscc).applies(s.false.penalty)
    for name in ("repair", "listing", "false"):
        s.office.moves(s.cases[name], "accept")
        s.office.moves(s.cases[name], "approve")
