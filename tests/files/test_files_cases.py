"""What cases do to the ledger, to publicity, to the guidance and to the letters due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from assets.cases.queries import case_effects
from publish.cases.model import Record
from publish.cases.objections import answer, object_to
from publish.registry.engine import open_registry
from quality.clock import Clock
from tests.files.archive import FIRST, TODAY, Archive

CASE = "XF20261001000001"


@pytest.fixture
def archive() -> Iterator[Archive]:
    made = Archive()
    made.enterprise()
    made.connection.execute(
        "CREATE TABLE case_effects (record_id TEXT, dataset TEXT, effect TEXT, "
        "effective_from DATE, case_id TEXT)"
    )
    made.made.add("case_effects")
    yield made
    made.connection.close()


def effect(archive: Archive, record: str, name: str, since: date) -> None:
    archive.connection.execute(
        "INSERT INTO case_effects VALUES (?, 'penalties', ?, ?, ?)",
        [record, name, since, CASE],
    )


def fined(archive: Archive, **values: Any) -> str:
    """A general fine of 1 June 2026: repair from 1 September, public to 31 May 2027."""
    given = {
        "uscc": FIRST,
        "party_class": "legal",
        "status": "active",
        "penalty_kinds": "0201",
        "fine_fen": 2_000_000,
        "decided_on": date(2026, 6, 1),
    }
    return archive.add("penalties", **given | values)


def ended(archive: Archive, key: str) -> tuple[date | None, date | None]:
    line = archive.event(key)
    return line.get("void_from"), line.get("ended_on")


def test_without_a_case_nothing_changes(archive: Archive):
    key = fined(archive)
    assert ended(archive, key) == (None, date(2027, 6, 1))
    assert archive.rows("public_penalties", "record_id, publish_until") == [
        (key, date(2027, 5, 31))
    ]
    assert archive.rows("repair_guidance", "record_id, repairable_from, shown") == [
        (key, date(2026, 9, 1), True)
    ]


def test_a_repaired_record_counts_to_its_repair_and_is_shown_nowhere(archive: Archive):
    key, repaired = fined(archive), date(2026, 10, 1)
    effect(archive, key, "repaired", repaired)
    assert ended(archive, key) == (repaired, repaired)
    for table in ("public_penalties", "repair_guidance", "due_notices"):
        assert archive.rows(table) == []


def test_a_newer_delivery_does_not_bring_it_back(archive: Archive):
    key = fined(archive, status="updated", received_on=TODAY)
    effect(archive, key, "repaired", date(2026, 10, 1))
    assert archive.rows("public_penalties") == []


def test_a_contested_record_stays_public_marked_and_does_not_count(archive: Archive):
    key, since = fined(archive), date(2026, 11, 20)
    effect(archive, key, "contested", since)
    effect(archive, key, "marked", since)
    assert ended(archive, key) == (since, since)
    assert archive.rows("public_contested", "record_id, uscc, marked_on") == [
        (key, FIRST, since)
    ]
    assert archive.rows("public_penalties", "record_id") == [(key,)]
    assert archive.rows("repair_guidance", "record_id") == [(key,)]


def test_a_doubt_that_stays_is_shown_and_counts(archive: Archive):
    key = fined(archive)
    effect(archive, key, "marked", date(2026, 10, 1))
    assert ended(archive, key) == (None, date(2027, 6, 1))
    assert archive.rows("public_contested", "record_id") == [(key,)]


def test_no_mark_tells_of_a_record_that_is_not_public(archive: Archive):
    # Minor: never published.
    key = fined(archive, fine_fen=500_000, decided_on=date(2026, 10, 1))
    effect(archive, key, "marked", date(2026, 10, 1))
    assert archive.rows("public_contested") == []
    assert archive.rows("repair_guidance", "record_id, severity, shown") == [
        (key, "minor", False)
    ]


@pytest.mark.parametrize("name", ["deleted", "corrected"])
def test_what_was_wrong_never_counted(archive: Archive, name: str):
    key = fined(archive)
    effect(archive, key, name, date(2026, 10, 1))
    assert ended(archive, key) == (date(2026, 6, 1), date(2026, 6, 1))
    assert archive.rows("public_penalties") == []


def test_a_broken_promise_means_the_longest_publicity_and_no_repair(archive: Archive):
    # The agency had ended publicity with the repair.
    key = fined(archive, publicity_to=date(2026, 10, 1))
    effect(archive, key, "longest", date(2026, 11, 1))
    assert ended(archive, key) == (None, date(2027, 6, 1))
    assert archive.rows(
        "public_penalties", "record_id, publish_until, repairable_from"
    ) == [(key, date(2027, 5, 31), None)]
    assert archive.rows("repair_guidance", "repairable_from, longest_until") == [
        (None, date(2027, 5, 31))
    ]


def due(archive: Archive) -> list[Any]:
    return archive.rows("due_notices", "notice_kind, subject, acts_on")


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        # Repair opens three months after the decision.
        (date(2026, 9, 9), {"negative_record": date(2026, 9, 9)}),
        (
            date(2026, 9, 8),  # on 8 December, in 15 days
            {"negative_record": date(2026, 9, 8), "repair_soon": date(2026, 12, 8)},
        ),
        (
            date(2026, 8, 23),  # today
            {"negative_record": date(2026, 8, 23), "repair_open": date(2026, 11, 23)},
        ),
        (
            date(2025, 12, 24),  # publicity ends on 23 December, in 30 days
            {
                "negative_record": date(2025, 12, 24),
                "repair_open": date(2026, 3, 24),
                "publicity_ends": date(2026, 12, 23),
            },
        ),
    ],
)
def test_what_an_enterprise_is_told_and_when(
    archive: Archive, decided: date, told: dict[str, date]
):
    key = fined(archive, decided_on=decided)
    assert due(archive) == sorted((kind, key, day) for kind, day in told.items())


def test_reminders_of_commitments_and_certificates(archive: Archive):
    soon, late = date(2026, 12, 23), date(2026, 12, 24)
    for valid_to in (soon, late, date(2026, 11, 22)):
        archive.add("commitments", uscc=FIRST, fulfilment="pending", valid_to=valid_to)
        archive.add("permits", uscc=FIRST, status="active", valid_to=valid_to)
    archive.add("commitments", uscc=FIRST, fulfilment="fully", valid_to=soon)
    assert due(archive) == [
        ("certificate_expires", "permits-3", soon),
        ("commitment_due", "commitments-2", soon),
    ]


@pytest.mark.parametrize(("day", "told"), [(30, False), (31, True)])
def test_the_annual_report_is_asked_for_thirty_days_before_its_end(
    day: int, told: bool
):
    archive = Archive(date(2026, 5, day))
    archive.enterprise(established_on=date(2020, 1, 1))
    archive.add("tenancies", uscc=FIRST, lease_from=date(2020, 1, 1))
    asked = [(k, s) for k, s, _ in due(archive)]
    assert asked == ([("annual_report_due", f"{FIRST}/2025")] if told else [])


def test_the_pipeline_reads_the_registry(tmp_path: Any):
    """From a case in the registry to the effect table, and until the agency mended it."""
    url, day = f"sqlite:///{tmp_path / 'registry.db'}", date(2026, 11, 1)
    registry, clock = open_registry(url), Clock(day)
    values = dict.fromkeys(Record.__dataclass_fields__) | {"uscc": FIRST}
    values |= {"dataset": "penalties", "decided_on": date(2026, 6, 1)}
    for key in ("penalties-1", "penalties-2"):
        about = Record.of(values | {"record_id": key})
        asked = {"request": "金额有误", "papers": [], "actor": "enterprise"}
        case = object_to(registry, clock, about, **asked)
        done = {"actor": "staff:信用办", "note": "已核实"}
        answer(registry, clock, case.id, "correct", **done)
    registry.dispose()
    archive = Archive()
    fined(archive, received_on=date(2026, 11, 2))
    fined(archive, received_on=date(2026, 11, 1), decision_no="b")
    archive.setup = type(archive.setup)(**vars(archive.setup) | {"registry": url})
    text = case_effects(archive.setup).sql("duckdb")
    found = archive.connection.execute(text).fetchall()
    assert found == [("penalties-2", "penalties", "corrected", day, case.id)]


@pytest.mark.parametrize(
    ("name", "first"), [("deleted", True), ("repaired", True), ("marked", False)]
)
def test_what_does_not_count_is_no_earlier_offence(
    archive: Archive, name: str, first: bool
):
    earlier, _ = [
        archive.add(
            "inspection_results",
            uscc=FIRST,
            inspected_on=day,
            result="info_missing",
            plan_no=str(day),
        )
        for day in (date(2026, 3, 2), date(2026, 10, 1))
    ]
    effect(archive, earlier, name, date(2026, 11, 2))
    assert archive.rows("first_offences", "happened_on, first_offence") == [
        (date(2026, 10, 1), first)
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("repaired", "repair"),
        ("deleted", "correction"),
        ("corrected", "correction"),
        ("contested", None),
        ("longest", None),
    ],
)
def test_what_a_case_took_off_is_withheld_from_older_releases_too(
    archive: Archive, name: str, reason: str | None
):
    key = fined(archive)
    effect(archive, key, name, TODAY)
    assert archive.rows("public_penalties", "record_id") == ([] if reason else [(key,)])
    expected = [(key, reason)] if reason else []
    assert archive.rows("withheld_records", "record_id, reason") == expected
