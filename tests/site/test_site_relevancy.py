"""What people type finds whom they mean, first; what nobody means finds nobody.

The queries are data: ``relevancy/queries.csv`` says for each which enterprise comes
first, which others answer too and which must not. The kinds ``near`` and ``negative``
have no exact answer; the first shows similar names, the second nothing at all.
"""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from publish.serving.app import create_app
from tests.site.conftest import Site, TurningClock
from tests.site.town import Town

HERE = Path(__file__).with_name("relevancy")
NO_EXACT_ANSWER = {"near", "negative"}
LEAST = 60
Query = dict[str, str]


def table(name: str) -> list[Query]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


QUERIES = table("queries.csv")


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("street")
    town = Town()
    for number, firm in enumerate(table("firms.csv")):
        town.enterprise(
            number,
            firm["name"],
            former_names=firm["former_names"] or None,
            status=firm["status"],
            in_park=firm["in_park"] == "1",
        )
    town.build(home / "releases")
    clock = TurningClock()
    app = create_app(home, clock, registry_url="sqlite://")
    yield Site(app, clock)
    app.close()


def names(page: str) -> list[str]:
    links = re.findall(r'<a class="who"[^>]*>(.*?)</a>', page)
    return [unescape(re.sub(r"</?mark>", "", link)) for link in links]


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: f"{q['kind']}:{q['query']}")
def test_the_right_enterprise_comes_first(street: Site, query: Query):
    page = asyncio.run(street.text("/search", params={"q": query["query"]}))
    found = names(page)
    assert (found[0] if found else "") == query["first"]
    assert set(filter(None, query["also"].split("|"))) <= set(found)
    assert not set(filter(None, query["absent"].split("|"))) & set(found)
    exact = query["kind"] not in NO_EXACT_ANSWER
    assert ("找到 " in page) == exact
    assert ("名称相近的企业" in page) == (query["kind"] == "near")


@pytest.mark.parametrize(
    "query",
    [q for q in QUERIES if q["kind"] not in NO_EXACT_ANSWER],
    ids=lambda q: f"{q['kind']}:{q['query']}",
)
def test_the_first_suggestion_is_the_first_answer(street: Site, query: Query):
    answer = asyncio.run(
        street.get("/search/suggestions", params={"q": query["query"]})
    )
    assert answer.json()[0]["name"] == query["first"]
    assert len(answer.json()) <= 8


def test_the_suite_is_large_and_has_every_kind():
    kinds = [q["kind"] for q in QUERIES]
    assert len(QUERIES) >= LEAST
    assert min(map(kinds.count, set(kinds))) >= 3
    assert kinds.count("negative") >= 10
