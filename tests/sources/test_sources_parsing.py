"""How every spelling of a value is read: a table of cases worked by hand.

Dates, months, money, flags and codes as agencies write them (domain 1.5), and what is
refused: a value that is not understood is never guessed.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from assets.sources import candidates
from assets.sources.declaration import Dataset
from quality.contracts import labour, market, metadata, park
from tests.sources.deliveries import CONTRIBUTION, PENALTY, REGISTRATION, Row

FIFTH_OF_MARCH = date(2023, 3, 5)
MARCH = date(2023, 3, 1)
WAN, YUAN = 1_000_000, 100


@pytest.fixture(scope="module")
def engine() -> Any:
    with duckdb.connect() as connection:
        candidates.prepare(connection)
        yield connection


def read(engine: Any, expression: str, written: str) -> Any:
    """What a macro makes of a text; ``?`` is the cleaned text."""
    sql = f"SELECT {expression.replace('?', 'filled(squeezed(half_width($1)))')}"
    return engine.execute(sql, [written]).fetchone()[0]


@pytest.mark.parametrize(
    "written",
    [
        "2023-03-05",
        "2023-3-5",
        "2023/03/05",
        "2023/3/5",
        "2023.3.5",
        "2023年3月5日",
        "2023年03月05日",
        "2023年3月5",
        "20230305",
        "2023-03-05 10:11:12",
        "2023/03/05 00:00:00",
        "2023-03-05T10:11:12",
        "２０２３年３月５日",
        "２０２３／０３／０５",
        "  2023-03-05\t",
        "　2023-03-05　",
        "44990",  # as Excel counts days: 45000 is 15 March
        "44990.0",
    ],
)
def test_a_date_is_read_however_it_is_written(engine: Any, written: str):
    assert read(engine, "parse_date(?)", written) == FIFTH_OF_MARCH


@pytest.mark.parametrize(
    "written",
    [
        "2023-02-30",
        "20230631",
        "2023年13月45日",
        "2023-03",
        "2023年3月",
        "2023",
        "05/03/2023",
        "19999",
        "上周二",
        "待核实",
        "0000-00-00",
        "2023-03-05abc",
    ],
)
def test_what_is_no_date_is_not_understood(engine: Any, written: str):
    assert read(engine, "parse_date(?)", written) is None


@pytest.mark.parametrize(
    "written", ["2099-12-31", "9999-09-09", "1900-01-01", "1899-12-31", "20991231"]
)
def test_a_sentinel_of_an_old_system_is_no_date(engine: Any, written: str):
    assert read(engine, "parse_date(?)", written) is not None  # it is understood
    assert read(engine, "known_date(parse_date(?))", written) is None


def test_the_days_beside_the_sentinels_are_dates(engine: Any):
    known = "known_date(parse_date(?))"
    assert read(engine, known, "1900-01-02") == date(1900, 1, 2)
    assert read(engine, known, "2099-12-30") == date(2099, 12, 30)


@pytest.mark.parametrize(
    "written",
    [
        "202303",
        "2023-03",
        "2023-3",
        "2023/03",
        "2023.3",
        "2023年3月",
        "2023年03",
        "２０２３０３",
        "20230315",
        "2023-03-31",
        "2023年3月31日",
    ],
)
def test_a_month_is_its_first_day(engine: Any, written: str):
    assert read(engine, "parse_month(?)", written) == MARCH


@pytest.mark.parametrize(
    "written", ["202313", "2023年13月", "2023-00", "000000", "2023", "三月", "Q1"]
)
def test_what_is_no_month_is_not_understood(engine: Any, written: str):
    assert read(engine, "parse_month(?)", written) is None


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2023-03-05 10:11:12", datetime.fromisoformat("2023-03-05 10:11:12")),
        ("2023/03/05 10:11:12", datetime.fromisoformat("2023-03-05 10:11:12")),
        ("2023-03-05T10:11:12", datetime.fromisoformat("2023-03-05 10:11:12")),
        ("2023-03-05", datetime.fromisoformat("2023-03-05 00:00:00")),
        ("昨天", None),
        ("2023-03-05 25:00:00", None),
    ],
)
def test_a_time_is_read_as_the_agency_wrote_it(
    engine: Any, written: str, instant: datetime | None
):
    assert read(engine, "parse_timestamp(?)", written) == instant


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("3", 3_000_000),
        ("3.000000", 3_000_000),
        ("0.020000", 20_000),
        ("12.345678", 12_345_678),
        ("0.000001", 1),
        ("999999.999999", 999_999_999_999),
        ("1000000", 1_000_000_000_000),
        ("9999999999.999999", 9_999_999_999_999_999),
        ("1,234.56", 1_234_560_000),
        ("１，２３４．５６", 1_234_560_000),
        ("-0.5", -500_000),
        ("500万", 500_000_000),
        ("500万元", 500_000_000),
        ("500 万元", 500_000_000),
        ("500(万)", 500_000_000),
        ("500(万元)", 500_000_000),
        ("500（万元）", 500_000_000),
        ("262.9800(万元人民币)", 262_980_000),
        ("1688万人民币", 1_688_000_000),
        ("89.76万人民币", 89_760_000),
        ("500万人民币元", 500_000_000),
        ("500万元人民币", 500_000_000),
        ("5,000元", 500_000),  # the unit that is written wins over the declared one
        ("5000人民币元", 500_000),
        ("￥3", 3_000_000),
        ("¥ 3", 3_000_000),
    ],
)
def test_an_amount_in_ten_thousands_of_yuan_becomes_fen(
    engine: Any, written: str, fen: int
):
    assert read(engine, f"parse_money(?, {WAN})", written) == fen


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("3", 300),
        ("1,200.50", 120_050),
        ("１２００．５０", 120_050),
        ("5200.5", 520_050),
        ("0.005", 1),  # half a fen is rounded away from zero
        ("-0.005", -1),
        ("0.5万元", 500_000),
        ("9999999999.999999", 1_000_000_000_000),
        ("10000000000.99", 1_000_000_000_099),
        ("9999999999999999", 999_999_999_999_999_900),
    ],
)
def test_an_amount_in_yuan_becomes_fen(engine: Any, written: str, fen: int):
    assert read(engine, f"parse_money(?, {YUAN})", written) == fen


@pytest.mark.parametrize(
    "written",
    [
        "约三万",
        "详见章程",
        "五百",
        "1e5",
        "500.",
        ".5",
        "5 000",
        "-",
        ",",
        "(500)",
        "500万美元",
        "500(万美元)",
        "9999999999999",  # ten quintillion fen: no 64-bit number holds it
        "99999999999999999999",
    ],
)
def test_what_is_no_amount_is_not_understood(engine: Any, written: str):
    assert read(engine, f"parse_money(?, {WAN})", written) is None


@pytest.mark.parametrize(
    "written",
    [
        "500万美元",
        "500(万美元)",
        "500（万港元）",
        "30欧元",
        "100万日元",
        "9英镑",
        "100 USD",
        "5,000.00 HKD",
    ],
)
def test_an_amount_in_a_foreign_currency_is_known_as_such(engine: Any, written: str):
    assert read(engine, "is_foreign(?)", written) is True


@pytest.mark.parametrize("written", ["500万元", "500", "美好", "详见美元账户"])
def test_other_texts_are_no_foreign_amounts(engine: Any, written: str):
    assert read(engine, "is_foreign(?)", written) is False


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12),
        ("1,234", 1234),
        ("12.0", 12),
        ("-3", -3),
        ("１２", 12),
        ("12.5", None),
        ("二十余", None),
        ("若干", None),
        ("12人", None),
        ("1e3", None),
        ("999999999999999999", None),
    ],
)
def test_a_whole_number_is_read_or_not_understood(
    engine: Any, written: str, number: int | None
):
    assert read(engine, "parse_integer(?)", written) == number


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        *((w, True) for w in ("1", "是", "Y", "yes", "TRUE", "公示", "１")),
        *((w, False) for w in ("0", "2", "否", "n", "No", "false", "不公示")),
        *((w, None) for w in ("3", "有", "部分公示")),
    ],
)
def test_yes_and_no_are_read_or_not_understood(
    engine: Any, written: str, flag: bool | None
):
    assert read(engine, "parse_flag(?)", written) is flag


@pytest.mark.parametrize(
    "written",
    ["", "  ", "　", "N/A", "n/a", "NULL", "null", "--", "/", "无数据", "#N/A"],
)
def test_ways_of_writing_nothing_are_nothing(engine: Any, written: str):
    assert read(engine, "?", written) is None


@pytest.mark.parametrize(
    "written",
    [
        "91370303MA3C00003D",
        "91370303ma3c00003d",
        "9137 0303 MA3C 0000 3D",
        "91370303-MA3C00003-D",
        "９１３７０３０３ＭＡ３Ｃ００００３Ｄ",
    ],
)
def test_a_social_credit_code_is_brought_into_one_form(engine: Any, written: str):
    assert read(engine, "parse_uscc(?)", written) == "91370303MA3C00003D"


def test_a_social_credit_code_is_never_repaired(engine: Any):
    assert read(engine, "parse_uscc(?)", "91370303MA3CO0003D") == "91370303MA3CO0003D"


def candidate(
    engine: Any, table: Any, row: Row, dataset: Dataset | None = None
) -> dict[str, Any]:
    """The typed candidate that a table's contract makes of one row."""
    engine.execute("CREATE OR REPLACE TEMP TABLE arriving_lines (raw JSON)")
    engine.execute(
        "INSERT INTO arriving_lines VALUES (?)",
        [json.dumps(row, ensure_ascii=False)],
    )
    query = candidates.candidates_query(table, dataset or Dataset(), None)
    found = engine.execute(query.sql("duckdb"))
    names = [d[0] for d in found.description]
    return dict(zip(names, found.fetchone(), strict=True))


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("罚款", "0201"),
        ("罚款;警告", "0101;0201"),
        ("警告、罚款", "0101;0201"),
        ("警告，罚款,罚款", "0101;0201"),
        ("0201；0101", "0101;0201"),
        ("吊销营业执照", "0303"),
        ("其他-责令改正", "9900"),
        ("其他—责令改正", "9900"),
        ("训诫", "训诫"),  # kept as written, for the rule to show
    ],
)
def test_kinds_of_penalty_become_sorted_codes(engine: Any, written: str, codes: str):
    found = candidate(engine, market.penalties, PENALTY | {"CF_CFLB": written})
    assert found["penalty_kinds"] == codes
    assert found["unparsed"] == []


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("存续", "active"),
        ("在营", "active"),
        ("存续（在营、开业、在册）", "active"),
        ("1", "active"),
        ("吊销，未注销", "revoked"),
        ("注销", "deregistered"),
        ("active", "active"),
        ("不明", "不明"),
    ],
)
def test_a_status_becomes_a_code_or_stays_as_written(
    engine: Any, written: str, status: str
):
    row = REGISTRATION | {"REGSTATE_CN": written}
    assert candidate(engine, market.registrations, row)["status"] == status


