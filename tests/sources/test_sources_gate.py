"""The quality gate: every row is accepted, quarantined or a duplicate, and stays so."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.sources import gate
from assets.sources.declaration import Dataset
from assets.sources.gate import split_new
from assets.sources.lost import damaged_deliveries, lost_deliveries
from assets.stores import Window
from orchestration.lake.lake import LocalLake
from orchestration.lake.records import ParquetRecords
from quality.clock import Clock
from quality.contracts import market
from tests.sources.deliveries import (
    CONTRIBUTION,
    ENTERPRISE,
    NAME_CHANGE,
    OTHER,
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
    split,
)

NEXT_WEEK = Window(date(2026, 11, 8), date(2026, 11, 15))
LAST_WEEK = Window(date(2026, 11, 15), date(2026, 11, 22))
LATER = {"SJC": "2026-11-09 09:00:00"}


def named(number: int, **changes: Any) -> Row:
    """A sound name change of its own day."""
    return NAME_CHANGE | {"ALTDATE": f"2026-10-{number:02}"} | changes


def fingerprints(folder: Path) -> dict[str, str]:
    """Every file's bytes."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_a_sound_row_is_accepted_with_its_way_back_to_the_raw_line(lake: LocalLake):
    receipt = deliver(lake, "penalties", [PENALTY])
    assert counts(receipt) == (1, 1, 0, 0)
    (row,) = rows_of(
        lake,
        lake.records.latest("penalties"),
        "uscc, penalty_kinds, fine_fen, decided_on, status, batch_id, row_number, "
        "received_on",
    )
    assert row == (
        ENTERPRISE,
        "0201",
        3_000_000,
        date(2026, 10, 20),
        "active",
        receipt.batch,
        1,
        TODAY,
    )


def test_rows_are_numbered_through_all_pages(lake: LocalLake):
    pages = [[named(1), named(2)], [named(3)], [named(4)]]
    receipt = deliver(lake, "name_changes", *pages)
    assert counts(receipt) == (4, 4, 0, 0)
    versions = lake.records.versions("name_changes")
    assert rows_of(lake, versions, "row_number, day(changed_on)") == [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
    ]


def test_a_row_sent_twice_counts_once_wherever_it_comes_again(lake: LocalLake):
    batch = [named(1), named(1)], [named(1), named(2)]
    assert counts(deliver(lake, "name_changes", *batch)) == (4, 2, 0, 2)
    again = deliver(lake, "name_changes", [named(2), named(3)], window=NEXT_WEEK)
    assert counts(again) == (2, 1, 0, 1)
    assert len(rows_of(lake, lake.records.versions("name_changes"))) == 3


def test_a_refused_row_sent_again_is_a_duplicate_of_the_refused(lake: LocalLake):
    broken = named(1, ALTBE="")
    first = deliver(lake, "name_changes", [broken, broken, named(2)])
    assert counts(first) == (3, 1, 1, 1)
    again = deliver(lake, "name_changes", [broken], window=NEXT_WEEK)
    assert counts(again) == (1, 0, 0, 1)
    assert quarantined(lake, "name_changes") == [
        (1, "name_changes.former_name.required", None)
    ]


def test_a_row_that_breaks_three_rules_is_one_row_with_three_reasons(lake: LocalLake):
    broken = named(1, ALTBE="", UNISCID="91370303MA3C00003E", ALTDATE="上周二")
    receipt = deliver(lake, "name_changes", [broken])
    assert counts(receipt) == (1, 0, 1, 0)
    assert receipt.reasons == {
        "name_changes.changed_on.parsed": 1,
        "name_changes.former_name.required": 1,
        "name_changes.uscc.uscc": 1,
    }
    assert quarantined(lake, "name_changes") == [
        (1, "name_changes.changed_on.parsed", "上周二"),
        (1, "name_changes.former_name.required", None),
        (1, "name_changes.uscc.uscc", "91370303MA3C00003E"),
    ]


def test_an_unknown_column_never_passes_silently(lake: LocalLake):
    rows = [CONTRIBUTION | {"BZ_XIN": "新增"}, CONTRIBUTION | {"fkssq": "202608"}]
    assert counts(deliver(lake, "social_contributions", rows)) == (2, 1, 1, 0)
    relation = lake.records.quarantine("social_contributions")
    columns = 'dataset, agency, row_number, rule_id, "column", value'
    assert rows_of(lake, relation, columns) == [
        (
            "social_contributions",
            "labour",
            1,
            "social_contributions.unknown_column",
            "BZ_XIN",
            "新增",
        )
    ]


