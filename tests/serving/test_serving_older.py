"""After an upgrade the release built before it serves what it has, until the next one."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.serving.world import ALPHA, BETA, Running, TurningClock, publish, running

RELEASE = "20261123-aaaaaaaaaa"
PAGES = (
    *("/", f"/e/{ALPHA}", "/statistics", "/lists/commitments", "/lists/licences"),
    *("/honours", "/disclosures", "/policy", "/status"),
    *("/government", "/inspections", "/incentives", "/search?q=科技", "/policies"),
    *("/public", "/public/penalties", "/feeds/penalties.atom", "/sitemap.xml"),
)
NEW = {
    "public.db": (
        "DROP TABLE commitments",
        "DROP TABLE grade_statistics",
        "ALTER TABLE licences DROP COLUMN content",
        # Without the end of its publicity nobody knows what may be shown of it.
        "DROP INDEX ix_tax_arrears_publish_until",
        "ALTER TABLE tax_arrears DROP COLUMN publish_until",
    ),
    "authorised.db": ("DROP TABLE figures",),
}


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A process that starts on a release older than its contracts."""
    home: Path = tmp_path_factory.mktemp("older")
    folder = publish(home, RELEASE)
    for name, statements in NEW.items():
        with closing(sqlite3.connect(folder / name)) as db, db:
            for statement in statements:
                db.execute(statement)
    with running(home, TurningClock()) as served:
        yield served


def test_it_is_ready_and_says_what_the_release_lacks(upgraded: Running):
    state = upgraded.get("/readyz").json()
    assert (state["ready"], state["release"], state["refused"]) == (True, RELEASE, None)
    assert sorted(state["built_before"]) == [
        "commitments",
        "figures",
        "grade_statistics",
        "licences.content",
        "tax_arrears.publish_until",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there(upgraded: Running, page: str):
    assert upgraded.get(page).status_code == 200


def test_what_it_has_is_shown_and_what_it_lacks_is_empty(upgraded: Running):
    file = upgraded.get(f"/e/{ALPHA}").text
    assert "末日" in file
    assert "T-1" not in file
    rows = upgraded.get("/public/tax_arrears.json?_shape=array").json()
    assert rows == []
    licence = upgraded.get("/public/licences/X-1.json?_shape=array").json()[0]
    assert licence["content"] is None
    assert licence["decided_on"] == "2025-01-02"


def test_the_guard_still_holds(upgraded: Running):
    upgraded.clock.turn()
    try:
        assert "末日" not in upgraded.get(f"/e/{ALPHA}").text
        assert upgraded.get("/public/penalties/P-ends.json").status_code == 404
    finally:
        upgraded.clock.turn(-1)


def test_banks_get_what_there_is(upgraded: Running):
    key = upgraded.key("facts")
    assert upgraded.get(f"/api/v1/enterprises/{BETA}", headers=key).status_code == 200


def test_a_release_without_enterprises_is_no_release(tmp_path: Path):
    folder = publish(tmp_path, RELEASE)
    with closing(sqlite3.connect(folder / "public.db")) as db, db:
        db.execute("DROP TABLE enterprises")
    with running(tmp_path, TurningClock()) as served:
        assert served.get("/").status_code == 503
        assert served.get("/readyz").json()["refused"] == RELEASE


def test_the_log_says_what_to_do(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    folder = publish(tmp_path, RELEASE)
    with closing(sqlite3.connect(folder / "public.db")) as db, db:
        db.execute("DROP TABLE commitments")
    with (
        caplog.at_level(logging.WARNING, "publish.serving.release"),
        running(tmp_path, TurningClock()),
    ):
        pass
    told = [r.getMessage() for r in caplog.records if "built before" in r.getMessage()]
    assert told == [
        f"release {RELEASE} was built before commitments: empty until the next `make run`"
    ]
