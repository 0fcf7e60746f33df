from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from publish.serving import guard
from tests.serving.world import (
    ALPHA,
    Running,
    TurningClock,
    default_rows,
    publish,
    running,
    write_release,
)

TODAY_ROWS = {"P-ends", "P-open", "P-beta"}
TOMORROW_ROWS = {"P-open", "P-beta"}

THROUGH = '{"table":"penalties","column":"record_id","value":"P-ends"}'

# Every way a visitor can ask Datasette for rows of a time-limited table.
FORMS = [
    "/public/penalties",
    "/public/penalties.json",
    "/public/penalties.json?_shape=array",
    "/public/penalties.json?_shape=objects",
    "/public/penalties.json?_shape=object",
    "/public/penalties.csv",
    "/public/penalties.csv?_size=max",
    "/public/penalties.json?_size=max&_sort=decided_on",
    "/public/penalties.json?_sort_desc=fine_fen",
    "/public/penalties?_facet=violation_kind",
    "/public/penalties.json?_facet=violation_kind&_facet=record_id&_size=0",
    "/public/penalties.json?_facet_date=publish_until",
    "/public/penalties.json?_col=record_id",
    f"/public/penalties.json?uscc={ALPHA}",
    "/public/penalties.json?violation_kind__contains=%E6%9C%AB",
    "/public/penalties.json?publish_until__lt=2099-01-01",
    "/public/penalties.json?_labels=on",
    "/public/penalties.json?_next=P-a",
    "/public/penalties/P-ends",
    "/public/penalties/P-ends.json",
    "/public/penalties/P-ends.json?_shape=array",
    f"/public/enterprises.json?_through={THROUGH}",
    f"/public/enterprises/{ALPHA}",
    f"/public/enterprises/{ALPHA}.json?_extras=foreign_key_tables",
    "/public",
    "/public.json",
]
# What they must refuse, today as well.
REFUSED = [
    ("/public/penalties.json?_where=1=1", 403),
    ("/public/penalties.json?_where=record_id='P-past'", 403),
    ("/public/penalties?_search=x&_fts_table=penalties&_fts_pk=record_id", 400),
    ("/public/penalties.csv?_stream=on", 400),
    ("/public?sql=select+*+from+penalties", 403),
    ("/public.json?sql=select+*+from+main.penalties", 403),
    ("/public.csv?sql=select+*+from+penalties", 403),
    ("/public.db", 403),
    ("/public/main.penalties", 404),
    ("/public/sqlite_master", 404),
    ("/public/sqlite_temp_master", 404),
    ("/public/search", 403),
    ("/public/search_data", 403),
    ("/public/search_entries.json", 403),
]
PAST, ENDS = re.compile("P-past|过期|u8fc7"), re.compile("P-ends|末日|u672b")


def without_echo(answer: requests.Response) -> str:
    """What the answer says beyond repeating the visitor's own question."""
    text = re.sub(r"/penalties/P-ends(\.json)?|%E6%9C%AB|query_ms.*", "", answer.text)
    text = re.sub(r"penalties\.record_id = ..P-ends..", "", text)
    text = re.sub(r'"toggle_url": "[^"]*"', "", text)
    return re.sub(r'"(human_description_en|params)": .*?["}],', "", text)


@pytest.mark.parametrize("form", FORMS)
def test_a_record_leaves_every_page_the_day_after_its_last_even_without_a_pipeline(
    shared: Running, form: str
) -> None:
    shared.clock.day = TurningClock().day
    today = shared.get(form)
    assert today.status_code == 200
    assert not PAST.search(today.text)
    shared.clock.turn()
    tomorrow = shared.get(form)
    assert not PAST.search(tomorrow.text)
    assert not ENDS.search(without_echo(tomorrow))
    assert without_echo(tomorrow) != without_echo(today)
    row = "/penalties/" in form
    assert tomorrow.status_code == (404 if row else 200)


@pytest.mark.parametrize(("form", "status"), REFUSED)
def test_what_would_go_round_the_guard_is_refused(
    shared: Running, form: str, status: int
) -> None:
    shared.clock.day = TurningClock().day
    answer = shared.get(form)
    assert answer.status_code == status
    assert not PAST.search(answer.text.replace(form.partition("?")[2], ""))


