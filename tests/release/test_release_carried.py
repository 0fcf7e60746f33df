"""A release made from the last one is what it would be made in full."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from publish.release import carrying
from publish.release.errors import ReleaseRefusedError
from publish.release.job import Job
from publish.release.layout import ALL, PUBLIC, Served
from publish.release.model import Limits, Release
from publish.release.pinyin import spelling
from publish.release.seal import checksums
from publish.release.store import Releases
from tests.release.invented import Park, ask, small_park, uscc

CARRIED, IN_FULL = Limits(carry_percent=100), Limits(carry_percent=0)
BOTH = ("public.db", "authorised.db")
UNLIKE = {"manifest.json", "catalog.jsonld", "SHA256SUMS"}  # they list bytes
SECRET, FIRST, NAMED = "被撤下的违法事实", "更正以前的事实", "淄博秘匿商行"
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search\\_%' ESCAPE '\\'"
)


def rows(made: Release) -> dict[str, list[Any]]:
    """Every row of both databases, those of search and the dictionary too."""
    found = {}
    for file in BOTH:
        named = [
            name for (name,) in ask(made.folder / file, TABLES) if name != "search"
        ]
        for name in named + ["search_entries"] * (file == "public.db"):
            found[name] = sorted(
                ask(made.folder / file, f"SELECT * FROM {name}"), key=str
            )
    prints = made.folder / "fingerprints"
    for table in ALL:
        file = str(prints / f"{table.contract}.parquet")
        found[f"prints of {table.contract}"] = duckdb.read_parquet(file).fetchall()
    return found


def files(made: Release) -> dict[str, bytes]:
    """The files beside the databases; of a workbook what is packed in it."""
    found = {}
    for path in made.folder.rglob("*"):
        if path.suffix == ".xlsx":
            with ZipFile(path) as book:
                parts = {f"{path.name}/{p}": book.read(p) for p in book.namelist()}
            found |= parts
        elif (
            path.is_file()
            and path.name not in {*BOTH, *UNLIKE}
            and path.parent.name != "fingerprints"
        ):
            found[path.name] = path.read_bytes()
    return found


def withdrawn(made: Release) -> str:
    """What no older release may show again."""
    return (made.folder.parent / "withdrawals.json").read_text("utf-8")


def answers(made: Release, text: str) -> set[str]:
    """Whom the search finds by a phrase of character pairs."""
    sql = (
        "SELECT uscc FROM search_entries WHERE rowid IN"
        " (SELECT rowid FROM search WHERE search MATCH ?)"
    )
    return {code for (code,) in ask(made.folder / "public.db", sql, f'"{text}"')}


def twice(park: Park) -> tuple[Release, Release]:
    """The next release from the last one; and in full, in a copy of the folder."""
    here, elsewhere = park.folder, park.folder.with_name("in_full")
    shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.copytree(here, elsewhere)
    carried = park.build(limits=CARRIED)
    park.folder = elsewhere
    full = park.build(limits=IN_FULL)
    park.folder = here
    return carried, full


def apply(park: Park, day: dict[str, Any]) -> None:
    """What a day may bring: records, other names, an enterprise more, another grade."""
    kept = [r for r in park.tables["public_penalties"] if r["record_id"] == "P1"]
    park.tables["public_penalties"] = kept
    for record, fine in day["penalties"].items():
        # In CSV a text of two lines is a row of two lines.
        content = "第一款\n第二款" if fine == 2 else f"款{fine}"
        park.penalty(uscc(1), record, fine_fen=fine, content=content)
    park.tables["public_enterprises"][1]["name"] = day["name"]
    gone = {f"R{n}" for n in range(4)} - day["penalties"].keys()
    park.withheld = dict.fromkeys(sorted(gone), "repair")
    for contract in (
        *("public_enterprises", "authorised_grades", "authorised_explanations"),
    ):
        held = park.tables[contract]
        held[:] = [r for r in held if r["uscc"] != uscc(4)]
    if day["fourth"]:
        park.enterprise(4, day["fourth"])
    park.grade(uscc(1), "A", day["points"])
    park.tables["public_honours"][0]["year"] = day["year"]
    if day["passes"]:
        park.tomorrow()


DAYS = st.fixed_dictionaries(
    {
        "penalties": st.dictionaries(
            st.sampled_from([f"R{n}" for n in range(4)]),
            st.one_of(st.none(), st.integers(0, 2)),
        ),
        "name": st.sampled_from(["山东ABC科技股份有限公司", "山东丁戊科技有限公司"]),
        "fourth": st.sampled_from(["", "青岛庚辛商行", "青岛壬癸商行"]),
        "points": st.sampled_from([92_000, 93_000]),
        "year": st.sampled_from([2025, 2024]),
        "passes": st.booleans(),
    }
)


@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # to make a failure smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(DAYS, min_size=2, max_size=2))
def test_from_the_last_release_it_is_what_it_is_in_full(
    made: Release, days: list[dict[str, Any]]
):
    with tempfile.TemporaryDirectory() as place:
        park = small_park(Path(place) / "releases")
        shutil.copytree(made.folder.parent, park.folder)
        for day in days:
            apply(park, day)
            carried, full = twice(park)
            assert set(carried.carried) == set(BOTH)
            assert full.carried == ()
            assert carried.content_sha256 == full.content_sha256
            assert (carried.counts, carried.diff) == (full.counts, full.diff)
            if carried.unchanged:
                continue
            assert withdrawn(carried) == withdrawn(full)
            assert rows(carried) == rows(full)
            assert files(carried) == files(full)
            for pair in ("丁 戊", "庚 辛", "壬 癸"):
                text = pair.replace(" ", "")
                assert answers(carried, text) == answers(full, text)
            assert Releases(park.folder).verify(carried.id) == ()


def anywhere(folder: Path, *texts: str) -> list[str]:
    """The files that hold one of some texts; of compressed ones, what is in them."""
    found = []
    for path in (p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data = str(duckdb.read_parquet(str(path)).fetchall()).encode()
        found += [path.name for text in texts if text.encode() in data]
    return found


@pytest.fixture
def crowded(park: Park) -> Park:
    """A park whose penalties and names fill many pages, some of them to go."""
    for n in range(100, 220):
        secret = n % 7 == 0
        park.enterprise(n, f"{NAMED if secret else '淄博寻常商行'}{n}")
        for part in "ab":
            text = {0: SECRET, 1: FIRST}.get(n % 7, "寻常的违法事实")
            park.penalty(uscc(n), f"S{n}{part}", content=text * (1 + n % 40))
    return park


def test_no_byte_of_what_was_taken_out_or_corrected_is_left(crowded: Park):
    """Neither rows nor the index of names keep it: not in free pages, not in gaps."""
    secrets = (SECRET, FIRST, NAMED, spelling(NAMED)[0])
    before = crowded.build()
    assert anywhere(before.folder, *secrets).count("public.db") == len(secrets)
    assert answers(before, "秘匿") != set()
    gone = {uscc(n) for n in range(100, 220) if n % 7 == 0}
    for held in crowded.tables.values():
        held[:] = [r for r in held if r.get("uscc") not in gone]
    for row in crowded.tables["public_penalties"]:
        row["content"] = row["content"].replace(FIRST, "更正后的事实")
    after = crowded.build(limits=CARRIED)
    assert after.carried == BOTH
    assert anywhere(after.folder, *secrets) == []
    assert answers(after, "秘匿") == set()
    # Only the removals themselves name whom they took out.
    assert {*anywhere(after.folder, *gone)} == {"changes.jsonl", "diff.json"}


def test_what_did_not_change_is_the_same_file(served: Park, first: Release):
    served.grade(uscc(1), "A", 93_000)
    after = served.build(limits=CARRIED)
    for name in ("exports/licences.csv", "fingerprints/public_licences.parquet"):
        assert (after.folder / name).samefile(first.folder / name)
    assert not (after.folder / "authorised.db").samefile(first.folder / "authorised.db")
    assert not (after.folder / "public.db").samefile(first.folder / "public.db")


def test_rows_of_an_enterprise_stand_in_key_order_for_who_asks(served: Park):
    served.add(
        "authorised_explanations",
        uscc=uscc(1),
        evaluated_on=served.today,
        rule_id="advanced",
    )
    after = served.build(limits=CARRIED)
    assert after.carried == BOTH
    sql = "SELECT rule_id FROM explanations WHERE uscc = ? ORDER BY uscc, rule_id"
    found = ask(after.folder / "authorised.db", sql, uscc(1))
    assert found == [("advanced",), ("basic",)]


def test_more_changes_than_allowed_and_the_setting_make_it_in_full(served: Park):
    served.grade(uscc(1), "A", 93_000)  # two of six rows
    assert served.build(limits=Limits(carry_percent=30)).carried == ("public.db",)
    served.grade(uscc(1), "A", 94_000)
    assert served.build(limits=Limits(carry_percent=34)).carried == BOTH
    served.grade(uscc(1), "A", 95_000)
    assert served.build(limits=IN_FULL).carried == ()


def test_of_large_tables_a_part_tells_that_nearly_all_rows_differ(
    served: Park, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(carrying, "LARGE", 1)
    monkeypatch.setattr(carrying, "SPREAD", 1)
    compared, differing = set(), carrying._differing

    def watched(job: Job, last: carrying.Base, table: Served) -> carrying.Differing:
        compared.add(table.contract)
        return differing(job, last, table)

    monkeypatch.setattr(carrying, "_differing", watched)
    for row in served.tables["authorised_explanations"]:
        row["points"] += 1
    with caplog.at_level("INFO"):
        made = served.build(limits=Limits(carry_percent=30))
    assert made.carried == ("public.db",)
    assert compared == {t.contract for t in PUBLIC}
    assert "authorised.db is written in full: 3 rows of 6 differ" in caplog.text


def test_a_doubt_that_comes_late_leaves_the_last_release_whole(
    served: Park, first: Release, monkeypatch: pytest.MonkeyPatch
):
    """Files it shares with the last release are let go of, not written over."""

    def doubt(*_of: object) -> None:
        raise carrying.DoubtError("found late")

    monkeypatch.setattr(carrying, "_fingerprint", doubt)
    served.grade(uscc(1), "A", 93_000)
    after = served.build(limits=CARRIED)
    assert after.carried == ("public.db",)
    assert Releases(served.folder).verify(first.id) == ()


def test_another_version_of_ours_is_not_gone_on_from(
    served: Park, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(carrying, "made_by", lambda: "another")
    served.grade(uscc(1), "A", 93_000)
    assert served.build(limits=CARRIED).carried == ()
    served.grade(uscc(1), "A", 94_000)
    assert served.build(limits=CARRIED).carried == BOTH


@pytest.mark.parametrize(
    "harm",
    [
        "DROP INDEX ix_penalties_decided_on",
        "DELETE FROM licences",
        "DELETE FROM penalties WHERE record_id = 'P1'",
    ],
)
def test_a_last_release_that_is_not_as_it_must_be_is_not_gone_on_from(
    served: Park, first: Release, harm: str
):
    """Even sealed anew, as if it were whole."""
    with closing(sqlite3.connect(first.folder / "public.db")) as db, db:
        db.execute(harm)
    (first.folder / "SHA256SUMS").unlink()
    seal = checksums(first.folder)
    history = json.loads((served.folder / "versions.json").read_text("utf-8"))
    history[-1]["seal"] = seal
    (served.folder / "versions.json").write_text(json.dumps(history), "utf-8")
    served.tables["public_penalties"].pop()
    after = served.build(limits=CARRIED)
    assert after.carried == ("authorised.db",)
    found = ask(after.folder / "public.db", "SELECT record_id FROM penalties")
    assert found == [("P1",)]
    assert ask(after.folder / "public.db", "SELECT count(*) FROM licences") == [(1,)]


@pytest.mark.parametrize("same", [True, False])
def test_two_rows_of_one_key_are_refused_as_ever(served: Park, same: bool):
    row = dict(served.tables["public_penalties"][0])
    served.tables["public_penalties"].append(row if same else {**row, "fine_fen": 7})
    with pytest.raises(ReleaseRefusedError, match=r"record_id.*P1.*2 rows share"):
        served.build(limits=CARRIED)


def test_a_row_that_breaks_its_contract_is_refused_as_ever(served: Park):
    served.tables["public_penalties"][0]["severity"] = None
    with pytest.raises(ReleaseRefusedError, match="severity is empty"):
        served.build(limits=CARRIED)


def test_only_rows_that_differ_are_judged_again_and_every_one_of_them(served: Park):
    """Also a row that stayed, where another day or another row makes it unlawful."""

    def refused() -> set[tuple[str, str, str]]:
        with pytest.raises(ReleaseRefusedError) as caught:
            served.build(limits=CARRIED)
        return {(f.gate, f.table, f.key) for f in caught.value.failures}

    held = served.tables["public_penalties"]
    served.penalty(uscc(3), "P8", severity="minor", facts="联系电话13812345678")
    served.penalty("91370303MA00000000", "P9")
    assert refused() == {
        ("publicity", "penalties", "record_id=P8"),
        ("personal_data", "penalties", "record_id=P8"),
        ("references", "penalties", "record_id=P9"),
    }
    del held[-2:]
    served.tomorrow()
    assert refused() == {("publicity", "penalties", "record_id=P2")}
    held.pop()
    served.tables["public_enterprises"].pop(1)
    assert refused() == {("references", "licences", "record_id=L1")}
