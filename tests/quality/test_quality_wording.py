"""Every expectation has a name and a description that a department head can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from assets.sources.pages import quality_page
from quality import business
from quality.contracts import metadata
from quality.expectations import Expectation, suite_of
from quality.rules import rules_of
from quality.rules.wording import NAMES
from tests.sources.deliveries import TODAY

CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")


def suites() -> Iterator[tuple[str, tuple[Expectation, ...]]]:
    for name, table in metadata.tables.items():
        yield name, suite_of(table, TODAY)
        yield f"{name}, arriving", suite_of(table, TODAY, arriving=True)
    for name in business.BUSINESS:
        yield f"{name}.business", business.suite(name)
    places = [(n, c) for n in business.drifting() for c in business.coded_columns(n)]
    yield "drift", business.drift_suite(places)


SUITES = dict(suites())


@pytest.mark.parametrize("name", SUITES)
def test_every_expectation_has_a_name_and_a_description(name: str):
    suite = SUITES[name]
    assert suite
    for expectation in suite:
        assert CHINESE.search(expectation.title), expectation
        assert CHINESE.search(expectation.message.zh), expectation
        assert expectation.message.en, expectation
    assert [t for t, n in Counter(e.title for e in suite).items() if n > 1] == []


def test_every_kind_of_rule_has_a_name_and_no_name_is_idle():
    kinds = {r.name for t in metadata.tables.values() for r in rules_of(t)}
    assert kinds == set(NAMES)


def test_names_are_what_a_reader_expects():
    suite = SUITES["penalties"]
    titles = {e.rule_id: e.title for e in suite}
    assert titles["penalties.decided_on.required"] == "处罚决定日期：必填"
    assert titles["penalties.penalty_kinds.codes"] == "处罚类别：取值均在代码表内"
    assert titles["penalties.table.keys"] == "全表：主键唯一"
    told = "处罚有效期不得早于决定日期：跨项规则"
    assert titles["penalties.check.penalty_period"] == told


def test_the_page_shows_name_and_description_of_each():
    suite = SUITES["penalties"]
    document = {
        "suite_name": "penalties",
        "results": [
            {
                "success": True,
                "expectation_config": {
                    "type": e.type,
                    "severity": "critical",
                    "description": f"{e.message.zh} · {e.rule_id}",
                    "meta": {"rule_id": e.rule_id, "title": e.title},
                },
                "result": {},
            }
            for e in suite
        ],
    }
    page = quality_page([document], "2026-11-23")
    assert page.count("<tr>") == len(suite) + 1
    for expectation in suite:
        assert f"<td>{expectation.title}<td>" in page
