"""Figures of published yearly statements: layout, units, encodings, conventions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets.credit.annual import Published, StatementError, annual_query, series

SHARED = Path(__file__).parents[3] / "shared" / "data" / "cn-listed-3statements-raw"
CODES = ("000898", "002202", "600011", "600298")
HEAD = "报告日期,2020-12-31,2019-12-31,2018-12-31,"


def published(folder: Path) -> list[Published]:
    firms = [
        Published(c, folder / f"sfsa_zcfzb{c}.csv", folder / f"sfsa_lrb{c}.csv")
        for c in CODES
    ]
    aries = [folder / f"aries_{n}_sheet_gbk.csv" for n in ("balance", "profit")]
    return [*firms, Published("aries", *aries)]


def invented(folder: Path) -> Published:
    (folder / "b.csv").write_bytes(
        f"{HEAD}\n应收票据(万元),1,1,1,\n应收账款(万元),300,100,--,\n".encode("gb18030")
    )
    (folder / "i.csv").write_bytes(
        f'{HEAD}\n营业收入(万元),"1,200",1000,800,\n'.encode("utf-8-sig")
    )
    return Published("虚构", folder / "b.csv", folder / "i.csv")


def figures(firms: list[Published], days: int = 360) -> list[tuple[object, ...]]:
    return duckdb.execute(annual_query(firms, days).sql("duckdb")).fetchall()


def test_transposed_statements_in_two_encodings(tmp_path: Path):
    found = figures([invented(tmp_path)])
    assert found == [
        ("虚构", date(2018, 12, 31), None, None, None, None),
        # 1000 / 800 - 1 = 25 %; no opening receivables; 100 / 1000 * 360 = 36 days
        ("虚构", date(2019, 12, 31), 2500, None, None, 3600),
        # mean 200: 1200 / 200 = 6 times, 60 days; at the end 300 / 1200 * 360 = 90
        ("虚构", date(2020, 12, 31), 2000, 60000, 6000, 9000),
    ]
    assert figures([invented(tmp_path)], 365)[2][4] == 6083


def test_money_comes_out_in_fen(tmp_path: Path):
    firm = invented(tmp_path)
    assert series(firm.income, "营业收入")[date(2020, 12, 31)] == 1200 * 10_000 * 100


@pytest.mark.parametrize(
    ("text", "item", "message"),
    [
        ("a,b\n", "营业收入", "the first row holds no dates"),
        (f"{HEAD}\n成本(万元),1,2,3\n", "营业收入", "no row 营业收入 with its unit"),
        (f"{HEAD}\n营业收入(万元),x,2,3\n", "营业收入", "'x' is no number"),
    ],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, text: str, item: str, message: str
):
    path = tmp_path / "s.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(StatementError, match=message):
        series(path, item)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published statements are not here")
def test_every_real_firm_year_has_its_figures():
    found = figures(published(SHARED))
    assert {row[0] for row in found} == {*CODES, "aries"}
    by = {(row[0], row[1].year): row[2:] for row in found}  # type: ignore[attr-defined]
    # 568664 / 600750 - 1; 568664 * 2 / (168352 + 167070); 360 days of it; at the end.
    assert by["aries", 2020] == (-534, 33907, 10617, 10658)
    assert by["aries", 2006][0] is None