def test_counts_and_facets_count_only_what_may_be_shown(shared: Running) -> None:
    shared.clock.day = TurningClock().day
    asked = "/public/penalties.json?_facet=uscc&_shape=objects"
    found = shared.get(asked).json()
    assert found["filtered_table_rows_count"] == 3
    facets = found["facet_results"]["uscc"]["results"]
    assert {f["value"]: f["count"] for f in facets}[ALPHA] == 2
    assert found["primary_keys"] == ["record_id"]
    tables = {
        t["name"]: t["count"] for t in shared.get("/public.json").json()["tables"]
    }
    assert tables["penalties"] == 3
    shared.clock.turn()
    assert shared.get(asked).json()["filtered_table_rows_count"] == 2
    tables = {
        t["name"]: t["count"] for t in shared.get("/public.json").json()["tables"]
    }
    assert tables["penalties"] == 2
    assert tables["listings"] == 0


def test_an_enterprise_page_links_to_its_live_records(shared: Running) -> None:
    shared.clock.day = TurningClock().day
    asked = f"/public/enterprises/{ALPHA}.json?_extras=foreign_key_tables"
    found = {
        t["other_table"]: (t["count"], t["link"])
        for t in shared.get(asked).json()["foreign_key_tables"]
    }
    assert found["penalties"] == (2, f"/public/penalties?uscc={ALPHA}")
    assert shared.get(found["penalties"][1]).status_code == 200


def test_pages_of_a_large_table_follow_one_another_without_loss(
    tmp_path: Path, clock: TurningClock
) -> None:
    rows = default_rows()
    rows["penalties"] = [
        {**rows["penalties"][0], "record_id": f"P-{n:03}"}
        | {"publish_until": "2026-11-22" if n % 3 else None}
        for n in range(300)
    ]
    publish(tmp_path, "20261123-aaaaaaaaaa", rows)
    with running(tmp_path, clock) as site:
        found, path = [], "/public/penalties.json?_shape=objects&_size=30"
        while path:
            page = site.get(path).json()
            found += [r["record_id"] for r in page["rows"]]
            path = (page["next_url"] or "").removeprefix(site.url)
    assert found == [f"P-{n:03}" for n in range(0, 300, 3)]


@pytest.fixture
def connection(tmp_path: Path, clock: TurningClock) -> Iterator[sqlite3.Connection]:
    folder = write_release(tmp_path, "20261123-aaaaaaaaaa", default_rows())
    uri = f"file:{folder / 'public.db'}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as opened:
        guard.install(opened, clock)
        yield opened


def ids(connection: sqlite3.Connection, sql: str) -> set[str]:
    return {row[0] for row in connection.execute(sql)}


def test_a_statement_sees_only_rows_whose_period_is_open(
    connection: sqlite3.Connection, clock: TurningClock
) -> None:
    asked = "SELECT record_id FROM penalties"
    assert ids(connection, asked) == TODAY_ROWS
    clock.turn()
    assert ids(connection, asked) == TOMORROW_ROWS
    clock.turn(400)
    assert ids(connection, asked) == {"P-open"}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT record_id FROM main.penalties",
        'SELECT record_id FROM "main"."penalties"',
        "SELECT count(*) FROM main.penalties",
        "SELECT 1 FROM main.penalties",
        "SELECT (SELECT group_concat(record_id) FROM main.penalties)",
        "WITH penalties AS (SELECT * FROM main.penalties) SELECT * FROM penalties",
        "WITH live_ AS (SELECT * FROM main.penalties) SELECT * FROM live_",
        "SELECT m.record_id FROM penalties AS p JOIN main.penalties AS m USING (uscc)",
        "SELECT 1 FROM penalties AS p JOIN main.penalties AS m ON m.uscc = p.uscc",
        "CREATE TEMP VIEW mine AS SELECT * FROM main.penalties; SELECT * FROM mine",
        "SELECT sql FROM sqlite_temp_master",
        "SELECT sql FROM temp.sqlite_master",
        "SELECT sql FROM sqlite_temp_schema",
        "ATTACH ':memory:' AS other",
    ],
)
def test_no_statement_reaches_the_table_behind_the_guard(
    connection: sqlite3.Connection, sql: str
) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|not authorized"):
        run_all(connection, sql)


def run_all(connection: sqlite3.Connection, sql: str) -> None:
    for statement in sql.split("; "):
        connection.execute(statement).fetchall()


def test_the_guard_keeps_indexes_useful(connection: sqlite3.Connection) -> None:
    sql = "EXPLAIN QUERY PLAN SELECT * FROM penalties WHERE record_id = 'P-open'"
    plan = json.dumps([row[3] for row in connection.execute(sql)])
    assert "SEARCH" in plan
    assert "SCAN" not in plan
