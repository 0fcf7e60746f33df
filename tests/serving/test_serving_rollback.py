"""An older release that serves again shows nothing that was withdrawn since."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from publish.release.withdrawn import note
from tests.serving.world import (
    ALPHA,
    BETA,
    Running,
    TurningClock,
    default_rows,
    point,
    publish,
    running,
    write_release,
)

OLD, NEW = "20261122-0000000001", "20261123-0000000002"
GONE = {"penalties": {"P-open": "repair"}, "licences": {"X-1": "correction"}}


@pytest.fixture
def rolled_back(tmp_path: Path) -> Iterator[Running]:
    """The old release serves again; none of its files was pruned yet."""
    folder = write_release(tmp_path, OLD, default_rows())
    with closing(sqlite3.connect(folder / "authorised.db")) as db, db:
        for code in (ALPHA, BETA):
            db.execute(
                "INSERT OR REPLACE INTO grades (uscc, evaluated_on, policy_id, state,"
                " letter, completeness_bp, vetoed)"
                " VALUES (?, '2026-11-22', 'p', 'graded', 'C', 10000, 0)",
                (code,),
            )
    publish(tmp_path, NEW)
    note(tmp_path / "releases", NEW, GONE, frozenset({ALPHA}))
    point(tmp_path, json.dumps({"release": OLD}))
    with running(tmp_path, TurningClock()) as server:
        yield server


def test_a_withdrawn_record_is_on_no_page(rolled_back: Running):
    table = rolled_back.get("/public/penalties.json?_shape=array").json()
    assert {r["record_id"] for r in table} == {"P-beta", "P-ends"}
    assert rolled_back.get("/public/penalties/P-open.json").status_code == 404
    for path in (f"/e/{ALPHA}", "/lists/penalties", "/lists/penalties?format=csv"):
        assert "长期" not in rolled_back.get(path).text
    assert rolled_back.get("/lists/penalties?q=长期").text.count("虚构企业") == 0
    assert "长期" not in rolled_back.get("/feeds/penalties.atom").text
    licences = rolled_back.get("/public/licences.json?_shape=array").json()
    assert [r["record_id"] for r in licences] == ["X-2"]


def test_the_release_that_withdrew_it_shows_what_it_holds(rolled_back: Running):
    point(rolled_back.home, json.dumps({"release": NEW}))
    rolled_back.sees(NEW)
    table = rolled_back.get("/public/penalties.json?_shape=array").json()
    assert len(table) == 3


def test_a_grade_that_rests_on_it_is_told_to_nobody(rolled_back: Running):
    release = rolled_back.app.mount.current
    assert release
    rows = asyncio.run(release.authorised.execute("SELECT uscc FROM grades")).rows
    told = {r[0] for r in rows}
    assert BETA in told
    assert ALPHA not in told
    shown = "SELECT uscc, name, published_grade, graded_on FROM enterprises"
    facts = {r[0]: r[1:] for r in asyncio.run(release.public.execute(shown)).rows}
    assert facts[ALPHA] == ("虚构星海科技有限公司", None, None)


@pytest.mark.parametrize("page", ["/", "/statistics", "/lists/licences", "/status"])
def test_pages_that_only_count_are_there(rolled_back: Running, page: str):
    assert rolled_back.get(page).status_code == 200


def test_no_statement_reaches_the_withdrawn_rows(rolled_back: Running):
    release = rolled_back.app.mount.current
    assert release
    for sql in (
        "SELECT * FROM main.penalties",
        "SELECT * FROM main.licences",
        "SELECT published_grade FROM main.enterprises",
        "SELECT name FROM sqlite_temp_master",
    ):
        with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
            asyncio.run(release.public.execute(sql))


def test_an_unreadable_list_keeps_older_releases_from_serving(tmp_path: Path):
    publish(tmp_path, NEW)
    with running(tmp_path, TurningClock()) as server:
        write_release(tmp_path, OLD, default_rows())
        (tmp_path / "releases" / "withdrawals.json").write_text("{")
        point(tmp_path, json.dumps({"release": OLD}))
        server.sees(OLD)
        state = server.get("/readyz").json()
        assert (state["release"], state["refused"]) == (NEW, OLD)
