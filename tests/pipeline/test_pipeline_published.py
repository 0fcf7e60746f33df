"""Published lists nobody here wrote, through the same pipeline without any sandbox."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from orchestration.settings import SANDBOX
from tests.pipeline.conftest import TODAY, Run, run_job

DATA = Path(__file__).parents[3] / "shared" / "data"
FOLDERS = (
    "cn-registration-zibo",
    "cn-registration-x-tax-a",
    "cn-registration-badcodes",
    "cn-tax-a-grade",
)
pytestmark = pytest.mark.skipif(
    not all((DATA / name).is_dir() for name in FOLDERS),
    reason="the published lists are not here: ../shared/data",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("published") / "home"
    sources = SANDBOX.with_name("published.yaml")
    return run_job(home, TODAY, sources=sources, data=DATA)


def lines(*patterns: str) -> int:
    """Data lines of the published files that are not blank."""
    import csv  # noqa: PLC0415

    total = 0
    for pattern in patterns:
        for path in DATA.glob(pattern):
            encoding = "gb18030" if "tax-a-grade" in str(path) else "utf-8-sig"
            rows = [*csv.reader(path.read_text(encoding).splitlines(keepends=True))]
            total += sum(1 for row in rows[1:] if any(c.strip() for c in row))
    return total


def test_the_run_ends_well_without_any_agency(published: Run):
    assert published.code == 0
    assert published.report["success"] is True
    assert published.report["sources"] == "published"
    assert published.report["release"].startswith("20261123-")


def test_every_published_line_is_accounted_for(published: Run):
    found = published.datasets
    assert found["registrations"]["rows_in"] == lines(
        "cn-registration-zibo/*.csv",
        "cn-registration-x-tax-a/*.csv",
        "cn-registration-badcodes/*.csv",
    )
    assert found["tax_credit_grades"]["rows_in"] == lines("cn-tax-a-grade/*.csv")
    for name, row in found.items():
        kept = row["accepted"] + row["quarantined"] + row["duplicates"]
        assert row["rows_in"] == kept, name
        assert row["accepted"] > row["quarantined"], name


def test_nobody_is_graded_on_data_that_do_not_suffice(published: Run):
    rows = published.table("grades", "state, letter, score_points")
    assert rows
    assert {(state, letter) for state, letter, _ in rows} == {("not_graded", None)}
    assert set(published.report["graded"]) == {"未评"}


def test_a_grade_taxpayers_are_joined_to_their_registrations(published: Run):
    ways = dict(
        published.rows(
            f"(SELECT joined_by, count(*) AS n FROM "
            f"{published.lake.relation('identities')} GROUP BY 1)"
        )
    )
    assert ways["code"] > 1000
    assert ways["bridge"] > 0
    assert ways["review"] > 0
    bridged = published.table("identities", "party_code, uscc", "joined_by = 'bridge'")
    assert all(code[6:15] == uscc[8:17] for code, uscc in bridged)


def test_honours_and_registrations_are_published(published: Run):
    current = published.releases.current()
    assert current is not None
    path = published.releases.path(current) / "public.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as public:
        honours = public.execute(
            "SELECT count(*), count(DISTINCT uscc) FROM honours "
            "WHERE honour_list = 'tax_a'"
        ).fetchone()
        (files,) = public.execute("SELECT count(*) FROM enterprises").fetchone()
        grades = public.execute("SELECT DISTINCT published_grade FROM enterprises")
        assert [*grades] == [(None,)]
        (invented,) = public.execute("SELECT count(*) FROM penalties").fetchone()
    assert honours[0] >= honours[1] > 1000
    assert files > 4000
    assert invented == 0


def test_members_of_the_park_are_told_by_their_address(published: Run):
    inside = published.table("enterprises", "domicile", "in_park")
    assert 200 < len(inside) < 240
    assert all("高新" in domicile for (domicile,) in inside)
