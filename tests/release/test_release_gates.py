"""Each gate refuses what it is there for and leaves the old release serving."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from publish.release.errors import GateFailure, ReleaseRefusedError
from publish.release.gates import GATES
from publish.release.model import Limits, Release
from publish.release.store import Releases
from tests.release.invented import Park, ask, uscc

RESIDENT_ID = "11010519491231002X"  # the example of GB 11643


def refused(park: Park, **options: object) -> list[GateFailure]:
    """Build, and hand back the failures; nothing may have moved."""
    before = Releases(park.folder).current()
    with pytest.raises(ReleaseRefusedError) as caught:
        park.build(**options)
    assert Releases(park.folder).current() == before
    assert not [
        p for p in park.folder.iterdir() if p.name.startswith((".staging", ".scratch"))
    ]
    return list(caught.value.failures)


def tampering(park: Park, file: str, *statements: str) -> Callable[[str], None]:
    """A checkpoint that alters a staged file just before the gates see it."""

    def alter(step: str) -> None:
        if step == "databases":
            [staging] = park.folder.glob(".staging-*")
            with closing(sqlite3.connect(staging / file)) as db, db:
                for statement in statements:
                    db.execute(statement)

    return alter


def gate_and_place(failures: list[GateFailure]) -> set[tuple[str, str, str]]:
    return {(f.gate, f.table, f.key) for f in failures}


def test_a_table_or_column_beyond_the_contract_is_refused(park: Park):
    planted = tampering(
        park,
        "public.db",
        "CREATE TABLE raw_uploads (line TEXT)",
        "CREATE VIEW peek AS SELECT * FROM penalties",
        "ALTER TABLE honours ADD COLUMN score INTEGER",
        "ALTER TABLE sources DROP COLUMN message",
        "ALTER TABLE release ADD COLUMN note TEXT",
    )
    failures = refused(park, checkpoint=planted)
    assert [(f.gate, f.table) for f in failures] == [
        ("tiers", "honours"),
        ("tiers", "peek"),
        ("tiers", "raw_uploads"),
        ("tiers", "release"),
        ("tiers", "sources"),
    ]
    assert failures[0].why == "columns of public.db differ from the contract: ['score']"


def test_a_column_beyond_the_authorised_tier_is_refused(park: Park):
    statement = "ALTER TABLE grades ADD COLUMN risk_class TEXT"
    planted = tampering(park, "authorised.db", statement)
    [failure] = refused(park, checkpoint=planted)
    assert (failure.gate, failure.table) == ("tiers", "grades")
    assert "authorised.db" in failure.why


def test_a_column_that_a_relation_adds_does_not_reach_the_file(made: Release):
    # Every invented relation carries an extra column ``note``.
    columns = ask(made.folder / "public.db", "PRAGMA table_info(penalties)")
    assert "note" not in {column[1] for column in columns}


def test_rows_whose_publicity_has_ended_are_refused(park: Park):
    park.penalty(uscc(3), "P9", publish_until=date(2026, 11, 22))
    [failure] = refused(park)
    assert (failure.gate, failure.table) == ("publicity", "penalties")
    assert failure.key == "record_id=P9"
    assert failure.why == "publicity ended before 2026-11-23"


def test_minor_penalties_and_penalties_without_an_end_are_refused(park: Park):
    park.penalty(uscc(3), "P8", severity="minor")
    park.penalty(uscc(3), "P9", publish_until=None)
    assert gate_and_place(refused(park)) == {
        ("publicity", "penalties", "record_id=P8"),
        ("publicity", "penalties", "record_id=P9"),
    }


def test_personal_data_in_prose_are_refused_and_not_repeated(park: Park):
    planted = {
        "resident id": f"当事人身份证号{RESIDENT_ID}",
        "mobile": "联系电话13812345678",
        "bank card": "账号6222021234567890128",
        "plate": "车牌鲁C12345",
    }
    for number, text in enumerate(planted.values()):
        park.penalty(uscc(3), f"P1{number}", facts=text)
    failures = refused(park)
    assert {(f.gate, f.table, f.key, f.why) for f in failures} == {
        ("personal_data", "penalties", f"record_id=P1{n}", f"facts holds a {kind}")
        for n, kind in enumerate(planted)
    }
    [report] = (park.folder / "failures").iterdir()
    assert not [text for text in planted.values() if text in report.read_text("utf-8")]


def test_personal_data_in_a_key_are_refused_and_not_repeated(park: Park):
    park.penalty(uscc(3), f"P-{RESIDENT_ID}-1", decision_no=RESIDENT_ID)
    park.penalty(uscc(3), RESIDENT_ID)
    failures = [f for f in refused(park) if f.gate == "personal_data"]
    assert len(failures) >= 2
    assert all(RESIDENT_ID not in str(f) for f in failures if f.key == "(withheld)")


def test_a_column_named_after_an_identity_field_is_refused(park: Park):
    planted = tampering(park, "public.db", "ALTER TABLE honours ADD CF_FR_ZJHM TEXT")
    failures = refused(park, checkpoint=planted)
    assert ("personal_data", "honours", "") in gate_and_place(failures)


def test_a_table_that_suddenly_halves_is_refused(park: Park):
    for number in range(30):
        park.add("public_honours", uscc=uscc(1), record_id=f"H{number + 2}")
    park.build()
    park.tomorrow()
    park.tables["public_penalties"].pop()
    del park.tables["public_honours"][15:]  # 15 of 31 are left: below one half
    [failure] = refused(park)
    assert (failure.gate, failure.table) == ("volume", "public_honours")
    assert failure.why == "31 rows became 15"
    park.build(limits=Limits(shrink_percent=60))


def test_half_a_table_may_go_and_small_tables_may_vanish(park: Park):
    for number in range(29):
        park.add("public_honours", uscc=uscc(1), record_id=f"H{number + 2}")
    park.build()
    park.tomorrow()
    park.tables["public_penalties"].clear()
    del park.tables["public_honours"][15:]
    assert park.build().switched


def test_a_release_without_enterprises_is_refused(park: Park):
    park.tables.clear()
    [failure] = refused(park)
    assert (failure.gate, failure.table) == ("volume", "enterprises")


def test_a_record_of_an_unknown_enterprise_is_refused(park: Park):
    park.penalty(uscc(7), "P7")
    [failure] = refused(park)
    assert gate_and_place([failure]) == {("references", "penalties", "record_id=P7")}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM search_entries WHERE rowid = 1",
        "INSERT INTO search(search) VALUES ('delete-all')",
        "UPDATE search_entries SET name = '别的名称' WHERE rowid = 1",
    ],
)
def test_an_enterprise_that_search_does_not_find_is_refused(park: Park, statement: str):
    failures = refused(park, checkpoint=tampering(park, "public.db", statement))
    assert {(f.gate, f.table) for f in failures} == {("search", "enterprises")}
    assert f"uscc={uscc(1)}" in {f.key for f in failures}
    assert {f.why for f in failures} == {
        "search by its name does not find it",
        "search by its credit code does not find it",
    }


def test_in_a_large_release_every_entry_is_counted_and_some_are_searched(park: Park):
    park.enterprise(4, "演示" + "长" * 300 + "公司")  # more pairs than one byte counts
    assert park.build(limits=Limits(searched=1)).switched
    park.tomorrow()
    park.tables["public_penalties"].pop()
    emptied = "INSERT INTO search(search) VALUES ('delete-all')"
    planted = tampering(park, "public.db", emptied)
    failures = refused(park, limits=Limits(searched=1), checkpoint=planted)
    codes = {f.key for f in failures if f.why.startswith("search by its name")}
    assert codes == {f"uscc={uscc(number)}" for number in (1, 2, 3, 4)}


def test_a_name_without_any_letter_is_refused_and_a_single_one_is_not(park: Park):
    park.enterprise(4, "甲")
    park.enterprise(5, "（）")
    [failure] = refused(park)
    assert (failure.gate, failure.key) == ("search", f"uscc={uscc(5)}")


def test_small_cells_are_refused_and_empty_hidden_or_large_ones_are_not(park: Park):
    for letter, size in {"A": 1, "C": 4, "D": 0, "N": None, "X": 5}.items():
        park.add("public_grade_statistics", letter=letter, enterprises=size)
    park.add("public_industry_statistics", letter="D", enterprises=2)
    park.add("public_chain_statistics", letter="A", enterprises=4)
    park.add("public_incentives", incentive_code="I1", beneficiaries=3)
    day = "evaluated_on=2026-05-04"
    assert gate_and_place(refused(park)) == {
        ("small_cells", "grade_statistics", f"{day}, letter=A"),
        ("small_cells", "grade_statistics", f"{day}, letter=C"),
        ("small_cells", "industry_statistics", "industry_section=甲, letter=D"),
        ("small_cells", "chain_statistics", "chain=甲, letter=A"),
        ("small_cells", "incentives", "incentive_code=I1"),
    }


def test_a_letter_that_the_policy_does_not_publish_is_refused(park: Park):
    park.enterprise(4, "演示物流", published_grade="C")
    [failure] = refused(park)
    assert (failure.gate, failure.key) == ("letters", f"uscc={uscc(4)}")
    park.sources["published_letters"] = ["A", "B", "C"]
    assert park.build().switched


def test_without_word_of_the_policy_no_letter_is_published(park: Park):
    del park.sources["published_letters"]
    [failure] = refused(park)
    assert (failure.gate, failure.key) == ("letters", f"uscc={uscc(1)}")


def test_empty_required_columns_and_doubled_keys_are_named(park: Park):
    park.penalty(uscc(1), "P1")
    park.add("public_honours", uscc=uscc(1), record_id="H5", honour=None)
    failures = refused(park)
    assert [(f.gate, f.table, f.key, f.why) for f in failures] == [
        ("contract", "penalties", '{"record_id":"P1"}', "2 rows share this key"),
        ("contract", "honours", '{"record_id":"H5"}', "honour is empty"),
    ]


def test_all_gates_speak_before_the_release_is_refused(park: Park):
    park.penalty(uscc(9), "P9", severity="minor", content="电话13812345678")
    gates = [failure.gate for failure in refused(park)]
    assert gates == ["publicity", "personal_data", "references"]
    assert set(gates) < set(GATES)


def test_many_failures_are_counted_not_listed(park: Park):
    for number in range(50):
        park.penalty(uscc(8), f"X{number:02d}")
    failures = refused(park)
    assert len(failures) == 21
    assert failures[-1].key == "and 30 more"


def test_a_refusal_is_reported_and_the_old_release_serves_on(
    served: Park, first: Release
):
    served.tomorrow()  # the publicity of P2 ended yesterday
    refused(served)
    refused(served)
    assert names(served.folder / "failures") == [
        "20261124T120000-2.json",
        "20261124T120000.json",
    ]
    report = json.loads((served.folder / "failures/20261124T120000.json").read_text())
    assert report["serving"] == first.id
    assert report["failures"] == [
        {
            "gate": "publicity",
            "table": "penalties",
            "key": "record_id=P2",
            "why": "publicity ended before 2026-11-24",
            "remedy": "leave the row out of the relation",
        }
    ]
    served.tables["public_penalties"].pop()
    assert served.build().diff.previous == first.id


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
