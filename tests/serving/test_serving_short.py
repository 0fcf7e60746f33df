"""The short roads answer as the long ones do, and what costs is asked once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from publish.serving.asking import KEPT, LARGEST, Answers, Budget, Rows
from tests.serving.world import ALPHA, Running, TurningClock, publish, running

LONG_ROAD = "as=datasette"  # a parameter that nobody knows
COUNTING = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
SELECT count(*) AS n FROM n
"""
ROWS_OF = {
    "enterprises": ALPHA,
    "penalties": "P-ends",
    "licences": "X-1",
    "honours": "H-1",
    "sources": "penalties",
    "release": "id",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("short")
    publish(home, "20261123-aaaaaaaaaa")
    with running(home, TurningClock()) as served:
        yield served


@pytest.mark.parametrize("shape", ["", "arrays", "objects", "object", "array"])
@pytest.mark.parametrize("table", ROWS_OF)
def test_a_row_is_what_datasette_answers(shared: Running, table: str, shape: str):
    page = f"/public/{table}/{ROWS_OF[table]}.json"
    wish = f"_shape={shape}" if shape else ""
    short = shared.get(f"{page}?{wish}" if wish else page)
    long = shared.get(f"{page}?{wish}&{LONG_ROAD}")
    documents = [answer.json() for answer in (short, long)]
    for document in documents:
        if isinstance(document, dict):
            document.pop("query_ms", None)
    assert short.status_code == long.status_code == 200
    assert documents[0] == documents[1]
    assert list(documents[0]) == list(documents[1])
    for name in ("Content-Type", "Vary", "Cache-Control", "Referrer-Policy"):
        assert short.headers[name] == long.headers[name]


@pytest.mark.parametrize("wish", ["", "?_shape=array"])
def test_who_has_a_row_already_is_told_so(shared: Running, wish: str):
    page = f"/public/enterprises/{ALPHA}.json{wish}"
    tag = shared.get(page).headers["ETag"]
    again = shared.get(page, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    head = shared.session.head(shared.url + page, timeout=10)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "page",
    [
        "/public/penalties/P-past.json",  # its publicity is over
        "/public/penalties/nobody.json",
        "/public/search/1.json",
        "/public/nothing/1.json",
        f"/public/enterprises/{ALPHA}.json?_shape=circle",
        f"/authorised/grades/{ALPHA}.json",
    ],
)
def test_what_is_no_row_is_refused_as_ever(shared: Running, page: str):
    joined = "&" if "?" in page else "?"
    short, long = shared.get(page), shared.get(f"{page}{joined}{LONG_ROAD}")
    assert short.status_code == long.status_code >= 400


def test_a_row_is_gone_the_day_after_its_publicity(tmp_path: Path):
    publish(tmp_path, "20261123-aaaaaaaaaa")
    clock = TurningClock()
    with running(tmp_path, clock) as served:
        page = "/public/penalties/P-ends.json?_shape=array"
        assert served.get(page).json()[0]["violation_kind"] == "末日"
        clock.turn()
        assert served.get(page).status_code == 404


def test_answers_to_visitors_with_cookies_are_for_them_alone(shared: Running):
    for page in ("/about", f"/public/enterprises/{ALPHA}.json"):
        told = shared.get(page, cookies={"ds_actor": "x"})
        assert told.headers["Cache-Control"] == "private, no-store"
        assert "Cookie" in told.headers["Vary"]
    shared.session.cookies.clear()


def test_a_statement_that_is_not_quick_is_given_up():
    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        budget = Budget(db)
        assert budget.rows(COUNTING, {"most": 10}) == [{"n": 10}]
        assert not budget.dear
        assert budget.rows(COUNTING, {"most": 500}) == [{"n": 500}]
        assert budget.dear
        assert budget.rows(COUNTING, {"most": 10_000_000}) is None
        assert budget.rows(COUNTING, {"most": 10}) == [{"n": 10}]
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            budget.rows("SELECT * FROM absent", {})


def test_many_who_want_the_same_wait_for_one_answer():
    asked: list[int] = []
    answers = Answers()

    async def slow() -> Rows:
        asked.append(1)
        await asyncio.sleep(0)
        return [{"n": 7}]

    async def many() -> list[Rows]:
        return await asyncio.gather(*(answers.once(("q",), slow) for _ in range(5)))

    assert asyncio.run(many()) == [[{"n": 7}]] * 5
    assert len(asked) == 1
    assert answers.find(("q",)) == [{"n": 7}]


def test_a_failed_answer_is_asked_anew():
    answers = Answers()

    async def broken() -> Rows:
        raise sqlite3.OperationalError("interrupted")

    async def sound() -> Rows:
        return []

    with pytest.raises(sqlite3.OperationalError):
        asyncio.run(answers.once(("q",), broken))
    assert asyncio.run(answers.once(("q",), sound)) == []


def test_kept_answers_stay_within_bounds():
    answers = Answers()
    for number in range(KEPT + 2):
        answers.keep((number,), [{"n": number}])
        answers.find((0,))  # used all the time
    assert answers.find((0,)) == [{"n": 0}]
    assert answers.find((1,)) is None
    assert answers.find((KEPT + 1,)) == [{"n": KEPT + 1}]
    answers.keep(("large",), [{}] * (LARGEST + 1))
    assert answers.find(("large",)) is None
