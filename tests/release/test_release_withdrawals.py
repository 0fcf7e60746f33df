"""What was lawfully taken off comes back from no older release."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publish.release.errors import ReleaseRefusedError
from publish.release.model import Limits, Release
from publish.release.store import Releases
from publish.release.withdrawn import Withdrawn, withdrawn_from
from quality.clock import ZONE
from tests.release.invented import Park, ask, uscc

SECRET = "已修复的违法事实"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def kinds(made: Release) -> dict[str, str]:
    """Kind of change by record, penalties only."""
    return {
        c["key"]["record_id"]: c["kind"]
        for c in lines(made.folder / "changes.jsonl")
        if c["table"] == "penalties"
    }


def anywhere(folder: Path, text: str) -> list[str]:
    """The files of a release that hold a text, compressed ones apart."""
    found = (p for p in folder.rglob("*") if p.is_file())
    return sorted(p.name for p in found if text.encode() in p.read_bytes())


@pytest.fixture
def park(park: Park) -> Park:
    for record in ("P3", "P4", "P5", "P6"):
        park.penalty(uscc(3), record, content=f"{SECRET}{record}")
    return park


@pytest.fixture
def first(park: Park) -> Release:
    return park.build()


@pytest.fixture
def second(park: Park, first: Release) -> Release:
    """P3 repaired, P4 revoked, P5 gone without a reason, P6 starred; P2 expired."""
    park.tomorrow()
    park.withhold("P3", "repair")
    park.withhold("P4", "correction")
    rows = park.tables["public_penalties"]
    rows[:] = [r for r in rows if r["record_id"] not in {"P2", "P5"}]
    rows[-1]["content"] = "已修复的****"
    made = park.build()
    assert made.diff.previous == first.id
    return made


def test_each_change_tells_its_kind(second: Release):
    assert kinds(second) == {
        "P2": "expiry",
        "P3": "repair",
        "P4": "correction",
        "P5": "update",
        "P6": "redaction",
    }
    diff = second.diff.tables["public_penalties"]
    assert diff.kinds == dict.fromkeys(
        ("expiry", "repair", "correction", "update", "redaction"), 1
    )
    assert (diff.added, diff.removed, diff.changed) == (0, 4, 1)


def test_the_list_of_withdrawals_binds_older_releases_only(
    park: Park, first: Release, second: Release
):
    document = json.loads((park.folder / "withdrawals.json").read_text("utf-8"))
    told = {"P3": "repair", "P4": "correction", "P6": "redaction"}
    assert document["tables"] == {"penalties": told}
    assert withdrawn_from(park.folder, second.id) == Withdrawn()
    gone = withdrawn_from(park.folder, first.id)
    assert gone.tables == {"penalties": {"P3", "P4", "P6"}}
    assert gone.void == {uscc(3)}
    assert SECRET not in json.dumps(document, ensure_ascii=False)


@pytest.mark.usefixtures("second")
def test_an_older_release_is_pruned_of_them_to_the_last_byte(
    park: Park, first: Release
):
    """Of what vanished without a reason in law, P5, a rollback is to bring it back."""
    folder = park.folder / first.id
    sql = "SELECT record_id FROM penalties ORDER BY 1"
    assert ask(folder / "public.db", sql) == [("P1",), ("P5",)]
    for record in ("P3", "P4", "P6"):
        assert anywhere(folder, SECRET + record) == []
    assert "penalties.csv" in anywhere(folder, SECRET + "P5")
    assert "public.db" in anywhere(folder, SECRET + "P5")
    changes = lines(folder / "changes.jsonl")
    told = {c["key"]["record_id"] for c in changes if c["table"] == "penalties"}
    assert told == {"P1", "P5"}
    held = ask(folder / "authorised.db", "SELECT uscc FROM grades ORDER BY 1")
    assert [code for (code,) in held] == sorted([uscc(1), uscc(2)])


@pytest.mark.usefixtures("second")
def test_a_pruned_release_says_so_and_still_verifies(park: Park, first: Release):
    rows = {"penalties": {"expired": 1, "withdrawn": 3}}
    releases = Releases(park.folder)
    version, serving = releases.list()
    assert version.pruned == {"on": "2026-11-24", "rows": rows}
    assert serving.pruned is None
    assert releases.manifest(first.id)["pruned"] == version.pruned
    assert releases.manifest(first.id)["counts"]["public_penalties"] == 2
    assert version.counts["public_penalties"] == 6  # as it was built
    assert releases.verify(first.id) == ()
    releases.rollback(first.id, datetime(2026, 11, 24, 13, tzinfo=ZONE))
    assert releases.current() == first.id


@pytest.mark.usefixtures("first")
def test_time_prunes_though_nothing_new_is_published(park: Park):
    park.tomorrow()
    rows = park.tables["public_penalties"]
    rows[:] = [r for r in rows if r["record_id"] != "P2"]
    second = park.build()
    again = park.build()
    assert (again.id, again.unchanged) == (second.id, True)
    version, _ = Releases(park.folder).list()
    assert version.pruned == {
        "on": "2026-11-24",
        "rows": {"penalties": {"expired": 1, "withdrawn": 0}},
    }


def test_prunings_add_up(park: Park, first: Release, second: Release):
    park.tomorrow()
    park.withhold("P6", "redaction")
    park.withhold("P1", "repair")
    park.add("public_honours", uscc=uscc(3), record_id="H2", honour="守信", year=2026)
    park.build()
    pruned = {v.id: v.pruned for v in Releases(park.folder).list()}
    assert pruned[first.id] == {
        "on": "2026-11-25",
        "rows": {"penalties": {"expired": 1, "withdrawn": 4}},
    }
    assert pruned[second.id] == {
        "on": "2026-11-25",
        "rows": {"penalties": {"expired": 0, "withdrawn": 2}},
    }


def test_a_deregistered_enterprise_leaves_every_release_and_its_search(
    park: Park, first: Release
):
    park.tomorrow()
    park.withheld[uscc(3)] = "redaction"
    for table, rows in park.tables.items():
        if table.startswith("public_"):
            park.tables[table] = [r for r in rows if r.get("uscc") != uscc(3)]
    park.tables["public_penalties"][1]["publish_until"] = date(2027, 1, 1)
    park.build(limits=Limits(shrink_percent=90))
    public = park.folder / first.id / "public.db"
    for table in ("enterprises", "penalties", "search_entries"):
        sql = f"SELECT count(*) FROM {table} WHERE uscc = ?"
        assert ask(public, sql, uscc(3)) == [(0,)], table
    sql = "SELECT count(*) FROM search WHERE search MATCH ?"
    assert ask(public, sql, '"餐饮"') == [(0,)]
    assert ask(public, sql, '"有限 限公 公司"') == [(2,)]
    assert anywhere(park.folder / first.id, "演示餐饮店") == []


def test_a_record_that_must_be_withheld_is_refused(park: Park):
    park.withheld = {"P1": "redaction", "H1": "expiry"}
    with pytest.raises(ReleaseRefusedError) as caught:
        park.build()
    told = [(f.gate, f.table, f.key, f.why) for f in caught.value.failures]
    why = "it must not be public today"
    assert told == [
        ("withheld", "penalties", "record_id=P1", f"{why} (redaction)"),
        ("withheld", "honours", "record_id=H1", f"{why} (expiry)"),
    ]


def test_more_releases_than_are_kept_are_let_go_and_remembered(park: Park):
    made = []
    for day in range(4):
        rows = park.tables["public_penalties"]
        rows[0]["publish_until"] = date(2027, 5, 1) + timedelta(days=day)
        rows[1]["publish_until"] = date(2027, 1, 1)
        made.append(park.build(limits=Limits(keep=2)).id)
        park.tomorrow()
    releases = Releases(park.folder)
    assert [v.id for v in releases.list()] == made[2:]
    assert [v.id for v in releases.history()] == made
    assert releases.history()[0].removed == {
        "on": "2026-11-25",
        "why": "more releases than are kept",
    }
    assert releases.verify(made[2]) == ()


def test_a_release_that_cannot_be_cleaned_goes_as_a_whole(park: Park, first: Release):
    (park.folder / first.id / "public.db").write_bytes(b"not a database")
    park.tomorrow()
    park.tables["public_penalties"].pop()
    rows = park.tables["public_penalties"]
    rows[:] = [r for r in rows if r["record_id"] != "P2"]
    made = park.build()
    releases = Releases(park.folder)
    assert [v.id for v in releases.list()] == [made.id]
    [gone, _] = releases.history()
    assert gone.removed == {
        "on": "2026-11-24",
        "why": "could not be freed of expired records",
    }
