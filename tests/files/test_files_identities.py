"""How a written code finds its enterprise, and who is in the park."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets import sql
from assets.files.decisions import (
    Decision,
    DecisionError,
    append,
    decisions_query,
    in_force,
    read,
)
from assets.sources.declaration import load_sources
from orchestration.settings import SANDBOX
from tests.files.archive import FIRST, SECOND, THIRD, TODAY, Archive

# Characters 9-17 of FIRST inside an old taxpayer number of the same district.
OLD_NUMBER = f"370303{FIRST[8:17]}"


def joined(archive: Archive, dataset: str = "tax_credit_grades") -> list[object]:
    columns = "party_code, party_name, uscc, joined_by"
    return archive.rows("identities", columns, f"dataset = '{dataset}'")


def graded(archive: Archive, code: str, name: str) -> None:
    archive.add("tax_credit_grades", taxpayer_id=code, party_name=name, grade="A")


def test_a_code_in_the_register_needs_no_name(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    graded(archive, FIRST, "名称有误")
    assert joined(archive) == [(FIRST, "名称有误", FIRST, "code")]


def test_an_old_taxpayer_number_is_joined_by_the_organisation_code(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    archive.enterprise(SECOND, "乙公司")
    graded(archive, OLD_NUMBER, "改名前的甲公司")
    assert joined(archive) == [(OLD_NUMBER, "改名前的甲公司", FIRST, "bridge")]


def test_a_unique_name_now_or_before_joins_an_unreadable_code(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    archive.enterprise(SECOND, "乙公司")
    archive.add("name_changes", uscc=SECOND, former_name="旧乙公司", new_name="乙公司")
    for uscc in (FIRST, SECOND):
        archive.add("tenancies", uscc=uscc)
    graded(archive, "370303000000000", "甲公司")
    graded(archive, "370303000000001", "旧乙公司")
    assert joined(archive) == [
        ("370303000000000", "甲公司", FIRST, "name"),
        ("370303000000001", "旧乙公司", SECOND, "name"),
    ]


@pytest.mark.parametrize(
    ("dated", "way"),
    [
        ("2024-02-29", "review"),  # the name before it was in use
        ("2024-03-01", "name"),
        ("2025-06-30", "name"),
        ("2025-07-01", "review"),  # the day after the change
        (None, "name"),  # a grade whose day is not told
    ],
)
def test_a_former_name_counts_for_documents_of_its_time(
    archive: Archive, dated: str | None, way: str
):
    archive.enterprise(FIRST, "丙公司")
    archive.add("tenancies", uscc=FIRST)
    for name, day in (("甲公司", "2024-03-01"), ("乙公司", "2025-06-30")):
        archive.add(
            "name_changes",
            uscc=FIRST,
            former_name=name,
            changed_on=date.fromisoformat(day),
        )
    day_of_it = date.fromisoformat(dated) if dated else None
    archive.add(
        "tax_credit_grades",
        taxpayer_id="370303000000000",
        party_name="乙公司",
        grade="A",
        decided_on=day_of_it,
    )
    uscc = FIRST if way == "name" else None
    columns = "dated_on, uscc, joined_by"
    asked = "dataset = 'tax_credit_grades'"
    assert archive.rows("identities", columns, asked) == [(day_of_it, uscc, way)]
    counted = archive.rows("credit_events", "uscc", "kind = 'tax_credit'")
    assert counted == [(FIRST,)] * (way == "name")


def test_documents_under_a_former_name_are_told_apart_by_their_day(archive: Archive):
    archive.enterprise(FIRST, "新公司")
    archive.add("tenancies", uscc=FIRST)
    changed = date(2025, 6, 30)
    archive.add("name_changes", uscc=FIRST, former_name="旧公司", changed_on=changed)
    for number, day in enumerate((date(2025, 5, 1), date(2025, 8, 1))):
        archive.add(
            "serious_tax_cases",
            taxpayer_id="370303000000000",
            party_name="旧公司",
            case_no=str(number),
            listed_on=day,
        )
    columns = "dated_on, uscc, joined_by"
    assert archive.rows("identities", columns, "dataset = 'serious_tax_cases'") == [
        (date(2025, 5, 1), FIRST, "name"),
        (date(2025, 8, 1), None, "review"),
    ]
    counted = archive.rows("credit_events", "happened_on", "kind = 'serious_tax_case'")
    assert counted == [(date(2025, 5, 1),)]
    waiting = archive.rows("identity_candidates", "party_name, candidate_uscc, reasons")
    assert waiting == [
        (
            "旧公司",
            FIRST,
            "名称一致；曾用名，用至2025-06-30；来文日期2025-08-01在更名之后",
        )
    ]


@pytest.mark.parametrize(
    ("written", "registered"),
    [
        ("淄博（高新）甲有限责任公司", "淄博(高新)甲有限公司"),
        ("淄博【高新】甲有限公司", "淄博（高新）甲有限公司"),
        ("淄博ＡＢ 甲有限公司", "淄博ab甲有限公司"),
    ],
)
def test_ways_of_writing_a_name_are_one_name(
    archive: Archive, written: str, registered: str
):
    archive.enterprise(FIRST, registered)
    archive.add("tenancies", uscc=FIRST)
    graded(archive, "370303000000000", written)
    assert joined(archive) == [("370303000000000", written, FIRST, "name")]


def test_a_name_outside_the_zone_waits_for_review(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    graded(archive, "370303000000000", "甲公司")
    assert joined(archive) == [("370303000000000", "甲公司", None, "review")]


@pytest.mark.parametrize(
    ("number", "way"),
    [
        # ISO 7064 MOD 11,10 holds for the first (a real form), not for the second.
        ("330203000030639", "registration_no"),
        ("330203000030638", "review"),
    ],
)
def test_an_old_registration_number_joins_if_its_check_digit_is_right(
    archive: Archive, number: str, way: str
):
    archive.enterprise(FIRST, "甲公司", registration_no=number)
    graded(archive, number, "改名前的公司")
    assert joined(archive)[0][3] == way  # type: ignore[index]


def decided(archive: Archive, *decisions: Decision) -> None:
    """Make the table of decisions before anything reads it."""
    text = sql.to_sql(decisions_query(decisions))
    archive.connection.execute(f"CREATE TABLE identity_decisions AS {text}")
    archive.made.add("identity_decisions")


def decision(number: int, kind: str, **more: Any) -> Decision:
    return Decision(
        id=number,
        kind=kind,
        made_at="2026-11-23T09:00:00+08:00",
        made_by="信用办甲",
        reason="营业执照",
        **more,
    )


UNKNOWN = {
    "dataset": "tax_credit_grades",
    "party_code": "370303000000000",
    "party_name": "未知公司",
}


def test_a_decision_joins_and_can_be_taken_back(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    graded(archive, "370303000000000", "未知公司")
    join = decision(1, "join", uscc=FIRST, **UNKNOWN)
    decided(archive, join)
    assert joined(archive) == [("370303000000000", "未知公司", FIRST, "decision")]
    assert in_force([join, decision(2, "undo", undoes=1)]) == {}


def test_a_decision_keeps_apart_what_a_rule_would_join(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    graded(archive, FIRST, "未知公司")
    apart = UNKNOWN | {"party_code": FIRST}
    decided(archive, decision(1, "separate", **apart))
    assert joined(archive) == [(FIRST, "未知公司", None, "decision")]


def test_the_newest_decision_stands_and_all_are_kept(tmp_path: Path):
    file = tmp_path / "decisions" / "identities.jsonl"
    first = decision(1, "join", uscc=FIRST, **UNKNOWN)
    second = decision(2, "join", uscc=SECOND, **UNKNOWN)
    for one in (first, second):
        append(file, one)
    assert read(file) == [first, second]
    assert [d.uscc for d in in_force(read(file)).values()] == [SECOND]
    append(file, decision(3, "undo", undoes=2))
    assert [d.uscc for d in in_force(read(file)).values()] == [FIRST]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"made_by": " "}, "needs a name and a reason"),
        ({"reason": ""}, "needs a name and a reason"),
        ({"kind": "undo", "undoes": 9}, "there is no decision 9 to undo"),
    ],
)
def test_a_decision_nobody_answers_for_is_not_kept(
    tmp_path: Path, wrong: dict[str, Any], told: str
):
    file = tmp_path / "identities.jsonl"
    with pytest.raises(DecisionError, match=told):
        append(file, replace(decision(1, "separate"), **wrong))
    assert read(file) == []


def test_what_a_killed_process_left_of_a_decision_does_not_count(tmp_path: Path):
    file = tmp_path / "identities.jsonl"
    first = append(file, decision(1, "join", uscc=FIRST, **UNKNOWN))
    whole = file.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole + whole[:cut])
        assert read(file) == [first]
    second = append(file, decision(9, "separate", **UNKNOWN))
    assert second.id == 2
    assert read(file) == [first, second]


def test_a_damaged_line_is_named_and_stops_the_reader(tmp_path: Path):
    file = tmp_path / "identities.jsonl"
    append(file, decision(1, "separate", **UNKNOWN))
    file.write_bytes(b"{torn\n" + file.read_bytes())
    with pytest.raises(DecisionError, match=r"identities\.jsonl line 1: .*restore it"):
        read(file)


APPENDER = """
import sys
from pathlib import Path
from assets.files.decisions import Decision, append

