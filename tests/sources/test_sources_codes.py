"""Spellings of codes: every one that the formats of domain 2-5 name, in a table.

``None``: the spelling is refused, because it may mean two things or none of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.sources import candidates, spelling
from assets.sources.declaration import SourceError, load_sources
from quality.contracts.codelists import code_list

# list, spelling, code
SPELLINGS = [
    # 2.2 and 2.3: class of party, words and the numbers of one system
    ("party_class", "法人及非法人组织", "legal"),
    ("party_class", "自然人", "natural"),
    ("party_class", "个体工商户", "individual_business"),
    ("party_class", "01", "natural"),
    ("party_class", "02", "legal"),
    ("party_class", "03", "legal"),
    ("party_class", "04", "individual_business"),
    # 2.3: kinds of licence; 其他 is to be explained
    ("licence_kind", "普通", "general"),
    ("licence_kind", "特许", "franchise"),
    ("licence_kind", "认可", "recognition"),
    ("licence_kind", "核准", "approval"),
    ("licence_kind", "登记", "registration"),
    ("licence_kind", "其他", "other"),
    ("licence_kind", "其他-备案", "other"),
    ("licence_kind", "其他（备案）", "other"),
    ("licence_kind", "其他：备案", "other"),
    ("licence_kind", "其他备案", None),
    ("licence_kind", "普通-备案", None),
    *(
        ("licence_kind", f"0{n}", code)
        for n, code in enumerate(
            [
                "general",
                "franchise",
                "recognition",
                "approval",
                "registration",
                "other",
            ],
            1,
        )
    ),
    # 2.3 and 2.5: states of the 2018 form; those of the 2016 form are declared by source
    ("record_status", "0", "active"),
    ("record_status", "正常", "active"),
    ("record_status", "1", "active"),
    ("record_status", "有效", "active"),
    ("record_status", "2", "revoked"),
    ("record_status", "无效", "revoked"),
    ("record_status", "撤销", "revoked"),
    ("record_status", "删除", "revoked"),
    ("record_status", "更新", "updated"),
    ("record_status", "异议", "objection"),
    ("record_status", "3", "other"),
    ("record_status", "其他", "other"),
    ("record_status", "4", None),
    # 3.1, 4.1, 5.3
    *(("tax_credit_grade", f"{g}{end}", g) for g in "ABMCD" for end in ("", "级")),
    *(("labour_grade", f"{g}{end}", g) for g in "ABC" for end in ("", "级")),
    ("tax_credit_grade", "E", None),
    ("risk_class", "信用风险低", "A"),
    ("risk_class", "信用风险一般", "B"),
    ("risk_class", "信用风险较高", "C"),
    ("risk_class", "信用风险高", "D"),
    # 5.1
    ("abnormal_reason", "1", "1"),
    ("abnormal_reason", "未依照条例第八条规定的期限公示年度报告", "1"),
    (
        "abnormal_reason",
        "未依照《企业信息公示暂行条例》第八条规定的期限公示年度报告",
        "1",
    ),
    ("abnormal_reason", "未在责令的期限内公示有关企业信息", "2"),
    ("abnormal_reason", "公示企业信息隐瞒真实情况、弄虚作假", "3"),
    ("abnormal_reason", "通过登记的住所或者经营场所无法联系", "4"),
]
# 2.4: kinds of penalty in the words of the law of 2021 and of the forms before it
KINDS = [
    ("警告", "0101"),
    ("通报批评", "0102"),
    ("罚款", "0201"),
    ("没收违法所得", "0202"),
    ("没收非法财物", "0203"),
    ("没收违法所得、没收非法财物", "0202;0203"),
    ("暂扣许可证件", "0301"),
    ("暂扣许可证", "0301"),
    ("暂扣执照", "0301"),
    ("降低资质等级", "0302"),
    ("吊销许可证件", "0303"),
    ("吊销许可证", "0303"),
    ("吊销执照", "0303"),
    ("吊销营业执照", "0303"),
    ("限制开展生产经营活动", "0401"),
    ("责令停产停业", "0402"),
    ("责令关闭", "0403"),
    ("限制从业", "0404"),
    ("其他-责令改正", "9900"),
    ("其他（责令改正）", "9900"),
    ("罚款;其他-责令改正", "0201;9900"),
    # Withheld or revoked is not told: refused, never guessed.
    ("暂扣或者吊销许可证", "暂扣或者吊销许可证"),
    # Natural persons only (domain 2.4): no row of ours.
    ("行政拘留", "行政拘留"),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    with duckdb.connect() as connection:
        candidates.prepare(connection)
        yield connection


def read(engine: Any, expression: Any, written: str) -> str:
    query = f"SELECT {expression.sql('duckdb')} FROM (SELECT $1 AS x)"
    return str(engine.execute(query, [written]).fetchone()[0])


@pytest.mark.parametrize(("name", "written", "code"), SPELLINGS)
def test_a_spelling_of_the_formats_is_one_code(
    engine: Any, name: str, written: str, code: str | None
):
    found = read(engine, spelling.code(candidates.exp.column("x"), name), written)
    assert found == (code or written)
    assert (found in code_list(name)) == (code is not None)


@pytest.mark.parametrize(("written", "codes"), KINDS)
def test_kinds_of_penalty_are_read_in_new_and_old_words(
    engine: Any, written: str, codes: str
):
    expression = spelling.codes(candidates.exp.column("x"), "penalty_kind")
    assert read(engine, expression, written) == codes


def test_a_source_may_mean_another_thing_by_a_code(engine: Any):
    old = {"0": "active", "1": "revoked", "2": "objection", "3": "other"}
    expression = spelling.code(candidates.exp.column("x"), "record_status", old)
    found = {
        w: read(engine, expression, w) for w in ("0", "1", "2", "3", "正常", "撤销")
    }
    assert found == old | {"正常": "active", "撤销": "revoked"}


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ("{status: {'1': gone}}", r"penalties\.status has no code \['gone'\]"),
        ("{facts: {'1': active}}", r"penalties\.facts has no code \['active'\]"),
        ("{state: {'1': active}}", r"penalties has no column \['state'\]"),
    ],
)
def test_a_declared_meaning_must_be_of_the_list(tmp_path: Path, codes: str, told: str):
    path = tmp_path / "sources.yaml"
    path.write_text(
        "name: x\nhistory_from: 2026-01-01\nagencies:\n  market:\n    transport: files\n"
        f"    folder: .\n    datasets:\n      penalties: {{codes: {codes}}}\n",
        "utf-8",
    )
    with pytest.raises(SourceError, match=told):
        load_sources(path, {})