def test_every_unknown_column_of_a_row_is_named(lake: LocalLake):
    deliver(lake, "name_changes", [named(1, A="1", B="2")])
    relation = lake.records.quarantine("name_changes")
    assert rows_of(lake, relation, '"column", value') == [("A", "1"), ("B", "2")]


def test_a_strange_field_name_stops_nothing(lake: LocalLake):
    row = named(1) | {'a"b': 1, "": 2, "$.c": 3}
    receipt = deliver(lake, "name_changes", [row, named(2)])
    assert counts(receipt) == (2, 1, 1, 0)
    relation = lake.records.quarantine("name_changes")
    assert rows_of(lake, relation, '"column"') == [("",), ("$.c",), ('a"b',)]


def test_rows_that_are_no_objects_are_quarantined(lake: LocalLake):
    receipt = deliver(lake, "name_changes", [None, "text", 7, [1], named(1)])
    assert counts(receipt) == (5, 1, 4, 0)


def test_an_unknown_code_is_shown_as_it_was_written(lake: LocalLake):
    deliver(lake, "penalties", [PENALTY | {"CF_CFLB": "罚款;训诫"}])
    assert quarantined(lake, "penalties") == [
        (1, "penalties.penalty_kinds.codes", "0201;训诫")
    ]


def test_tomorrow_is_refused_and_today_is_not(lake: LocalLake):
    rows = [named(1, ALTDATE="2026-11-24"), named(2, ALTDATE="2026-11-23")]
    assert counts(deliver(lake, "name_changes", rows)) == (2, 1, 1, 0)
    assert quarantined(lake, "name_changes") == [
        (1, "name_changes.changed_on.not_future", "2026-11-24")
    ]


def test_an_amount_too_large_for_a_number_is_quarantined(lake: LocalLake):
    rows = [PENALTY | {"CF_NR_FK": "9999999999999"}, PENALTY]
    assert counts(deliver(lake, "penalties", rows)) == (2, 1, 1, 0)
    assert quarantined(lake, "penalties") == [
        (1, "penalties.fine_fen.parsed", "9999999999999")
    ]


def test_a_warning_does_not_keep_a_row_out(lake: LocalLake):
    fine_without_amount = PENALTY | {"CF_NR_FK": ""}
    assert counts(deliver(lake, "penalties", [fine_without_amount])) == (1, 1, 0, 0)
    assert quarantined(lake, "penalties") == []


def test_a_value_with_personal_data_is_starred_in_the_quarantine(lake: LocalLake):
    prose = PENALTY | {"CF_SY": "联系人电话13912345678。"}
    deliver(lake, "penalties", [prose])
    (found,) = quarantined(lake, "penalties")
    assert found[1] == "penalties.facts.no_personal_data"
    assert "13912345678" not in found[2]


def test_a_correction_is_a_new_version_and_the_latest_one(lake: LocalLake):
    deliver(lake, "penalties", [PENALTY])
    corrected = PENALTY | {"CF_NR_FK": "5", "CF_ZT": "更新"} | LATER
    receipt = deliver(lake, "penalties", [corrected], window=NEXT_WEEK)
    assert counts(receipt) == (1, 1, 0, 0)
    versions = lake.records.versions("penalties")
    assert rows_of(lake, versions, "fine_fen, status") == [
        (3_000_000, "active"),
        (5_000_000, "updated"),
    ]
    latest = lake.records.latest("penalties")
    assert rows_of(lake, latest, "fine_fen, status, batch_id") == [
        (5_000_000, "updated", receipt.batch)
    ]
    assert len(set(rows_of(lake, versions, "record_key"))) == 1


@pytest.mark.parametrize(
    "written",
    [
        "淄高新市监处罚[2026]1号",
        "淄高新市监处罚（２０２６）１号",
        "淄高新市监处罚【2026】 1号",
    ],
)
def test_one_document_in_other_brackets_is_one_record(lake: LocalLake, written: str):
    deliver(lake, "penalties", [PENALTY])
    again = PENALTY | {"CF_WSH": written, "CF_NR_FK": "5"} | LATER
    deliver(lake, "penalties", [again], window=NEXT_WEEK)
    latest = lake.records.latest("penalties")
    assert rows_of(lake, latest, "decision_no, fine_fen") == [(written, 5_000_000)]


