"""Which penalties are minor, general, serious: by authority, kind, amount and day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.files import severity
from orchestration.cli import main
from tests.files.archive import ZONE, Archive

HEADER = ",".join(severity.COLUMNS)
BANK = "91110000600037341L"


def table(*lines: str) -> str:
    """The shipped table with lines in place of those for fines."""
    kept = [x for x in severity.shipped().splitlines()[1:] if ",0201," not in x]
    return "\n".join([HEADER, *lines, *kept]) + "\n"


def fine(
    below: str = "", start: str = "0", authority: str = "", days: str = "2021-07-15,"
) -> str:
    return f"{authority},0201,{start},{below},minor,{days},依据,M"


def problems(*lines: str) -> list[str]:
    return [str(p) for p in severity.read(table(*lines))[1]]


def test_the_shipped_table_is_sound():
    assert severity.read(severity.shipped())[1] == []
    assert problems(fine()) == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([fine("5"), fine("", "9")], "2: amount_below_fen: no line begins at 5"),
        ([fine("5"), fine("", "9")], "3: amount_from_fen: no line ends at 9"),
        ([fine("9"), fine("", "5")], "3: amount_from_fen: holds for what line 2 holds"),
        ([fine("0", "9")], "2: amount_below_fen: must be above amount_from_fen"),
        ([fine("1.5")], "2: amount_from_fen: amounts are whole fen"),
        ([fine(authority="123")], "2: authority_uscc: "),
        ([fine(days="2021-7-15,")], "2: valid_from: write days as YYYY-MM-DD"),
        ([fine(days=",")], "2: valid_from: every line says from which day it holds"),
        ([fine(days="2026-01-01,2026-01-01")], "2: valid_to: must be after valid_from"),
        ([fine().replace("minor", "slight")], "2: severity: 'slight' is none of minor"),
        ([fine().replace("0201", "0299")], "2: penalty_kind: '0299' is none of"),
        ([fine().replace("依据", " ")], "2: source: every line names what it rests on"),
        ([fine().replace(",M", ",X")], "2: certainty: 'X' is none of V, V2, M, D"),
        ([fine() + ",more"], "2: line: 10 cells instead of 9"),
        ([], "1: penalty_kind: no line for 0201 and every authority"),
    ],
)
def test_a_mistake_is_named_with_its_line(lines: list[str], told: str):
    assert any(p.startswith(f"severity.csv:{told}") for p in problems(*lines))


def test_lines_of_other_days_or_one_authority_are_no_overlap():
    assert (
        problems(
            fine(days="2021-07-15,2026-01-01"),
            fine("500", days="2026-01-01,"),
            fine("", "500", days="2026-01-01,"),
            fine("200", "100", authority=ZONE),
        )
        == []
    )


def test_other_columns_are_refused_whole():
    assert [str(p) for p in severity.read("penalty_kind\n0201\n")[1]] == [
        f"severity.csv:1: header: the columns are {HEADER}"
    ]
    with pytest.raises(severity.SeverityError, match=r"severity\.csv:1: header"):
        severity.severity_query("")


def test_the_command_tells_every_line(tmp_path: Path):
    file = tmp_path / "mine.csv"
    file.write_text(table(fine("5"), fine("", "9")), "utf-8")
    given = {"CREDITPARK_HOME": str(tmp_path)}
    found = CliRunner().invoke(main, ["policy", "check", str(file)], env=given)
    assert found.exit_code == 1
    assert "severity.csv:2: amount_below_fen: no line begins at 5" in found.output
    sound = CliRunner().invoke(main, ["policy", "check"], env=given)
    assert sound.exit_code == 0, sound.output


def test_the_line_of_the_day_and_of_the_authority_decides():
    """A fine of 5 fen: minor until 2026, general after; serious with one authority."""
    early, late = date(2025, 12, 31), date(2026, 1, 1)
    lines = (
        ",0201,,,minor,2021-07-15,2026-01-01,依据,M",
        ",0201,,,general,2026-01-01,,依据,M",
        f"{BANK},0201,0,6,serious,2026-01-01,,依据,M",
    )
    archive = Archive()
    text = severity.severity_query(table(*lines)).sql("duckdb")
    archive.connection.execute(f"CREATE TABLE policy_severity AS {text}")
    archive.made.add("policy_severity")
    archive.enterprise()
    expected = {
        archive.add(
            "penalties",
            penalty_kinds=kinds,
            fine_fen=amount,
            decided_on=day,
            authority_uscc=authority,
            publicity_to=None,
        ): severity_
        for kinds, amount, day, authority, severity_ in (
            ("0201", 5, early, ZONE, "minor"),
            ("0201", 5, late, ZONE, "general"),
            ("0201", 5, early, BANK, "minor"),
            ("0201", 5, late, BANK, "serious"),
            ("0201", 6, late, BANK, "general"),
            ("0101;0201", 5, late, BANK, "serious"),
            ("0101", None, date(2021, 7, 14), ZONE, "general"),
        )
    }
    found = archive.rows("penalty_classes", "record_key, severity")
    assert dict(found) == expected
