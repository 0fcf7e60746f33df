"""Names are found by any two neighbouring characters, and by nothing else."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish.release import bigrams

IN = "{name former_names}"
LETTERS = st.text(alphabet="山东淄博高新abAB1（）() ·ⅢÉé𬬮", max_size=12)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("淄博（高新）ＡＢＣ 有限公司", "淄博高新abc有限公司"),
        ("Ⅲ号·Éco", "iii号éco"),
        ("（）", ""),
    ],
)
def test_full_width_case_and_brackets_do_not_matter(text: str, plain: str):
    assert bigrams.squeeze(text) == plain


def test_a_name_is_cut_into_neighbouring_pairs():
    assert bigrams.pairs("鲁信ABC") == ["鲁信", "信a", "ab", "bc"]
    assert bigrams.pairs("甲") == []


def test_a_field_of_former_names_is_separated():
    assert bigrams.separate("甲公司；乙公司|丙公司、") == ["甲公司", "乙公司", "丙公司"]
    assert bigrams.separate(None) == []


def test_a_code_is_indexed_whole_and_from_its_organisation_code():
    codes = bigrams.codes("91370303MA3C00003D")
    assert codes == "91370303ma3c00003d ma3c00003d"


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("科技园", f'{IN} : "科技 技园"'),
        ("山东 科技", f'{IN} : "山东" AND {IN} : "科技"'),
        ("山东 甲", f'{IN} : "山东 东甲"'),
        ("9137", f'({IN} : "91 13 37") OR (codes : "9137"*)'),
        (
            "MA3C-0000",
            f'({IN} : "ma a3 3c c0 00 00 00") OR (codes : "ma3c0000"*)',
        ),
        ("xh", f'({IN} : "xh") OR (initials : "xh")'),
        (
            "Xing Hai",
            " OR ".join(
                [
                    f'({IN} : "xi in ng" AND {IN} : "ha ai")',
                    '(codes : "xinghai"*)',
                    '({initials pinyin} : "xi in ng gh ha ai")',
                ]
            ),
        ),
        ("甲", ""),
        (" （） ", ""),
        ('"; 甲"乙', f'{IN} : "甲乙"'),
    ],
)
def test_queries_become_phrases(query: str, expression: str):
    assert bigrams.match(query) == expression


@settings(max_examples=200, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=6), LETTERS)
def test_the_index_finds_exactly_the_names_that_contain_the_query(
    names: list[str], query: str
):
    wanted = bigrams.squeeze(query)
    found = search(names, query)
    if len(wanted) < 2:
        assert found is None
    elif " " not in query:
        assert found == {n for n in names if wanted in bigrams.squeeze(n)}


def search(names: list[str], query: str) -> set[str] | None:
    """Names found through an index like the release's; ``None`` without a query."""
    match = bigrams.match(query)
    if not match:
        return None
    db = sqlite3.connect(":memory:")
    tokens = "content='', tokenize='unicode61 remove_diacritics 0'"
    columns = "name, former_names, codes, initials, pinyin"
    db.execute(f"CREATE VIRTUAL TABLE f USING fts5({columns}, {tokens})")
    cut = [(n, bigrams.cut(name)) for n, name in enumerate(names)]
    db.executemany("INSERT INTO f (rowid, name) VALUES (?, ?)", cut)
    rows = db.execute("SELECT rowid FROM f WHERE f MATCH ?", (match,)).fetchall()
    db.close()
    return {names[n] for (n,) in rows}


def test_no_phrase_runs_from_one_former_name_into_the_next():
    cut = bigrams.cut("甲乙丙", "丙丁戊")
    assert cut == "甲乙 乙丙 0 丙丁 丁戊"
