"""The quarantine as people work with it: states, the sheet, corrected rows, replay."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.sources import gate, refused
from assets.sources.declaration import Dataset, Sources
from assets.sources.modes import FrozenBatchError
from assets.sources.pull import pull
from assets.sources.records import Gate
from assets.stores import Window
from orchestration.lake.lake import LocalLake
from quality.contracts import market, park
from tests.sources.deliveries import (
    NAME_CHANGE,
    PENALTY,
    TODAY,
    WINDOW,
    Row,
    counts,
    deliver,
    land,
    quarantined,
    rows_of,
    sandbox_sources,
)

NEXT_WEEK = Window(date(2026, 11, 8), date(2026, 11, 15))
LATER = {"SJC": "2026-11-09 09:00:00"}
NAME = "name_changes"


def named(number: int, **changes: Any) -> Row:
    return NAME_CHANGE | {"ALTDATE": f"2026-10-{number:02}"} | changes


def states(lake: LocalLake, dataset: str = NAME) -> list[tuple[int, str]]:
    return [(e.row_number, e.state) for e in refused.entries(lake.records, dataset)]


def cells(workbook: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(workbook))
    return {p.title: [*p.iter_rows(values_only=True)] for p in book.worksheets}


class _Setup:
    """What splitting asks of a setup."""

    today = TODAY

    def __init__(self, **dataset: Any) -> None:
        self.sources = declared(**dataset)


def declared(name: str = "penalties", **changes: Any) -> Sources:
    """The shipped sources with a dataset declared otherwise."""
    found = sandbox_sources()
    market_now = found.agencies["market"]
    datasets = market_now.datasets | {name: Dataset.model_validate(changes)}
    agency = market_now.model_copy(update={"datasets": datasets})
    return found.model_copy(update={"agencies": found.agencies | {"market": agency}})


def test_a_row_is_open_until_its_record_comes_right(lake: LocalLake):
    deliver(lake, NAME, [named(1, ALTBE=""), named(2, ALTBE=""), named(3)])
    assert states(lake) == [(1, "open"), (2, "open")]
    deliver(lake, NAME, [named(1) | LATER], window=NEXT_WEEK)
    assert states(lake) == [(1, "corrected"), (2, "open")]


def test_an_older_version_closes_nothing(lake: LocalLake):
    deliver(lake, NAME, [named(1, ALTBE="") | LATER])
    deliver(lake, NAME, [named(1)], window=NEXT_WEEK)
    assert states(lake) == [(1, "open")]


def test_a_row_whose_key_was_wrong_is_closed_by_its_number(lake: LocalLake):
    deliver(lake, NAME, [named(1, UNISCID="91370303MA3C00003E")])
    (entry,) = refused.entries(lake.records, NAME)
    mended = named(1, 隔离编号=entry.id, 问题与处理="代码已更正")
    assert counts(deliver(lake, NAME, [mended], window=NEXT_WEEK)) == (1, 1, 0, 0)
    assert states(lake) == [(1, "corrected")]


def test_the_sheet_is_the_agencys_own_rows_with_a_column_of_reasons(lake: LocalLake):
    deliver(lake, NAME, [named(1, ALTBE="", ALTDATE="上周二"), named(2, ALTBE="")])
    found = refused.entries(lake.records, NAME)
    (page,) = cells(refused.sheet(found)).values()
    heading, first, second = page
    assert heading == (
        *NAME_CHANGE,
        "隔离编号",
        "问题与处理",
        "规则编号",
        "批次编号",
        "行号",
    )
    row = dict(zip(heading, first, strict=True))
    assert row["ALTDATE"] == "上周二"
    assert row["规则编号"] == (
        "name_changes.changed_on.parsed；name_changes.former_name.required"
    )
    assert "“变更前名称”（ALTBE）为必填项，请补填" in row["问题与处理"]
    assert (row["行号"], second[-1]) == ("1", "2")


def test_the_sheet_holds_no_formula_and_no_personal_data(lake: LocalLake):
    bad = PENALTY | {"CF_SY": "联系人电话13912345678。", "CF_WFXW": "=1+1"}
    deliver(lake, "penalties", [bad])
    book = refused.sheet(refused.entries(lake.records, "penalties"))
    assert b"13912345678" not in book
    (page,) = load_workbook(io.BytesIO(book)).worksheets
    texts = {c.value: c.data_type for line in page.iter_rows() for c in line}
    assert texts["=1+1"] == "s"
    assert not any("13912345678" in str(t) for t in texts)


def test_a_mended_sheet_comes_back_by_the_file_drop(lake: LocalLake, tmp_path: Path):
    """XLSX out, the cell put right, the same file in: accepted, and the entry closed."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    heading = (
        "企业名称,统一社会信用代码,荣誉名称,级别,文件依据,授予日期,有效期至,授予单位"
    )
    line = "甲,91370303MA3C00003E,诚信企业,市级,,2026-05-01,,市政府"
    first = inbox / "honours_20261101_20261107.csv"
    first.write_text(f"{heading}\n{line}\n", "utf-8-sig")
    sources = sandbox_sources(inbox=inbox)
    setup = _Setup()
    setup.sources = sources
    pull(sources, "honours", Window(TODAY, TODAY), lake.landing, None)  # type: ignore[arg-type]
    gate.split_new(lake, setup, park.honours)  # type: ignore[arg-type]
    assert states(lake, "honours") == [(1, "open")]
    second = inbox / "honours_20261108_20261114.xlsx"
    second.write_bytes(refused.sheet(refused.entries(lake.records, "honours")))
    book = load_workbook(second)
    (page,) = book.worksheets
    for cell in (c for row in page.iter_rows() for c in row):
        if cell.value == "91370303MA3C00003E":
            cell.value = "91370303MA3C00003D"
    book.save(second)
    pull(sources, "honours", Window(TODAY, TODAY), lake.landing, None)  # type: ignore[arg-type]
    (receipt,) = gate.split_new(lake, setup, park.honours).receipts  # type: ignore[arg-type]
    assert counts(receipt) == (1, 1, 0, 0)
    assert states(lake, "honours") == [(1, "corrected")]


