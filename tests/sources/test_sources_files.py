"""Files that an agency drops: what is new, what it holds, and what cannot be read."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import requests
from openpyxl import Workbook

from assets.sources import filedrop, http
from assets.sources.declaration import Dataset, FileAgency
from assets.sources.filedrop import UnreadableFileError
from assets.sources.pull import Pulled, pull
from assets.stores import Window
from orchestration.lake.lake import LocalLake
from tests.sources.deliveries import (
    ENTERPRISE,
    TODAY,
    counts,
    quarantined,
    rows_of,
    sandbox_sources,
    split,
)

TODAY_ONLY = Window(TODAY, TODAY)
HONOUR = ["统一社会信用代码", "企业名称", "荣誉名称", "级别", "文件依据", "授予日期"]
HONOUR += ["有效期至", "授予单位"]
AWARD = [ENTERPRISE, "甲", "诚信企业", "市级", "", "2026-05-01", "", "市政府"]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with http.session() as made:
        yield made


def workbook(path: Path, lines: Sequence[Sequence[Any]], merge: str = "") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append([*line])
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def agency(folder: Path, **datasets: Dataset) -> FileAgency:
    return FileAgency(transport="files", folder=str(folder), datasets=datasets)


def found(agency: FileAgency, dataset: str, landed: set[str]) -> list[str]:
    return [p.name for p in filedrop.arrivals(agency, dataset, landed)]


def test_new_files_are_told_by_their_content_not_their_name(inbox: Path):
    (inbox / "honours_20260101.csv").write_bytes(b"old")
    (inbox / "honours_20260201.csv").write_bytes(b"new")
    (inbox / "permits_20260201.csv").write_bytes(b"another dataset")
    (inbox / ".honours_20260301.csv").write_bytes(b"being written")
    (inbox / "~$honours_20260301.xlsx").write_bytes(b"open in Excel")
    (inbox / "honours_folder").mkdir()
    known = {filedrop.content_hash(b"old")}
    declared = agency(inbox, honours=Dataset())
    assert found(declared, "honours", known) == ["honours_20260201.csv"]
    assert len(found(declared, "honours", set())) == 2


def test_a_dataset_may_name_its_files(inbox: Path):
    for name in ("a.csv", "b.csv", "c.txt"):
        (inbox / name).write_text(name)
    declared = agency(inbox, honours=Dataset(files=("*.csv", "a.*")))
    assert found(declared, "honours", set()) == ["a.csv", "b.csv"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    declared = agency(tmp_path / "gone", honours=Dataset())
    with pytest.raises(UnreadableFileError, match=r"the drop folder .*gone does not"):
        found(declared, "honours", set())


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("honours_20260101_20260131.xlsx", "2026-01-31"),
        ("honours-20260131.csv", "2026-01-31"),
        ("honours_20260131 (2)_.csv", "2026-11-23"),  # the digits are not the last
        ("honours_20261331.csv", "2026-11-23"),
        ("honours.csv", "2026-11-23"),
    ],
)
def test_the_day_in_a_files_name_orders_its_versions(name: str, day: str):
    fallback = datetime.fromisoformat("2026-11-23")
    assert filedrop.version_of(Path(name), fallback) == datetime.fromisoformat(day)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_is_read_in_its_declared_encoding(inbox: Path, encoding: str):
    path = inbox / "honours.csv"
    path.write_bytes('荣誉名称,级别\r\n"诚信,企业",市级\r\n,\r\n'.encode(encoding))
    declared = "utf-8-sig" if encoding.startswith("utf-8") else encoding
    read = [*filedrop.rows(path, Dataset(encoding=declared))]
    assert read == [{"荣誉名称": "诚信,企业", "级别": "市级"}]


def test_another_encoding_is_named_with_the_cure(inbox: Path):
    path = inbox / "honours.csv"
    path.write_bytes("荣誉名称\n诚信企业\n".encode("gb18030"))
    with pytest.raises(UnreadableFileError) as caught:
        [*filedrop.rows(path, Dataset())]
    assert str(caught.value) == (
        "honours.csv: not utf-8-sig (byte 0); declare the encoding of this dataset"
    )


def test_a_workbook_is_read_cell_by_cell(inbox: Path):
    day = datetime.fromisoformat("2026-05-01")
    line = [ENTERPRISE, None, day, date(2026, 5, 2), 12, 3.5, True]
    path = workbook(inbox / "a.xlsx", [list("ABCDEFG"), line, [None] * 7])
    assert [*filedrop.rows(path, Dataset())] == [
        {
            "A": ENTERPRISE,
            "B": "",
            "C": "2026-05-01",
            "D": "2026-05-02",
            "E": "12",
            "F": "3.5",
            "G": "True",
        }
    ]


def test_a_merged_title_above_the_header_is_stepped_over(inbox: Path):
    lines = [["台账", None], ["企业名称", "楼宇"], ["甲", "A座"]]
    path = workbook(inbox / "a.xlsx", lines, merge="A1:B1")
    assert [*filedrop.rows(path, Dataset(header_row=2))] == [
        {"企业名称": "甲", "楼宇": "A座"}
    ]


def test_a_merged_header_loses_no_cell(inbox: Path):
    lines = [["企业名称", "租期", None], ["甲", "2025-01-01", "2026-01-01"]]
    path = workbook(inbox / "a.xlsx", lines, merge="B1:C1")
    assert [*filedrop.rows(path, Dataset())] == [
        {"企业名称": "甲", "租期": "2025-01-01", "column 3": "2026-01-01"}
    ]


def test_a_header_that_is_repeated_or_too_short_loses_no_cell(inbox: Path):
    path = inbox / "a.csv"
    path.write_text("甲,甲,\n1,2,3,4\n5\n", "utf-8")
    assert [*filedrop.rows(path, Dataset())] == [
        {"甲": "1", "column 2": "2", "column 3": "3", "column 4": "4"},
        {"甲": "5"},
    ]


def test_a_broken_header_may_be_declared(inbox: Path):
    path = inbox / "a.csv"
    path.write_text("编号\t识别号,名称,年度\n1,91,甲,2018\n", "utf-8")
    declared = Dataset(names=("编号", "识别号", "名称", "年度"))
    assert [*filedrop.rows(path, declared)] == [
        {"编号": "1", "识别号": "91", "名称": "甲", "年度": "2018"}
    ]


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("a.xlsx", b"PK\x03\x04 torn", "a.xlsx: no XLSX workbook: "),
        ("a.xlsx", b"a,b\n1,2\n", "a.xlsx: no XLSX workbook: "),
        ("a.csv", b"", "a.csv: no header in row 1"),
        ("a.csv", b'"' + b"x" * 140_000 + b'"', "a.csv: no CSV: field larger"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    inbox: Path, name: str, body: bytes, told: str
):
    csv.field_size_limit(131_072)  # Python's own; a library of the tests raises it
    path = inbox / name
    path.write_bytes(body)
    with pytest.raises(UnreadableFileError) as caught:
        filedrop.check(path, Dataset())
    assert str(caught.value).startswith(told)


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(filedrop, "MAXIMUM_UNPACKED_BYTES", 1 << 20)
    path = inbox / "honours_20260401.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (1 << 20))
        packed.writestr("xl/workbook.xml", b"0")
    assert path.stat().st_size < 4096
    with pytest.raises(
        UnreadableFileError, match="unpacks to 1048577 bytes, more than"
    ):
        filedrop.check(path, Dataset())


def test_a_dropped_file_lands_once_under_whatever_name(
    inbox: Path, lake: LocalLake, web: requests.Session
):
    sources = sandbox_sources(inbox=inbox)
    path = workbook(inbox / "honours_20260501.xlsx", [HONOUR, AWARD])

    def go() -> Pulled:
        return pull(sources, "honours", TODAY_ONLY, lake.landing, web)

    assert go() == Pulled("honours", 1, 0)
    (batch,) = lake.landing.batches("honours")
    assert batch.origin == "honours_20260501.xlsx"
    assert batch.version_at == datetime.fromisoformat("2026-05-01")
    assert (batch.window, batch.pages[0].read_bytes()) == (None, path.read_bytes())
    path.rename(inbox / "honours_20260601.xlsx")
    assert go() == Pulled("honours", 0, 0)


def test_an_unreadable_file_is_told_and_the_others_flow(
    inbox: Path, lake: LocalLake, web: requests.Session
):
    sources = sandbox_sources(inbox=inbox)
    torn = inbox / "honours_20260401.xlsx"
    torn.write_bytes(b"half a workbook")
    workbook(inbox / "honours_20260501.xlsx", [HONOUR, AWARD])
    told = pull(sources, "honours", TODAY_ONLY, lake.landing, web)
    assert told.batches == 1
    assert told.error is not None
    assert told.error.startswith("honours_20260401.xlsx: no XLSX workbook")
    (batch,) = lake.landing.batches("honours")
    assert counts(split(lake, "honours", batch)) == (1, 1, 0, 0)
    # The office mends the file: the next pull takes it.
    workbook(torn, [HONOUR, [*AWARD[:2], "另一荣誉", *AWARD[3:]]])
    assert pull(sources, "honours", TODAY_ONLY, lake.landing, web) == Pulled(
        "honours", 1, 0
    )


def test_a_workbook_with_another_header_is_quarantined_row_by_row(
    inbox: Path, lake: LocalLake, web: requests.Session
):
    sources = sandbox_sources(inbox=inbox)
    lines = [[*HONOUR[:2], "荣誉", None, *HONOUR[4:]], AWARD]
    workbook(inbox / "honours_20260501.xlsx", lines, merge="C1:D1")
    pull(sources, "honours", TODAY_ONLY, lake.landing, web)
    (batch,) = lake.landing.batches("honours")
    assert counts(split(lake, "honours", batch)) == (1, 0, 1, 0)
    assert quarantined(lake, "honours") == [
        (1, "honours.level.required", None),
        (1, "honours.title.required", None),
        (1, "honours.unknown_column", "市级"),
        (1, "honours.unknown_column", "诚信企业"),
    ]


def test_a_later_file_corrects_an_earlier_one_whatever_the_order(
    inbox: Path, lake: LocalLake, web: requests.Session
):
    sources = sandbox_sources(inbox=inbox)
    later = [*AWARD[:3], "省级", *AWARD[4:]]
    workbook(inbox / "honours_20260601.xlsx", [HONOUR, later])
    pull(sources, "honours", TODAY_ONLY, lake.landing, web)
    (first,) = lake.landing.batches("honours")
    split(lake, "honours", first)
    workbook(inbox / "honours_20260501.xlsx", [HONOUR, AWARD])
    pull(sources, "honours", TODAY_ONLY, lake.landing, web)
    second = lake.landing.batches("honours")[0]
    split(lake, "honours", second)
    latest = lake.records.latest("honours")
    assert rows_of(lake, latest, "title, level") == [("诚信企业", "provincial")]
    assert len(rows_of(lake, lake.records.versions("honours"))) == 2


def test_a_file_without_a_day_is_as_old_as_the_file(
    inbox: Path, lake: LocalLake, web: requests.Session
):
    path = workbook(inbox / "honours_list.xlsx", [HONOUR, AWARD])
    written = datetime.fromisoformat("2026-03-02 08:00:00")
    os.utime(path, (written.timestamp(), written.timestamp()))
    sources = sandbox_sources(inbox=inbox)
    pull(sources, "honours", TODAY_ONLY, lake.landing, web)
    assert lake.landing.batches("honours")[0].version_at == written


def test_a_gb18030_file_of_payments_is_read_with_its_full_width_amounts(
    inbox: Path, lake: LocalLake, web: requests.Session
):
    header = "统一社会信用代码,企业名称,费用类别,所属月份,应缴日期,应缴金额(元),"
    header += "实缴金额(元),缴纳日期,授权书编号\r\n"
    line = (
        f"{ENTERPRISE},甲,房租,2026年9月,2026.9.10,１２００．００,1200,2026/9/9,SQ1\r\n"
    )
    path = inbox / "fee_payments_20261001.csv"
    path.write_bytes((header + line).encode("gb18030"))
    sources = sandbox_sources(inbox=inbox)
    pull(sources, "fee_payments", TODAY_ONLY, lake.landing, web)
    (batch,) = lake.landing.batches("fee_payments")
    split(lake, "fee_payments", batch)
    latest = lake.records.latest("fee_payments")
    columns = "fee_kind, month, due_on, due_fen, paid_fen, paid_on"
    (row,) = rows_of(lake, latest, columns)
    assert row == (
        "rent",
        date(2026, 9, 1),
        date(2026, 9, 10),
        120_000,
        120_000,
        date(2026, 9, 9),
    )
