"""The default sandbox shows every case a credit policy could ask for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from sandbox.universe import ENTERPRISES, SEED, Universe, universe

DAY = date(2026, 11, 22)
PENALTY_KINDS = {
    "警告",
    "通报批评",
    "罚款",
    "没收违法所得",
    "没收非法财物",
    "暂扣许可证件",
    "降低资质等级",
    "吊销许可证件",
    "限制开展生产经营活动",
    "责令停产停业",
    "责令关闭",
    "限制从业",
    "其他-责令改正",
}


@pytest.fixture(scope="module")
def known() -> Universe:
    return universe(SEED, ENTERPRISES, DAY)


def sound(known: Universe, dataset: str) -> list[dict[str, Any]]:
    """Rows that nobody spoilt."""
    return [r.row for r in known.tables[dataset] if "#" not in r.key]


def values(known: Universe, dataset: str, field: str) -> set[Any]:
    return {row[field] for row in sound(known, dataset)}


def fines(known: Universe) -> list[float]:
    return [float(v) for v in values(known, "penalties", "CF_NR_FK") if v]


def test_the_volume_is_that_of_a_real_zone(known: Universe):
    sizes = {name: len(records) for name, records in known.tables.items()}
    assert len(known.enterprises) == 497
    assert 60_000 < sum(sizes.values()) < 90_000
    assert [name for name, size in sizes.items() if not size] == []


def test_behaviour_is_spread_as_declared(known: Universe):
    names = Counter(e.behaviour.name for e in known.enterprises)
    assert set(names) == {
        "exemplary",
        "ordinary",
        "sloppy",
        "troubled",
        "serious",
        "ghost",
    }
    assert names["ordinary"] > names["sloppy"] > names["troubled"] > names["ghost"]


def test_penalties_are_of_every_kind_and_size(known: Universe):
    written = values(known, "penalties", "CF_CFLB")
    kinds = {kind for text in written for kind in text.replace("、", ";").split(";")}
    assert kinds == PENALTY_KINDS
    assert min(fines(known)) == 0.02
    assert 100 < max(fines(known)) <= 200


def test_every_grade_and_result_is_given_to_someone(known: Universe):
    assert values(known, "tax_credit_grades", "xydj") == set("ABMCD")
    assert {g[0] for g in values(known, "labour_grades", "cxdj")} == set("ABC")
    assert {"A", "B", "C", "D"} <= values(known, "risk_classes", "RISKCLASS")
    assert set("12345678") <= values(known, "inspection_results", "INSRES")
    assert set("1234") <= values(known, "abnormal_listings", "SPECAUSE")
    assert values(known, "safety_checks", "检查结论") == {
        "合格",
        "整改",
        "限期整改",
        "重大隐患",
    }


@pytest.mark.parametrize(
    ("dataset", "field"),
    [
        ("serious_listings", "REMDATE"),
        ("abnormal_listings", "REMDATE"),
        ("serious_tax_cases", "tzgbrq"),
        ("wage_arrears_listings", "ycrq"),
        ("tax_arrears", "qjrq"),
    ],
)
def test_lists_have_entries_that_stand_and_entries_that_ended(
    known: Universe, dataset: str, field: str
):
    latest = {r.key: r.row[field] for r in known.tables[dataset] if "#" not in r.key}
    ended = Counter(bool(value) for value in latest.values())
    assert ended[True] > 0
    assert ended[False] > 0


def test_merits_of_every_kind_and_level_occur(known: Universe):
    labels = {
        "高新": "高新技术企业",
        "专精特新": "专精特新企业",
        "瞪羚": "瞪羚企业",
        "独角兽": "独角兽企业",
        "新业态": "新业态企业",
    }
    found = values(known, "qualifications", "资质类别")
    assert {labels.get(name, name) for name in found} == set(labels.values())
    assert {"国家级", "省级", "市级", "区级"} <= values(known, "honours", "级别")
    assert values(known, "standard_status", "贯标状态") == {
        "未开展",
        "建立",
        "运行",
        "评审通过",
    }
    assert {0, 1, 2} <= values(known, "credit_managers", "持证人数")


def test_commitments_and_rents_are_kept_and_broken(known: Universe):
    assert values(known, "commitments", "承诺履行状态") >= {
        "— —",
        "全部履行",
        "部分履行",
        "全部未履行",
    }
    latest = {r.key: r.row for r in known.tables["fee_payments"] if "#" not in r.key}
    unpaid = [row for row in latest.values() if not row["缴纳日期"]]
    late = [row for row in latest.values() if row["缴纳日期"] > row["应缴日期"]]
    assert unpaid
    assert late
    assert all(row["授权书编号"] for row in latest.values())


def test_tenants_without_consent_send_no_rents(known: Universe):
    leases = sound(known, "tenancies")
    agreed = {row["统一社会信用代码"] for row in leases if row["授权书编号"]}
    tenants = {row["统一社会信用代码"] for row in leases}
    assert values(known, "fee_payments", "统一社会信用代码") <= agreed
    assert len(tenants - agreed) > 50


def test_enterprises_end_and_change_their_names(known: Universe):
    statuses = values(known, "registrations", "REGSTATE_CN")
    assert statuses & {"注销", "3"}
    assert statuses & {"吊销", "2", "吊销未注销", "吊销，未注销"}
    assert statuses & {"迁出", "4"}
    assert statuses & {"歇业", "6"}
    assert statuses & {"清算", "5"}
    assert len(values(known, "name_changes", "UNISCID")) > 10


def test_agencies_write_dates_amounts_and_numbers_in_several_hands(known: Universe):
    dates = values(known, "penalties", "CF_JDRQ")
    assert any("年" in d for d in dates)
    assert any("/" in d for d in dates)
    assert any(d.isdigit() for d in dates)
    numbers = "".join(values(known, "penalties", "CF_WSH"))
    assert all(bracket in numbers for bracket in "〔[（")
    assert any("," in v for v in values(known, "financial_statements", "yysr"))
    assert {len(v) for v in values(known, "tax_credit_grades", "nsrsbh")} == {15, 18}
    assert any(
        set(v) & set("１２３") for v in values(known, "fee_payments", "应缴金额(元)")
    )
    assert None in values(known, "financial_statements", "sxsr")