def test_an_older_version_that_arrives_late_does_not_win(lake: LocalLake):
    deliver(lake, "penalties", [PENALTY | {"CF_NR_FK": "5"} | LATER])
    deliver(lake, "penalties", [PENALTY], window=NEXT_WEEK)
    latest = lake.records.latest("penalties")
    assert rows_of(lake, latest, "fine_fen") == [(5_000_000,)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_versions_of_one_instant_the_withdrawal_stands(
    lake: LocalLake, order: tuple[int, int]
):
    versions = [PENALTY, PENALTY | {"CF_ZT": "撤销"}]
    windows = [WINDOW, NEXT_WEEK]
    for place, number in enumerate(order):
        deliver(lake, "penalties", [versions[number]], window=windows[place])
    latest = lake.records.latest("penalties")
    assert rows_of(lake, latest, "status") == [("revoked",)]


def test_two_parties_of_one_decision_are_two_records(lake: LocalLake):
    rows = [PENALTY, PENALTY | {"CF_XDR_SHXYM": OTHER, "CF_XDR_MC": "乙"}]
    deliver(lake, "penalties", rows)
    assert len(rows_of(lake, lake.records.latest("penalties"))) == 2


def test_splitting_a_batch_again_gives_the_same_files(lake: LocalLake):
    broken = named(3, ALTBE="")
    batch = land(lake, "name_changes", [named(1), named(2), named(1), broken, broken])
    first = split(lake, "name_changes", batch)
    before = fingerprints(lake.folder / "records")
    assert split(lake, "name_changes", batch) == first
    assert fingerprints(lake.folder / "records") == before
    assert counts(first) == (5, 2, 1, 2)


def test_a_run_killed_before_the_receipt_is_made_good_by_the_next(lake: LocalLake):
    rows = [named(1), named(2), named(3, ALTBE="")]
    batch = land(lake, "name_changes", rows)
    split(lake, "name_changes", batch)
    whole = fingerprints(lake.folder / "records")
    receipt = lake.folder / "records/name_changes/receipts" / f"{batch.id}.json"
    receipt.unlink()  # as if the process had died just before
    assert rows_of(lake, lake.records.latest("name_changes")) == []
    assert quarantined(lake, "name_changes") == []
    assert lake.records.receipts("name_changes") == []
    split(lake, "name_changes", batch)
    assert fingerprints(lake.folder / "records") == whole


def test_a_row_judged_anew_on_a_later_day_is_not_in_both_parts(lake: LocalLake):
    batch = land(lake, "name_changes", [named(1, ALTDATE="2026-11-24")])
    split(lake, "name_changes", batch)
    folder = lake.folder / "records" / "name_changes"
    (folder / "receipts" / f"{batch.id}.json").unlink()  # killed; the next day comes
    receipt = split(lake, "name_changes", batch, today=date(2026, 11, 24))
    assert counts(receipt) == (1, 1, 0, 0)
    assert quarantined(lake, "name_changes") == []


def test_only_batches_without_a_receipt_are_split(lake: LocalLake):
    land(lake, "name_changes", [named(1)])
    setup = _Setup()
    assert [
        counts(r) for r in split_new(lake, setup, market.name_changes).receipts
    ] == [(1, 1, 0, 0)]
    assert split_new(lake, setup, market.name_changes).receipts == ()
    land(lake, "name_changes", [named(1), named(2)], window=NEXT_WEEK)
    assert [
        counts(r) for r in split_new(lake, setup, market.name_changes).receipts
    ] == [(2, 1, 0, 1)]


def test_a_delivery_that_is_gone_is_lost_until_it_is_put_back(
    lake: LocalLake, tmp_path: Path
):
    first = land(lake, "name_changes", [named(1), named(2), named(2)])
    land(lake, "name_changes", [named(3)], window=NEXT_WEEK)
    setup = _Setup()
    split_new(lake, setup, market.name_changes)
    assert lost_deliveries(lake, setup, "name_changes") == ()
    home = first.pages[0].parent
    shutil.move(home, tmp_path / "backup")
    (line,) = lost_deliveries(lake, setup, "name_changes")
    assert line == (
        f"lake/landing/market/name_changes/{first.id} is lost, with the 3 rows as they "
        "were sent; the 2 accepted of them still count. Put it back from a backup; "
        "without one ask the agency to send them again, delete lake/records/name_changes "
        "and run: everything that landing holds then is split anew"
    )
    page = land(lake, "name_changes", [named(4)], window=LAST_WEEK).pages[0]
    page.write_bytes(page.read_bytes() + b" ")
    assert split_new(lake, setup, market.name_changes).receipts == ()
    (changed,) = damaged_deliveries(lake, "name_changes")
    assert changed.startswith(f"{page} was changed after it was received: put ")
    told = gate.totals(lake, market.name_changes, Dataset(), 3, lost=(line,))
    assert (told.accepted, told.mismatches) == (3, (line,))
    shutil.move(tmp_path / "backup", home)
    assert lost_deliveries(lake, setup, "name_changes") == ()


class _Setup:
    """What the gate asks of a setup."""

    today = TODAY

    @property
    def sources(self) -> Any:
        return sandbox_sources()


VERSIONS = st.builds(
    lambda day, second, name: named(
        day, ALTAF=name, SJC=f"2026-11-02 09:00:{second:02}"
    ),
    st.integers(1, 3),
    st.integers(0, 2),
    st.sampled_from(["甲有限公司", "乙有限公司", ""]),
)
BATCHES = st.lists(st.lists(VERSIONS, min_size=1, max_size=4), min_size=1, max_size=3)


def accepted_after(batches: list[list[Row]]) -> tuple[list[Any], list[Any]]:
    """The latest records and the refused rows after batches came one by one."""
    with tempfile.TemporaryDirectory() as folder:
        lake = LocalLake(Path(folder), Clock(TODAY))
        assert isinstance(lake.records, ParquetRecords)
        received = 0
        for number, rows in enumerate(batches):
            start = date.fromordinal(WINDOW.first.toordinal() + number)
            window = Window(start, date.fromordinal(start.toordinal() + 1))
            receipt = deliver(lake, "name_changes", rows, window=window)
            received += receipt.rows_in
        assert received == sum(map(len, batches))
        columns = "changed_on, new_name, updated_at, record_key, content_hash"
        latest = rows_of(lake, lake.records.latest("name_changes"), columns)
        refused = lake.records.quarantine("name_changes")
        found = rows_of(lake, refused, "DISTINCT raw_hash, rule_id")
        lake.engine.close()
    return latest, found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BATCHES, st.randoms(use_true_random=False))
