"""Datasette's own pages: useful, explained, and no way to what is not public."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from publish.release.layout import AUTHORISED, PUBLIC
from publish.serving.queries import QUESTIONS
from publish.site.wording import spoken
from tests.serving.world import (
    ALPHA,
    Running,
    TurningClock,
    default_rows,
    publish,
    running,
)

CLOSED = sorted(
    {c.name for t in AUTHORISED for c in t.columns}
    - {c.name for t in PUBLIC for c in t.columns}
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("tables")
    folder = publish(home, "20261123-00000000aa", default_rows())
    with sqlite3.connect(folder / "authorised.db") as db:
        db.execute(
            "INSERT OR REPLACE INTO grades (uscc, evaluated_on, policy_id, state, letter,"
            " score_points, completeness_bp, vetoed)"
            " VALUES (?, '2026-11-23', 'p', 'graded', 'D', 424242, 10000, 0)",
            (ALPHA,),
        )
    db.close()
    return home


@pytest.fixture(scope="module")
def shut(world: Path) -> Iterator[Running]:
    """As delivered: nobody writes SQL."""
    with running(world, TurningClock()) as server:
        yield server


@pytest.fixture(scope="module")
def opened(world: Path) -> Iterator[Running]:
    """The office lets visitors write SQL."""
    with running(world, TurningClock(), public_sql=True) as server:
        yield server


def asked(question: str, **values: str) -> str:
    wanted = urlencode({"_shape": "array", **values})
    return f"/public/{question}.json?{wanted}"


def sql(statement: str) -> str:
    return f"/public.json?sql={quote(statement)}&_shape=array"


def test_table_pages_explain_every_column(shut: Running):
    page = shut.get("/public/penalties").text
    assert "<h1>行政处罚</h1>" in page
    assert "在公示期内的行政处罚" in page
    for told in (
        "罚款金额",
        "（单位 unit：fen）",
        "fine_fen",
        '<span class="sub">fen</span>',
    ):
        assert told in page
    assert "2026-05-06" in page


@pytest.mark.parametrize("column", ["severity", "authority", "collected_on"])
def test_pages_of_equal_rows_hold_each_row_once(shut: Running, column: str):
    """Datasette by itself tells equal rows apart from the second page on only."""
    whole = shut.get("/public/penalties.json?_shape=array").json()
    assert len({row[column] for row in whole}) < len(whole)
    seen, url = [], f"/public/penalties.json?_shape=objects&_size=1&_sort_desc={column}"
    while url:
        page = shut.get(url).json()
        seen += [row["record_id"] for row in page["rows"]]
        url = (page["next_url"] or "").removeprefix(shut.url)
    assert sorted(seen) == sorted(row["record_id"] for row in whole)


def test_a_filter_by_a_column_that_is_not_there_finds_no_empty_table(shut: Running):
    told = shut.get("/public/penalties.json?severty=general")
    assert (told.status_code, told.json()["error"]) == (400, "no such column: severty")
    assert shut.get("/public/penalties?severty__exact=general").status_code == 400
    rows = shut.get("/public/penalties.json?severity__not=minor&_shape=array")
    assert (rows.status_code, rows.json()) == (200, [])


def test_english_pages_show_english_titles_and_labels(shut: Running):
    english = {"cookie": "lang=en"}
    start = shut.get("/public", headers=english).text
    assert ">Every public record of an enterprise</a>" in start
    assert "一家企业的全部公开记录" not in start
    page = shut.get("/public/penalties?_facet=severity", headers=english).text
    assert "Penalties whose publicity period is open." in page
    assert "在公示期内的行政处罚" not in page
    assert page.count("<summary>Severity</summary>") == 1
    answer = shut.get(
        f"/public/records_of_enterprise?uscc={ALPHA}", headers=english
    ).text
    assert "<label>Unified social credit code <input" in answer
    told = '<th scope="col">Published until<code class="sub">publish_until</code></th>'
    assert told in answer
    # Tables call it differently, so that no label would be right.
    assert '<th scope="col"><code class="sub">title</code></th>' in answer


def test_coded_columns_are_facets(shut: Running):
    table = shut.get("/public/penalties.json?_shape=objects").json()
    assert table["facet_results"]["severity"]["results"][0]["count"] == 3
    table = shut.get("/public/enterprises.json?_shape=objects").json()
    assert {"status", "in_park"} <= table["facet_results"].keys()


def test_the_start_page_lists_tables_and_questions_and_hides_the_index(shut: Running):
    page = shut.get("/public").text
    for question in QUESTIONS.values():
        assert f">{spoken(question.title, 'zh')}</a>" in page
    assert 'href="/public/search_entries"' not in page
    assert 'name="sql"' not in page


ANSWERS: dict[str, tuple[dict[str, str], list[object]]] = {
    "records_of_enterprise": (
        {"uscc": ALPHA.lower()},
        ["P-ends", "P-open", "X-2", "H-1", "L-1", "T-1", "X-1"],
    ),
    "penalties_between": (
        {"authority": "", "from_day": "2026-05-01", "to_day": "2026-05-06"},
        [3],
    ),
    "penalties_by_month": ({"from_day": ""}, ["2026-05"]),
    "ending_soon": ({"days": "60"}, [3]),
    "repairable_now": ({"name": ""}, [0]),
    "licences_expiring": ({"days": "30"}, [0]),
    "honours_of_year": ({"year": "2025", "honour": ""}, [1]),
    "enterprises_in_industry": ({"industry": ""}, [3]),
    "fields_about": ({"word": "fine_fen"}, ["fine_fen"]),
}


KEYS = {"penalties_by_month": "month", "fields_about": "column_name"}


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_each_question_is_answered_for_today(shut: Running, name: str):
    values, wanted = ANSWERS[name]
    answer = shut.get(asked(name, **values))
    assert answer.status_code == 200, answer.text
    rows = answer.json()
    if isinstance(wanted[0], int):
        assert len(rows) == wanted[0]
    else:
        column = KEYS.get(name, "record_id")
        assert [row[column] for row in rows] == wanted


def test_questions_keep_to_the_day(world: Path):
    clock = TurningClock()
    with running(world, clock) as server:
        address = asked("records_of_enterprise", uscc=ALPHA)
        assert "P-ends" in server.get(address).text
        clock.turn()
        answer = server.get(address).text
        assert "P-ends" not in answer
        assert "P-open" in answer


@pytest.mark.parametrize(
    "path",
    [
        "/public?sql=select+1",
        sql("SELECT 1"),
        "/public.csv?sql=select+1",
        "/public/penalties.json?_where=1=1",
        "/public.db",
        "/public/sqlite_master.json",
        "/public/search_data.json",
        "/public/search.json",
        "/authorised.json",
        "/authorised/grades.json",
        "/public/grades.json",
        "/public/penalties.json?_sort=score_points",
    ],
)
def test_what_is_closed_stays_closed(shut: Running, path: str):
    answer = shut.get(path, allow_redirects=False)
    assert answer.status_code in {400, 403, 404}
    assert "424242" not in answer.text


@pytest.mark.parametrize("table", [t.name for t in PUBLIC])
def test_no_table_holds_a_column_above_the_public_tier(shut: Running, table: str):
    held = shut.get(f"/public/{table}.json?_size=1").json()["columns"]
    assert not {*CLOSED} & {*held}


@pytest.mark.parametrize("way", ["_sort=", "_sort_desc=", "_col="])
def test_no_parameter_reaches_a_column_above_the_public_tier(shut: Running, way: str):
    answer = shut.get(f"/public/enterprises.json?{way}score_points")
    assert answer.status_code == 400
    assert "424242" not in answer.text


def test_parameters_are_values_and_nothing_else(shut: Running):
    hostile = "' UNION SELECT score_points, 1, 1, 1, 1 FROM grades --"
    answer = shut.get(asked("records_of_enterprise", uscc=hostile))
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_cut_answer_says_so(opened: Running):
    many = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        " SELECT i FROM n"
    )
    answer = opened.get(f"/public.json?sql={quote(many)}").json()
    assert (len(answer["rows"]), answer["truncated"]) == (1000, True)
    assert "仅显示前面的部分" in opened.get(f"/public?sql={quote(many)}").text


def test_free_sql_may_be_opened_by_the_office(opened: Running):
    rows = opened.get(sql("SELECT count(*) AS n FROM penalties")).json()
    assert rows == [{"n": 3}]
    assert 'name="sql"' in opened.get("/public").text


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM main.penalties",
        "SELECT * FROM grades",
        "SELECT * FROM authorised.grades",
        "ATTACH 'authorised.db' AS a",
        "SELECT name FROM sqlite_temp_master",
        "SELECT sql FROM temp.sqlite_temp_schema",
        "SELECT load_extension('x')",
        "SELECT readfile('authorised.db')",
        "PRAGMA database_list",
        "DELETE FROM penalties",
        "WITH x AS (SELECT 1) DELETE FROM penalties",
        "SELECT * FROM (SELECT * FROM main.penalties AS live) AS penalties",
        "SELECT p.facts FROM main.penalties AS p JOIN enterprises USING (uscc)",
        "SELECT (SELECT max(publish_until) FROM main.penalties)",
        "EXPLAIN SELECT * FROM main.penalties",
    ],
)
def test_free_sql_reaches_nothing_that_is_not_public_today(
    opened: Running, statement: str
):
    answer = opened.get(sql(statement))
    assert answer.status_code in {400, 403}, answer.text
    assert "P-past" not in answer.text
    assert "424242" not in answer.text


def test_free_sql_is_cut_off_in_time(opened: Running):
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n"
    )
    answer = opened.get(sql(endless))
    assert answer.status_code == 400
