"""Plain tables go through DuckDB's own reader, and give what ``filedrop`` gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assets import sql
from assets.sources import filedrop, forms, lines
from assets.sources.declaration import Dataset, FileAgency
from assets.stores import Batch

FILES = FileAgency(transport="files", folder=".", datasets={})
PAGED = Dataset()


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    with duckdb.connect() as connection:
        yield connection


def batch(*pages: Path) -> Batch:
    return Batch(
        id="20261101-x",
        agency="market",
        dataset="penalties",
        window=None,
        version_at=datetime.fromisoformat("2026-11-01"),
        received_on=date(2026, 11, 1),
        origin=pages[0].name,
        declared_rows=None,
        pages=pages,
    )


def raw_lines(
    engine: Any, path: Path, dataset: Dataset
) -> tuple[list[str], list[bool]]:
    """The lines as JSON texts, and of each group whether it came as cells."""
    found: list[str] = []
    cells: list[bool] = []

    def take(group: lines.Arriving, first: bool) -> None:
        if first:
            found.clear()
        form = forms.form((), group.names)
        source = lines.LINES if group.names is None else lines.CELLS
        query = f"SELECT {sql.to_sql(form.raw)} FROM {source}"
        found.extend(row[0] for row in engine.execute(query).fetchall())
        cells.append(group.names is not None)

    lines.read(engine, batch(path), FILES, dataset, take)
    return found, cells


def by_python(path: Path, dataset: Dataset) -> list[dict[str, str]]:
    return [*filedrop.rows(path, dataset)]


@given(
    body=st.text(alphabet='a1中 ,"\n\t\r\u3000\\/', max_size=40),
    header=st.sampled_from(["甲", "甲,乙", "甲,乙,丙", "甲, 乙 "]),
)
@example(header="甲,乙", body='"x,\n""y""",2\n')
@example(header="甲,乙", body='1,"" \n')  # a blank after a quote
@example(header="甲,乙", body=' "1",2\n')  # a blank before one
@example(header="甲,乙", body="1,2,,\n3,4\n")  # empty cells too many
@example(header="甲,乙", body="1,2,3\n")  # a cell whose header is not there
@example(header="甲,乙", body="1\n")  # a cell too few
@example(header="甲,乙", body=",\n\u3000,\t\n\n1,2")  # empty rows
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_both_readers_give_the_same_rows(
    engine: Any, tmp_path: Path, header: str, body: str
):
    path = tmp_path / "t.csv"
    path.write_text(f"{header}\n{body}", encoding="utf-8", newline="")
    try:
        expected = by_python(path, PAGED)
    except filedrop.UnreadableFileError:
        with pytest.raises(filedrop.UnreadableFileError):
            raw_lines(engine, path, PAGED)
        return
    found, _ = raw_lines(engine, path, PAGED)
    assert found == [json.dumps(row, ensure_ascii=False) for row in expected]


@pytest.mark.parametrize(
    ("text", "fast"),
    [
        ("甲,乙\n1,2\n", True),
        ('甲,乙\n"1,5",2\n', True),
        ("\ufeff甲,乙\r\n1,2\r\n", True),
        ("甲,甲\n1,2\n", False),  # the same header twice
        ("甲,\n1,2\n", False),  # a header that is not there
        ('"甲\n一",乙\n1,2\n', False),  # a header of two lines
        ("甲,乙\n1,\x01\n", False),
    ],
)
def test_only_plain_tables_are_read_as_cells(
    engine: Any, tmp_path: Path, text: str, fast: bool
):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8", newline="")
    found, cells = raw_lines(engine, path, PAGED)
    assert cells == [fast]
    assert [json.loads(line) for line in found] == by_python(path, PAGED)


def test_a_table_that_breaks_off_is_read_once_more_from_its_beginning(
    engine: Any, tmp_path: Path
):
    path = tmp_path / "t.csv"
    rows = "".join(f"{n},x\n" for n in range(5000))
    path.write_text(f"甲,乙\n{rows}last\n", encoding="utf-8")
    found, cells = raw_lines(engine, path, PAGED)
    assert cells == [False]  # the cells were given up before any was taken
    assert len(found) == 5001
    assert json.loads(found[-1]) == {"甲": "last"}


def test_bytes_that_are_no_text_are_told_with_their_place(engine: Any, tmp_path: Path):
    path = tmp_path / "t.csv"
    rows = b"".join(b"%d,x\n" % n for n in range(5000))
    path.write_bytes("甲,乙\n".encode() + rows + b"\xff,x\n")
    place = len("甲,乙\n".encode() + rows)
    with pytest.raises(filedrop.UnreadableFileError, match=rf"byte {place}\)"):
        raw_lines(engine, path, PAGED)


def test_pages_come_in_groups_and_rows_keep_their_order(
    engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lines, "GROUP_BYTES", 40)
    pages = [tmp_path / f"{n}.json" for n in range(5)]
    for n, page in enumerate(pages):
        page.write_text(json.dumps([{"n": 2 * n}, {"n": 2 * n + 1}]))
    found: list[int] = []
    firsts: list[bool] = []

    def take(group: lines.Arriving, first: bool) -> None:
        assert group.names is None
        rows = engine.execute(f"SELECT raw FROM {lines.LINES}").fetchall()
        found.extend(json.loads(row[0])["n"] for row in rows)
        firsts.append(first)

    replayed = Batch(**{**vars(batch(*pages)), "replays": "20261101-y"})
    lines.read(engine, replayed, FILES, PAGED, take)
    assert found == [*range(10)]
    assert firsts == [True, False, False]  # two pages of twenty bytes fill a group