def test_a_row_is_read_field_by_field(engine: Any):
    found = candidate(engine, labour.social_contributions, CONTRIBUTION)
    assert found["month"] == date(2026, 9, 1)
    assert found["due_fen"] == 520_050
    assert found["paid_fen"] == 520_050  # a JSON number as well as a text
    assert found["insured"] == 12
    assert found["paid_on"] == date(2026, 10, 12)
    assert found["updated_at"] == datetime.fromisoformat("2026-11-02 09:00:00")
    assert (found["unparsed"], found["strangers"]) == ([], [])


def test_a_foreign_amount_stays_empty_and_is_not_a_fault(engine: Any):
    row = REGISTRATION | {"REGCAP": "20(万美元)"}
    found = candidate(engine, market.registrations, row)
    assert found["registered_capital_fen"] is None
    assert found["unparsed"] == []
    assert json.loads(found["raw"])["REGCAP"] == "20(万美元)"


def test_a_sentinel_is_no_fault_and_no_date(engine: Any):
    row = REGISTRATION | {"CANDATE": "9999-09-09"}
    found = candidate(engine, market.registrations, row)
    assert found["deregistered_on"] is None
    assert found["unparsed"] == []


def test_what_is_not_understood_is_named_column_by_column(engine: Any):
    row = REGISTRATION | {"REGCAP": "详见章程", "ESTDATE": "二〇一六年", "DOM": "N/A"}
    found = candidate(engine, market.registrations, row)
    assert found["unparsed"] == ["established_on", "registered_capital_fen"]
    assert found["domicile"] is None


