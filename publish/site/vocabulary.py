"""Labels of data in both languages, read from the release's own dictionary.

Read once per release and kept; not here: the site's own words (``i18n``).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from publish.site.facts import Facts, Row

_KEPT = 4
_read: OrderedDict[tuple[str, str], Vocabulary] = OrderedDict()


@dataclass(frozen=True)
class Term:
    """One column of the dictionary."""

    zh: str
    en: str
    kind: str
    codes: str | None


@dataclass(frozen=True)
class Vocabulary:
    """Everything a release says about itself.

    Attributes:
        release: its key/value facts (demo flag, policy, dates).
        columns: ``(table, column)`` to label and kind, in table order.
        codes: ``(list, code)`` to ``(zh, en)``.
        tables: table to ``(zh, en)``.
        dictionary: the dictionary as it stands, for its own page.
    """

    release: dict[str, str]
    columns: dict[tuple[str, str], Term]
    codes: dict[tuple[str, str], tuple[str, str]]
    tables: dict[str, tuple[str, str]]
    dictionary: list[Row]

    def term(self, table: str, column: str) -> Term:
        """The dictionary's entry, or the bare name where it has none."""
        return self.columns.get((table, column)) or Term(column, column, "text", None)

    def code(self, codes: str, code: object, language: str) -> str:
        """The label of a code; the code itself where the list lacks it."""
        if code is None:
            return ""
        pair = self.codes.get((codes, str(code)))
        return pair[language == "en"] if pair else str(code)

    def english(self, codes: str, zh: str) -> str:
        """The English label of what a list calls so in Chinese; else the Chinese one."""
        pairs = (pair for (name, _), pair in self.codes.items() if name == codes)
        return next((en for label, en in pairs if label == zh), zh)


async def vocabulary_of(facts: Facts) -> Vocabulary:
    """The vocabulary of the release behind ``facts``."""
    key = (facts.release.release_id, str(facts.release.folder))
    if key not in _read:
        _read[key] = await _load(facts)
        while len(_read) > _KEPT:
            _read.popitem(last=False)
    return _read[key]


async def _load(facts: Facts) -> Vocabulary:
    about = await facts.rows("SELECT key, value FROM {release}")
    codes = await facts.rows("SELECT list, code, zh, en FROM {codes}")
    words = await facts.rows("SELECT * FROM {dictionary}")
    return Vocabulary(
        release={r["key"]: r["value"] for r in about},
        columns={
            (w["table_name"], w["column_name"]): Term(
                w["label_zh"], w["label_en"], w["kind"], w["codes"]
            )
            for w in words
        },
        codes={(c["list"], c["code"]): (c["zh"], c["en"]) for c in codes},
        tables={w["table_name"]: (w["table_zh"], w["table_en"]) for w in words},
        dictionary=words,
    )
