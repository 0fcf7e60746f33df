from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quality.personal import PersonalKind, Span, personal_data_sql, scan

CARD = "6222 0212 3456 7890 128"  # invented


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("联系人张某13912345678。", PersonalKind.MOBILE, "13912345678"),
        ("Tel.138-1234-5678.", PersonalKind.MOBILE, "138-1234-5678"),
        ("+8613912345678", PersonalKind.MOBILE, "+8613912345678"),
        ("手机139 1234 5678", PersonalKind.MOBILE, "139 1234 5678"),
        ("１３９１２３４５６７８", PersonalKind.MOBILE, "１３９１２３４５６７８"),
        ("（11010519491231002X）", PersonalKind.RESIDENT_ID, "11010519491231002X"),
        ("110105 19491231 002x", PersonalKind.RESIDENT_ID, "110105 19491231 002x"),
        ("卡号4111111111111111", PersonalKind.BANK_CARD, "4111111111111111"),
        ("户6222 0212 3456 7890 128，", PersonalKind.BANK_CARD, CARD),
        ("驾驶鲁C12345号小型轿车", PersonalKind.PLATE, "鲁C12345"),
        ("驾驶鲁C12345，", PersonalKind.PLATE, "鲁C12345"),
        ("鲁C·D12345 货车", PersonalKind.PLATE, "鲁C·D12345"),
        ("鲁CD12345 电车", PersonalKind.PLATE, "鲁CD12345"),
    ],
)
def test_personal_data_are_found_where_they_stand(
    text: str, kind: PersonalKind, found: str
) -> None:
    start = text.index(found)
    assert scan(text) == (Span(kind, start, start + len(found)),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "91110000600037341L",
        "91370303MA3C00003D",
        "淄高新市监处罚〔2023〕12号",
        "淄高新市监处罚〔2023〕13912345678号",
        "承诺编码37030020230217000011",
        "货值金额13912345678元，违法所得13912345678.50",
        "注册资本13912345678万元",
        "¥13912345678",
        "注册号370303000030639",
        "食品经营许可证JY13703030012345",
        "药品经营许可证 鲁CA0330001",
        "鲁ICP备12345678号",
        "11010519491231002",
        "110105194912310021",
        "4111111111111112",
        "2025-06-30 09:00:00",
        "电话0533-1234567",
    ],
)
def test_codes_amounts_and_document_numbers_are_left_alone(text: str) -> None:
    assert scan(text) == ()


def test_two_numbers_with_one_blank_between_are_both_found() -> None:
    spans = scan("4111111111111112 4111111111111111 13912345678")
    assert [span.kind for span in spans] == ["bank_card", "mobile"]


PIECES = st.one_of(
    st.sampled_from(
        [
            *("13912345678", "138-1234-5678", "139 1234 5678", "+86", "11010519491231"),
            *("11010519491231002X", "110105 19491231 002x", "4111111111111111"),
            *(
                "6222 0212 3456 7890 128",
                "6222021234567890128",
                "鲁C12345",
                "鲁CD12345",
            ),
            *(
                "91110000600037341L",
                "37030020230217000011",
                "号",
                "元",
                "万元",
                "¥",
                "-",
            ),
            *(".", " ", "，", "张三", "Tel", "〔2023〕", "\n", "·", "０", "Ｘ", "　"),
        ]
    ),
    st.text("0123456789X-. 号元鲁CA", max_size=12),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=60))
@example(["110105１９４９1231002Ｘ", "13912345678\n", "x13912345678", "13912345678x"])
def test_sql_and_python_agree_on_every_text(texts: list[str]) -> None:
    found = personal_data_sql("text").sql("duckdb")
    rows = duckdb.execute(
        f"SELECT text, {found} FROM (SELECT unnest(?) AS text)", [texts]
    ).fetchall()
    assert rows == [(text, bool(scan(text))) for text in texts]


def test_no_text_is_no_finding() -> None:
    found = personal_data_sql("text").sql("duckdb")
    query = f"SELECT {found} FROM (SELECT CAST(NULL AS TEXT) AS text)"
    assert duckdb.execute(query).fetchall() == [(False,)]