def test_texts_keep_their_full_width_signs(engine: Any):
    row = REGISTRATION | {"ENTNAME": " 淄博（甲）科技　有限公司 "}
    assert candidate(engine, market.registrations, row)["name"] == (
        "淄博（甲）科技 有限公司"
    )


def test_fields_no_contract_knows_are_named_and_refused_ones_are_not_read(engine: Any):
    row = PENALTY | {"CF_XIN": "1", "CF_FR_ZJHM": "不应读取"}
    found = candidate(engine, market.penalties, row)
    assert found["strangers"] == ["CF_XIN"]
    assert "不应读取" not in [v for k, v in found.items() if k != "raw"]


def test_a_source_may_rename_a_field_and_fix_a_value(engine: Any):
    declared = Dataset(
        columns={"taxpayer_id": "识别号"}, constants={"grade": "A"}, ignore=("编号",)
    )
    row = {"识别号": "91370303MA3C00003D", "nsrmc": "甲", "pjnd": "2018", "编号": "1"}
    table = metadata.tables["tax_credit_grades"]
    found = candidate(engine, table, row, declared)
    assert (found["taxpayer_id"], found["grade"], found["year"]) == (
        "91370303MA3C00003D",
        "A",
        2018,
    )
    assert found["strangers"] == []


def test_a_file_row_takes_the_time_of_its_file(engine: Any):
    written = datetime.fromisoformat("2026-11-02 00:00:00")
    candidate(engine, park.honours, {})
    query = candidates.candidates_query(park.honours, Dataset(), written)
    cursor = engine.execute(query.sql("duckdb"))
    place = [d[0] for d in cursor.description].index("updated_at")
    assert cursor.fetchone()[place] == written
