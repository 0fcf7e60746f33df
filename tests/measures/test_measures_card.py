"""The measured model card: by age and size, month end by month end, nothing below five."""

from __future__ import annotations

from datetime import date

from tests.files.archive import Archive

SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
YOUNG, OLD = date(2026, 1, 5), date(2010, 1, 5)
CODES = "ABCDEFGHJ"


def test_groups_and_changes_of_five_and_more(archive: Archive):
    """Five young A of small capital; four old B, one of which was an A in September."""
    for place, letter in enumerate("AAAAABBBB"):
        uscc = f"91370303MA3C0000{CODES[place]}{place}"
        young = letter == "A"
        archive.enterprise(
            uscc,
            established_on=YOUNG if young else OLD,
            registered_capital_fen=99_999_999 if young else None,
        )
        archive.grade(letter, uscc)
        archive.grade(letter, uscc, evaluated_on=OCTOBER)
        before = "A" if place == 5 else letter
        archive.grade(before, uscc, evaluated_on=SEPTEMBER)
    found = archive.rows("public_model_card", "facet, member, standing, enterprises")
    assert sorted(found) == [
        ("age", "age_under_1", "A", 5),
        ("size", "size_under_1m", "A", 5),
        ("stability", OCTOBER.isoformat(), "kept", 8),
    ]