for number in range(40):
    append(Path(sys.argv[1]), Decision(
        kind="separate", made_at="2026-11-23", made_by=sys.argv[2], reason="r",
        dataset="tax_arrears", party_code=str(number), party_name="甲",
    ))
"""


def test_two_writers_number_their_decisions_one_after_the_other(tmp_path: Path):
    file = tmp_path / "identities.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", APPENDER, str(file), name])
        for name in ("甲", "乙")
    ]
    assert [w.wait() for w in writers] == [0, 0]
    found = read(file)
    assert [d.id for d in found] == [*range(1, 81)]
    assert [d.made_by for d in found].count("甲") == 40


def test_who_waits_has_candidates_with_scores_and_reasons(archive: Archive):
    archive.enterprise(FIRST, "淄博启明机械有限公司")
    archive.enterprise(SECOND, "淄博启明机械制造有限公司")
    archive.enterprise(THIRD, "青岛无关公司")
    damaged = FIRST[:12] + "9" + FIRST[13:]
    graded(archive, damaged, "淄博启明机械有限公司")
    graded(archive, "370303000000000", "查无此人公司")
    columns = "party_name, rank, candidate_uscc, score, reasons"
    rows = archive.rows("identity_candidates", columns)
    assert rows[0][:3] == ("查无此人公司", 0, None)
    assert rows[0][4] == "登记信息中没有相近主体"
    assert rows[1] == (
        "淄博启明机械有限公司",
        1,
        FIRST,
        920,  # the name alike in full, 600; the code one character apart, 320
        "名称一致；代码相差1位；不在园区租户名册",
    )
    assert rows[2][1:3] == (2, SECOND)
    assert len(rows) == 3


def test_a_name_that_two_enterprises_bore_waits_for_review(archive: Archive):
    archive.enterprise(FIRST, "同名公司")
    archive.enterprise(SECOND, "乙公司")
    archive.add("name_changes", uscc=SECOND, former_name="同名公司", new_name="乙公司")
    graded(archive, "370303000000000", "同名公司")
    assert joined(archive) == [("370303000000000", "同名公司", None, "review")]


def test_another_valid_code_is_another_enterprise_whatever_its_name(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    graded(archive, THIRD, "甲公司")
    assert joined(archive) == [(THIRD, "甲公司", None, "review")]
    assert archive.rows("credit_events") == []


def test_an_unknown_name_and_code_wait_for_review(archive: Archive):
    graded(archive, "370303000000000", "未知公司")
    assert joined(archive) == [("370303000000000", "未知公司", None, "review")]


def test_events_follow_the_identity_and_unregistered_parties_have_none(
    archive: Archive,
):
    archive.enterprise(FIRST, "甲公司")
    graded(archive, OLD_NUMBER, "甲公司")
    graded(archive, THIRD, "丙公司")
    archive.add("honours", uscc=SECOND, title="诚信企业")
    assert archive.rows("credit_events", "uscc, kind") == [(FIRST, "tax_credit")]


def test_every_written_party_has_one_identity_per_dataset(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    for year in (2023, 2024, 2025):
        archive.add(
            "tax_credit_grades", taxpayer_id=FIRST, party_name="甲公司", year=year
        )
    archive.add("penalties", uscc=FIRST, party_name="甲公司")
    assert archive.rows("identities", "dataset, joined_by") == [
        ("penalties", "code"),
        ("tax_credit_grades", "code"),
    ]


def test_financial_statements_of_one_quarter_count_once(archive: Archive):
    archive.enterprise(FIRST, "甲公司")
    for code, hour, revenue in ((FIRST, "09", 100), (OLD_NUMBER, "10", 200)):
        archive.add(
            "financial_statements",
            taxpayer_id=code,
            party_name="甲公司",
            quarter_end=date(2026, 9, 30),
            revenue_fen=revenue,
            updated_at=f"2026-10-15 {hour}:00:00",
        )
    assert archive.rows("financials", "uscc, quarter_end, revenue_fen") == [
        (FIRST, date(2026, 9, 30), 200)
    ]


@pytest.mark.parametrize(
    ("lease_from", "lease_to", "in_park"),
    [
        (date(2026, 1, 1), None, True),
        (TODAY, TODAY, True),
        (date(2026, 1, 1), date(2026, 11, 22), False),
        (date(2026, 11, 24), None, False),
    ],
)
def test_the_park_is_who_has_a_lease_today(
    archive: Archive, lease_from: date, lease_to: date | None, in_park: bool
):
    archive.enterprise(FIRST, "甲公司", domicile="淄博高新区某路")
    archive.enterprise(SECOND, "乙公司", domicile="淄博高新区某路")
    archive.add(
        "tenancies",
        uscc=FIRST,
        lease_from=lease_from,
        lease_to=lease_to,
        building="A座",
        consent_no="SQ1",
    )
    assert archive.rows("enterprises", "uscc, in_park, building, consented") == [
        (FIRST, in_park, "A座", in_park),
        (SECOND, False, None, False),
    ]


@pytest.mark.parametrize(
    ("domicile", "in_park"),
    [
        ("山东省淄博市高新区某路1号", True),
        ("淄博高新技术产业开发区某路", True),
        ("淄博市张店区高新区某村", True),
        ("东营市东营区淄博路12号高新大厦", False),
        ("淄博市淄川区某街道高新技术创业服务中心", False),
        ("济宁市高新区某路", False),
        (None, False),
    ],
)
def test_where_there_are_no_leases_the_written_address_decides(
    domicile: str | None, in_park: bool
):
    published = SANDBOX.with_name("published.yaml")
    membership = load_sources(published, {"CREDITPARK_DATA": "data"}).membership
    archive = Archive(membership=membership)
    archive.enterprise(FIRST, "甲公司", domicile=domicile)
    assert archive.rows("enterprises", "in_park") == [(in_park,)]
    archive.connection.close()


def test_former_names_are_told_in_their_order(archive: Archive):
    archive.enterprise(FIRST, "丙公司", industry_code="C3829")
    for name, day in (("乙公司", 5), ("甲公司", 1)):
        archive.add(
            "name_changes", uscc=FIRST, former_name=name, changed_on=date(2025, 1, day)
        )
    columns = "former_names, industry_section"
    assert archive.rows("enterprises", columns) == [("甲公司；乙公司", "C")]
