"""Candidates for investment: matched honestly, judged on what is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from assets import sql
from assets.measures.screening import (
    TABLES,
    Candidate,
    UnreadableCandidatesError,
    candidates_of,
    screening_query,
    typed,
)
from tests.files.archive import FIRST, SECOND, THIRD, TODAY, ZONE, Archive


def screened(archive: Archive, *candidates: Candidate) -> list[dict[str, Any]]:
    for name in TABLES:
        archive.make(name)
    query = sql.to_sql(screening_query(candidates, TODAY))
    found = archive.connection.execute(query)
    names = [d[0] for d in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def screen(archive: Archive, text: str) -> dict[str, Any]:
    (found,) = screened(archive, typed(text))
    return found


def sensors(
    archive: Archive, uscc: str = FIRST, name: str = "淄博甲传感有限公司"
) -> None:
    archive.enterprise(uscc, name, industry_code="C3983", status="active")


@pytest.mark.parametrize(
    ("text", "matched_by", "verdict"),
    [
        (FIRST, "code", "clear"),
        ("淄博甲传感有限公司", "name", "clear"),
        ("淄博旧名电子厂", "former_name", "clear"),
        ("淄博甲传感有限公司 ", "name", "clear"),
        ("淄博甲传感股份有限公司", "similar", "confirm"),
        ("青岛完全无关商贸有限公司", "none", "unknown"),
        (SECOND, "none", "unknown"),
    ],
)
def test_a_candidate_is_matched_by_code_or_exact_name_and_never_by_likeness(
    archive: Archive, text: str, matched_by: str, verdict: str
):
    sensors(archive)
    archive.add("name_changes", uscc=FIRST, former_name="淄博旧名电子厂")
    found = screen(archive, text)
    assert (found["matched_by"], found["verdict"]) == (matched_by, verdict)


def test_brackets_may_be_half_width(archive: Archive):
    sensors(archive, name="甲（淄博）传感有限公司")
    assert screen(archive, "甲(淄博)传感有限公司")["matched_by"] == "name"


def test_a_name_that_two_enterprises_bear_is_no_match(archive: Archive):
    sensors(archive, FIRST, "淄博同名传感有限公司")
    sensors(archive, SECOND, "淄博同名传感有限公司")
    assert screen(archive, "淄博同名传感有限公司")["verdict"] == "confirm"


def fined(archive: Archive, kinds: str, **values: Any) -> None:
    archive.add(
        "penalties",
        uscc=FIRST,
        authority_uscc=ZONE,
        penalty_kinds=kinds,
        decided_on=date(2026, 6, 1),
        **values,
    )


@pytest.mark.parametrize(
    ("kinds", "verdict", "reasons"),
    [
        ("0101", "clear", "公示期内未查到失信信息"),  # minor: never published
        ("0202", "attention", "公示期内行政处罚1条"),
        ("0303", "serious", "公示期内行政处罚1条"),
    ],
)
def test_the_verdict_rests_on_what_is_published(
    archive: Archive, kinds: str, verdict: str, reasons: str
):
    sensors(archive)
    fined(archive, kinds)
    found = screen(archive, FIRST)
    assert (found["verdict"], found["reasons"]) == (verdict, reasons)


def test_a_serious_list_and_a_closed_enterprise_are_told(archive: Archive):
    sensors(archive)
    archive.add(
        "serious_listings", uscc=FIRST, listed_on=date(2026, 6, 1), reason="虚假材料"
    )
    assert screen(archive, FIRST)["verdict"] == "serious"
    assert screen(archive, FIRST)["reasons"] == "列入严重违法失信名单：虚假材料"


def test_partners_in_the_park_and_the_gap_in_the_chain_are_told(archive: Archive):
    sensors(archive)
    for uscc, name in ((SECOND, "乙公司"), (THIRD, "丙公司")):
        archive.enterprise(uscc, name, industry_code="C3983", status="active")
        archive.add("tenancies", uscc=uscc, lease_from=date(2020, 1, 1))
    for values in (
        {"supplier_uscc": FIRST, "customer_uscc": SECOND},
        {"supplier_uscc": THIRD, "customer_uscc": FIRST},
    ):
        archive.add("supply_links", **values, until=None)
    found = screen(archive, FIRST)
    assert (found["partners"], found["partner_names"]) == (
        2,
        "丙公司（供应商）；乙公司（客户）",
    )
    assert found["fills_gap"] is True
    assert found["gap"] == "智能微系统·传感器与微机电：园区现有2家，目标10家"


def test_a_list_may_be_csv_in_two_encodings_or_a_workbook(tmp_path: Path):
    lines = f"序号,企业名称,统一社会信用代码\n1,甲公司,{FIRST}\n2,乙公司,不详\n"
    wanted = [Candidate("甲公司", FIRST), Candidate("乙公司", None)]
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(lines.encode(encoding))
        assert candidates_of(path) == wanted
    book = Workbook()
    for line in lines.splitlines():
        book.worksheets[0].append(line.split(","))
    book.save(tmp_path / "list.xlsx")
    assert candidates_of(tmp_path / "list.xlsx") == wanted


def test_a_bare_list_holds_names_or_codes(tmp_path: Path):
    path = tmp_path / "bare.csv"
    path.write_text(f"甲公司\n\n{FIRST.lower()}\n", "utf-8")
    assert candidates_of(path) == [Candidate("甲公司", None), Candidate(None, FIRST)]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xff\xfe\x00\xd8"])
def test_a_file_that_holds_nothing_readable_is_refused(tmp_path: Path, body: bytes):
    path = tmp_path / "odd.csv"
    path.write_bytes(body)
    with pytest.raises(UnreadableCandidatesError, match=r"odd\.csv"):
        candidates_of(path)