def test_a_replay_lets_in_what_passes_now_and_rewrites_nothing(lake: LocalLake):
    rows = [PENALTY | {"BZ_XIN": "1"}, PENALTY | {"CF_CFLB": "训诫", "CF_WSH": "2号"}]
    deliver(lake, "penalties", rows)
    before = rows_of(lake, lake.records.quarantine("penalties"))
    assert states(lake, "penalties") == [(1, "open"), (2, "open")]
    (batch,) = refused.replay(lake.landing, lake.records, "penalties")
    assert batch.declared_rows == 2
    # The new field has been declared since.
    setup = _Setup(ignore=["BZ_XIN"])
    (receipt,) = gate.split_new(lake, setup, market.penalties).receipts  # type: ignore[arg-type]
    assert counts(receipt) == (2, 1, 0, 1)
    assert states(lake, "penalties") == [(1, "released"), (2, "open")]
    assert rows_of(lake, lake.records.quarantine("penalties")) == before
    # What is still open can be judged again, as often as rules change.
    (again,) = refused.replay(lake.landing, lake.records, "penalties")
    assert again.id.endswith("-r2")
    assert again.declared_rows == 1
    assert again.window == batch.window == WINDOW


def test_nothing_open_is_nothing_to_replay(lake: LocalLake):
    deliver(lake, NAME, [named(1)])
    assert refused.replay(lake.landing, lake.records, NAME) == []


def gated(lake: LocalLake, rows: list[Row], **dataset: Any) -> Any:
    batch = land(lake, "penalties", rows)
    gate_now = Gate(lake.records, declared(**dataset), TODAY)
    return gate_now.split(market.penalties, batch)


def test_evolve_lets_an_unknown_column_pass_with_a_notice(lake: LocalLake):
    receipt = gated(lake, [PENALTY | {"BZ_XIN": "1"}], unknown_columns="evolve")
    assert counts(receipt) == (1, 1, 0, 0)
    assert receipt.notices == {"penalties.unknown_column": 1}


def test_evolve_leaves_an_optional_code_empty_and_quarantines_a_required_one(
    lake: LocalLake,
):
    unknown = PENALTY | {"CF_XDR_LB": "外星人"}
    receipt = gated(lake, [unknown], unknown_codes="evolve")
    assert counts(receipt) == (1, 0, 1, 0)
    assert quarantined(lake, "penalties") == [
        (1, "penalties.party_class.code", "外星人")
    ]


def test_evolve_empties_an_optional_code(lake: LocalLake):
    sources = declared("registrations", unknown_codes="evolve")
    row = {
        "UNISCID": "91370303MA3C00003D",
        "ENTNAME": "甲",
        "REGSTATE_CN": "冬眠",
        "ESTDATE": "2016-05-03",
        "SJC": "2026-11-02 09:00:00",
    }
    batch = land(lake, "registrations", [row])
    receipt = Gate(lake.records, sources, TODAY).split(market.registrations, batch)
    assert counts(receipt) == (1, 1, 0, 0)
    assert receipt.notices == {"registrations.status.code": 1}
    latest = lake.records.latest("registrations")
    assert rows_of(lake, latest, "status") == [(None,)]


