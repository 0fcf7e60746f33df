"""Layouts of dropped files: JSON lines, transposed sheets, telling names, controls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from assets.sources import filedrop, http
from assets.sources.declaration import Dataset, FileAgency, Sources
from assets.sources.filedrop import UnreadableFileError
from assets.sources.pull import Pulled, pull
from assets.sources.records import Gate
from assets.stores import Window
from orchestration.lake.lake import LocalLake
from quality.contracts import metadata
from tests.sources.deliveries import (
    ENTERPRISE,
    OTHER,
    TODAY,
    counts,
    quarantined,
    rows_of,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
TODAY_ONLY = Window(TODAY, TODAY)
STATEMENT = """\ufeff报告日期,2025-12-31,2024-12-31,
营业收入(万元),568664,--,
营业成本(万元),1,2,
"""
FIRMS = {
    "甲": {"nsrsbh": ENTERPRISE, "nsrmc": "淄博甲科技有限公司"},
    "乙": {"nsrsbh": OTHER, "nsrmc": "淄博乙科技有限公司"},
}
TRANSPOSED: dict[str, Any] = {
    "files": ["lrb_*.csv"],
    "transposed": True,
    "from_name": r"lrb_(?P<简称>[^.]+)\.csv",
    "lookup": {"简称": FIRMS},
    "columns": {"quarter_end": "报告日期", "revenue_fen": "营业收入(万元)"},
    "units": {"revenue_fen": "wan"},
    "ignore": ["*"],
}


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with http.session() as made:
        yield made


def declared(folder: Path, agency: str, dataset: str, **document: Any) -> Sources:
    one = FileAgency(
        transport="files",
        folder=str(folder),
        datasets={dataset: Dataset.model_validate(document)},
    )
    return Sources(name="t", history_from=TODAY, agencies={agency: one})


def imported(
    lake: LocalLake, web: requests.Session, sources: Sources, dataset: str
) -> tuple[list[tuple[int, int, int, int]], str | None]:
    """The counts of every file, and what could not be read."""
    found = pull(sources, dataset, TODAY_ONLY, lake.landing, web)
    gate = Gate(lake.records, sources, TODAY)
    batches = lake.landing.batches(dataset)
    return [
        counts(gate.split(metadata.tables[dataset], b)) for b in batches
    ], found.error


def test_a_transposed_statement_in_ten_thousands_is_one_row_a_period(
    lake: LocalLake, web: requests.Session, tmp_path: Path
):
    (tmp_path / "lrb_甲.csv").write_text(STATEMENT, "utf-8")
    sources = declared(tmp_path, "tax", "financial_statements", **TRANSPOSED)
    # The year without revenue is refused: it is required.
    assert imported(lake, web, sources, "financial_statements") == (
        [(2, 1, 1, 0)],
        None,
    )
    latest = lake.records.latest("financial_statements")
    columns = "taxpayer_id, party_name, quarter_end::TEXT, revenue_fen"
    assert rows_of(lake, latest, columns) == [
        (ENTERPRISE, "淄博甲科技有限公司", "2025-12-31", 568_664_000_000)
    ]
    assert quarantined(lake, "financial_statements") == [
        (2, "financial_statements.revenue_fen.required", None)
    ]


def test_a_name_that_tells_nothing_is_refused(tmp_path: Path):
    path = tmp_path / "bilanz.csv"
    path.write_text(STATEMENT, "utf-8")
    with pytest.raises(UnreadableFileError, match=r"bilanz\.csv: does not match"):
        [*filedrop.rows(path, Dataset.model_validate(TRANSPOSED))]


def test_json_lines_keep_figures_as_written(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    lines = ['{"a": 1.10, "b": null, "c": true}', "", '{"a": "２"}']
    path.write_text("\n".join(lines), "utf-8")
    assert [*filedrop.rows(path, Dataset())] == [
        {"a": "1.10", "b": "", "c": "True"},
        {"a": "２"},
    ]


@pytest.mark.parametrize(
    ("line", "told"), [("{", "line 2 is no JSON"), ("[1]", "line 2 is no object")]
)
def test_json_lines_that_are_none_are_named(tmp_path: Path, line: str, told: str):
    path = tmp_path / "rows.ndjson"
    path.write_text(f"{json.dumps({'a': 1})}\n{line}\n", "utf-8")
    with pytest.raises(UnreadableFileError, match=told):
        [*filedrop.rows(path, Dataset())]


@pytest.mark.parametrize("name", ["x.csv.part", ".x.csv", "~$x.xlsx", "x.tmp"])
def test_a_file_that_is_being_written_is_let_be(tmp_path: Path, name: str):
    (tmp_path / name).write_text("a")
    agency = FileAgency(
        transport="files", folder=str(tmp_path), datasets={"x": Dataset(files=("*",))}
    )
    assert [*filedrop.arrivals(agency, "x", set())] == []


def test_a_control_file_says_when_another_is_whole_and_what_it_holds(
    lake: LocalLake, web: requests.Session, tmp_path: Path
):
    (tmp_path / "lrb_甲.csv").write_text(STATEMENT, "utf-8")
    document = TRANSPOSED | {"files": ["lrb_*"], "control": ".ok"}
    sources = declared(tmp_path, "tax", "financial_statements", **document)
    name = "financial_statements"
    assert pull(sources, name, TODAY_ONLY, lake.landing, web) == Pulled(name)
    (tmp_path / "lrb_甲.csv.ok").write_text("2\n")
    assert pull(sources, name, TODAY_ONLY, lake.landing, web) == Pulled(name, 1, 2)
    assert [b.declared_rows for b in lake.landing.batches(name)] == [2]


STATEMENTS = DATA / "cn-listed-3statements-raw"


@pytest.mark.skipif(
    not STATEMENTS.is_dir(), reason="the published lists are not here: ../shared/data"
)
@pytest.mark.parametrize(
    ("pattern", "encoding", "expected"),
    [
        ("sfsa_lrb*.csv", "utf-8-sig", (4, 57)),
        ("aries_profit*.csv", "gb18030", (1, 15)),
    ],
)
def test_statements_of_listed_firms_are_imported_by_declaration(
    lake: LocalLake,
    web: requests.Session,
    pattern: str,
    encoding: str,
    expected: tuple[int, int],
):
    """The firms' codes are stand-ins: their statements name none."""
    names = {p.stem: FIRMS["甲"] for p in STATEMENTS.glob(pattern)}
    document = TRANSPOSED | {
        "files": [pattern],
        "encoding": encoding,
        "from_name": r"(?P<简称>[^.]+)\.csv",
        "lookup": {"简称": names},
    }
    sources = declared(STATEMENTS, "tax", "financial_statements", **document)
    found, error = imported(lake, web, sources, "financial_statements")
    assert (len(found), sum(n for n, _, _, _ in found)) == expected
    assert error is None
    assert sum(q for _, _, q, _ in found) == 0
    if encoding == "gb18030":
        latest = lake.records.latest("financial_statements")
        newest = rows_of(lake, latest, "quarter_end::TEXT, revenue_fen")[-1]
        assert newest == ("2020-12-31", 568_664_000_000)


BAD_CODES = DATA / "cn-registration-badcodes"


@pytest.mark.skipif(
    not BAD_CODES.is_dir(), reason="the published lists are not here: ../shared/data"
)
def test_no_code_that_is_none_is_taken_for_a_unified_code(
    lake: LocalLake, web: requests.Session
):
    fields = {
        "uscc": "统一社会信用代码",
        "name": "企业名称",
        "established_on": "注册日期",
    }
    sources = declared(
        BAD_CODES,
        "market",
        "registrations",
        files=["*.csv"],
        columns=fields,
        ignore=["*"],
    )
    ((rows_in, accepted, refused, double),), error = imported(
        lake, web, sources, "registrations"
    )
    assert (accepted, error) == (0, None)
    assert rows_in == refused + double > 2000
    assert "registrations.uscc.uscc" in {
        rule for _, rule, _ in quarantined(lake, "registrations")
    }