def test_order_splitting_and_repetition_of_batches_do_not_matter(
    batches: list[list[Row]], rng: Any
):
    rows = [row for batch in batches for row in batch]
    shuffled = [*rows, rng.choice(rows)]
    rng.shuffle(shuffled)
    cut = rng.randrange(1, len(shuffled))
    assert accepted_after(batches) == accepted_after([shuffled[:cut], shuffled[cut:]])


DECISIONS = st.builds(
    lambda number, second, status: (
        PENALTY
        | {
            "CF_WSH": f"{number}号",
            "CF_ZT": status,
            "SJC": f"2026-11-02 09:00:{second:02}",
        }
    ),
    st.integers(1, 2),
    st.integers(0, 3),
    st.sampled_from(["0", "撤销", "异议", "不存在的状态"]),
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DECISIONS, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_what_was_withdrawn_stays_so_in_any_order_and_split(rows: list[Row], rng: Any):
    shuffled = [*rows, rng.choice(rows)]
    rng.shuffle(shuffled)
    cut = rng.randrange(1, len(shuffled))
    before = decisions_after([rows])
    assert decisions_after([shuffled[:cut], shuffled[cut:]]) == before
    withdrawn = {r["CF_WSH"] for r in rows if r["CF_ZT"] == "撤销"}
    states = dict(before[0])
    assert {states[number] for number in withdrawn} <= {"revoked"}


def decisions_after(batches: list[list[Row]]) -> tuple[list[Any], list[Any]]:
    """Each decision's state, and the refused rows, after batches came one by one."""
    with tempfile.TemporaryDirectory() as folder:
        lake = LocalLake(Path(folder), Clock(TODAY))
        for number, rows in enumerate(batches):
            start = date.fromordinal(WINDOW.first.toordinal() + number)
            window = Window(start, date.fromordinal(start.toordinal() + 1))
            deliver(lake, "penalties", rows, window=window)
        latest = lake.records.latest("penalties")
        found = rows_of(lake, latest, "decision_no, status")
        refused = lake.records.quarantine("penalties")
        bad = rows_of(lake, refused, "DISTINCT raw_hash, rule_id")
        lake.engine.close()
    return found, bad
