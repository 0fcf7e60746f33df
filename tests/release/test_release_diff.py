"""What a release says about the one before it."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publish.release.layout import PUBLIC
from publish.release.model import Release
from publish.release.seal import checksums
from publish.release.store import Releases
from tests.release.invented import Park, ask, small_park, uscc

Rows = dict[tuple[Any, ...], dict[str, Any]]
KEYS = {t.name: t.key for t in PUBLIC}


def exported(folder: Path) -> dict[str, Rows]:
    """Every public row of a release by table and key."""
    return {
        name: {
            tuple(row[k] for k in key): row
            for row in lines(folder / "exports" / f"{name}.jsonl")
        }
        for name, key in KEYS.items()
    }


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def applied(before: dict[str, Rows], changes: list[dict[str, Any]]) -> dict[str, Rows]:
    """What a follower of the change feed holds after these changes."""
    after = {name: dict(rows) for name, rows in before.items()}
    for change in changes:
        key = tuple(change["key"][k] for k in KEYS[change["table"]])
        if change["op"] == "DEL":
            del after[change["table"]][key]
        else:
            assert (key in after[change["table"]]) == (change["op"] == "MOD")
            after[change["table"]][key] = change["after"]
    return after


def followed(before: dict[str, Rows], changes: list[dict[str, Any]]) -> dict[str, Rows]:
    """The same for one who holds an older release as it stands now, pruned."""
    after = {name: dict(rows) for name, rows in before.items()}
    for change in changes:
        key = tuple(change["key"][k] for k in KEYS[change["table"]])
        if change["op"] == "DEL":
            after[change["table"]].pop(key, None)
        else:
            after[change["table"]][key] = change["after"]
    return after


def test_the_first_release_adds_everything_to_nothing(made: Release):
    empty: dict[str, Rows] = {name: {} for name in KEYS}
    changes = lines(made.folder / "changes.jsonl")
    assert applied(empty, changes) == exported(made.folder)
    assert made.diff.previous is None
    assert made.diff.tables["public_enterprises"].added == 3
    assert made.diff.moves == ()


def test_changes_tell_what_became_of_each_row_and_why(park: Park):
    park.penalty(uscc(3), "P3")
    park.build()
    park.tomorrow()
    first, _expired, withdrawn = park.tables["public_penalties"]
    first["fine_fen"] = 600_000
    park.tables["public_penalties"] = [first]
    park.penalty(uscc(2), "P4", facts="未按规定公示")
    park.tables["public_licences"][0]["collected_on"] = date(2026, 11, 24)
    made = park.build()
    told = [
        (c["op"], c["kind"], c["table"], c["key"])
        for c in lines(made.folder / "changes.jsonl")
    ]
    assert told == [
        ("MOD", "receipt", "licences", {"record_id": "L1"}),
        ("MOD", "correction", "penalties", {"record_id": "P1"}),
        ("DEL", "expiry", "penalties", {"record_id": "P2"}),
        ("DEL", "update", "penalties", {"record_id": "P3"}),
        ("ADD", "update", "penalties", {"record_id": "P4"}),
    ]
    assert withdrawn["record_id"] == "P3"
    diff = made.diff.tables["public_penalties"]
    assert (diff.added, diff.removed, diff.changed, diff.received) == (1, 2, 1, 0)
    licences = made.diff.tables["public_licences"]
    assert (licences.changed, licences.received) == (0, 1)


def test_a_removed_record_is_not_published_by_its_removal(park: Park):
    park.penalty(uscc(3), "P3", facts="已修复的违法事实")
    park.build()
    park.tomorrow()
    park.tables["public_penalties"] = park.tables["public_penalties"][:1]
    made = park.build()
    for name in ("changes.jsonl", "diff.json", "moves.jsonl"):
        assert "已修复" not in (made.folder / name).read_text("utf-8")


def test_nothing_changed_is_an_empty_list(park: Park):
    park.tables["public_penalties"].pop()
    park.build()
    park.tomorrow()
    made = park.build()
    assert (made.folder / "changes.jsonl").read_text("utf-8") == ""


@st.composite
def next_days(draw: st.DrawFn) -> list[dict[str, int | None]]:
    """Some days of penalties: record number to fine, with none lost by volume."""
    day = st.dictionaries(
        st.sampled_from([f"R{n}" for n in range(6)]),
        st.one_of(st.none(), st.integers(0, 2)),
    )
    return draw(st.lists(day, min_size=2, max_size=3))


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(next_days())
def test_applying_the_changes_to_a_release_gives_the_next(
    days: list[dict[str, int | None]],
):
    with tempfile.TemporaryDirectory() as folder:
        park = small_park(Path(folder) / "releases")
        held: dict[str, Rows] = {name: {} for name in KEYS}
        for day in days:
            park.tables["public_penalties"] = []
            for record, fine in day.items():
                park.penalty(uscc(1), record, fine_fen=fine, content=f"款{fine}")
            park.withheld = {r: "repair" for r in ("R0", "R1", "R2") if r not in day}
            park.tables["public_enterprises"][0]["in_park"] = len(day) % 2 == 0
            made = park.build()
            held = applied(held, lines(made.folder / "changes.jsonl"))
            assert held == exported(made.folder)
            if previous := made.diff.previous:
                pruned = exported(park.folder / previous)
                told = lines(made.folder / "changes.jsonl")
                assert followed(pruned, told) == held
                assert not {("R0",), ("R1",), ("R2",)} & (
                    pruned["penalties"].keys() - held["penalties"].keys()
                )
            park.tomorrow()


def test_grade_moves_name_the_rules_that_moved_them(served: Park):
    served.tomorrow()
    served.tables["public_penalties"].pop()
    served.tables["public_enterprises"][0]["published_grade"] = None
    served.grade(uscc(1), "C", 60_000)
    served.add(
        "authorised_explanations",
        uscc=uscc(1),
        evaluated_on=served.today,
        rule_id="penalty-serious",
        points=-15_000,
        raw_value="1",
        reason_zh="严重行政处罚一次",
        reason_en="One serious penalty",
    )
    served.grade(uscc(3), "B", 76_000)
    made = served.build()
    assert (made.diff.moves_total, made.diff.letters_moved) == (2, 1)
    first, second = made.diff.moves
    assert (first.uscc, first.name) == (uscc(1), "淄博鲁信新材料（集团）有限公司")
    assert (first.before.letter, first.before.score_points) == ("A", 92_000)
    assert (first.after.letter, first.after.score_points) == ("C", 60_000)
    assert (first.changes_letter, second.changes_letter) == (True, False)
    changed = {r.rule_id: (r.points_before, r.points_after) for r in first.rules}
    assert changed == {"basic": (92_000, 60_000), "penalty-serious": (None, -15_000)}
    serious = next(r for r in first.rules if r.rule_id == "penalty-serious")
    assert (serious.reason_zh, serious.value_after) == ("严重行政处罚一次", "1")
    releases = Releases(served.folder)
    assert [m["uscc"] for m in releases.moves(made.id)] == [uscc(1), uscc(3)]


def test_the_latest_of_several_evaluations_is_compared(served: Park):
    served.tomorrow()
    served.tables["public_penalties"].pop()
    past = dict(served.tables["authorised_grades"][0])
    served.tables["authorised_grades"].append(
        {**past, "evaluated_on": date(2026, 10, 31), "letter": "D", "score_points": 1}
    )
    assert served.build().diff.moves_total == 0


def test_the_public_diff_names_no_grade(served: Park):
    served.tomorrow()
    served.tables["public_penalties"].pop()
    served.grade(uscc(3), "D", 1_000)
    made = served.build()
    diff = Releases(served.folder).diff(made.id)
    assert (diff["grades_moved"], diff["letters_moved"]) == (1, 1)
    assert diff["tables"]["authorised_grades"] == {
        "added": 1,
        "removed": 1,
        "changed": 0,
        "received": 0,
        "kinds": {},
        "keys": {},
    }
    assert diff["tables"]["public_penalties"]["keys"] == {"DEL": [{"record_id": "P2"}]}
    assert uscc(3) not in (made.folder / "diff.json").read_text("utf-8")


def test_a_contract_that_has_gained_columns_and_tables_is_still_compared(
    served: Park, first: Release
):
    """The serving release may have been built by an older version of ours."""
    for file, statement in (
        ("public.db", "ALTER TABLE penalties DROP COLUMN facts"),
        ("public.db", "DROP TABLE honours"),
        ("authorised.db", "ALTER TABLE grades DROP COLUMN veto_rule"),
        ("authorised.db", "DROP TABLE explanations"),
    ):
        ask(first.folder / file, statement)
    exports = first.folder / "exports"
    (exports / "honours.parquet").unlink()
    rows = duckdb.read_parquet(str(exports / "penalties.parquet"))
    rows.project("* EXCLUDE facts").write_parquet(str(exports / "without.parquet"))
    (exports / "without.parquet").rename(exports / "penalties.parquet")
    reseal(served.folder, first.id)
    served.tomorrow()
    served.tables["public_penalties"].pop()
    served.grade(uscc(3), "A", 90_000)
    made = served.build()
    assert made.diff.previous == first.id
    assert made.diff.tables["public_penalties"].changed == 1
    assert made.diff.tables["public_honours"].added == 1
    assert [m.uscc for m in made.diff.moves] == [uscc(3)]


def reseal(folder: Path, release_id: str) -> None:
    """Make an altered release whole again, as an older version would have left it."""
    (folder / release_id / "SHA256SUMS").unlink()
    seal = checksums(folder / release_id)
    history = json.loads((folder / "versions.json").read_text("utf-8"))
    history[-1]["seal"] = seal
    (folder / "versions.json").write_text(json.dumps(history), "utf-8")
