"""The park's deliveries: names, encodings, headers, increments."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sandbox import Sandbox
from sandbox.headers import HEADERS
from sandbox.universe import SEED, universe
from tests.sandbox.conftest import DAY, SIZE

ENCODINGS = {
    "fee_payments": "gb18030",
    "commitments": "utf-8-sig",
    "supply_links": "utf-8",
}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    folder = tmp_path_factory.mktemp("drop")
    sandbox.drop(folder)
    return folder


def lines(path: Path) -> list[list[Any]]:
    """All lines of a file as they stand, the header among them."""
    if path.suffix == ".csv":
        encoding = ENCODINGS[path.name.rsplit("_", 2)[0]]
        with path.open(encoding=encoding, newline="") as file:
            return list(csv.reader(file))
    book = load_workbook(path, read_only=True)
    found = [list(line) for line in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return found


def rows(path: Path) -> list[dict[str, Any]]:
    table = lines(path)[1 if path.name.startswith("tenancies") else 0 :]
    return [dict(zip(table[0], line, strict=True)) for line in table[1:]]


def test_the_first_delivery_holds_the_whole_history(delivery: Path):
    names = sorted(path.name for path in delivery.iterdir())
    assert names == sorted(
        f"{dataset}_20230101_20240314.{'csv' if dataset in ENCODINGS else 'xlsx'}"
        for dataset in HEADERS
    )


@pytest.mark.parametrize("dataset", HEADERS)
def test_files_hold_the_latest_state_of_every_row(delivery: Path, dataset: str):
    (path,) = delivery.glob(f"{dataset}_*")
    records = universe(SEED, SIZE, DAY).versions(dataset, None, DAY)
    latest = {record.key: record.row for record in records}
    expected = [
        {h: "" if row.get(h) is None else str(row[h]) for h in HEADERS[dataset]}
        for row in latest.values()
    ]
    found = [
        {h: "" if v is None else written(v) for h, v in row.items()}
        for row in rows(path)
    ]
    assert found == expected


def written(value: Any) -> str:
    return str(value.date()) if isinstance(value, datetime) else str(value)


def test_leases_stand_below_a_merged_title(delivery: Path):
    (path,) = delivery.glob("tenancies_*")
    sheet = load_workbook(path).worksheets[0]
    assert sheet["A1"].value == "高新区信用园区入驻企业台账（虚构数据）"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:G1"]
    assert [cell.value for cell in sheet[2]] == [*HEADERS["tenancies"]]


def test_safety_checks_carry_real_dates(delivery: Path):
    (path,) = delivery.glob("safety_checks_*")
    days = {type(row["检查日期"]) for row in rows(path)}
    assert days == {datetime, str}  # text only where the row was spoilt on purpose


def test_files_say_that_they_are_invented(delivery: Path):
    (path,) = delivery.glob("honours_*")
    assert "虚构数据" in load_workbook(path).properties.description


def test_commitments_start_with_a_byte_order_mark_and_fees_are_not_utf8(
    delivery: Path,
):
    (commitments,) = delivery.glob("commitments_*")
    assert commitments.read_bytes().startswith(b"\xef\xbb\xbf")
    (fees,) = delivery.glob("fee_payments_*")
    with pytest.raises(UnicodeDecodeError):
        fees.read_text("utf-8")


def test_a_second_delivery_holds_only_the_days_since(tmp_path: Path):
    before = Sandbox(today=date(2024, 3, 1), enterprises=SIZE)
    after = Sandbox(today=DAY, enterprises=SIZE)
    before.drop(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    second = after.drop(tmp_path)
    assert sorted(path.name for path in second) == sorted(
        name.replace("20230101_20240229", "20240301_20240314") for name in first
    )
    assert {n: (tmp_path / n).read_bytes() for n in first} == first
    records = universe(SEED, SIZE, DAY).versions("fee_payments", date(2024, 3, 1), DAY)
    (fees,) = (path for path in second if path.name.startswith("fee_payments"))
    assert len(rows(fees)) == len({record.key for record in records}) > 0


def test_a_delivery_without_changes_has_a_header_only(tmp_path: Path):
    Sandbox(today=date(2024, 3, 14), enterprises=SIZE).drop(tmp_path)
    made = Sandbox(today=DAY, enterprises=SIZE).drop(tmp_path)
    (products,) = (path for path in made if path.name.startswith("financial"))
    assert lines(products) == [[*HEADERS["financial_products"]]]


def test_nothing_is_delivered_twice_and_nothing_hidden_is_left(
    tmp_path: Path, sandbox: Sandbox
):
    assert len(sandbox.drop(tmp_path)) == len(HEADERS)
    assert sandbox.drop(tmp_path) == []
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_same_rows_make_the_same_bytes(
    tmp_path: Path, delivery: Path, sandbox: Sandbox
):
    for path in sandbox.drop(tmp_path):
        assert path.read_bytes() == (delivery / path.name).read_bytes(), path.name
