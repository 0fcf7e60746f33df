from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Column, Table

from quality.contracts import AGENCIES, metadata, tables_of
from quality.contracts.codelists import (
    UnknownCodeListError,
    code_list,
    label,
    spellings,
)
from quality.contracts.documents import code_list_names, documents, main
from quality.contracts.model import Item, Kind, Tier, facts_of, table_facts

TABLES = list(metadata.tables.values())
COLUMNS = [item for table in TABLES for item in table.columns]
ROOMS = {"cases", "records", "files", "credit", "measures", "publication", "quality"}
# Dates are days (_on) or the ends of a span.
DATE_ENDINGS = (
    *("_on", "_from", "_to", "_until", "_since", "_end"),
    *("since", "until"),
)


def name(item: Item | Table) -> str:
    return f"{item.table.name}.{item.name}" if isinstance(item, Column) else item.name


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_every_table_says_what_it_is(table: Table) -> None:
    facts = table_facts(table)
    assert facts.zh
    assert facts.en
    assert facts.room in ROOMS
    assert (facts.agency in AGENCIES) == (facts.room == "records")
    assert facts.key
    assert set(facts.key) <= set(table.columns.keys())
    assert len({check.id for check in facts.checks}) == len(facts.checks)
    assert {check.severity for check in facts.checks} <= {"error", "warning"}


def test_every_column_has_a_label_in_both_languages() -> None:
    assert [name(c) for c in COLUMNS if not facts_of(c).zh or not facts_of(c).en] == []


def test_names_tell_the_kind() -> None:
    endings = {
        "_fen": {Kind.MONEY},
        "_bp": {Kind.INTEGER},
        "_at": {Kind.TIMESTAMP},
        "_on": {Kind.DATE},
        "uscc": {Kind.USCC},
    }
    wrong = [
        name(c)
        for c in COLUMNS
        for ending, kinds in endings.items()
        if c.name.endswith(ending) and facts_of(c).kind not in kinds
    ]
    assert wrong == []


def test_kinds_show_in_the_name() -> None:
    endings: dict[Kind, tuple[str, ...]] = {
        Kind.MONEY: ("_fen",),
        Kind.TIMESTAMP: ("_at",),
        Kind.DATE: DATE_ENDINGS,
        Kind.MONTH: ("month",),
        Kind.USCC: ("uscc",),
    }
    wrong = [
        name(c)
        for c in COLUMNS
        if not c.name.endswith(endings.get(facts_of(c).kind, ("",)))
    ]
    assert wrong == []


def test_names_with_two_underscores_are_left_to_frames() -> None:
    assert [name(c) for c in COLUMNS if "__" in c.name] == []


def test_basis_points_show_in_the_name() -> None:
    points = [c for c in COLUMNS if facts_of(c).unit == "bp"]
    assert [name(c) for c in points if not c.name.endswith("_bp")] == []


def test_code_lists_exist_and_are_labelled() -> None:
    used = {facts_of(c).codes for c in COLUMNS} - {None}
    assert used <= set(code_list_names())
    for listed in code_list_names():
        assert all(member.zh and member.en for member in code_list(listed).values())


def test_a_spelling_means_one_code() -> None:
    for listed in code_list_names():
        members = code_list(listed).values()
        owners = {s: m.code for m in members for s in (m.code, m.zh, *m.aliases)}
        assert owners == spellings(listed), listed


def test_a_code_list_that_does_not_exist_is_an_error_with_advice() -> None:
    with pytest.raises(
        UnknownCodeListError, match=r"add quality/contracts/codes/no\.csv"
    ):
        code_list("no")


def test_labels_fall_back_to_the_code() -> None:
    assert label("park_grade", "A") == "A级（绿码）"
    assert label("park_grade", "A", "en") == "A (green)"
    assert label("park_grade", "E") == "E"
    assert label("park_grade", None) == ""


@pytest.mark.parametrize("table", tables_of("records"), ids=name)
def test_agencies_fields_are_named_once_and_refused_ones_never_stored(
    table: Table,
) -> None:
    codes = [facts_of(c).code for c in table.columns if facts_of(c).code]
    assert len(codes) == len(set(codes))
    assert set(codes).isdisjoint(table_facts(table).refused)


def test_no_column_holds_the_number_of_a_person() -> None:
    words = ("身份证", "证件号", "手机", "电话", "住址", "邮箱", "银行账")
    assert [name(c) for c in COLUMNS if any(w in facts_of(c).zh for w in words)] == []


def test_public_tables_hold_public_columns_only() -> None:
    public = [t for t in tables_of("publication") if table_facts(t).tier is Tier.PUBLIC]
    assert public
    hidden = [
        name(c)
        for t in public
        for c in t.columns
        if facts_of(c).tier is not Tier.PUBLIC
    ]
    assert hidden == []


def test_the_documents_in_the_repository_are_up_to_date() -> None:
    root = Path(__file__).parents[2]
    outcome = CliRunner().invoke(main, ["--check", "--root", str(root)])
    assert outcome.output == ""
    assert outcome.exit_code == 0


def test_a_stale_document_fails_the_check_and_is_rewritten(tmp_path: Path) -> None:
    stale = tmp_path / "docs" / "code-lists.md"
    stale.parent.mkdir()
    stale.write_text("old", "utf-8")
    check = CliRunner().invoke(main, ["--check", "--root", str(tmp_path)])
    assert check.exit_code == 1
    assert "docs/code-lists.md: out of date" in check.output
    assert stale.read_text("utf-8") == "old"
    CliRunner().invoke(main, ["--root", str(tmp_path)])
    assert stale.read_text("utf-8") == documents()["docs/code-lists.md"]
    again = CliRunner().invoke(main, ["--check", "--root", str(tmp_path)])
    assert again.exit_code == 0


def test_the_dictionary_names_every_column_and_check() -> None:
    text = documents()["docs/data-dictionary.md"]
    assert all(f"| `{c.name}` |" in text for c in COLUMNS)
    assert "`penalties.check.fine_amount`" in text