@pytest.mark.parametrize(
    ("row", "mode", "told"),
    [
        (
            {"BZ_XIN": "1"},
            "unknown_columns",
            "column 'BZ_XIN': penalties.unknown_column",
        ),
        (
            {"CF_XDR_LB": "外"},
            "unknown_codes",
            "column 'party_class': penalties.party_",
        ),
    ],
)
def test_freeze_refuses_the_batch_and_names_the_place(
    lake: LocalLake, row: Row, mode: str, told: str
):
    with pytest.raises(FrozenBatchError) as caught:
        gated(lake, [PENALTY | {"CF_WSH": "2号"}, PENALTY | row], **{mode: "freeze"})
    text = str(caught.value)
    assert text.startswith("penalties batch 20261101-20261108-")
    assert f"row 2, {told}" in text
    assert text.endswith(f"or let it pass: `{mode}: quarantine`")
    assert rows_of(lake, lake.records.versions("penalties")) == []
    assert lake.records.receipts("penalties") == []


def test_a_frozen_batch_is_told_and_split_once_the_change_is_agreed(lake: LocalLake):
    land(lake, "penalties", [PENALTY | {"BZ_XIN": "1"}])
    frozen = _Setup(unknown_columns="freeze")
    found = gate.split_new(lake, frozen, market.penalties)  # type: ignore[arg-type]
    assert (found.receipts, len(found.frozen)) == ((), 1)
    agreed = _Setup(unknown_columns="freeze", ignore=["BZ_XIN"])
    found = gate.split_new(lake, agreed, market.penalties)  # type: ignore[arg-type]
    assert [counts(r) for r in found.receipts] == [(1, 1, 0, 0)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_a_revoked_decision_is_not_revived_by_a_stale_upload(
    lake: LocalLake, order: tuple[int, ...]
):
    """The stale file is newer by its time, and may come before the withdrawal."""
    versions = [
        PENALTY,
        PENALTY | {"CF_ZT": "撤销", "SJC": "2026-11-05 09:00:00"},
        PENALTY | {"SJC": "2026-11-20 09:00:00"},
    ]
    for place, number in enumerate(order):
        start = date.fromordinal(WINDOW.first.toordinal() + place)
        window = Window(start, date.fromordinal(start.toordinal() + 1))
        deliver(lake, "penalties", [versions[number]], window=window)
    latest = lake.records.latest("penalties")
    assert rows_of(lake, latest, "status, updated_at::DATE") == [
        ("revoked", date(2026, 11, 5))
    ]


def test_a_listing_that_ended_stays_ended_and_a_new_one_counts(lake: LocalLake):
    listing = {
        "UNISCID": "91370303MA3C00003D",
        "ENTNAME": "甲",
        "SPECAUSE": "1",
        "ABNTIME": "2026-01-05",
        "DECORG_CN": "局",
    }
    fields = {c.info["facts"].code: c for c in market.abnormal_listings.columns}
    sent = {k: v for k, v in listing.items() if k in fields}
    for code, item in fields.items():
        if not item.nullable and code not in sent:
            sent[code] = "2026-01-05" if item.name == "listed_on" else "局"
    sent |= {"SJC": "2026-11-02 09:00:00"}
    ended = sent | {"REMDATE": "2026-11-03", "SJC": "2026-11-03 09:00:00"}
    stale = sent | {"SJC": "2026-11-04 09:00:00"}
    receipt = deliver(lake, "abnormal_listings", [sent, ended, stale])
    assert receipt.accepted == 3, quarantined(lake, "abnormal_listings")
    latest = lake.records.latest("abnormal_listings")
    assert rows_of(lake, latest, "removed_on") == [(date(2026, 11, 3),)]


def test_declared_totals_are_compared_with_what_came(lake: LocalLake):
    batch = land(lake, NAME, [named(1), named(2)])
    manifest = batch.pages[0].parent / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"declared_rows": null', '"declared_rows": 3')
    )
    setup = _Setup()
    gate.split_new(lake, setup, market.name_changes)  # type: ignore[arg-type]
    counted = gate.totals(lake, market.name_changes, Dataset(minimum_rows=5), 2)
    assert counted.mismatches == (
        f"name_changes batch {batch.id}: the agency declared 3 rows, 2 came",
        "name_changes in all: declared 3 rows, 2 came",
    )
    assert (counted.records, counted.too_few, counted.too_many) == (2, True, False)
