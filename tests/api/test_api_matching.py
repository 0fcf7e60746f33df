"""Matching: which enterprise is meant, with a score and its reasons."""

from __future__ import annotations

from typing import Any

from publish.api.matching import alike, core_of
from tests.serving.world import ALPHA, BETA, GAMMA, Running


def found(bank: Running, **query: Any) -> list[tuple[str, int, list[str]]]:
    body = {"queries": [query]}
    answer = bank.post("/api/v1/match", body, headers=bank.key())
    (result,) = answer.json()["data"]["results"]
    return [(c["uscc"], c["score"], c["reasons"]) for c in result["candidates"]]


def test_the_whole_name_and_the_code_are_recognised(bank: Running) -> None:
    name = "虚构星海科技有限公司"
    assert found(bank, name=name)[0] == (ALPHA, 98, ["name_same"])
    assert found(bank, name="虚构星海科技　有限公司")[0][:2] == (ALPHA, 98)
    assert found(bank, code=ALPHA.lower()) == [(ALPHA, 100, ["code_same"])]
    both = found(bank, name=name, code=ALPHA)[0]
    assert both == (ALPHA, 100, ["code_same", "name_same"])


def test_the_organisation_code_inside_an_old_number_is_recognised(
    bank: Running,
) -> None:
    old = "370303" + ALPHA[8:17]
    assert found(bank, code=old)[0] == (ALPHA, 90, ["organisation_code_same"])
    dashed = f"{ALPHA[8:16]}-{ALPHA[16]}"
    assert found(bank, code=dashed)[0][:2] == (ALPHA, 90)


def test_a_similar_name_scores_by_its_shared_pairs(bank: Running) -> None:
    # 虚构星海科学 shares 4 of its 5 pairs with 虚构星海科技: 80 %, of 85.
    assert found(bank, name="虚构星海科学有限公司")[0] == (ALPHA, 68, ["name_similar"])
    assert found(bank, name="星海")[0] == (ALPHA, 42, ["name_contains"])
    assert found(bank, name="毫不相干的名称") == []


def test_those_excluded_are_left_out(bank: Running) -> None:
    names = {"name": "虚构星海科技有限公司"}
    assert ALPHA not in [c[0] for c in found(bank, **names, exclude=[ALPHA])]
    assert {BETA, GAMMA} & {c[0] for c in found(bank, name="虚构云帆制造")} == {BETA}


def test_likeness_counts_shared_pairs() -> None:
    assert alike("星海科技", "星海科技") == 100
    assert alike("星海科技", "星海") == 50
    assert alike("甲乙", "丙丁") == 0
    assert core_of("虚构星海科技有限责任公司") == "虚构星海科技"
    assert core_of("有限公司") == "有限公司"
