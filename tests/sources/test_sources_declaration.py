"""A source configuration: what it may say, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.sources import declaration
from assets.sources.declaration import (
    CursorPaging,
    HmacAuth,
    HttpAgency,
    SourceError,
    fields_of,
    load_sources,
)
from orchestration.settings import SANDBOX
from quality.contracts import AGENCIES, records_of, tax
from tests.sources.deliveries import sandbox_sources

PUBLISHED = SANDBOX.with_name("published.yaml")
WRONG = """
name: test
history_from: 2024-01-01
agencies:
  {agency}:
    transport: files
    folder: inbox
    datasets:
      {dataset}: {{{column}}}
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_the_sandbox_delivers_every_record_of_every_agency():
    sources = sandbox_sources("http://127.0.0.1:9")
    assert [*sources.agencies] == [*AGENCIES]
    for name, agency in sources.agencies.items():
        assert [*agency.datasets] == [t.name for t in records_of(name)]
    assert sources.invented
    found = sources.agencies["tax"]
    assert isinstance(found, HttpAgency)
    assert isinstance(found.auth, HmacAuth)
    assert isinstance(found.paging, CursorPaging)
    assert found.base_url == "http://127.0.0.1:9/tax/api"


def test_published_lists_are_read_without_any_agency_interface():
    sources = load_sources(PUBLISHED, {"CREDITPARK_DATA": "somewhere"})
    assert not sources.invented
    assert {a.transport for a in sources.agencies.values()} == {"files"}
    assert sources.agency_of("registrations") == "market"
    assert sources.agency_of("penalties") is None
    assert sources.dataset("penalties") == declaration.Dataset()
    names = fields_of(tax.tax_credit_grades, sources.dataset("tax_credit_grades"))
    assert names["taxpayer_id"] == "纳税人识别号"
    assert "grade" not in names  # a constant is in no field


def test_a_place_without_a_value_is_named():
    with pytest.raises(SourceError) as caught:
        load_sources(PUBLISHED, {})
    assert str(caught.value) == (
        f"{PUBLISHED}: ${{CREDITPARK_DATA}} has no value; set it in the environment"
    )


@pytest.mark.parametrize(
    ("agency", "dataset", "column", "told"),
    [
        ("police", "permits", "", "unknown agency 'police'; one of ['market', 'tax'"),
        ("tax", "permits", "", "tax has no dataset 'permits'"),
        ("tax", "grades", "", "tax has no dataset 'grades'"),
        (
            "market",
            "permits",
            "columns: {colour: X}, constants: {size: Y}",
            "permits has no column ['colour', 'size']",
        ),
        (
            "market",
            "permits",
            "colums: {}",
            "agencies.market.files.datasets.permits.colums: Extra inputs are not",
        ),
        ("market", "permits", "header_row: one", "header_row: Input should be a valid"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, agency: str, dataset: str, column: str, told: str
):
    text = WRONG.format(agency=agency, dataset=dataset, column=column)
    path = write(tmp_path / "sources.yaml", text)
    with pytest.raises(SourceError) as caught:
        load_sources(path, {})
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["a: [", "- just\n- a list\n", ""])
def test_what_is_no_configuration_is_refused(tmp_path: Path, text: str):
    path = write(tmp_path / "sources.yaml", text)
    with pytest.raises(SourceError, match=r"sources\.yaml"):
        load_sources(path, {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SourceError, match=r"gone\.yaml: cannot be read"):
        load_sources(tmp_path / "gone.yaml", {})
